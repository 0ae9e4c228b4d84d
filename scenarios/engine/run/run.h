// One run: (scenario, settings, seed, plan, overrides, reseeds, skipped operations) in, everything
// that is known afterwards out. Everything else in the engine edits the input and runs again.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orrery/faults/plan.h"
#include "orrery/reports/history.h"
#include "orrery/reports/verdict.h"
#include "orrery/scenarios/scenario.h"
#include "orrery/sim/world/trace.h"
#include "orrery/sim/world/world.h"

namespace orrery::scenarios::engine {

struct Skip {
    std::uint64_t client = 0;
    std::uint64_t number = 0;
    auto operator<=>(const Skip&) const = default;
};

struct RunInput {
    const Scenario* scenario = nullptr;
    sim::Settings settings; // every setting of the scenario has a value
    std::uint64_t seed = 1;
    std::optional<faults::Plan> plan; // none: swarm draws it
    std::vector<sim::Override> overrides;
    std::vector<sim::Reseed> reseeds;
    std::set<Skip> skipped;
    std::set<std::string, std::less<>> chosen{}; // settings that someone chose: swarm leaves them alone
};

enum class RunVerdict : std::uint8_t { passed, violated, undecided };
std::string_view name(RunVerdict verdict);

struct RunOutput {
    RunVerdict verdict = RunVerdict::passed;
    std::vector<sim::Finding> findings; // the earliest first
    std::string undecided;              // why, in words
    reports::Verdict judgement;         // of the history
    faults::Plan plan;
    reports::History history;
    std::vector<sim::world::Checkpoint> checkpoints;
    std::vector<std::string> hosts;
    std::uint64_t digest = 0;
    std::vector<std::uint64_t> host_digests;
    std::uint64_t events = 0;
    sim::WorldTime time{};
    std::uint64_t answered = 0;
    std::uint64_t gave_up = 0; // keys that became too wide for the online judge, and were judged afterwards
    std::uint64_t notes = 0;   // of the kind that the floor counts
    std::map<std::string, std::uint64_t, std::less<>> goals; // how often each that was reached was
    std::map<sim::world::FaultId, sim::world::Efficacy> efficacies;
    std::vector<sim::Override> unmet;
    std::uint64_t effective_faults() const;
};

// Looks on while a run happens; nothing that it does changes the run.
struct Watcher {
    bool owns_stdout = false; // what is printed during the run is its story; else it is only a remark
    std::function<void(const sim::Observation&)> observe{}; // the story as it happens
    std::function<void(sim::world::World&)> at_start{};     // before the first event
    std::function<void(sim::world::World&)> at_end{};       // after the last, before the judges
    // Keeps what it wants of the whole; what hindered it, if anything.
    std::function<std::optional<std::string>(const RunOutput&)> keep{};
    std::function<std::string(const RunOutput&)> tell{}; // the story afterwards, where the run was
};

// The defaults of all settings of a scenario.
sim::Settings default_settings(const Scenario& scenario);
// What is wrong with a value, if anything.
std::optional<std::string> set_setting(const Scenario& scenario, sim::Settings& settings, std::string_view name,
                                       std::string_view value);
// Draws the settings that swarm may draw from the seed.
void draw_settings(RunInput& input);
// What is wrong with the plan that a run is given - by file, line and column if it was read from one - or else with
// the scenario's profile.
sim::Problem problem_of_faults(const RunInput& input);
// The plan of a run: the one it is given, or the one that swarm draws. There is no problem of faults.
faults::Plan plan_of(const RunInput& input);
// Switches on the flaws that the settings name, and no others.
void switch_flaws(const sim::Settings& settings);
// Errors: a plan that does not fit the scenario.
std::variant<RunOutput, std::string> run(const RunInput& input, const Watcher& watcher = {});

} // namespace orrery::scenarios::engine
