// What the kinds share that strike a single message; and how a message that a rate or a cut changed is written as a
// fault of theirs. A plan of such faults in place of the rates gives the same run, and each can be left out by itself.
#pragma once

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {

const Kind& kind_lost();
const Kind& kind_doubled();
const Kind& kind_late();

// `hosts`: the names of the world's hosts, in their order.
Fault single_fault(sim::world::FaultId id, const sim::world::StruckMessage& struck, const HostNames& hosts);

} // namespace orrery::faults
