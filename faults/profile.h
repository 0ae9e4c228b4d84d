// Profile: the budget from which swarm draws a plan. A count is the most of that kind per seed,
// twice as many in a seed that has storms.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/types.h"

namespace orrery::faults {

struct Profile {
    std::uint32_t crashes = 0;
    std::uint32_t power_losses = 0;
    std::uint32_t pauses = 0;
    std::uint32_t partitions = 0;
    std::uint32_t losses = 0;
    std::uint32_t duplications = 0;
    std::uint32_t delays = 0;
    std::uint32_t storms = 2;           // short times in which many faults begin
    sim::Duration shortest{10'000'000}; // of a fault
    sim::Duration longest{8'000'000'000};
    std::vector<std::string> roles{}; // whose hosts may be struck; none: every role but clients
    std::string_view selector{};      // STATE=VALUE of the host near which most bugs are; none: no such host

    std::uint32_t count(std::string_view kind) const {
        if (kind == "crash") return crashes;
        if (kind == "power") return power_losses;
        if (kind == "pause") return pauses;
        if (kind == "cut") return partitions;
        if (kind == "loss") return losses;
        if (kind == "duplication") return duplications;
        return kind == "delay" ? delays : 0;
    }
};

// Who may be struck: the names of hosts, and of those that have a disk whose unsynced part power can
// take; and by which state the scenario's favourite is found, if it has one.
struct Strikable {
    std::vector<std::string> hosts{};
    std::vector<std::string> disks{};
    std::string key{};
    std::string value{};
};

} // namespace orrery::faults
