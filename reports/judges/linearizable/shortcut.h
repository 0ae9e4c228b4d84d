// Shortcut: the stages that need no search. If the system recorded an order in which it did things, that order is
// checked first (hints.h). If all values are different, an order of a register is read off the chains of its values,
// and an order of a queue, a stack or a growing set off the lifetimes of its values.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "orrery/reports/judges/linearizable/chains.h"
#include "orrery/reports/judges/linearizable/part.h"

namespace orrery::reports::judges::linearizable {

struct Shortcut {
    enum class Outcome : std::uint8_t { found, impossible, unclear };

    Outcome outcome = Outcome::unclear;
    std::string_view name{};            // of the stage that decided: "hints", "chains", "containers"
    std::vector<std::uint32_t> order{}; // found: places, without unknown operations whose effect no other saw
    std::vector<std::uint32_t> core{};  // impossible: these alone are, and not just because others are missing
    std::uint32_t unpassable = 0;       // its return is the earliest of the core that no order passes; see below
};

Shortcut try_shortcut(const models::Operations& operations, const Part& part, const ChainRules& rules);

// Makes an impossible one name the violation that shows first, with `unpassable`. False if none shows before then. It
// becomes unclear if a search cannot confirm what it found: then nothing may be said of it.
bool find_earliest(const models::Operations& operations, const Part& part, const ChainRules& rules,
                   sim::WorldTime before, Shortcut& violation);

} // namespace orrery::reports::judges::linearizable
