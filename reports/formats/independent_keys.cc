// An ending belongs to the invocation that its process has under way.
#include "orrery/reports/formats/independent_keys.h"

#include <algorithm>
#include <map>

namespace orrery::reports::formats {
namespace {

bool is_word(const Value& value, std::string_view word) {
    return value.is_text() && (value.text() == word || value.text() == ":" + std::string(word));
}

bool is_pair(const Value& value) {
    return value.is_list() && value.list().size() == 2 && !value.list()[0].is_list() && !value.list()[0].is_map();
}

bool is_list_of_steps(const Value& value) {
    const auto is_step = [](const Value& each) {
        return each.is_list() && each.list().size() > 1 && each.list()[0].is_text();
    };
    return value.is_list() && !value.list().empty() && std::all_of(value.list().begin(), value.list().end(), is_step);
}

// Whether the value of this invocation cannot be a list of two.
bool is_surely_pair(const Entry& entry) {
    if (!is_pair(entry.value)) return false;
    const Value& second = entry.value.list()[1];
    if (entry.f == "cas") return second.is_list() && second.list().size() == 2;
    return second.is_nil() || is_list_of_steps(second);
}

bool has_plain_pairs(const History& history) {
    bool certain = false;
    for (const Entry& entry : history.entries) {
        const bool invokes = entry.type == Entry::Type::invoke;
        const bool answers = entry.type == Entry::Type::ok && !entry.value.is_nil();
        if ((invokes || answers) && !is_pair(entry.value)) return false;
        certain = certain || (invokes && is_surely_pair(entry));
    }
    return certain;
}

void take_apart(Entry& entry) {
    Value::List pair = entry.value.list();
    entry.key = std::move(pair[0]);
    entry.value = std::move(pair[1]);
}

} // namespace

Value marked_pair(Value key, Value value) {
    return Value::Map{{Value("key"), std::move(key)}, {Value("value"), std::move(value)}};
}

void split_pair(Entry& entry) {
    if (!entry.value.is_map() || !entry.key.is_nil()) return;
    Value::Map map = entry.value.map();
    if (map.size() != 2 || !is_word(map[0].first, "key") || !is_word(map[1].first, "value")) return;
    entry.key = std::move(map[0].second);
    entry.value = std::move(map[1].second);
}

sim::Checked<bool> find_keys(History& history) {
    const auto keyed = [](const Entry& entry) { return !entry.key.is_nil(); };
    const bool marked = std::any_of(history.entries.begin(), history.entries.end(), keyed);
    const bool plain = !marked && has_plain_pairs(history);
    if (!marked && !plain) return false;
    std::map<std::int64_t, Value> keys; // of what each process has under way
    for (Entry& entry : history.entries) {
        if (entry.type == Entry::Type::invoke) {
            if (plain) take_apart(entry);
            keys[entry.process] = entry.key;
            continue;
        }
        const auto asked = keys.find(entry.process);
        if (asked == keys.end()) continue; // nothing was under way: whoever pairs the entries says so
        const Value& key = asked->second;
        if (plain && is_pair(entry.value) && entry.value.list()[0] == key)
            take_apart(entry);
        else if (plain && entry.type == Entry::Type::ok && is_pair(entry.value))
            return expected_at(entry.place, "a value [" + key.rendered() + " ...], as its invocation has");
        if (entry.key.is_nil()) entry.key = key;
    }
    return true;
}

} // namespace orrery::reports::formats
