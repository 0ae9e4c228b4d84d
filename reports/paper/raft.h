// An independent reading of Raft's rules: a checker over traces, small, slow and obvious. It was written from figure 2
// and sections 5.1 to 5.4 and 7 of "In Search of an Understandable Consensus Algorithm" (Ongaro and Ousterhout, 2014),
// and shares no line with protocols/raft, which it could not even include: what both get wrong in the same way, the
// paper has wrong.
//
// A trace tells what servers say and what they hold, not what they think. So each event is compared with all that its
// server could know by then: what it has been sent in this or an earlier boot, and its log. Whatever the paper allows
// in some order of these is allowed. Not judged: when servers campaign, what clients read, and who belongs to the
// cluster, which must be the same from end to end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orrery/sim/complaint.h"

namespace orrery::reports::paper {

// What the paper does not allow.
struct Breach {
    std::size_t line = 0;
    std::string rule; // fixed words, and where they stand: "one vote a term (figure 2, RequestVote 2)"
    std::string text; // this one case
};

struct Reading {
    std::size_t events = 0;
    std::optional<Breach> breach{}; // the first
};

// Of a whole trace. Complains, with the line and what was expected, if it is empty, if its last line is cut, if
// a line cannot be read, if a server speaks that no InitState began, and of what it does not judge.
sim::Checked<Reading> check_raft(std::string_view trace);

} // namespace orrery::reports::paper
