// Each part is judged by the same judge; its verdict is renumbered to places in all calls and added to the sum.
#include "orrery/reports/judges/independent.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/places.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges {
namespace {

// A start that names keys is one for each of them: {"a":1000}. Any other is the same for all.
std::optional<Value> initial_of(const std::optional<Value>& initial, const Value& key, const std::set<Value>& keys) {
    if (!initial || !initial->is_map() || initial->map().empty()) return initial;
    const auto is_key = [&](const Value::Pair& each) { return keys.contains(each.first); };
    const Value::Map& map = initial->map();
    if (!std::all_of(map.begin(), map.end(), is_key)) return initial;
    for (const auto& [name, value] : map)
        if (name == key) return value;
    return std::nullopt;
}

int badness(const Verdict& verdict) { return verdict.error ? 3 : verdict.violated() ? 2 : !verdict.passed(); }

void name_key(Verdict& verdict, const Value& key) {
    if (verdict.counterexample && verdict.counterexample->key.is_nil()) verdict.counterexample->key = key;
    for (Anomaly& each : verdict.anomalies)
        if (each.key.is_nil()) each.key = key;
    if (verdict.blocked && verdict.blocked->key.is_nil()) verdict.blocked->key = key;
}

// The worse of the two says why; counts are of both.
void add(Verdict& sum, Verdict one) {
    one.nodes += sum.nodes;
    one.operations += sum.operations;
    one.keys += sum.keys;
    if (badness(one) > badness(sum)) {
        sum = std::move(one);
        return;
    }
    sum.nodes = one.nodes;
    sum.operations = one.operations;
    sum.keys = one.keys;
    for (Anomaly& each : one.anomalies) sum.anomalies.push_back(std::move(each));
    sum.certificate.insert(sum.certificate.end(), one.certificate.begin(), one.certificate.end());
}

} // namespace

bool has_independent_keys(const Case& given, const Judge& judge) {
    const auto* language = given.options.language;
    if (language == nullptr && !given.model.empty()) language = models::language(given.model);
    if (language == nullptr && !judge.models.empty()) language = models::language(judge.models.front());
    if (language == nullptr || language->takes_keys()) return false;
    return std::any_of(given.calls.begin(), given.calls.end(), [](const Call& each) { return !each.key.is_nil(); });
}

std::vector<KeyPart> key_parts(const History& history, const std::vector<Call>& calls) {
    std::set<Value> keys;
    for (const Call& each : calls) keys.insert(each.key);
    std::map<Value, std::size_t> numbers;
    std::vector<KeyPart> parts;
    for (const Value& key : keys) {
        numbers[key] = parts.size();
        parts.push_back(
            {key, {history.model, history.settings, initial_of(history.initial, key, keys), {}, {}}, {}, {}});
    }
    for (std::size_t place = 0; place < calls.size(); ++place)
        parts[numbers.at(calls[place].key)].places.push_back(place);
    for (std::size_t place = 0; place < history.entries.size(); ++place) {
        const Entry& entry = history.entries[place];
        // The end of an operation has the key of its invocation: calls() has seen to that.
        KeyPart& part = parts[numbers.at(entry.key)];
        part.history.entries.push_back(entry);
        part.history.entries.back().key = {};
        part.entries.push_back(static_cast<std::uint32_t>(place));
    }
    return parts;
}

Verdict judge_each_key(const Case& given) {
    Verdict sum;
    sum.outcome = Verdict::Outcome::passed;
    JudgeOptions options = given.options;
    const std::string parameter = given.parameter.empty() ? "" : "=" + std::string(given.parameter);
    options.judge = std::string(given.judge) + parameter;
    options.model = given.model;
    for (const KeyPart& part : key_parts(given.history, given.calls)) {
        options.budget = given.options.budget > sum.nodes ? given.options.budget - sum.nodes : 1;
        Verdict verdict = judge(part.history, options);
        CHECK(verdict.nodes <= UINT64_MAX - sum.nodes);
        renumber(verdict, part.places);
        name_key(verdict, part.key);
        verdict.keys = std::max<std::size_t>(verdict.keys, 1);
        add(sum, std::move(verdict));
        if (sum.error) return sum;
    }
    if (!sum.passed()) sum.certificate.clear();
    return sum;
}

} // namespace orrery::reports::judges
