// Scenarios in tests of GoogleTest, and properties over them in RapidCheck.
//
//     EXPECT_THAT(sweep(lazy, seeds(1, 500)), RunsClean());
//     EXPECT_THAT(history, IsLinearizable<Register>());
//
//     RC_GTEST_PROP(Lazy, KeepsItsPromises, ()) { assert_passes(*any_trial(lazy)); }
//
// A failure says what was found, the seed, and the line that replays it. For that line to work, and for verification,
// the test's main is
//
//     int main(int argc, char** argv) { return run_tests(argc, argv, {&lazy}); }
//
// Such a program is the command line too: `./lazy_test replay FILE`, `./lazy_test sweep lazy`. Under another main a
// failure still names seed, settings and plan, and leaves a repro.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/minimal_history.h"
#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/trial.h"
#if __has_include(<rapidcheck.h>)
#include <rapidcheck.h>
#endif

namespace orrery::scenarios {

// Whether every seed passed, none was left undecided or got lost, and together they saw enough: the scenario's minimum
// work.
MATCHER(RunsClean, "runs clean") {
    if (!arg.problem.empty()) *result_listener << arg.problem;
    return arg.problem.empty();
}

// Whether some order of the operations of a recorded history, as a model means them, explains all results.
MATCHER_P(IsLinearizableAs, language, "is linearizable as a " + std::string(language->name())) {
    const reports::Verdict verdict = reports::judges::judge(arg, {.judge = "linearizable", .language = language});
    if (verdict.passed()) return true;
    reports::judges::linearizable::MinimalHistory minimal;
    if (const auto calls = reports::calls(arg))
        minimal = reports::judges::linearizable::minimal_history(arg, *calls, verdict, {.language = language});
    *result_listener << reports::views::judgement(arg, verdict, minimal, {}) << verdict.error_text();
    return false;
}
template <class M>
auto IsLinearizable() {
    return IsLinearizableAs(&reports::models::language_of<M>());
}

// The main function of a program of tests that offers these scenarios: a first word that is no option is a verb of the
// command line.
inline int run_tests(int argc, char** argv, const std::vector<const Scenario*>& scenarios) {
    if (argc > 1 && argv[1][0] != '-') return orrery::main(argc, argv, scenarios);
    set_scenarios(scenarios);
    testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}

#if __has_include(<rapidcheck.h>)

// Each setting that sweeps may draw, with one of its legal values; shrinks to the plainest.
inline rc::Gen<Chosen> any_settings(const Scenario& scenario) {
    return rc::gen::exec([&scenario] {
        Chosen chosen;
        for (const Setting& setting : settings_of(scenario))
            if (setting.swarm)
                chosen.emplace_back(setting.name,
                                    setting.legal[*rc::gen::inRange<std::size_t>(0, setting.legal.size())]);
        return chosen;
    });
}

// How many clients there are and how long they think, as settings; shrinks to one that is slow.
inline rc::Gen<Chosen> any_workload(const Scenario& scenario) {
    return rc::gen::exec([&scenario] {
        if (scenario.clients.count == 0) return Chosen{};
        const auto clients = *rc::gen::inRange<std::uint32_t>(1, 2 * scenario.clients.count);
        const auto think = *rc::gen::element<std::string>("1s", "400ms", "40ms", "5ms");
        return Chosen{{"clients", std::to_string(clients)}, {"think", think}};
    });
}

// A plan as sweeps draw it; shrinks by leaving out faults, which keep their names.
inline rc::Gen<faults::Plan> any_plan(const Scenario& scenario, const Chosen& settings = {}) {
    const auto without_one = [](const faults::Plan& plan) {
        std::vector<faults::Plan> smaller;
        for (std::size_t i = 0; i < plan.faults.size(); ++i) {
            smaller.push_back(plan);
            smaller.back().faults.erase(smaller.back().faults.begin() + static_cast<std::ptrdiff_t>(i));
        }
        return rc::seq::fromContainer(std::move(smaller));
    };
    return [&scenario, settings, without_one](const rc::Random& random, int) {
        rc::Random source = random;
        return rc::shrinkable::shrinkRecur(drawn_plan(scenario, settings, source.next()), without_one);
    };
}

// All of a run: settings, workload, seed and plan. `fixed`: settings that the test chooses itself.
inline rc::Gen<Trial> any_trial(const Scenario& scenario, const Chosen& fixed = {}) {
    return rc::gen::exec([&scenario, fixed] {
        Trial trial{&scenario, {}, 1, {}};
        for (const Chosen& some : {*any_settings(scenario), *any_workload(scenario), fixed})
            trial.settings.insert(trial.settings.end(), some.begin(), some.end());
        trial.seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
        trial.plan = *any_plan(scenario, trial.settings);
        return trial;
    });
}

// Runs it and, if it did not pass, fails the property with what was found and how to run it again.
inline TrialReport assert_passes(const Trial& trial) {
    TrialReport report = run(trial);
    if (!report.passed) RC_FAIL(report.problem);
    return report;
}

#endif

} // namespace orrery::scenarios
