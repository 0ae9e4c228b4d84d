// Links deliver some of their messages later, each by a drawn time up to `delay`.
#include "orrery/faults/kinds/rate.h"

namespace orrery::faults {
namespace {

void draw(Fault& fault, Draw& draw, const Targets& targets) {
    draw_rate(fault, draw, targets);
    fault.parameters.set("delay", draw.between("delay", std::chrono::milliseconds(1), std::chrono::milliseconds(500)));
}

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    return begin_rate(world, fault, hosts, sim::world::RuleKind::delay, fault.parameters.get<sim::Duration>("delay"));
}

} // namespace

const Kind& kind_delay() {
    static const Kind kind{.name = "delay",
                           .effective = "a message was delayed",
                           .parameters = {rate_probability(), Parameter::required_duration("delay", "50ms")},
                           .strikes_links = true,
                           .is_rate = true,
                           .draw = draw,
                           .begin = begin,
                           .end = end_rates};
    return kind;
}

} // namespace orrery::faults
