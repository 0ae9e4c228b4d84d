// Trials run in children, as a sweep's seeds do. What they say of a failure names all that decided the run: seed,
// settings, plan; and a repro, with the line that replays it where this program knows the scenario by name.
#include "orrery/scenarios/trial.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/child.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/shrink.h"
#include "orrery/scenarios/engine/search/sweep.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {
namespace {

constexpr std::size_t described_max = 3; // failures of a sweep, in full

sim::Problem prepare(const Scenario& scenario, const Chosen& settings, engine::RunInput& input) {
    if (sim::Problem problem = problem_of(scenario)) return problem;
    input.scenario = &scenario;
    input.settings = engine::default_settings(scenario);
    for (const auto& [key, value] : settings) {
        if (sim::Problem problem = engine::set_setting(scenario, input.settings, key, value)) return problem;
        input.chosen.insert(key);
    }
    return std::nullopt;
}

bool is_offered(const Scenario& scenario) { return find_scenario(scenario.name) == &scenario; }

// How this program was called: its own name for its process.
std::string program() {
    std::ifstream file("/proc/self/cmdline");
    std::string name;
    std::getline(file, name, '\0');
    return name.empty() ? "orrery" : name;
}

// Where the repro of a failure is, and the line that replays it.
std::string how_to_repeat(const Scenario& scenario, const std::string& run, const std::string& repro) {
    const std::string path = "orrery-out/" + scenario.name + "-" + run + ".repro";
    std::error_code ignored; // what cannot be made cannot be written to, and that is said
    std::filesystem::create_directories("orrery-out", ignored);
    if (const sim::Problem problem = engine::write_file(path, repro)) return problem->text() + "\n";
    if (is_offered(scenario)) return "replay with: " + program() + " replay " + path + "\n";
    return "the run is in " + path + " (this program's list has no such scenario: see run_tests)\n";
}

// The smallest run that fails as this one does, and how to repeat it; empty if there is none, or if ORRERY_NO_SHRINK
// says that it is not wanted.
std::string shrunk_of(const Scenario& scenario, const engine::Summary& failure) {
    const char* unwanted = std::getenv("ORRERY_NO_SHRINK");
    if (unwanted != nullptr && *unwanted != 0) return {};
    engine::ShrinkOptions options;
    options.jobs = static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
    const sim::Checked<engine::Shrunk> shrunk = engine::shrink(failure, options);
    if (!shrunk) return "not shrunk: " + shrunk.complaint().text() + "\n";
    const engine::Summary& smallest = shrunk->smallest;
    return "shrunk to " + std::to_string(shrunk->after.faults) + " faults, " +
           std::to_string(shrunk->after.operations) + " operations, " + std::to_string(shrunk->after.events) +
           " events: " + smallest.findings.front().text + "\n" +
           how_to_repeat(scenario, std::to_string(failure.input.seed) + ".minimal",
                         engine::print(engine::make_repro(smallest.input, smallest)));
}

std::string findings_of(const engine::Summary& summary) {
    std::string text;
    for (const sim::Finding& each : summary.findings) text += each.fingerprint() + "\n  " + each.text + "\n";
    if (const std::string why = summary.why_undecided(); !why.empty()) text += "undecided: " + why + "\n";
    if (!summary.lost.empty()) text += "lost: " + summary.lost + "\n";
    if (summary.problem) text += summary.problem->text() + "\n";
    return text;
}

std::string remarks(const char* what, const std::vector<engine::Remark>& all) {
    std::string text;
    for (const engine::Remark& each : all)
        text += std::string(what) + ": seed " + std::to_string(each.seed) + ": " + each.text + "\n";
    return text;
}

std::string divergences(const std::vector<engine::Diverged>& all) {
    std::string text;
    for (const engine::Diverged& each : all)
        text +=
            "nondeterminism: seed " + std::to_string(each.summary.input.seed) + ": " + each.divergence.text() + "\n";
    return text;
}

} // namespace

SweepReport sweep(const Scenario& scenario, Seeds seeds, const Chosen& settings) {
    SweepReport report{scenario.name, 0, 0, {}};
    engine::SweepOptions options;
    if (const sim::Problem problem = prepare(scenario, settings, options.input))
        return report.problem = problem->text(), report;
    options.seed_first = seeds.first;
    options.seed_last = seeds.last;
    options.verify_one_of =
        is_offered(scenario) ? engine::SweepOptions{}.verify_one_of : 0; // a new process finds it by name
    const engine::SweepResult result = engine::sweep(options);
    report.seeds = result.seeds;
    report.violated = result.violated.size();
    if (result.problem) report.problem = result.problem->text() + "\n";
    for (std::size_t i = 0; i < std::min(result.violated.size(), described_max); ++i) {
        const engine::Summary& each = result.violated[i];
        report.problem += "seed " + std::to_string(each.input.seed) + ": " + findings_of(each) +
                          how_to_repeat(scenario, std::to_string(each.input.seed),
                                        engine::print(engine::make_repro(each.input, each)));
        if (i == 0) report.problem += shrunk_of(scenario, each);
    }
    if (result.violated.size() > described_max)
        report.problem += std::to_string(result.violated.size() - described_max) + " seeds more are violated\n";
    report.problem +=
        remarks("undecided", result.undecided) + divergences(result.diverged) + remarks("lost", result.lost);
    if (const std::string vacuous = engine::vacuity(scenario, result); report.problem.empty() && !vacuous.empty())
        report.problem = "the sweep saw too little to mean anything: " + vacuous + "\n";
    return report;
}

TrialReport run(const Trial& trial) {
    CHECK(trial.scenario != nullptr);
    engine::RunInput input;
    if (const sim::Problem problem = prepare(*trial.scenario, trial.settings, input))
        return {false, 0, problem->text()};
    input.seed = trial.seed;
    input.plan = trial.plan;
    if (!trial.plan) engine::draw_settings(input); // a plan fits the settings that it was made for
    const engine::Summary summary = engine::run_in_child(input);
    TrialReport report{summary.verdict == engine::RunVerdict::passed, summary.answered, findings_of(summary)};
    report.passed = report.passed && report.problem.empty();
    if (report.passed) return report;
    report.problem += "seed " + std::to_string(trial.seed) + "\n" +
                      how_to_repeat(*trial.scenario, std::to_string(trial.seed),
                                    engine::print(engine::make_repro(summary.input, summary)));
    return report;
}

std::ostream& operator<<(std::ostream& out, const Trial& trial) {
    out << (trial.scenario == nullptr ? "no scenario" : trial.scenario->name) << ", seed " << trial.seed;
    for (const auto& [key, value] : trial.settings) out << ", " << key << "=" << value;
    return trial.plan ? out << "\n" << faults::print(*trial.plan) : out;
}

faults::Plan drawn_plan(const Scenario& scenario, const Chosen& settings, std::uint64_t seed) {
    engine::RunInput input;
    const sim::Problem problem = prepare(scenario, settings, input);
    CHECK(!problem);
    input.seed = seed;
    return engine::plan_of(input);
}

} // namespace orrery::scenarios
