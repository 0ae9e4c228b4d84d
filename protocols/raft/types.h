// The numbers of Raft: what entries, terms and members are called by.
#pragma once

#include "orrery/protocols/replication/members.h"
#include "orrery/protocols/replication/state_machine.h"

namespace orrery::raft {

using replication::Index;
using replication::Member;
using Term = std::uint64_t; // from 1; 0: none yet

} // namespace orrery::raft
