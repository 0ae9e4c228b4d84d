// What an explanation finds out by running: futures, and the decision that flips.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/decision.h"
#include "orrery/scenarios/engine/search/futures.h"

namespace orrery::scenarios::engine {
namespace {

// A run that fails only because of its one fault: a doubled request is executed twice.
Summary failure() {
    RunInput input = input_of(*find_scenario("rpc-at-most-once"));
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "1s"));
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "recovery", "0s"));
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "flaws", "rpc_no_duplicate_filter"));
    input.plan = *faults::parse_plan("f1 doubled message=rpc.request:3\n", "");
    ChildOptions options;
    options.detail = Detail::events;
    options.run.record_until = sim::WorldTime{INT64_MAX};
    Summary summary = run_in_child(input, options);
    EXPECT_EQ(summary.verdict, RunVerdict::violated);
    return summary;
}

TEST(Futures, CountHowOftenItFailsLikewiseWithOtherLuck) {
    const Summary failed = failure();
    for (const unsigned jobs : {1u, 3u}) {
        const auto moments = futures(failed, {.moments = 5, .futures = 6, .jobs = jobs});
        ASSERT_EQ(moments.size(), 5u);
        EXPECT_EQ(moments.front().time, sim::WorldTime{});
        for (const auto& each : moments) {
            EXPECT_LT(each.time, failed.findings.front().time);
            EXPECT_EQ(each.tried, 6u);
            EXPECT_EQ(each.failed, 6u); // the third request is doubled whatever chance decides
        }
    }
    Summary other = failed;
    other.findings.front().rule = "another";
    for (const auto& each : futures(other, {.moments = 2, .futures = 6})) EXPECT_EQ(each.failed, 0u);
}

// Two clients of the lazy register have to meet: other luck, and most often they do not, but near the end they have.
TEST(Futures, DifferWhereChanceHasYetToDecide) {
    Summary failed;
    for (std::uint64_t seed = 1; seed <= 20 && failed.verdict != RunVerdict::violated; ++seed) {
        RunInput input = input_of(*find_scenario("lazy-register"), seed);
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "500ms"));
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "recovery", "0s"));
        draw_settings(input);
        failed = run_in_child(input);
    }
    ASSERT_EQ(failed.verdict, RunVerdict::violated);
    const auto moments = futures(failed, {.moments = 4, .futures = 24});
    ASSERT_EQ(moments.size(), 4u);
    EXPECT_LT(moments.front().failed, 24u);
    EXPECT_LE(moments.front().failed, moments.back().failed);
}

TEST(Decision, IsTheFaultWithoutWhichTheRunPasses) {
    const Summary failed = failure();
    const auto decision = decision_of(failed, {}, {}).decision;
    ASSERT_TRUE(decision.has_value());
    EXPECT_TRUE(decision->input.plan->faults.empty());
    EXPECT_EQ(run_in_child(decision->input).verdict, RunVerdict::passed);
    EXPECT_NE(decision->told.critical.change.find("f1 doubled"), std::string::npos);
    EXPECT_GT(decision->told.critical.common, 0u);
    ASSERT_FALSE(decision->told.critical.failed.empty());
    EXPECT_EQ(decision->told.critical.failed.front().kind, reports::trace::Row::Kind::fault_begin);
}

// A client that reads what was overwritten: whatever makes the run pass says what that client reads instead.
TEST(Decision, SaysWhatBecameOfTheOperation) {
    std::optional<Decision> decision;
    Summary failed;
    for (std::uint64_t seed = 1; seed <= 40 && !decision; ++seed) {
        RunInput input = input_of(*find_scenario("lazy-register"), seed);
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "1s"));
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "recovery", "0s"));
        ChildOptions options;
        options.detail = Detail::events;
        options.run.record_until = sim::WorldTime{INT64_MAX};
        failed = run_in_child(input, options);
        if (failed.verdict == RunVerdict::violated) decision = decision_of(failed, {}, {}).decision;
    }
    ASSERT_TRUE(decision.has_value());
    EXPECT_EQ(run_in_child(decision->input).verdict, RunVerdict::passed);
    const std::string& instead = decision->told.critical.instead;
    EXPECT_TRUE(instead.starts_with("client")) << instead;
    EXPECT_NE(instead.find("'s read is "), std::string::npos) << instead;
}

} // namespace
} // namespace orrery::scenarios::engine
