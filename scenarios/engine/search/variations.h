// Variations: a small run, changed at several places at once.
//
// Where no single piece of a run can be left out, two or three can often be left out together if something else takes
// their place: ten lost messages and a cut go, and a longer cut comes. There is no order in which to try such changes,
// so they are drawn, thousands of them, and those that make the run smaller are kept (a random local search):
//
//     lost server0>server2 at 763 ms, lost server2>server0 at 802 ms, lost server2>server0 at 842 ms, cut server2 at
//     886
//     -> cut server2 from 740 ms on
#pragma once

#include "orrery/scenarios/engine/search/small_runs.h"

namespace orrery::scenarios::engine {

// Two to four faults that follow each other become one that lasts from the first to the last of them, of every kind
// that the scenario stands: of the hosts that they struck, of all that it may strike, and of each.
std::vector<RunInput> with_merged_faults(const RunInput& run);

// So many variations of a run whose plan, and operations if it has any, are written out, numbered from `first`. None
// has more faults or more operations than the run. `recorded`: the run, with the fault points that it reached. The same
// numbers give the same runs.
std::vector<RunInput> variations(const Summary& recorded, std::uint32_t first, std::uint32_t count);

} // namespace orrery::scenarios::engine
