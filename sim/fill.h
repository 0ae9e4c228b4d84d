// Fill: what memory of our own pools holds before anyone writes to it. Zero and untouched in an
// ordinary run. A process that verifies a run sets another byte first, so that code that reads what
// it never wrote behaves otherwise there, and is caught.
#pragma once

#include <cstdint>

namespace orrery::sim {

inline std::uint8_t fresh_memory = 0;

} // namespace orrery::sim
