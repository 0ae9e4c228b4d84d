// What the kinds that destroy processes share: a host that is down already is left alone, and the end of the
// fault starts again what is down.
#pragma once

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {

inline bool crash_hosts(sim::world::World& world, const Fault& fault, const Hosts& hosts, sim::world::CrashMode mode) {
    bool any = false;
    for (const sim::world::HostIndex host : hosts) {
        if (!world.host(host).is_up()) continue;
        world.crash(host, fault.id, mode);
        any = true;
    }
    return any;
}

inline void restart_hosts(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for (const sim::world::HostIndex host : hosts) world.restart(host, fault.id);
}

} // namespace orrery::faults
