// What judging costs while a history is being made: see reports/judges/online.h.
#pragma once

#include <cstdint>
#include <cstdio>

namespace orrery::scenarios::bench {

// Histories of the judge's own benchmark with 8 clients on one object, told event by event. A line each.
void judge_online(std::uint64_t operations, std::FILE* figures);

} // namespace orrery::scenarios::bench
