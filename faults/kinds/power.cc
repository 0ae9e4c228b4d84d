// Machines lose power: the process dies, and of what was not synced the disk keeps a drawn part. `torn`: also
// the sector that was being written may be half old and half new.
#include "orrery/faults/kinds/crashing.h"

namespace orrery::faults {
namespace {

void draw(Fault& fault, Draw& draw, const Targets& targets) {
    // All at once, half of the time: what only the quorum's caches hold is lost by that alone.
    if (targets.together > 0)
        draw_some(fault, draw, targets.hosts, targets.together);
    else if (draw("everyone", 2) == 0)
        fault.target = {Target::Kind::hosts, targets.hosts, {}, {}};
    else
        draw_one(fault, draw, targets);
    fault.parameters.set("torn", draw("torn", 2) == 0);
}

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    const bool torn = fault.parameters.get<bool>("torn");
    return crash_hosts(world, fault, hosts, torn ? sim::world::CrashMode::power_torn : sim::world::CrashMode::power);
}

} // namespace

const Kind& kind_power() {
    static const Kind kind{.name = "power",
                           .effective = "a process with work was destroyed, or its disk lost something",
                           .parameters = {Parameter::flag("torn")},
                           .strikes_disks = true,
                           .draw = draw,
                           .begin = begin,
                           .end = restart_hosts};
    return kind;
}

} // namespace orrery::faults
