// Monitors: what must hold of a cluster, folded over the notes of its nodes. README.md has the table: rule of the
// paper, where the code keeps it, which of these watches it, which planted bug breaks it.
#pragma once

#include <memory>
#include <vector>

#include "orrery/sim/monitor.h"

namespace orrery::raft {

// At this member's address stands another machine than before, with nothing on its disk, which takes part once it is
// admitted. What was promised under its name was the other's: monitors do not ask it for that. Of whoever runs a
// server, before that starts.
inline constexpr sim::NoteKind new_machine{"raft.new_machine", {}};

// Of a cluster whose members stay the same.
std::vector<sim::MonitorFactory> monitors();
// Of one whose members change.
std::vector<sim::MonitorFactory> changing_monitors();

// Figure 3 of the paper: election safety, leader append-only, log matching, leader completeness, state machine safety;
// and that terms and commit indexes never fall.
std::unique_ptr<sim::Monitor> safety_monitor();
// What the proof of that rests on, and what breaks long before it does: one vote a term, votes of a majority, what is
// committed is durable on a majority, what was promised is found again.
std::unique_ptr<sim::Monitor> lemma_monitor();
std::unique_ptr<sim::Monitor> changing_lemma_monitor();
// Chapter 4 of the dissertation: who changes the membership has committed an entry of its term, and all servers find
// the same configuration at the same place of the log.
std::unique_ptr<sim::Monitor> configuration_monitor();
// What a cluster owes while nothing goes wrong: somebody leads, and goes on leading.
std::unique_ptr<sim::Monitor> availability_monitor();
// Where operators depose leaders and remove candidates: somebody leads.
std::unique_ptr<sim::Monitor> changing_availability_monitor();
// What members owe each other, as their messages show it, in a cluster whose members stay.
std::unique_ptr<sim::Monitor> exchange_monitor();
// Of reads that were answered without the log: they see what was committed when they began, and their leader knew that
// it led. Hears messages, and so costs more.
std::unique_ptr<sim::Monitor> reading_monitor();
// When all is over, every member has applied what one has.
std::unique_ptr<sim::Monitor> convergence_monitor();

} // namespace orrery::raft
