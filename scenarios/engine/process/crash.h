// Crash: what a child tells of its own death, so that it is a finding with a fingerprint.
//
// A child watches itself: a fatal signal, a fault in the guard page of a fiber's stack, an event
// that eats processor time without an end, a sanitizer's report. Each writes one record to the
// parent, the addresses on its stack within, and dies. The parent puts names to the addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orrery/scenarios/engine/process/summary.h"
#include "orrery/sim/world/world.h"

namespace orrery::scenarios::engine {

struct CrashRecord {
    enum class Cause : std::uint32_t { signal, overflow, loop, sanitizer };
    static constexpr std::size_t frames_max = 48;
    static constexpr std::uint64_t mark_expected = 0x6863726165644f72u;

    std::uint64_t mark = mark_expected;
    Cause cause = Cause::signal;
    std::int32_t signal = 0;
    std::int64_t time = 0;   // world time
    std::uint64_t event = 0; // identity of the running event
    std::uint64_t events = 0;
    std::uint64_t digest = 0; // of the run so far; 0 for a loop, which may have gone round any number of times
    std::uint64_t frames = 0;
    std::uintptr_t addresses[frames_max] = {};
    char text[240] = {}; // sanitizer: its summary
};

// In the child: from now on its death is told to `descriptor`. An event that has not ended after
// `loop_milliseconds` of processor time, or at most twice that, is an endless loop.
void watch_own_death(int descriptor, int loop_milliseconds);
// While this world runs; null: no world runs, and nothing is an endless loop.
void watch_world(sim::world::World* world);

// In the parent: the record in what a child had told, if it is one.
std::optional<CrashRecord> read_crash(const std::string& told);
FindingRecord crash_finding(const CrashRecord& record);

} // namespace orrery::scenarios::engine
