// CHECK: an invariant of our own code, tested always, in production too.
//
// A CHECK that fails inside a process of the simulated world kills that process and becomes a
// finding "process died"; outside of any process it is a bug of the kernel and aborts. Expected
// failures are values (Result), never CHECKs. One condition each.
#pragma once

#include <exception>
#include <string>

namespace orrery::sim {

struct CheckFailed : std::exception {
    CheckFailed(std::string text, const char* where_failed) : message(std::move(text)), where(where_failed) {}
    const char* what() const noexcept override { return message.c_str(); }
    // "CHECK(two == 3) failed in world_test.cc". The line is left out, because every edit above moves it, and the
    // folder too, because builds spell it differently.
    std::string rule() const;
    std::string message;
    const char* where; // "file:line", static
};

// Throws CheckFailed while a fiber of the world runs, else prints and aborts.
[[noreturn]] void check_failed(const char* condition, const char* where);

// True while code of a process runs in this thread: a failed CHECK then throws. The world sets it.
inline constinit thread_local bool check_throws = false;

} // namespace orrery::sim

#define ORRERY_TEXT_(x) #x
#define ORRERY_TEXT(x) ORRERY_TEXT_(x)
// __FILE__ may hold the build's path; the world strips it to what follows "orrery/".
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) [[unlikely]]                                                                                 \
            ::orrery::sim::check_failed(#condition, __FILE__ ":" ORRERY_TEXT(__LINE__));                               \
    } while (false)
