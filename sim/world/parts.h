// Parts: what the processes of a world are joined to. The world owns them all.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orrery/sim/stack.h"
#include "orrery/sim/world/connections.h"
#include "orrery/sim/world/host.h"
#include "orrery/sim/world/kernel.h"
#include "orrery/sim/world/network.h"
#include "orrery/sim/world/observers.h"
#include "orrery/sim/world/options.h"
#include "orrery/sim/world/watch.h"

namespace orrery::sim::world {

struct Parts {
    explicit Parts(WorldOptions of);
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    WorldOptions options;
    Kernel kernel;
    StackArena own_stacks;
    StackArena& stacks; // its own, or those that it was lent
    std::vector<Host> hosts;
    std::map<std::string, std::vector<Address>, std::less<>> roles; // the hosts of each, by index
    Observers observers;
    Watches watches;
    Network network;
    Connections connections;
    bool burial_due = false; // the running event's process died by itself

    static Address address_of(HostIndex index) { return {index + std::uint64_t{1}, 0}; }
};

} // namespace orrery::sim::world
