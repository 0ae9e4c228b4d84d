// Scenario: what runs, who drives it, what may go wrong, what must hold. A scenario is a value at
// namespace scope; making it enters it into the list that the command line shows.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "orrery/faults/profile.h"
#include "orrery/scenarios/workload.h"
#include "orrery/sim/env.h"
#include "orrery/sim/monitor.h"
#include "orrery/sim/world/host.h"

namespace orrery::scenarios {

// How many hosts: a number, or the name of the setting that holds it.
struct Count {
    std::uint32_t number = 0;
    std::string setting{};
    Count(int count) : number(static_cast<std::uint32_t>(count)) {}
    Count(const char* name) : setting(name) {}
    std::uint32_t of(const sim::Settings& settings) const {
        return setting.empty() ? number : static_cast<std::uint32_t>(settings.integer(setting));
    }
};

// A setting: its values run from the plainest to the wildest. Empty legal values: any text that
// reads as the default does.
struct Setting {
    std::string name;
    std::string standard; // the default
    std::vector<std::string> legal{};
    bool swarm = false; // sweeps may draw it, seed by seed
    std::string help{};
    std::uint64_t most = 1'000'000'000'000'000; // of a number
};

struct Role {
    std::string name;
    Count count;
    std::function<void(sim::Env&)> main;
    sim::world::CrashDisposal crash = sim::world::CrashDisposal::unwind;
    bool disk = true; // without one it writes nothing, and swarm takes no power from it
};

// What a role's host has left when the faults end.
struct Survivor {
    std::string name;
    std::string role;
    bool up = false; // its memory survived too
    sim::world::Disk* disk = nullptr;
};
// Can what survived still serve? Null: always. Where it cannot, silence is no finding.
using Recoverable = std::function<bool(std::span<const Survivor>)>;

// The least that a seed must do, as medians over a sweep; below it a green sweep saw nothing.
struct Floor {
    std::uint64_t answered = 0;  // operations with a value
    std::uint64_t effective = 0; // faults that took effect
    std::string note{};          // a note, by name ...
    std::uint64_t notes = 0;     // ... and how often it must come
};

struct Description {
    std::string name;
    std::string help{};
    std::vector<Setting> settings{};
    std::vector<Role> roles{};
    Clients clients{};
    sim::Duration think{100'000'000}; // a client waits up to so long between two operations
    faults::Profile faults{};
    std::vector<std::string> judges{"linearizable"}; // of the history: names as --judge takes them
    std::vector<sim::MonitorFactory> monitors{};
    std::vector<sim::NoteKind> goals{};     // notes that a sweep should reach: it tells which it did not
    sim::Duration duration{10'000'000'000}; // from the start to the heal
    sim::Duration tail{5'000'000'000};      // the heal bound: within it every client must make progress
    Recoverable recoverable{};
    Floor floor{};
    bool faulty = false; // wrong on purpose: not part of sweeps without a name
};

struct Scenario : Description {
    explicit Scenario(Description description);
    Scenario(const Scenario&) = delete;
    Scenario& operator=(const Scenario&) = delete;
};

// All scenarios linked in, sorted by name.
std::vector<const Scenario*> all_scenarios();
// Null if there is none of that name.
const Scenario* find_scenario(std::string_view name);
// Its own settings and those that every scenario has.
std::vector<Setting> settings_of(const Scenario& scenario);

} // namespace orrery::scenarios
