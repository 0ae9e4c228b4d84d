// Host: one machine. What outlives its processes is here - disk, clock, last states, counters of effects; what dies
// with a boot is in Process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orrery/sim/env.h"
#include "orrery/sim/tasks.h"
#include "orrery/sim/world/clock.h"
#include "orrery/sim/world/disk.h"
#include "orrery/sim/world/event.h"

namespace orrery::sim::world {

class ConnectionOwner;
class Process;

using sim::CrashDisposal;
// What a crash does with the disk: a process crash leaves it to the operating system, which has every write; a loss
// of power takes what was not synced, by draws.
enum class CrashMode : std::uint8_t { process, power, power_torn };
// Effects that a fault's trigger may count on a host.
enum class EffectKind : std::uint8_t { send, write, sync };
constexpr std::size_t effect_kinds = 3;

struct HostSpec {
    std::string name; // "replica2"
    std::string role;
    std::uint32_t index = 0;
    std::function<void(Env&)> main;
    CrashDisposal disposal = CrashDisposal::unwind;
};

// Calls `act` at the nth effect of a kind, counted from the start of the run: see watch.h.
struct EffectWatch {
    EffectKind kind{};
    std::uint64_t nth = 0;
    std::function<void()> act;
};

// The last value of a state that a process reported.
struct Gauge {
    std::string_view key; // static
    bool is_text = false;
    std::int64_t integer = 0;
    std::string text;
};

// What became of the messages that a host sent under one of its operations.
struct Reach {
    std::uint32_t sent = 0;
    std::uint32_t lost = 0;
};

// The first line is what every event at a host, and every message from it, has to look at.
struct alignas(64) Host {
    std::unique_ptr<Process> process; // null while down
    std::int64_t busy_until = 0;      // world time until which `charge` holds it
    std::uint32_t operation = 0;      // under which it sends now; 0: none
    std::uint32_t pauses_count = 0;   // of `pauses`
    std::uint64_t effects[effect_kinds] = {};
    bool booting = false;    // its boot is on the agenda
    bool is_watched = false; // some trigger counts its effects
    HostIndex index = 0;

    ConnectionOwner* streams = nullptr; // its process's; null while down
    HostSpec spec;
    Clock clock;
    Disk disk;
    std::string boot_name;     // "replica2@crash3"
    std::uint64_t boot = 0;    // its hash
    std::vector<Gauge> states; // in the order in which they were first reported
    std::vector<EffectWatch> watches;
    std::vector<FaultId> pauses;    // counted layers
    std::vector<FaultId> absences;  // counted layers: faults that want it to be no member of its role's cluster
    std::vector<FaultId> notices;   // counted layers: faults that will take it down, unless they end before
    EventQueue deferred;            // events that came while paused
    std::vector<Event*> unanswered; // segments that came while it was down
    std::vector<Reach> reaches;     // by operation
    std::int64_t drift = 0;         // parts per billion
    std::int64_t wall_error = 0;    // nanoseconds

    Gauge& gauge(std::string_view key) {
        for (Gauge& each : states)
            if (each.key.data() == key.data() || each.key == key) return each;
        return states.emplace_back(Gauge{key, false, 0, {}});
    }
    bool is_up() const { return process != nullptr; }
    bool is_paused() const { return pauses_count > 0; }
    // When what the host does now happens: later than now if it has work to do before.
    std::int64_t local_time(std::int64_t now) const { return busy_until > now ? busy_until : now; }
    // One more effect: what waits for it is called.
    void count_effect(EffectKind kind) {
        const std::uint64_t count = ++effects[static_cast<std::size_t>(kind)];
        if (!is_watched) [[likely]]
            return;
        for (std::size_t i = 0; i < watches.size(); ++i)
            if (watches[i].kind == kind && watches[i].nth == count) watches[i].act();
    }
    void reach_sent(std::uint32_t of) {
        CHECK(of < reaches.size());
        ++reaches[of].sent;
    }
    void reach_lost(std::uint32_t of) {
        CHECK(of < reaches.size());
        CHECK(reaches[of].lost < reaches[of].sent);
        ++reaches[of].lost;
    }
    // Empty if it was not reported since the last boot.
    std::string state_of(std::string_view key) const {
        for (const Gauge& gauge : states)
            if (gauge.key == key) return gauge.is_text ? gauge.text : std::to_string(gauge.integer);
        return {};
    }
};

} // namespace orrery::sim::world
