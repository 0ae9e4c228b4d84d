// Monitors: what the proof of Paxos rests on (Lamport, Paxos Made Simple, 2001, section 2), folded over the notes of
// nodes.
//
// P1   a promise is kept: nobody accepts a ballot below one that it has promised, nor promises one
// P2b  once a majority has accepted a value in one ballot, every higher ballot proposes that value
//      a ballot proposes one value, and that of a member is proposed by it alone
//      all members learn the same value of a decree, and one that was proposed
#pragma once

#include <vector>

#include "orrery/sim/monitor.h"

namespace orrery::paxos {

// paxos.promise, paxos.ballot, paxos.chosen_value_kept, paxos.nontriviality, paxos.agreement.
std::vector<sim::MonitorFactory> monitors();

} // namespace orrery::paxos
