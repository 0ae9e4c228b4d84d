// Judged twice if unknown operations may have taken something: without their help, then with more than they can give.
#include "orrery/reports/judges/linearizable/containers/containers.h"

#include "orrery/reports/judges/linearizable/containers/orders.h"

namespace orrery::reports::judges::linearizable::containers {

namespace {

Contained decide(std::span<const models::Interval> intervals, const models::ContainerEffects& effects,
                 bool taken_by_unknown, bool& has_unknown_takers) {
    Lifetimes lifetimes(intervals, effects);
    const bool readable = lifetimes.read(taken_by_unknown);
    has_unknown_takers = lifetimes.has_unknown_takers();
    if (!readable) return {};
    if (lifetimes.wrong()) return *lifetimes.wrong();
    const bool queue = effects.discipline == models::Discipline::first_in_first_out;
    return queue ? order_queue(lifetimes) : order_stack(lifetimes);
}

} // namespace

Contained decide_container(std::span<const models::Interval> intervals, const models::ContainerEffects& effects) {
    if (effects.discipline == models::Discipline::unordered) return order_growing_set(intervals, effects);
    bool has_unknown_takers = false;
    Contained plain = decide(intervals, effects, false, has_unknown_takers);
    // Without unknown operations that may have taken something, that is all. With them, an order without their
    // help is good; but only what even their help cannot save is impossible.
    if (!has_unknown_takers || plain.outcome == Contained::Outcome::found) return plain;
    Contained helped = decide(intervals, effects, true, has_unknown_takers);
    return helped.outcome == Contained::Outcome::impossible ? helped : Contained{};
}

} // namespace orrery::reports::judges::linearizable::containers
