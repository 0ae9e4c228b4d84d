// Monitors: what must hold of a cluster, folded over the notes of its nodes. README.md has the table: rule of the
// paper, where the code keeps it, which of these watches it, which planted bug breaks it.
#pragma once

#include <memory>
#include <vector>

#include "orrery/sim/monitor.h"

namespace orrery::raft {

// All of those below.
std::vector<sim::MonitorFactory> monitors();

// Figure 3 of the paper: election safety, leader append-only, log matching, leader completeness, state machine safety;
// and that terms and commit indexes never fall.
std::unique_ptr<sim::Monitor> safety_monitor();
// What the proof of that rests on, and what breaks long before it does: one vote a term, votes of a majority, what is
// committed is durable on a majority, what was promised is found again.
std::unique_ptr<sim::Monitor> lemma_monitor();
// What a cluster owes while nothing goes wrong: somebody leads, and goes on leading.
std::unique_ptr<sim::Monitor> availability_monitor();
// When all is over, every server has applied what one has.
std::unique_ptr<sim::Monitor> convergence_monitor();

} // namespace orrery::raft
