// Small runs and variations: what is drawn fits its scenario and its scope, and is the same every time.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/child.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/simpler.h"
#include "orrery/scenarios/engine/search/variations.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;

// A seed of the lazy register that is violated, with what its hosts drew and reached.
Summary recorded_failure() {
    ChildOptions options;
    options.detail = Detail::history;
    options.run.record_sites = options.run.record_points = true;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        RunInput input = engine::input_of(*find_scenario("lazy-register"), seed);
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "5s"));
        draw_settings(input);
        Summary summary = run_in_child(input, options);
        if (summary.verdict != RunVerdict::violated) continue;
        summary.input.plan = summary.plan;
        return summary;
    }
    ADD_FAILURE() << "no seed is violated";
    return {};
}

std::vector<reports::Call> calls_of(const Summary& failure) { return failure_of(failure).minimal.calls; }

// As a repro would have them.
std::vector<std::string> texts(const std::vector<RunInput>& runs) {
    std::vector<std::string> all;
    for (const RunInput& each : runs) all.push_back(print(make_repro(each, Summary{})));
    return all;
}

TEST(SmallRuns, FitTheirScopeAndTheirScenario) {
    const Summary failure = recorded_failure();
    ASSERT_FALSE(failure.sites.empty());
    std::set<std::uint64_t> faults;
    for (const RunInput& run : small_runs(failure, calls_of(failure), {2, 3}, 1, 300)) {
        EXPECT_FALSE(problem_of_faults(run)) << problem_of_faults(run)->text();
        EXPECT_LE(run.plan->faults.size(), 2u);
        EXPECT_EQ(run.settings.integer("clients"), 3);
        EXPECT_LE(run.settings.duration("duration"), 2500ms);
        faults.insert(run.plan->faults.size());
    }
    EXPECT_TRUE(faults.contains(2));
}

TEST(SmallRuns, KeepTheSettingsThatSomebodyChose) {
    Summary failure = recorded_failure();
    failure.input.settings.set("latency", "15ms");
    const auto latencies = [&] {
        std::set<std::string> all;
        for (const RunInput& run : small_runs(failure, calls_of(failure), {2, 3}, 1, 100))
            all.insert(run.settings.text("latency"));
        return all;
    };
    EXPECT_EQ(latencies(), (std::set<std::string>{"1500us", "15ms"}));
    failure.input.chosen.insert("latency");
    EXPECT_EQ(latencies(), std::set<std::string>{"15ms"});
}

TEST(Simpler, NoPlainerValueTakesThePlaceOfOneThatSomebodyChose) {
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    for (const Setting& setting : settings_of(*input.scenario)) {
        if (setting.legal.empty()) continue;
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, setting.name, setting.legal.back()));
        input.chosen.clear();
        const bool is_shrunk = setting.legal.size() > 1 && is_part_of_the_run(setting);
        EXPECT_EQ(with_plainer(input, setting).empty(), !is_shrunk) << setting.name;
        input.chosen.insert(setting.name);
        EXPECT_TRUE(with_plainer(input, setting).empty()) << setting.name;
    }
    input.chosen.clear();
    const auto has_plain_latency = [&] {
        const std::vector<RunInput> all = with_one_ahead_and_one_slow(input, "election");
        return std::any_of(all.begin(), all.end(),
                           [](const RunInput& each) { return each.settings.text("latency") == "1500us"; });
    };
    EXPECT_TRUE(has_plain_latency());
    input.chosen.insert("latency");
    EXPECT_FALSE(has_plain_latency());
}

TEST(SmallRuns, AreTheSameForTheSameNumbersAndOthersForOthers) {
    const Summary failure = recorded_failure();
    const std::vector<reports::Call> calls = calls_of(failure);
    const std::vector<std::string> whole = texts(small_runs(failure, calls, {1, 2}, 1, 40));
    const std::vector<std::string> half = texts(small_runs(failure, calls, {1, 2}, 21, 20));
    EXPECT_EQ(std::vector<std::string>(whole.begin() + 20, whole.end()), half);
    const std::set<std::string> different(whole.begin(), whole.end());
    EXPECT_EQ(different.size(), whole.size());
}

TEST(SmallRuns, AskInHalfOfThemWhatToldWhyTheHistoryIsWrongInItsOrder) {
    const Summary failure = recorded_failure();
    const std::vector<reports::Call> calls = calls_of(failure);
    ASSERT_GE(calls.size(), 2u);
    std::size_t likewise = 0;
    for (const RunInput& run : small_runs(failure, calls, {0, 2}, 1, 100)) {
        if (!run.operations) continue;
        ++likewise;
        ASSERT_EQ(run.operations->size(), calls.size());
        std::vector<std::pair<std::uint64_t, Invocation>> asked; // by number, which is the place
        for (const auto& [operation, invocation] : *run.operations) asked.emplace_back(operation.number, invocation);
        std::sort(asked.begin(), asked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < asked.size(); ++i) {
            EXPECT_EQ(asked[i].second.words->f, calls[i].f);
            EXPECT_TRUE(i == 0 || asked[i - 1].second.time <= asked[i].second.time);
        }
    }
    EXPECT_GT(likewise, 30u);
    EXPECT_LT(likewise, 70u);
}

TEST(SmallRuns, FailLikewiseSoonerOrLater) {
    const Summary failure = recorded_failure();
    const std::vector<RunInput> runs = small_runs(failure, calls_of(failure), {0, 2}, 1, 200);
    const auto fails = [&](const RunInput& run) { return run_in_child(run).fingerprint() == failure.fingerprint(); };
    EXPECT_TRUE(std::any_of(runs.begin(), runs.end(), fails));
}

// The failure, of a run with five faults and some operations.
Summary varied_failure() {
    Summary failure = recorded_failure();
    RunInput& run = failure.input;
    run.plan = *faults::parse_plan("f1 cut target=replica0 at=100ms for=50ms\n"
                                   "f2 crash target=replica1 at=200ms for=50ms\n"
                                   "f3 crash target=replica2 effect=replica2:send:3 for=50ms\n"
                                   "f4 pause target=replica0 at=300ms for=50ms\n"
                                   "f5 cut target=replica2 at=400ms for=50ms\n",
                                   "");
    run.operations.emplace();
    for (std::uint64_t i = 0; i < 6; ++i)
        run.operations->insert({{i % 2, i}, {sim::WorldTime{} + i * 20ms, reports::models::Words{"read", {}, {}}}});
    return failure;
}

TEST(Variations, NeverHaveMoreFaultsOrOperationsAndFitTheirScenario) {
    const Summary failure = varied_failure();
    std::set<std::size_t> faults;
    std::set<std::size_t> operations;
    for (const RunInput& each : variations(failure, 1, 500)) {
        EXPECT_FALSE(problem_of_faults(each)) << problem_of_faults(each)->text();
        EXPECT_LE(each.plan->faults.size(), 5u);
        EXPECT_LE(each.operations->size(), 6u);
        for (const auto& [operation, invocation] : *each.operations) EXPECT_GE(invocation.time, sim::WorldTime{});
        faults.insert(each.plan->faults.size());
        operations.insert(each.operations->size());
    }
    EXPECT_EQ(*faults.begin(), 1u); // four go at most, and if none comes, one is left
    EXPECT_EQ(*faults.rbegin(), 5u);
    EXPECT_EQ(*operations.rbegin(), 6u);
    EXPECT_GT(operations.size(), 3u);
}

TEST(Variations, AreTheSameForTheSameNumbers) {
    const Summary failure = varied_failure();
    const std::vector<std::string> whole = texts(variations(failure, 1, 40));
    EXPECT_EQ(std::vector<std::string>(whole.begin() + 20, whole.end()), texts(variations(failure, 21, 20)));
}

TEST(Variations, OfSeveralFaultsMergeNeighboursIntoOneThatLastsAsLong) {
    const Summary failure = varied_failure();
    const std::vector<RunInput> all = with_merged_faults(failure.input);
    std::set<std::string> plans;
    for (const RunInput& each : all) {
        EXPECT_FALSE(problem_of_faults(each)) << problem_of_faults(each)->text();
        EXPECT_LT(each.plan->faults.size(), 5u);
        plans.insert(faults::print(*each.plan));
    }
    // f4 and f5 become one of all servers.
    const std::string three = "f3 crash target=replica2 effect=replica2:send:3 for=50ms\n"
                              "f1 cut target=replica0 at=100ms for=50ms\n"
                              "f2 crash target=replica1 at=200ms for=50ms\n";
    EXPECT_TRUE(plans.contains(three + "f4 crash target=replica0,replica1,replica2 at=300ms for=150ms\n"));
    EXPECT_TRUE(plans.contains(three + "f4 crash target=replica0 at=300ms for=150ms\n"));
    EXPECT_TRUE(plans.contains(three + "f4 crash target=replica0,replica2 at=300ms for=150ms\n"));
}

TEST(Variations, PutACutInPlaceOfFaultsThatAreNotNeededOneByOne) {
    const Summary failure = varied_failure();
    const std::vector<faults::Fault>& before = failure.input.plan->faults;
    const auto is_cut_instead = [&](const RunInput& each) {
        const auto& faults = each.plan->faults;
        return faults.size() < 5 && std::any_of(faults.begin(), faults.end(), [&](const faults::Fault& fault) {
                   return fault.kind == "cut" && std::find(before.begin(), before.end(), fault) == before.end();
               });
    };
    const std::vector<RunInput> all = variations(failure, 1, 200);
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), is_cut_instead));
}

} // namespace
} // namespace orrery::scenarios::engine
