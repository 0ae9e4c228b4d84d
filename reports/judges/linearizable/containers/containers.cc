#include "orrery/reports/judges/linearizable/containers/containers.h"

#include "orrery/reports/judges/linearizable/containers/orders.h"

namespace orrery::reports::judges {

namespace {

Contained decide(std::span<const models::Interval> intervals, const models::Contents& contents, bool taken_by_unknown,
                 bool& has_unknown_takers) {
    Lives lives(intervals, contents);
    const bool readable = lives.read(taken_by_unknown);
    has_unknown_takers = lives.has_unknown_takers();
    if (!readable) return {};
    if (lives.wrong()) return *lives.wrong();
    const bool queue = contents.discipline == models::Discipline::first_in_first_out;
    return queue ? order_queue(lives) : order_stack(lives);
}

} // namespace

Contained decide_container(std::span<const models::Interval> intervals, const models::Contents& contents) {
    if (contents.discipline == models::Discipline::unordered) return order_growing_set(intervals, contents);
    bool has_unknown_takers = false;
    Contained plain = decide(intervals, contents, false, has_unknown_takers);
    // Without unknown operations that may have taken something, that is all. With them, an order without their
    // help is good; but only what even their help cannot save is impossible.
    if (!has_unknown_takers || plain.outcome == Contained::Outcome::found) return plain;
    Contained helped = decide(intervals, contents, true, has_unknown_takers);
    return helped.outcome == Contained::Outcome::impossible ? helped : Contained{};
}

} // namespace orrery::reports::judges
