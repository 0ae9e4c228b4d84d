// Links lose some of their messages; of a stream they are sent again, later.
#include "orrery/faults/kinds/rate.h"

namespace orrery::faults {

const Kind& kind_loss() {
    static const Kind kind{
        .name = "loss",
        .effective = "a message was lost",
        .parameters = {rate_probability()},
        .strikes_links = true,
        .is_rate = true,
        .draw = draw_rate,
        .begin = [](sim::world::World& world, const Fault& fault,
                    const Hosts& hosts) { return begin_rate(world, fault, hosts, sim::world::RuleKind::loss); },
        .end = end_rates};
    return kind;
}

} // namespace orrery::faults
