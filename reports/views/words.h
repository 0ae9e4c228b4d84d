// Words: a violation in a sentence or two that need no knowledge of this program: who got what result
// and when, and which earlier, acknowledged operation makes that impossible.
#pragma once

#include <string>

#include "orrery/reports/judges/linearizable/minimal_history.h"
#include "orrery/reports/views/participants.h"

namespace orrery::reports::views {

using judges::linearizable::MinimalHistory;

// "client3's read returned 2 at 12.300 s, although client1 had overwritten it with 4, acknowledged
// at 8.100 s."
std::string in_words(const MinimalHistory& minimal, const Participants& participants);
// "at 8.187 s"; "at step 37" of a history without times.
std::string at(sim::WorldTime time, const Participants& participants);
// When an operation returned, and where the file says so: "at 8.187 s (line 12)", "at line 12".
std::string when_returned(const Call& call, const Participants& participants);
// A sentence of a judge, which knows processes only, with the clients that they are: "client1 read 5".
std::string with_clients(std::string_view text, const Participants& participants);
// "write 7", "cas [1 2]", "get "a"".
std::string invocation(const Call& call);
// "7"; "?" of an unknown one, "failed"; empty if the model returns nothing.
std::string response(const Call& call);
// Both: "write 7", "get "a" -> 2".
std::string whole(const Call& call);

} // namespace orrery::reports::views
