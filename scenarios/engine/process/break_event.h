// The place where a debugger stops: when an event begins. `orrery replay FILE --break-at EVENT` calls
// it for that event and raises SIGTRAP; in gdb it may also be a breakpoint with a condition:
//     break orrery_break_event if event == 0x0123456789abcdef
#pragma once

#include <cstdint>

extern "C" void orrery_break_event(std::uint64_t event);
