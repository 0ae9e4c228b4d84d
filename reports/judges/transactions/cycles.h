// Cycles: of each class of cycle in the dependencies a short one, found the same way every time.
//
// Only strongly connected components can hold any. Whether a component has a cycle with exactly one rw edge is
// asked of 64 edges at once (reachability in bits along the condensation, which has no cycles); whether it has
// one without two rw edges in a row, of the components of the graph of (transaction, came by rw). So no limit
// of time is needed, and a component of any size is decided. Of the edges that lie on a cycle, some are tried
// for the shortest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/reports/judges/transactions/graph.h"

namespace orrery::reports::judges::transactions {

// Edge after edge; the last leads to where the first starts.
using Cycle = std::vector<Dependency>;

// "G0", "G1c", "G-single", "G-nonadjacent", "G2-item", each perhaps with "-process" or "-realtime".
std::string class_of(const Cycle& cycle);

// Of each class that was found, one. `order`: process or realtime, whether cycles may lead over such edges.
// `work` grows by the edges that were looked at.
std::vector<Cycle> find_cycles(const Graph& graph, Relations order, std::uint64_t& work);

} // namespace orrery::reports::judges::transactions
