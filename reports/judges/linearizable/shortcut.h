// Shortcut: what needs no search. Where the system itself said in which order it did things, that is checked
// first (hints.h). Where all values are different, an order of registers is read off their
// chains, and one of queues, stacks and growing sets off the lives of what they hold.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "orrery/reports/judges/linearizable/chains.h"
#include "orrery/reports/judges/linearizable/part.h"

namespace orrery::reports::judges {

struct Shortcut {
    enum class Outcome : std::uint8_t { found, impossible, unclear };

    Outcome outcome = Outcome::unclear;
    std::string_view name{};            // of the way it was decided: "hints", "chains", "containers"
    std::vector<std::uint32_t> order{}; // found: places, without unknown operations whose effect nobody saw
    std::vector<std::uint32_t> core{};  // impossible: these alone are, and not just because others are missing
    std::uint32_t unpassable = 0;       // its return is the earliest of the core that no order passes; see below
};

Shortcut try_shortcut(const models::Operations& operations, const Part& part, const ChainRules& rules);

// Makes an impossible one tell the violation that shows first, with `unpassable`. False if none shows before then.
bool find_earliest(const models::Operations& operations, const Part& part, const ChainRules& rules,
                   sim::WorldTime before, Shortcut& violation);

} // namespace orrery::reports::judges
