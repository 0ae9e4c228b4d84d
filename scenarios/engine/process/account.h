// Account: a failed run once more, recorded this time, and told for a terminal.
#pragma once

#include <string>

#include "orrery/reports/views/style.h"
#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

// `found`: the time of the finding that is to be explained, zero if it has none. Empty if the run
// died before it could be told.
std::string account(const RunInput& input, sim::WorldTime found, const reports::views::Style& style);

} // namespace orrery::scenarios::engine
