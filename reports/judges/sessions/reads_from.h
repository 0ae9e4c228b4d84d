// One order for all accesses, where each read tells which write it saw (every value was written once). Then much less
// has to be tried than without that knowledge (Gibbons and Korach, Testing Shared Memories, 1997, tell how much harder
// it is in general): a value may be overwritten only when all that have read it are done, and which write comes next
// is mostly known from when it was answered or first seen.
//
//     client 1   write a=1          write a=2
//     client 2            read a=1            read a=1    a=2 waits for this one, whenever that is
#pragma once

#include "orrery/reports/judges/sessions/accesses.h"

namespace orrery::reports::judges::sessions {

struct ReadsFrom {
    enum class Outcome : std::uint8_t { found, impossible, out_of_budget, out_of_memory };
    Outcome outcome = Outcome::found;
    std::vector<std::uint32_t> order{}; // found: of all accesses
    std::uint64_t nodes = 0;            // writes that were tried
};

// `accesses`: not ambiguous, and no read comes from nowhere. `calls`: the history's. `memory` in bytes.
ReadsFrom order_of(const Accesses& accesses, const std::vector<Call>& calls, std::uint64_t budget, std::size_t memory);

} // namespace orrery::reports::judges::sessions
