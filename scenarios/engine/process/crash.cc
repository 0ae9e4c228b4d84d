// Everything up to `tell` runs within signal handlers: no allocation, no locks.
#include "orrery/scenarios/engine/process/crash.h"

#include <execinfo.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "orrery/scenarios/engine/process/symbols.h"

#if defined(__SANITIZE_ADDRESS__)
#define ORRERY_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ORRERY_SANITIZED 1
#endif
#endif

namespace orrery::scenarios::engine {
namespace {

constexpr int fatal_signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS};

int told_to = -1;
sim::world::World* watched_world = nullptr;
std::uint64_t events_before = UINT64_MAX;

void tell(CrashRecord& record) {
    if (told_to < 0) return;
    if (watched_world != nullptr) {
        record.time = watched_world->now().nanoseconds;
        record.event = watched_world->running_event();
        record.events = watched_world->events();
        if (record.cause != CrashRecord::Cause::loop) record.digest = watched_world->digest();
    }
    void* frames[CrashRecord::frames_max];
    const int count = backtrace(frames, CrashRecord::frames_max);
    record.frames = static_cast<std::uint64_t>(count);
    for (int i = 0; i < count; ++i) record.addresses[i] = reinterpret_cast<std::uintptr_t>(frames[i]);
    const ssize_t written = write(told_to, &record, sizeof record); // below the size of a pipe: whole
    told_to = written == sizeof record ? -1 : told_to;
}

[[maybe_unused]] void on_fatal_signal(int number, siginfo_t* information, void*) {
    // A second fault, within the walk over a broken stack, kills at once.
    for (const int each : fatal_signals) std::signal(each, SIG_DFL);
    CrashRecord record;
    record.signal = number;
    const bool fault = number == SIGSEGV || number == SIGBUS;
    if (fault && watched_world != nullptr && watched_world->stacks().is_guard(information->si_addr))
        record.cause = CrashRecord::Cause::overflow;
    tell(record);
    std::raise(number);
}

void on_processor_time(int) {
    if (watched_world == nullptr) return;
    const std::uint64_t events = watched_world->events();
    if (events != events_before) {
        events_before = events;
        return;
    }
    CrashRecord record;
    record.cause = CrashRecord::Cause::loop;
    tell(record);
    _exit(1);
}

[[maybe_unused]] void handle(int number, void (*action)(int, siginfo_t*, void*)) {
    struct sigaction handler {};
    handler.sa_sigaction = action;
    handler.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(number, &handler, nullptr);
}

// The functions that say where it happened: up to where the world began to run the task.
std::string place(const CrashRecord& record) {
    std::size_t first = 0;
    const std::span<const std::uintptr_t> all(record.addresses,
                                              std::min<std::size_t>(record.frames, CrashRecord::frames_max));
    // Above the first foreign frame - the signal's own - is only the handler.
    while (first < all.size() && is_own_code(all[first])) ++first;
    // An address to return to may lie behind the end of a function that calls and never goes on; the
    // one where the signal struck, right after the signal's own frame, is exact.
    std::vector<std::uintptr_t> calls;
    for (std::size_t i = first; i < all.size(); ++i) calls.push_back(i == first + 1 ? all[i] : all[i] - 1);
    std::string text;
    std::size_t named = 0;
    for (const std::string& name : function_names(calls)) {
        if (name.starts_with("orrery::sim::world::Process::run_task") || name.starts_with("orrery::sim::Fiber") ||
            named == 3)
            break;
        if (name.starts_with("std::")) continue;
        text += (text.empty() ? "" : " < ") + name;
        ++named;
    }
    return text.empty() ? "unknown code" : text;
}

// "SUMMARY: AddressSanitizer: heap-use-after-free file.cc:12 in f" becomes "heap-use-after-free in f".
std::string sanitizer_rule(std::string_view summary) {
    for (int i = 0; i < 2; ++i) summary.remove_prefix(std::min(summary.find(": "), summary.size() - 2) + 2);
    const std::size_t in = summary.find(" in ");
    std::string rule(summary.substr(0, summary.find(' ')));
    return in == std::string_view::npos ? rule : rule + std::string(summary.substr(in));
}

} // namespace

void watch_own_death(int descriptor, int loop_milliseconds) {
    told_to = descriptor;
    events_before = UINT64_MAX;
    void* frame = nullptr;
    (void)backtrace(&frame, 1); // the first call loads a library: not within a handler
#if !defined(ORRERY_SANITIZED)
    static char stack[64 * 1024];
    stack_t alternative{};
    alternative.ss_sp = stack;
    alternative.ss_size = sizeof stack;
    sigaltstack(&alternative, nullptr);
    for (const int number : fatal_signals) handle(number, on_fatal_signal);
#endif
    struct sigaction alarm {};
    alarm.sa_handler = on_processor_time;
    alarm.sa_flags = SA_RESTART | SA_ONSTACK; // a fiber's stack may have no room for it
    sigaction(SIGPROF, &alarm, nullptr);
    const timeval interval{loop_milliseconds / 1000, loop_milliseconds % 1000 * 1000};
    const itimerval timer{interval, interval};
    setitimer(ITIMER_PROF, &timer, nullptr);
}

void watch_world(sim::world::World* world) { watched_world = world; }

std::optional<CrashRecord> read_crash(const std::string& told) {
    CrashRecord record;
    if (told.size() != sizeof record) return std::nullopt;
    std::memcpy(&record, told.data(), sizeof record);
    if (record.mark != CrashRecord::mark_expected) return std::nullopt;
    record.text[sizeof record.text - 1] = '\0';
    return record;
}

FindingRecord crash_finding(const CrashRecord& record) {
    FindingRecord finding;
    finding.time = record.time;
    finding.event = record.event;
    const std::string where = place(record);
    switch (record.cause) {
    case CrashRecord::Cause::signal: {
        const char* name = sigabbrev_np(record.signal);
        const std::string signal = "SIG" + std::string(name == nullptr ? "?" : name);
        finding.fingerprint = "process/crashed/" + signal + " in " + where;
        finding.text = "the run crashed with " + signal + " in " + where;
        break;
    }
    case CrashRecord::Cause::overflow:
        finding.fingerprint = "process/stack overflow/a task stays within its stack: " + where;
        finding.text = "a task ran off its stack of " + std::to_string(sim::stack_bytes / 1024) + " KiB in " + where;
        break;
    case CrashRecord::Cause::loop:
        // Where the clock happened to strike is no part of the fingerprint.
        finding.fingerprint = "process/endless loop/an event ends";
        finding.text = "an event took processor time without an end, last seen in " + where;
        break;
    case CrashRecord::Cause::sanitizer:
        finding.fingerprint = "process/sanitizer report/" + sanitizer_rule(record.text);
        finding.text = record.text;
        break;
    }
    return finding;
}

} // namespace orrery::scenarios::engine

#if defined(ORRERY_SANITIZED)
// The sanitizers' runtime calls this with the last line of each report.
extern "C" void __sanitizer_report_error_summary(const char* summary) {
    using namespace orrery::scenarios;
    CrashRecord record;
    record.cause = CrashRecord::Cause::sanitizer;
    std::strncpy(record.text, summary, sizeof record.text - 1);
    tell(record);
    const ssize_t shown = write(2, summary, std::strlen(summary));
    if (shown > 0) (void)!write(2, "\n", 1);
}
#endif
