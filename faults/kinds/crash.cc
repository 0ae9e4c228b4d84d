// A process dies and starts again on its disk, which has everything that was written.
#include "orrery/faults/kinds/crashing.h"

namespace orrery::faults {

const Kind& kind_crash() {
    static const Kind kind{
        .name = "crash",
        .effective = "a process with work was destroyed",
        .draw = draw_one,
        .begin = [](sim::world::World& world, const Fault& fault,
                    const Hosts& hosts) { return crash_hosts(world, fault, hosts, sim::world::CrashMode::process); },
        .end = restart_hosts};
    return kind;
}

} // namespace orrery::faults
