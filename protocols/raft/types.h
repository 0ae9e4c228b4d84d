// The numbers of Raft: what entries, terms and members are called by.
#pragma once

#include <cstdint>

namespace orrery::raft {

using Index = std::uint64_t;  // of an entry, from 1; 0: before the first
using Term = std::uint64_t;   // from 1; 0: none yet
using Member = std::uint32_t; // place in the cluster, from 0

} // namespace orrery::raft
