// What judging costs while a history is being made: see reports/judges/online.h.
#pragma once

#include <cstdint>
#include <cstdio>

namespace orrery::scenarios::bench {

// Gives the online judge the histories of judge_histories.h (8 clients, one object) event by event, and prints a line
// for each.
void judge_online(std::uint64_t operations, std::FILE* figures);

} // namespace orrery::scenarios::bench
