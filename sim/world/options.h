// WorldOptions: all that a world is made from, besides its hosts.
#pragma once

#include <string>
#include <vector>

#include "orrery/sim/chance.h"
#include "orrery/sim/settings.h"
#include "orrery/sim/stack.h"

namespace orrery::sim::world {

struct WorldOptions {
    std::uint64_t seed = 1;
    std::vector<Override> overrides{};
    std::vector<FixedDraw> fixed{};
    std::vector<Reseed> reseeds{};
    std::string policy = "time";
    Duration slack{};
    std::uint64_t events_max = UINT64_MAX; // the budget; past it the run stops and says so
    Duration latency_min{500'000};
    Duration latency_max{1'500'000};
    bool uneven_links = false;  // each direction between two hosts has a slowest latency of its own, up to latency_max
    Duration sync_min{200'000}; // of a disk's sync
    Duration sync_max{2'000'000};
    Duration user_timeout{10'000'000'000}; // a stream breaks when a segment was held for so long
    std::int64_t drift_max = 0;            // parts per billion, either way
    Settings settings{};
    StackArena* stacks = nullptr; // lent by whoever makes one world after another; without it, the world has its own
};

} // namespace orrery::sim::world
