// Classes are guessed from the outside in: was the value ever written, in time, seen by others, seen again later?
#include "orrery/reports/judges/linearizable/classification.h"

#include <algorithm>
#include <vector>

namespace orrery::reports::judges::linearizable {

namespace {

using models::Verb;
using enum ViolationClass;

// One operation, as far as its verb says what it does to the object.
struct Observation {
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
ViolationClass classify_growth(const std::vector<Observation>& observations, const Observation& read) {
    const std::string text = read.call.result.is_text() ? read.call.result.text() : "";
    bool missing = false;
    for (const Observation& observation : observations) {
        if (observation.effect != Verb::Effect::appends || !observation.call.argument.is_text()) continue;
        const std::string& piece = observation.call.argument.text();
        if (piece.empty()) continue;
        const auto same = [&](const Observation& each) {
            return each.changes() && each.call.argument == observation.call.argument;
        };
        if (count_of(piece, text) >
            static_cast<std::size_t>(std::count_if(observations.begin(), observations.end(), same)))
            return effect_twice;
        const bool replaced = std::any_of(observations.begin(), observations.end(), [&](const Observation& each) {
            return each.changes() && each.effect != Verb::Effect::appends &&
                   !each.interval.precedes(observation.interval);
        });
        missing = missing || (observation.acknowledged() && observation.interval.precedes(read.interval) && !replaced &&
                              count_of(piece, text) == 0);
    }
    return missing ? lost_write : other;
}

// The value of the read existed once. Was it the last acknowledged change before the read that is missing,
// or the read that came too late?
ViolationClass classify_old_value(const std::vector<Observation>& observations, const Observation& read) {
    const Observation* last = nullptr; // the latest acknowledged change to something else before the read
    for (const Observation& observation : observations)
        if (observation.acknowledged() && observation.changes() && observation.sets() != read.call.result &&
            observation.interval.precedes(read.interval) &&
            (last == nullptr || last->interval.returned < observation.interval.returned))
            last = &observation;
    if (last == nullptr) return stale_read;
    const Value value = last->sets();
    bool seen = false;
    bool seen_after = false;
    bool old_after = false;
    for (const Observation& observation : observations) {
        const bool after = read.interval.precedes(observation.interval);
        seen = seen || observation.saw(value);
        seen_after = seen_after || (after && observation.saw(value));
        old_after = old_after || (after && observation.saw(read.call.result));
    }
    if (!seen) return lost_write;
    return old_after && !seen_after ? effect_twice : stale_read;
}

bool inserts(const Observation& observation, const Value& value) {
    return observation.effect == Verb::Effect::inserts && observation.call.argument == value;
}

// Objects that hold many values: what was taken, or that nothing could be.
ViolationClass classify_taking(const std::vector<Observation>& observations, const Observation& take,
                               bool from_initial) {
    if (take.call.result.is_nil()) return lost_write;
    std::size_t inserted = from_initial ? 1 : 0;
    std::size_t in_time = inserted;
    std::size_t taken = 0;
    for (const Observation& observation : observations) {
        const bool same = inserts(observation, take.call.result);
        inserted += same ? 1 : 0;
        in_time += same && !take.interval.precedes(observation.interval) ? 1 : 0;
        taken += observation.effect == Verb::Effect::takes && observation.acknowledged() &&
                         observation.call.result == take.call.result
                     ? 1
                     : 0;
    }
    if (inserted == 0) return value_from_nowhere;
    if (taken > inserted) return effect_twice;
    return in_time == 0 ? future_read : other;
}

// A list shows too much, too little, or less than a list before it.
ViolationClass classify_listing(const std::vector<Observation>& observations, const Observation& list) {
    const auto shows = [](const Observation& observation, const Value& value) {
        return observation.call.result.is_list() &&
               std::count(observation.call.result.list().begin(), observation.call.result.list().end(), value) > 0;
    };
    for (const Value& value : list.call.result.is_list() ? list.call.result.list() : Value::List{}) {
        const auto added = [&](const Observation& observation) { return inserts(observation, value); };
        if (std::none_of(observations.begin(), observations.end(), added)) return value_from_nowhere;
        if (std::all_of(observations.begin(), observations.end(), [&](const Observation& observation) {
                return !added(observation) || list.interval.precedes(observation.interval);
            }))
            return future_read;
    }
    for (const Observation& before : observations) {
        if (before.effect != Verb::Effect::lists || !before.interval.precedes(list.interval)) continue;
        for (const Value& value : before.call.result.is_list() ? before.call.result.list() : Value::List{})
            if (!shows(list, value)) return stale_read;
    }
    for (const Observation& observation : observations)
        if (observation.effect == Verb::Effect::inserts && observation.interval.precedes(list.interval) &&
            !shows(list, observation.call.argument))
            return lost_write;
    return other;
}

} // namespace

ViolationClass classify(const models::Operations& operations, std::span<const std::size_t> part, std::size_t operation,
                        bool from_initial) {
    std::vector<Observation> observations;
    const Observation read{operations.interval(operation), operations.verb(operation).effect,
                           operations.call(operation)};
    if (read.effect == Verb::Effect::swaps) return broken_compare_and_swap;
    const bool holds_many = read.effect == Verb::Effect::takes || read.effect == Verb::Effect::lists;
    if (read.effect != Verb::Effect::reads && !holds_many) return other;
    for (const std::size_t each : part)
        observations.push_back({operations.interval(each), operations.verb(each).effect, operations.call(each)});
    if (read.effect == Verb::Effect::takes) return classify_taking(observations, read, from_initial);
    if (read.effect == Verb::Effect::lists) return classify_listing(observations, read);
    const auto appends = [](const Observation& observation) { return observation.effect == Verb::Effect::appends; };
    if (std::any_of(observations.begin(), observations.end(), appends)) return classify_growth(observations, read);
    bool written = from_initial;
    bool in_time = from_initial;
    for (const Observation& observation : observations) {
        if (!observation.changes() || observation.sets() != read.call.result) continue;
        written = true;
        in_time = in_time || !read.interval.precedes(observation.interval);
    }
    if (!written) return value_from_nowhere;
    return in_time ? classify_old_value(observations, read) : future_read;
}

} // namespace orrery::reports::judges::linearizable
