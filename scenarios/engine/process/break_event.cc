// It must not be inlined or left out: a debugger finds it by its name.
#include "orrery/scenarios/engine/process/break_event.h"

#include <csignal>

extern "C" __attribute__((noinline, used, visibility("default"))) void orrery_break_event(std::uint64_t event) {
    std::raise(SIGTRAP);
    asm volatile("" : : "r"(event) : "memory"); // so that this frame stands while the debugger looks
}
