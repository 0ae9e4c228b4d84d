// Past: all that an event may have come from. Lamport's happens-before, read backwards: the event's cause, what its
// hosts had done before it, and the same of each of these. A message links its sending to its arrival, for its arrival
// is an event, and the sending event is its cause.
//
//     s0   a---b             The past of d is a, c and d: s1 heard of a by the message, and did c before. It knows
//           \                nothing of b.
//     s1   c---d
//
// What is outside of an event's past cannot have led to it - but for faults, which act on links, clocks and disks
// without being anyone's cause: only their crashes and restarts are in the past of what follows.
//
// An event is indivisible: what one step of it comes from, all of it comes from.
#pragma once

#include "orrery/reports/trace/row.h"

namespace orrery::reports::trace {

struct Past {
    std::vector<std::uint64_t> events{}; // sorted; the event itself is one of them
    bool is_whole = true;                // else it may go on in steps that were not kept

    bool contains(std::uint64_t event) const;
};

// Empty if no such event began.
Past past_of(const Recording& recording, std::uint64_t event);
// The places, in the recording, of the rows that were seen during events of the past.
std::vector<std::size_t> rows_of(const Recording& recording, const Past& past);

} // namespace orrery::reports::trace
