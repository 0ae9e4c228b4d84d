// Simpler runs: what shrinking tries. Each function proposes edits of one run, the most daring first; each edit takes
// something away, so that trying again and again ends. None runs anything.
#pragma once

#include <vector>

#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

// The heal right behind the finding, and no recovery after it; or less of either.
std::vector<RunInput> ended_sooner(const Summary& failure);
std::vector<RunInput> with_fewer_clients(const RunInput& input);
// Every operation that a client invoked in this run, which holds its history.
std::vector<Skip> operations_of(const Summary& failure);
// The legal values of a setting that are plainer than the one it has. None for settings that say how a run is judged.
std::vector<RunInput> with_plainer(const RunInput& input, const Setting& setting);
// One fault, by its place in the plan: strikes fewer hosts, ends earlier, begins at once, leaves its parameters at
// their defaults.
std::vector<RunInput> with_weaker_fault(const RunInput& input, std::size_t place);
// Clients that wait less between operations, and faults that come sooner: all at once, then one by one.
std::vector<RunInput> with_shorter_times(const RunInput& input);
// Each input with the seeds 1 to `count`; `count` in a row are of one input.
std::vector<RunInput> with_other_seeds(const std::vector<RunInput>& inputs, std::uint64_t count);

} // namespace orrery::scenarios::engine
