#include "orrery/reports/judges/linearizable/violation.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace orrery::reports::judges {

namespace {

using models::Verb;

constexpr std::string_view nowhere = "value from nowhere";
constexpr std::string_view future = "future read";
constexpr std::string_view lost = "lost write";
constexpr std::string_view twice = "effect twice";
constexpr std::string_view stale = "stale read";
constexpr std::string_view broken_swap = "broken compare-and-swap";
constexpr std::string_view other = "other";

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> rules = {{
    {nowhere, "a read returns only what was written"},
    {future, "a read returns nothing that was written only after it"},
    {lost, "an acknowledged write has its effect"},
    {twice, "an operation has its effect only once"},
    {stale, "a read returns nothing that was overwritten before it began"},
    {broken_swap, "a compare-and-swap swaps exactly when it finds what it compares with"},
    {other, "the results are those of one client at a time"},
}};

// One operation, as far as its verb says what it does to the object.
struct Deed {
    models::Interval interval;
    Verb::Effect effect;
    Call call;

    bool acknowledged() const { return !interval.unknown; }
    bool changes() const {
        if (effect == Verb::Effect::swaps) return interval.unknown || call.result == Value(true);
        return effect != Verb::Effect::reads && effect != Verb::Effect::lists && effect != Verb::Effect::other;
    }
    Value sets() const {
        if (effect == Verb::Effect::swaps) return call.argument.list().back();
        return effect == Verb::Effect::sets ? call.argument : Value();
    }
    // Whether its client learned that the object held `value`.
    bool saw(const Value& value) const {
        if (interval.unknown) return false;
        if (effect == Verb::Effect::reads) return call.result == value;
        return effect == Verb::Effect::swaps && call.result == Value(true) && call.argument.list().front() == value;
    }
};

std::size_t count_of(const std::string& piece, const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + piece.size())) ++count;
    return count;
}

// Objects that grow: the read text is made of the pieces that were appended.
std::string_view classify_growth(const std::vector<Deed>& deeds, const Deed& read) {
    const std::string text = read.call.result.is_text() ? read.call.result.text() : "";
    bool missing = false;
    for (const Deed& deed : deeds) {
        if (deed.effect != Verb::Effect::appends || !deed.call.argument.is_text()) continue;
        const std::string& piece = deed.call.argument.text();
        if (piece.empty()) continue;
        const auto same = [&](const Deed& each) { return each.changes() && each.call.argument == deed.call.argument; };
        if (count_of(piece, text) > static_cast<std::size_t>(std::count_if(deeds.begin(), deeds.end(), same)))
            return twice;
        const bool replaced = std::any_of(deeds.begin(), deeds.end(), [&](const Deed& each) {
            return each.changes() && each.effect != Verb::Effect::appends && !each.interval.precedes(deed.interval);
        });
        missing = missing || (deed.acknowledged() && deed.interval.precedes(read.interval) && !replaced &&
                              count_of(piece, text) == 0);
    }
    return missing ? lost : other;
}

// The value of the read existed once. Was it the last acknowledged change before the read that is missing,
// or the read that came too late?
std::string_view classify_old_value(const std::vector<Deed>& deeds, const Deed& read) {
    const Deed* last = nullptr; // the latest acknowledged change to something else before the read
    for (const Deed& deed : deeds)
        if (deed.acknowledged() && deed.changes() && deed.sets() != read.call.result &&
            deed.interval.precedes(read.interval) &&
            (last == nullptr || last->interval.returned < deed.interval.returned))
            last = &deed;
    if (last == nullptr) return stale;
    const Value value = last->sets();
    bool seen = false;
    bool seen_after = false;
    bool old_after = false;
    for (const Deed& deed : deeds) {
        const bool after = read.interval.precedes(deed.interval);
        seen = seen || deed.saw(value);
        seen_after = seen_after || (after && deed.saw(value));
        old_after = old_after || (after && deed.saw(read.call.result));
    }
    if (!seen) return lost;
    return old_after && !seen_after ? twice : stale;
}

bool inserts(const Deed& deed, const Value& value) {
    return deed.effect == Verb::Effect::inserts && deed.call.argument == value;
}

// Objects that hold many values: what was taken, or that nothing could be.
std::string_view classify_taking(const std::vector<Deed>& deeds, const Deed& take, bool from_initial) {
    if (take.call.result.is_nil()) return lost;
    std::size_t inserted = from_initial ? 1 : 0;
    std::size_t in_time = inserted;
    std::size_t taken = 0;
    for (const Deed& deed : deeds) {
        const bool same = inserts(deed, take.call.result);
        inserted += same ? 1 : 0;
        in_time += same && !take.interval.precedes(deed.interval) ? 1 : 0;
        taken +=
            deed.effect == Verb::Effect::takes && deed.acknowledged() && deed.call.result == take.call.result ? 1 : 0;
    }
    if (inserted == 0) return nowhere;
    if (taken > inserted) return twice;
    return in_time == 0 ? future : other;
}

// A list shows too much, too little, or less than a list before it.
std::string_view classify_listing(const std::vector<Deed>& deeds, const Deed& list) {
    const auto shows = [](const Deed& deed, const Value& value) {
        return deed.call.result.is_list() &&
               std::count(deed.call.result.list().begin(), deed.call.result.list().end(), value) > 0;
    };
    for (const Value& value : list.call.result.is_list() ? list.call.result.list() : Value::List{}) {
        const auto added = [&](const Deed& deed) { return inserts(deed, value); };
        if (std::none_of(deeds.begin(), deeds.end(), added)) return nowhere;
        if (std::all_of(deeds.begin(), deeds.end(),
                        [&](const Deed& deed) { return !added(deed) || list.interval.precedes(deed.interval); }))
            return future;
    }
    for (const Deed& before : deeds) {
        if (before.effect != Verb::Effect::lists || !before.interval.precedes(list.interval)) continue;
        for (const Value& value : before.call.result.is_list() ? before.call.result.list() : Value::List{})
            if (!shows(list, value)) return stale;
    }
    for (const Deed& deed : deeds)
        if (deed.effect == Verb::Effect::inserts && deed.interval.precedes(list.interval) &&
            !shows(list, deed.call.argument))
            return lost;
    return other;
}

} // namespace

std::string_view classify(const models::Operations& operations, std::span<const std::size_t> part,
                          std::size_t operation, bool from_initial) {
    std::vector<Deed> deeds;
    const Deed read{operations.interval(operation), operations.verb(operation).effect, operations.call(operation)};
    if (read.effect == Verb::Effect::swaps) return broken_swap;
    const bool holds_many = read.effect == Verb::Effect::takes || read.effect == Verb::Effect::lists;
    if (read.effect != Verb::Effect::reads && !holds_many) return other;
    for (const std::size_t each : part)
        deeds.push_back({operations.interval(each), operations.verb(each).effect, operations.call(each)});
    if (read.effect == Verb::Effect::takes) return classify_taking(deeds, read, from_initial);
    if (read.effect == Verb::Effect::lists) return classify_listing(deeds, read);
    const auto appends = [](const Deed& deed) { return deed.effect == Verb::Effect::appends; };
    if (std::any_of(deeds.begin(), deeds.end(), appends)) return classify_growth(deeds, read);
    bool written = from_initial;
    bool in_time = from_initial;
    for (const Deed& deed : deeds) {
        if (!deed.changes() || deed.sets() != read.call.result) continue;
        written = true;
        in_time = in_time || !read.interval.precedes(deed.interval);
    }
    if (!written) return nowhere;
    return in_time ? classify_old_value(deeds, read) : future;
}

std::string_view rule_of(std::string_view kind) {
    for (const auto& [name, rule] : rules)
        if (name == kind) return rule;
    return rules.back().second;
}

} // namespace orrery::reports::judges
