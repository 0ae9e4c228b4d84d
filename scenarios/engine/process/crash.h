// Crash: what a child reports of its own death, so that it is a finding with a fingerprint.
//
// A child watches itself: a fatal signal, a fault in the guard page of a fiber's stack, an event that eats processor
// time without an end, memory beyond the limit, exit() called by the program under test, a sanitizer's report. And its
// parent may ask it where it hangs. Each writes one record to the parent, with the addresses on its stack, and dies.
// The parent puts names to the addresses.
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>

#include "orrery/scenarios/engine/process/child.h"
#include "orrery/sim/world/world.h"

namespace orrery::scenarios::engine {

struct CrashRecord {
    enum class Cause : std::uint32_t { signal, overflow, loop, sanitizer, hang, memory, exit };
    static constexpr std::size_t frames_max = 48;
    static constexpr std::uint64_t mark_expected = 0x6863726165644f72u;

    std::uint64_t mark = mark_expected;
    Cause cause = Cause::signal;
    std::int32_t signal = 0; // exit: the status
    std::int64_t time = 0;   // world time
    std::uint64_t event = 0; // identity of the running event
    std::uint64_t events = 0;
    std::uint64_t memory = 0; // bytes that count, when it died; 0: not known
    std::uint64_t digest = 0; // of the run so far; 0 where it may end anywhere: a loop, a hang, memory
    std::uint64_t frames = 0;
    std::uintptr_t addresses[frames_max] = {};
    char text[240] = {}; // sanitizer: its summary; exit and memory: the host and its task
};

// A child that gets this signal reports where it is, as a hang, and ends.
constexpr int hang_signal = SIGALRM;

// In the child: from now on its death is reported to `descriptor`. A loop is noticed after the limit of processor time,
// or at most twice that.
void watch_own_death(int descriptor, const Limits& limits);
// While this world runs; null: no world runs, and nothing is an endless loop.
void watch_world(sim::world::World* world);

// In the parent: the record in what a child had written, if it is one.
std::optional<CrashRecord> read_crash(const std::string& received);
// Of a run that is blocked, in a system call or for a lock, and could not say where.
sim::Finding hang_finding(const Limits& limits);
sim::Finding crash_finding(const CrashRecord& record, const Limits& limits);

} // namespace orrery::scenarios::engine
