// Fill: the byte that memory of our own pools holds before it is first written. It is zero in an ordinary run. A
// process that verifies a run sets another byte first. Code that reads what it never wrote then gives another run, and
// is caught.
#pragma once

#include <cstdint>

namespace orrery::sim {

inline std::uint8_t fresh_memory = 0;

} // namespace orrery::sim
