// What runs within signal handlers allocates nothing and takes no lock.
#include "orrery/scenarios/engine/process/crash.h"

#include <execinfo.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "orrery/scenarios/engine/process/symbols.h"
#include "orrery/sim/stack.h"
#include "orrery/sim/world/process.h"

namespace orrery::scenarios::engine {
namespace {

constexpr int fatal_signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS};

int report_to = -1; // a pipe; -1: to none
sim::world::World* watched_world = nullptr;
std::uint64_t events_before = UINT64_MAX;
std::uint64_t memory_max = 0; // 0: no limit

// Only what ends at the same event in every process may be compared by its digest.
bool has_digest(CrashRecord::Cause cause) {
    using Cause = CrashRecord::Cause;
    return cause != Cause::loop && cause != Cause::hang && cause != Cause::memory;
}

// How many bytes the limit of memory counts now, by the kernel's figures; 0 if they cannot be read.
std::uint64_t memory_in_use() {
    char text[256] = {};
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    const ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return 0;
    std::uint64_t pages = 0; // the sixth number: data and stack
    int fields = 0;
    for (ssize_t i = 0; i < count && fields < 6; ++i) {
        if (text[i] == ' ') {
            ++fields;
            if (fields < 6) pages = 0;
        } else if (text[i] >= '0' && text[i] <= '9') {
            pages = pages * 10 + static_cast<std::uint64_t>(text[i] - '0');
        }
    }
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void report(CrashRecord& record) {
    if (report_to < 0) return;
    if (watched_world != nullptr) {
        record.time = watched_world->now().nanoseconds;
        record.event = watched_world->running_event();
        record.events = watched_world->events();
        if (has_digest(record.cause)) record.digest = watched_world->digest();
    }
    record.memory = memory_in_use();
    void* frames[CrashRecord::frames_max];
    const int count = backtrace(frames, CrashRecord::frames_max);
    record.frames = static_cast<std::uint64_t>(count);
    for (int i = 0; i < count; ++i) record.addresses[i] = reinterpret_cast<std::uintptr_t>(frames[i]);
    const ssize_t written = write(report_to, &record, sizeof record); // below the size of a pipe: whole
    report_to = written == sizeof record ? -1 : report_to;
}

[[maybe_unused]] void on_fatal_signal(int number, siginfo_t* information, void*) {
    // A second fault, within the walk over a broken stack, kills at once.
    for (const int each : fatal_signals) std::signal(each, SIG_DFL);
    CrashRecord record;
    record.signal = number;
    const bool fault = number == SIGSEGV || number == SIGBUS;
    if (fault && watched_world != nullptr && watched_world->stacks().is_guard(information->si_addr))
        record.cause = CrashRecord::Cause::overflow;
    // Code that does not ask whether it got the memory dies of it in some other way. Nine tenths: the last piece was
    // too large.
    else if (memory_max != 0 && memory_in_use() > memory_max / 10 * 9)
        record.cause = CrashRecord::Cause::memory;
    report(record);
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
    report(record);
    _exit(1);
}

void on_hang(int) {
    CrashRecord record;
    record.cause = CrashRecord::Cause::hang;
    report(record);
    _exit(1);
}

// The host and the task that run, into the record's text. Not for signal handlers.
void name_running_task(CrashRecord& record) {
    if (watched_world == nullptr || !sim::check_throws) return; // no task runs
    for (sim::world::HostIndex i = 0; i < watched_world->host_count(); ++i) {
        const sim::world::Host& host = watched_world->host(i);
        if (host.process == nullptr) continue;
        try {
            const auto* task = host.process->find(host.process->current());
            std::snprintf(record.text, sizeof record.text, "%s in its task '%s'", host.spec.name.c_str(),
                          task == nullptr ? "" : task->name.c_str());
            return;
        } catch (const sim::CheckFailed&) { // none of this host's runs
        }
    }
}

[[maybe_unused]] void on_memory_spent() {
    CrashRecord record;
    record.cause = CrashRecord::Cause::memory;
    name_running_task(record);
    report(record);
    _exit(1);
}

pid_t own_process = -1;

// The program under test called exit(), or main returned in a process that it had forked.
void on_process_exit(int status, void*) {
    if (report_to < 0 || getpid() != own_process) _exit(status);
    CrashRecord record;
    record.cause = CrashRecord::Cause::exit;
    record.signal = status;
    name_running_task(record);
    report(record);
    _exit(status);
}

[[maybe_unused]] void handle(int number, void (*action)(int, siginfo_t*, void*)) {
    struct sigaction handler {};
    handler.sa_sigaction = action;
    handler.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(number, &handler, nullptr);
}

// What stands below every task on its stack.
bool is_below_task(std::string_view name) {
    return name.starts_with("orrery::sim::world::Process::start") || name.starts_with("orrery::sim::Tasks::") ||
           name.starts_with("orrery::sim::Fiber");
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
        if (named == 3 || is_below_task(name)) break;
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

// Twice the limit is a figure to try; a run that leaks needs more of any.
std::string out_of_memory(const CrashRecord& record, const Limits& limits) {
    const auto mebibytes = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
    std::string text = "the run needed more than its limit of " + mebibytes(limits.memory_bytes) + " of memory";
    if (record.memory != 0) text += ": it had taken " + mebibytes(record.memory) + " and asked for more";
    text += "; if that is no leak, try --memory " + std::to_string(limits.memory_bytes >> 19) + "MiB";
    return limits.memory_bytes < memory_bytes_standard
               ? text + ", or the default of " + mebibytes(memory_bytes_standard)
               : text;
}

} // namespace

// Counts what the kernel calls data: the heap and every private mapping that can be written, fibers' stacks too.
void limit_memory(std::uint64_t bytes) {
#if !defined(ORRERY_ASAN)
    if (bytes == 0) return;
    memory_max = bytes;
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_DATA, &limit);
    std::set_new_handler(on_memory_spent);
#else
    (void)bytes;
#endif
}

void watch_own_death(int descriptor, const Limits& limits) {
    CHECK(descriptor >= 0);
    CHECK(limits.loop_milliseconds > 0);
    report_to = descriptor;
    own_process = getpid();
    events_before = UINT64_MAX;
    void* frame = nullptr;
    (void)backtrace(&frame, 1); // the first call loads a library: not within a handler
#if !defined(ORRERY_ASAN)
    static char stack[64 * 1024];
    stack_t alternative{};
    alternative.ss_sp = stack;
    alternative.ss_size = sizeof stack;
    sigaltstack(&alternative, nullptr);
    for (const int number : fatal_signals) handle(number, on_fatal_signal);
#endif
    struct sigaction alarm {};
    alarm.sa_flags = SA_RESTART | SA_ONSTACK; // a fiber's stack may have no room for it
    alarm.sa_handler = on_hang;
    sigaction(hang_signal, &alarm, nullptr);
    alarm.sa_handler = on_processor_time;
    sigaction(SIGPROF, &alarm, nullptr);
    const timeval interval{limits.loop_milliseconds / 1000, limits.loop_milliseconds % 1000 * 1000};
    const itimerval timer{interval, interval};
    setitimer(ITIMER_PROF, &timer, nullptr);
    on_exit(on_process_exit, nullptr);
    limit_memory(limits.memory_bytes);
}

// What the parent knows of a hang by itself: the record, if there is one, adds where.
sim::Finding hang_finding(const Limits& limits) {
    return {"process", "hung", "a run does not wait for the machine",
            "the run was blocked for " + std::to_string(limits.hang_milliseconds) +
                " ms of real time and used no processor time"};
}

void watch_world(sim::world::World* world) { watched_world = world; }

std::optional<CrashRecord> read_crash(const std::string& received) {
    CrashRecord record;
    if (received.size() != sizeof record) return std::nullopt;
    std::memcpy(&record, received.data(), sizeof record);
    if (record.mark != CrashRecord::mark_expected) return std::nullopt;
    record.text[sizeof record.text - 1] = '\0';
    return record;
}

sim::Finding crash_finding(const CrashRecord& record, const Limits& limits) {
    sim::Finding finding;
    finding.judge = "process";
    finding.time = {record.time};
    finding.event = record.event;
    const std::string where = place(record);
    const std::string who = record.text[0] == '\0' ? "" : std::string(" by ") + record.text;
    // Where a clock or the last piece of memory happened to meet it is no part of a rule.
    switch (record.cause) {
    case CrashRecord::Cause::signal: {
        const char* name = sigabbrev_np(record.signal);
        const std::string signal = "SIG" + std::string(name == nullptr ? "?" : name);
        finding.kind = "crashed";
        finding.rule = signal + " in " + where;
        finding.text = "the run crashed with " + signal + " in " + where;
        break;
    }
    case CrashRecord::Cause::overflow:
        finding.kind = "stack overflow";
        finding.rule = "a task stays within its stack: " + where;
        finding.text = "a task ran off its stack of " + std::to_string(sim::stack_bytes / 1024) + " KiB in " + where;
        break;
    case CrashRecord::Cause::loop:
        finding.kind = "endless loop";
        finding.rule = "an event ends";
        finding.text = "an event took processor time without an end, last seen in " + where;
        break;
    case CrashRecord::Cause::sanitizer:
        finding.kind = "sanitizer report";
        finding.rule = sanitizer_rule(record.text);
        finding.text = record.text;
        break;
    case CrashRecord::Cause::hang:
        finding = hang_finding(limits);
        finding.time = {record.time};
        finding.event = record.event;
        finding.text += ", in " + where;
        break;
    case CrashRecord::Cause::memory:
        finding.kind = "out of memory";
        finding.rule = "a run stays within its memory";
        finding.text = out_of_memory(record, limits) + "; the last was asked for" + who + ", in " + where;
        break;
    case CrashRecord::Cause::exit:
        finding.kind = "ended";
        finding.rule = "exit status " + std::to_string(record.signal);
        finding.text = "the process was ended with " + finding.rule + who + ", in " + where;
        break;
    }
    return finding;
}

} // namespace orrery::scenarios::engine

#if defined(ORRERY_ASAN)
// The sanitizers' runtime calls this with the last line of each report.
extern "C" void __sanitizer_report_error_summary(const char* summary) {
    using namespace orrery::scenarios::engine;
    CrashRecord record;
    record.cause = CrashRecord::Cause::sanitizer;
    std::strncpy(record.text, summary, sizeof record.text - 1);
    report(record);
    const ssize_t shown = write(2, summary, std::strlen(summary));
    if (shown > 0) (void)!write(2, "\n", 1);
}
#endif
