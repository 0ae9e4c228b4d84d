// A process dies and starts again on the surviving disk; with power, what was not synced may go.
#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {
namespace {

bool crash(sim::world::World& world, const Fault& fault, const Hosts& hosts, sim::world::CrashMode mode) {
    bool any = false;
    for (const sim::world::HostIndex host : hosts) {
        if (!world.host(host).is_up()) continue;
        world.crash(host, fault.id, mode);
        any = true;
    }
    return any;
}

void restart(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for (const sim::world::HostIndex host : hosts) world.restart(host, fault.id);
}

void draw_power(Fault& fault, Draw& draw, const Strikable& strikable) {
    // All at once, half of the time: what only the quorum's caches hold is lost by that alone.
    if (draw("everyone", 2) == 0)
        fault.target = {Target::Kind::hosts, strikable.hosts, {}, {}};
    else
        draw_one(fault, draw, strikable);
    fault.parameters.torn = draw("torn", 2) == 0;
}

} // namespace

const Kind kind_crash{"crash",
                      "a process with work was destroyed",
                      "",
                      false,
                      draw_one,
                      [](sim::world::World& world, const Fault& fault, const Hosts& hosts) {
                          return crash(world, fault, hosts, sim::world::CrashMode::process);
                      },
                      restart};

const Kind kind_power{"power",
                      "a process with work was destroyed, or its disk lost something",
                      "torn",
                      false,
                      draw_power,
                      [](sim::world::World& world, const Fault& fault, const Hosts& hosts) {
                          return crash(world, fault, hosts,
                                       fault.parameters.torn ? sim::world::CrashMode::power_torn
                                                             : sim::world::CrashMode::power);
                      },
                      restart};

} // namespace orrery::faults
