// Links deliver some of their datagrams twice; a stream never shows it.
#include "orrery/faults/kinds/rate.h"

namespace orrery::faults {

const Kind& kind_duplication() {
    static const Kind kind{
        .name = "duplication",
        .effective = "a message was doubled",
        .parameters = {rate_probability()},
        .strikes_links = true,
        .is_rate = true,
        .draw = draw_rate,
        .begin = [](sim::world::World& world, const Fault& fault,
                    const Hosts& hosts) { return begin_rate(world, fault, hosts, sim::world::RuleKind::duplication); },
        .end = end_rates};
    return kind;
}

} // namespace orrery::faults
