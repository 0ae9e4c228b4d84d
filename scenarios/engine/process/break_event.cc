// The two functions must not be inlined or left out: a debugger finds them by their names. This file is compiled with
// debug information in every build, because from it the debugger's commands learn how a world is laid out.
#include "orrery/scenarios/engine/process/break_event.h"

#include <sys/mman.h>

#include <csignal>
#include <fstream>
#include <new>

#include "orrery/scenarios/engine/process/child.h"
#include "orrery/sim/world/process.h"

OrreryBreak orrery_break;
orrery::sim::world::World* orrery_world = nullptr;
const orrery::sim::world::Event* orrery_event = nullptr;

extern "C" __attribute__((noinline, used, visibility("default"))) void orrery_break_start() {
    asm volatile("" : : : "memory");
}

extern "C" __attribute__((noinline, used, visibility("default"))) void orrery_break_event(std::uint64_t event) {
#if defined(__x86_64__)
    asm volatile("int3"); // stops in this very frame
#else
    std::raise(SIGTRAP);
#endif
    asm volatile("" : : "r"(event) : "memory"); // so that this frame stands while the debugger looks
}

namespace orrery::scenarios::engine {
namespace {

bool is_meant(const Reached& begins) {
    return begins.event == orrery_break.event || begins.number == orrery_break.number ||
           begins.time.nanoseconds >= orrery_break.time;
}

// Says `reached` of each event that is meant, as it begins.
Watcher watcher(const std::function<void(const Reached&, const sim::world::Event&)>& reached) {
    Watcher watcher;
    watcher.at_start = [](sim::world::World& world) {
        orrery_world = &world;
        orrery_break_start();
    };
    watcher.at_event = [reached](const sim::world::Event& event) {
        const Reached begins{event.id, orrery_world->events() + 1, orrery_world->now(), event.kind, event.host};
        if (!is_meant(begins)) return;
        orrery_break = {};
        reached(begins, event);
    };
    watcher.at_end = [] { orrery_world = nullptr; };
    return watcher;
}

} // namespace

bool is_traced() {
    constexpr std::string_view key = "TracerPid:";
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key)) return line.find_first_not_of(" \t0", key.size()) != std::string::npos;
    return false;
}

std::string_view name(sim::world::EventKind kind) {
    constexpr std::string_view names[] = {"boot",  "delivery",  "wake", "timer",      "segment",
                                          "fault", "operation", "disk", "fault point"};
    return names[static_cast<std::size_t>(kind)];
}

sim::Checked<Reached> find_event(const RunInput& input, const OrreryBreak& place) {
    // Shared with the child, so that it is known even if the child dies in that very event.
    void* memory = mmap(nullptr, sizeof(Reached), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return sim::missing_complaint("cannot share memory with a child");
    auto* shared = new (memory) Reached;
    orrery_break = place;
    ChildOptions options;
    options.detail = Detail::counts;
    options.run.watcher = watcher([shared](const Reached& begins, const sim::world::Event&) { *shared = begins; });
    const Summary summary = run_in_child(input, options);
    const Reached reached = *shared;
    CHECK(munmap(memory, sizeof(Reached)) == 0);
    orrery_break = {};
    if (reached.event != 0 || summary.is_known()) return reached;
    if (summary.problem) return *summary.problem;
    return sim::Complaint{sim::Cause::internal, {}, summary.interrupted ? "interrupted" : summary.lost};
}

sim::Checked<std::optional<RunVerdict>> run_to(const RunInput& input, const OrreryBreak& place) {
    CHECK(has_gdb_commands());
    bool met = false;
    orrery_break = place;
    RunOptions options;
    options.watcher = watcher([&met](const Reached& begins, const sim::world::Event& event) {
        met = true;
        orrery_event = &event;
        orrery_break_event(begins.event);
        orrery_event = nullptr;
    });
    const sim::Checked<RunResult> ran = run(input, options);
    if (!ran) return ran.complaint();
    return met ? std::optional(ran->verdict) : std::nullopt;
}

} // namespace orrery::scenarios::engine
