// Monitors: the safety properties of Raft (figure 3 of the paper), folded over the notes of nodes.
#pragma once

#include <vector>

#include "orrery/sim/monitor.h"

namespace orrery::raft {

// Election safety, leader append-only, log matching, leader completeness, state machine safety,
// monotonic term and commit.
std::vector<sim::MonitorFactory> monitors();

} // namespace orrery::raft
