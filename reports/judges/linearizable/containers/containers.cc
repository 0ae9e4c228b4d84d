// Unknown operations may have taken something. Of a queue it is known which values they take; other objects are judged
// twice: without their help, then with more than they can give.
#include "orrery/reports/judges/linearizable/containers/containers.h"

#include "orrery/reports/judges/linearizable/containers/lifetimes.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable::containers {

namespace {

using Help = Lifetimes::Help;

Contained decide(std::span<const models::Interval> intervals, const models::ContainerEffects& effects, Help help,
                 bool& has_unknown_takers) {
    Lifetimes lifetimes(intervals, effects);
    const bool readable = lifetimes.read(help);
    has_unknown_takers = lifetimes.has_unknown_takers();
    if (!readable) return {};
    if (lifetimes.wrong()) return *lifetimes.wrong();
    switch (effects.discipline) {
    case models::Discipline::first_in_first_out:
        return order_queue(lifetimes);
    case models::Discipline::last_in_first_out:
        return order_stack(lifetimes);
    default:
        CHECK(effects.discipline == models::Discipline::least_first);
        return order_priority_queue(lifetimes);
    }
}

} // namespace

Contained decide_container(std::span<const models::Interval> intervals, const models::ContainerEffects& effects) {
    if (effects.discipline == models::Discipline::unordered) return order_growing_set(intervals, effects);
    bool has_unknown_takers = false;
    if (effects.discipline == models::Discipline::first_in_first_out)
        return decide(intervals, effects, Help::in_turn, has_unknown_takers);
    Contained plain = decide(intervals, effects, Help::none, has_unknown_takers);
    // Without unknown operations that may have taken something, that is all. With them, an order without their
    // help is good; but only what even their help cannot save is impossible.
    if (!has_unknown_takers || plain.outcome == Contained::Outcome::found) return plain;
    Contained helped = decide(intervals, effects, Help::any, has_unknown_takers);
    return helped.outcome == Contained::Outcome::impossible ? helped : Contained{};
}

} // namespace orrery::reports::judges::linearizable::containers
