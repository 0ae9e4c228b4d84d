// The messages of a replica in words, and the labels that show them.
#pragma once

#include <string>

#include "orrery/protocols/paxos/replica_message.h"
#include "orrery/sim/env.h"

namespace orrery::paxos {

// `kind` is at most last_kind (CHECK).
const sim::Label& label_of(ReplicaMessage::Kind kind);
// "ballot 3.1".
std::string ballot_text(const Ballot& ballot);
// "slots 4 to 6", "slot 4", "nothing".
std::string slots_text(Slot first, std::size_t count);

} // namespace orrery::paxos
