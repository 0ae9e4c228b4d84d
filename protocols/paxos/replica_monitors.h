// Monitors: what the proof of Multi-Paxos rests on (Lamport, Paxos Made Simple, 2001, sections 2 and 3), folded over
// the notes of replicas. It is that of the Synod for each slot, but a promise holds for all slots.
//
// P1   a promise is kept: nobody accepts a ballot below one that it has promised, nor promises one
// P2b  once a majority has accepted a value in one ballot, every higher ballot proposes that value
//      a ballot proposes one value a slot, and is led by one member, in one life
//      what a member takes for chosen a majority has accepted in one ballot, and all take the same
//      a majority is one of those who decide in that slot: voters that were chosen a window below or further
//      nothing is proposed in a slot before all that lies a window below it is chosen
//      a read misses nothing that any member knew to be chosen when it began
#pragma once

#include <vector>

#include "orrery/sim/monitor.h"

namespace orrery::paxos {

// paxos.log.promise, paxos.log.ballot, paxos.log.chosen_value_kept, paxos.log.agreement, paxos.log.window,
// paxos.log.read.
std::vector<sim::MonitorFactory> replica_monitors();

} // namespace orrery::paxos
