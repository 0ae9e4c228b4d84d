// What sweeps are told in words: seeds, shards, time, the accepted share of undecided seeds.
#pragma once

#include <optional>
#include <string>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/search/sweep.h"

namespace orrery::scenarios::command {

struct Share {
    std::uint64_t above = 0;
    std::uint64_t below = 1;
    bool is_exceeded(std::uint64_t part, std::uint64_t all) const { return part * below > above * all; }
};

// One line that says what was expected, if something is wrong.
std::optional<std::string> read_range(const SweepCommandOptions& options, SweepOptions& sweep, Share& undecided_max);

} // namespace orrery::scenarios::command
