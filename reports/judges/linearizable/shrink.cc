// Two policies of leaving out, by the kind of the object: of a register by what was seen, of a container by value.
#include "orrery/reports/judges/linearizable/shrink.h"

#include <algorithm>
#include <numeric>

#include "orrery/reports/judges/linearizable/minimise.h"
#include "orrery/reports/judges/linearizable/search.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

namespace {

using models::RegisterEffect;

bool leaves_all_as_it_is(const RegisterEffect& effect) {
    return effect.kind == RegisterEffect::Kind::read ||
           (effect.kind == RegisterEffect::Kind::swap && effect.from == effect.value);
}

// One try may cost this: leaving out observers can make a search harder.
constexpr std::uint64_t try_budget = 1'000;

class Shrinking {
public:
    Shrinking(const models::Operations& operations, const Part& part, std::vector<std::uint32_t> left,
              std::uint32_t kept, const Trial& trial)
        : part_(part), left_(std::move(left)), kept_(kept), trial_(trial),
          register_effects_(operations.register_effects(part.members)),
          container_effects_(operations.container_effects(part.members)), optional_(part.members.size()) {
        std::vector<std::uint32_t> classes;
        const auto machine = operations.machine(part.members, classes);
        if (register_effects_ && register_effects_->guessed)
            register_effects_.reset(); // who made what is not sure enough
        for (const std::uint32_t each : left_)
            optional_[each] = (register_effects_ && leaves_all_as_it_is(register_effects_->all[each])) ||
                              machine->observer(classes[each]);
    }

    Shrunk run() {
        minimise(left_, [&](std::size_t begin, std::size_t end) { return without(begin, end); });
        return {std::move(left_), minimal_ && !over_};
    }

private:
    // Leaves out what can be of the places [begin, end) of left_, if the rest is still impossible.
    std::optional<std::vector<std::uint32_t>> without(std::size_t begin, std::size_t end) {
        if (over_) return std::nullopt;
        std::vector<bool> out(part_.members.size());
        for (std::size_t i = begin; i < end; ++i) out[left_[i]] = left_[i] != kept_;
        if (container_effects_)
            take_values_whole(out);
        else
            keep_what_is_needed(out);
        std::vector<std::uint32_t> rest;
        for (const std::uint32_t each : left_)
            if (!out[each]) rest.push_back(each);
        if (rest.size() == left_.size() || !impossible(rest)) return std::nullopt;
        return rest;
    }
    // Takes back from `out` what must not be left out while the rest stays.
    void keep_what_is_needed(std::vector<bool>& out) const {
        bool refused = false;
        std::vector<bool> seen(register_effects_ ? register_effects_->values : 0);
        // What is optional goes first: whether it goes does not depend on anything.
        for (const std::uint32_t each : left_)
            if (register_effects_ && !(out[each] && optional_[each])) look(each, seen, refused);
        for (bool changed = true; changed;) {
            changed = false;
            for (const std::uint32_t each : left_) {
                if (!out[each] || optional_[each]) continue;
                if (register_effects_ && !refused && made_nothing_seen(each, seen)) continue;
                out[each] = false;
                changed = true;
            }
        }
    }
    // The same for an object that holds many values: all that was done with one goes, or stays, together.
    void take_values_whole(std::vector<bool>& out) const {
        using Kind = models::ContainerEffect::Kind;
        const auto kind = [&](std::uint32_t each) { return container_effects_->all[each].kind; };
        const auto has_value = [&](std::uint32_t each) {
            return kind(each) == Kind::insert || (kind(each) == Kind::take && !part_.intervals[each].unknown);
        };
        std::vector<bool> leaves(container_effects_->values);
        std::vector<bool> stays(container_effects_->values);
        bool other = false;
        for (const std::uint32_t each : left_) {
            const std::uint32_t value = container_effects_->all[each].value;
            if (optional_[each] && out[each]) continue;
            if (has_value(each) && out[each]) leaves[value] = true;
            if (has_value(each) && each == kept_) stays[value] = true;
            if (kind(each) == Kind::list)
                for (const std::uint32_t shown : container_effects_->listed[value]) stays[shown] = true;
            other = other || kind(each) == Kind::other;
        }
        for (const std::uint32_t each : left_) {
            const std::uint32_t value = container_effects_->all[each].value;
            if (!optional_[each]) out[each] = has_value(each) && !other && leaves[value] && !stays[value];
        }
    }
    void look(std::uint32_t each, std::vector<bool>& seen, bool& refused) const {
        const RegisterEffect& effect = register_effects_->all[each];
        if (effect.kind == RegisterEffect::Kind::refused) refused = true;
        if (effect.kind == RegisterEffect::Kind::read) seen[effect.value] = true;
        if (effect.kind == RegisterEffect::Kind::swap) seen[effect.from] = true;
    }
    // A swap that is left out as well counts as one that sees: the next round may leave out its maker.
    bool made_nothing_seen(std::uint32_t each, const std::vector<bool>& seen) const {
        const RegisterEffect& effect = register_effects_->all[each];
        if (effect.kind == RegisterEffect::Kind::append) return true;
        return (effect.kind == RegisterEffect::Kind::write || effect.kind == RegisterEffect::Kind::swap) &&
               !seen[effect.value];
    }
    bool impossible(const std::vector<std::uint32_t>& places) {
        const Tried tried = trial_(places);
        over_ = over_ || tried == Tried::over;
        minimal_ = minimal_ && tried != Tried::unclear;
        return tried == Tried::impossible;
    }

    const Part& part_;
    std::vector<std::uint32_t> left_;
    std::uint32_t kept_;
    const Trial& trial_;
    std::optional<models::RegisterEffects> register_effects_;
    std::optional<models::ContainerEffects> container_effects_;
    std::vector<bool> optional_; // can be left out whatever else is there
    bool minimal_ = true;
    bool over_ = false;
};

constexpr std::uint64_t edges_budget = 200; // configurations a try

bool impossible_within(const models::Operations& operations, const Part& part) {
    const Board board(operations, part);
    Search search(board, {});
    return search.run(edges_budget) == Search::Outcome::impossible;
}

// Moves one end of one interval outwards, past the ends of others one at a time, as far as it goes.
void stretch(const models::Operations& operations, Part& part, std::uint32_t which, bool invocation) {
    std::vector<sim::WorldTime> stops;
    for (const models::Interval& each : part.intervals) stops.push_back(invocation ? each.returned : each.invoked);
    std::sort(stops.begin(), stops.end());
    if (invocation) std::reverse(stops.begin(), stops.end());
    sim::WorldTime& end = invocation ? part.intervals[which].invoked : part.intervals[which].returned;
    for (const sim::WorldTime stop : stops) {
        if (invocation ? stop >= end : stop <= end) continue;
        const sim::WorldTime before = std::exchange(end, stop);
        if (impossible_within(operations, part)) continue;
        end = before;
        return;
    }
}

} // namespace

Shrunk leave_out(const models::Operations& operations, const Part& part, std::vector<std::uint32_t> places,
                 std::uint32_t kept, const Trial& trial) {
    return Shrinking(operations, part, std::move(places), kept, trial).run();
}

Shrunk shrink(const models::Operations& operations, const Part& part, std::uint32_t unpassable, std::uint64_t budget) {
    CHECK(unpassable < part.members.size());
    CHECK(!part.intervals[unpassable].unknown); // only a return can be impossible
    const sim::WorldTime end = part.intervals[unpassable].returned;
    std::vector<std::uint32_t> begun;
    for (std::uint32_t each = 0; each < part.members.size(); ++each)
        if (part.intervals[each].invoked <= end) begun.push_back(each);
    const Trial trial = [&](const std::vector<std::uint32_t>& places) {
        // Each configuration, and the board itself, takes as long as there are places.
        constexpr std::size_t places_for_one = 64;
        const std::uint64_t weight = 1 + places.size() / places_for_one;
        if (budget < weight) return Tried::over;
        const Board board(operations, part_of(operations, part, places));
        Search search(board, {});
        const auto outcome = search.run(std::min(budget / weight, try_budget));
        budget -= std::min(budget, (search.nodes() + 1) * weight);
        if (outcome == Search::Outcome::found) return Tried::possible;
        if (outcome != Search::Outcome::impossible) return Tried::unclear;
        // Impossible for the same reason: at that return, not at a later one.
        const std::uint32_t shown = board.timeline.by_return[search.deepest()];
        return board.timeline.intervals[shown].returned <= end ? Tried::impossible : Tried::possible;
    };
    return leave_out(operations, part, std::move(begun), unpassable, trial);
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> essential_edges(const models::Operations& operations,
                                                                     const Part& part) {
    Part relaxed = part;
    const auto count = static_cast<std::uint32_t>(part.members.size());
    for (std::uint32_t each = 0; each < count; ++each) stretch(operations, relaxed, each, true);
    for (std::uint32_t each = 0; each < count; ++each)
        if (!relaxed.intervals[each].unknown) stretch(operations, relaxed, each, false);
    const auto precedes = [&](std::uint32_t a, std::uint32_t b) {
        return relaxed.intervals[a].precedes(relaxed.intervals[b]);
    };
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (std::uint32_t a = 0; a < count; ++a)
        for (std::uint32_t b = 0; b < count; ++b) {
            if (!precedes(a, b)) continue;
            bool follows = false; // from two others
            for (std::uint32_t c = 0; c < count; ++c) follows = follows || (precedes(a, c) && precedes(c, b));
            if (!follows) edges.emplace_back(a, b);
        }
    return edges;
}

} // namespace orrery::reports::judges::linearizable
