// Scenario: what runs, who drives it, what may go wrong, what must hold. A scenario is a plain value; a
// program names those that it offers in one list, and hands that list to orrery::main:
//
//     static const scenarios::Scenario lazy{.name = "lazy-register", .roles = {{"replica", 3, replica}},
//         .clients = scenarios::clients<Register>(4, client), .faults = {...}};
//     int main(int argc, char** argv) { return orrery::main(argc, argv, {&lazy}); }
//
// That is the whole command line: list, run, sweep, replay and the rest (link orrery_main). catalogue.cc is
// Orrery's own list.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "orrery/faults/profile.h"
#include "orrery/scenarios/workload.h"
#include "orrery/sim/complaint.h"
#include "orrery/sim/env.h"
#include "orrery/sim/monitor.h"
#include "orrery/sim/narrator.h"
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
    bool binds_data = false; // what a disk holds was written under this value, and no other can go on with it
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

// The least that a seed must do, as medians over a sweep; below it a green sweep saw nothing. What refusals promise -
// no effect - and what is not known is judged only where they come.
struct MinimumWork {
    std::uint64_t answered = 0;  // operations with a value
    std::uint64_t refused = 0;   // operations that certainly had no effect
    std::uint64_t unknown = 0;   // operations that nobody knows to have had one or not
    std::uint64_t effective = 0; // faults that took effect
    std::string note{};          // a note, by name ...
    std::uint64_t notes = 0;     // ... and how often it must come
};

// Notes that a sweep should reach, perhaps others under other settings.
struct Goals {
    Goals() = default;
    Goals(std::initializer_list<sim::NoteKind> always) : Goals(std::vector<sim::NoteKind>(always)) {}
    Goals(std::vector<sim::NoteKind> always) : of([always](const sim::Settings&) { return always; }) {}
    Goals(std::vector<sim::NoteKind> (*under)(const sim::Settings&)) : of(under) {}

    std::function<std::vector<sim::NoteKind>(const sim::Settings&)> of = [](const sim::Settings&) {
        return std::vector<sim::NoteKind>{};
    };
};

struct Scenario {
    std::string name{};
    std::string help{};
    std::vector<Setting> settings{};
    std::vector<Role> roles{};
    Clients clients{};
    sim::Duration think{100'000'000}; // a client waits up to so long between two operations
    faults::Profile faults{};
    std::vector<std::string> judges{"linearizable"}; // of the history: names as --judge takes them
    std::vector<sim::MonitorFactory> monitors{};
    sim::NarratorFactory narrator = nullptr; // tells its recorded runs; null: they are shown as they were recorded
    Goals goals{};                           // of a sweep: it says which it did not reach
    sim::Duration duration{10'000'000'000};  // from the start to the heal
    sim::Duration recovery{5'000'000'000};   // the heal bound: within it every client must make progress
    std::uint64_t drift = 0;                 // of clocks, at most, in parts per billion
    Recoverable recoverable{};
    MinimumWork minimum_work{};
    bool faulty = false; // wrong on purpose: not part of sweeps without a name
};

// Hands in the scenarios that this program offers, and with them the models of their clients, which are then
// found by name as the built-in ones are. Called once, before anything is asked by name; the values must
// outlive the program's last question. orrery::main calls it.
void set_scenarios(std::vector<const Scenario*> scenarios);
// Those that were handed in, sorted by name. One that is wrong is among them: see problem_of.
const std::vector<const Scenario*>& all_scenarios();
// Null if there is none of that name.
const Scenario* find_scenario(std::string_view name);
// What is wrong with a scenario as data, if anything: the scenario, the field, and what was expected. One that is
// wrong is not run; the others of its program are.
sim::Problem problem_of(const Scenario& scenario);
// Its own settings and those that every scenario has.
std::vector<Setting> settings_of(const Scenario& scenario);
// How many clients there are under these settings.
std::uint32_t client_count(const Scenario& scenario, const sim::Settings& settings);

} // namespace orrery::scenarios

namespace orrery {

// The command line of a program that offers these scenarios; returns its exit code. The only thing that a
// program's own main has to do: verification executes the program anew and comes back in here.
int main(int argc, char** argv, const std::vector<const scenarios::Scenario*>& scenarios);

} // namespace orrery
