// Words: a violation in a sentence or two that need no knowledge of this program: who was told what
// and when, and which earlier, acknowledged thing makes that impossible.
#pragma once

#include <string>

#include "orrery/reports/views/cast.h"
#include "orrery/reports/views/essence.h"

namespace orrery::reports::views {

// "client3's read returned 2 at 12.300 s, although client1 had overwritten it with 4, acknowledged
// at 8.100 s."
std::string in_words(const Essence& essence, const Cast& cast);
// "at 8.187 s"; "at step 37" of a history without times.
std::string at(sim::WorldTime time, const Cast& cast);
// "write 7", "cas [1 2]", "get "a"": without its answer; and " -> 7" with it, " -> ?" if there is none.
std::string question(const Call& call);
std::string answer(const Call& call);

} // namespace orrery::reports::views
