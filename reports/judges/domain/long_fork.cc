// Of two reads of the same keys one must show all that the other shows: else each saw a write without the other.
#include <map>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::judges::domain {
namespace {

using models::Step;

// Of one read: the keys that it saw written, sorted.
struct Seen {
    std::size_t call = 0;
    std::vector<Value> keys;
};

// A key of the first that is none of the second. There must be one.
Value one_of(const std::vector<Value>& keys, const std::vector<Value>& without) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const Value& each) {
        return !std::binary_search(without.begin(), without.end(), each);
    });
    CHECK(found != keys.end());
    return *found;
}

} // namespace

// Reads of the same keys must form a chain: in the order of how many keys they saw written, each saw all that
// the one before it saw. Where that fails, each of the two saw a key that the other did not.
Verdict judge_long_fork(const Case& given) {
    std::map<std::vector<Value>, std::vector<Seen>> groups; // by the keys that were read
    std::map<Value, std::size_t> writes;
    Objections objections;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        const Value& response = is_ok(call) ? call.result : call.argument;
        if (!response.is_list()) return not_known(given, call, "a list of steps");
        std::vector<Value> keys;
        Seen seen{place, {}};
        for (const Value& each : response.list()) {
            const auto step = Step::of(each);
            if (!step || step->kind == Step::Kind::append)
                return not_known(given, call, "[w KEY VALUE] and [r KEY VALUE]");
            if (step->kind == Step::Kind::write && call.outcome != Call::Outcome::fail) {
                const auto [other, first] = writes.try_emplace(*step->key, place);
                if (!first)
                    return not_known(given, call,
                                     "each key is written once, and " + step->key->rendered() + " is written again");
            } else if (step->kind == Step::Kind::read && is_ok(call)) {
                keys.push_back(*step->key);
                if (!step->value->is_nil()) seen.keys.push_back(*step->key);
            }
        }
        if (keys.empty()) continue;
        std::sort(keys.begin(), keys.end());
        std::sort(seen.keys.begin(), seen.keys.end());
        groups[keys].push_back(std::move(seen));
    }
    for (auto& [keys, reads] : groups) {
        std::stable_sort(reads.begin(), reads.end(),
                         [](const Seen& a, const Seen& b) { return a.keys.size() < b.keys.size(); });
        for (std::size_t each = 1; each < reads.size(); ++each) {
            const Seen& less = reads[each - 1];
            const Seen& more = reads[each];
            if (std::includes(more.keys.begin(), more.keys.end(), less.keys.begin(), less.keys.end())) continue;
            const Value one = one_of(less.keys, more.keys);
            const Value other = one_of(more.keys, less.keys);
            objections.add("long fork", {less.call, more.call},
                           "one read saw the write of " + one.rendered() + " and not that of " + other.rendered() +
                               ", and another saw them the other way round");
        }
    }
    return objections.verdict(given);
}

} // namespace orrery::reports::judges::domain
