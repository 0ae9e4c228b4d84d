// What tests of other projects use: sweeps, histories and properties that fail with all that repeats the run.
#include "orrery/scenarios/testing.h"

#include <rapidcheck/gtest.h>

#include "orrery/reports/models/register.h"
#include "orrery/scenarios/catalogue.h"

namespace orrery::scenarios {
namespace {

using reports::models::Register;

TEST(RunsClean, HoldsForASoundScenario) { EXPECT_THAT(sweep(rpc_at_most_once, seeds(1, 5)), RunsClean()); }

TEST(RunsClean, FailsWithTheSeedAndTheLineThatReplaysIt) {
    const SweepReport report = sweep(lazy_register, seeds(1, 5), {{"duration", "5s"}});
    EXPECT_EQ(report.seeds, 5u);
    EXPECT_GT(report.violated, 0u);
    testing::StringMatchResultListener listener;
    EXPECT_FALSE(testing::ExplainMatchResult(RunsClean(), report, &listener));
    EXPECT_THAT(listener.str(), testing::ContainsRegex("seed [1-5]: linearizable/"));
    EXPECT_THAT(listener.str(),
                testing::ContainsRegex("replay with: .*user_test replay orrery-out/lazy-register-[1-5]"));
}

TEST(RunsClean, FailsForASweepThatSawTooLittle) {
    Scenario demanding = rpc_at_most_once;
    demanding.minimum_work.notes = 1'000'000;
    const SweepReport report = sweep(demanding, seeds(1, 2));
    EXPECT_EQ(report.violated, 0u);
    EXPECT_THAT(report.problem, testing::HasSubstr("saw too little"));
}

TEST(RunsClean, FailsForASettingThatDoesNotExist) {
    EXPECT_THAT(sweep(lazy_register, seeds(1, 1), {{"colour", "red"}}).problem,
                testing::HasSubstr("has no setting 'colour'"));
}

TEST(Trial, OfAScenarioThatIsNotOfferedLeavesAReproAndSaysSo) {
    Scenario copy = lazy_register;
    copy.name = "lazy-copy";
    TrialReport report;
    for (std::uint64_t seed = 1; seed <= 20 && report.problem.empty(); ++seed) report = run({&copy, {}, seed, {}});
    EXPECT_FALSE(report.passed);
    EXPECT_THAT(report.problem, testing::HasSubstr("this program's list has no such scenario"));
}

TEST(Trial, IsDecidedByItsSettingsSeedAndPlan) {
    const Trial quiet{&raft_kv, {{"clients", "1"}, {"think", "1s"}}, 3, faults::Plan{}};
    const Trial busy{&raft_kv, {{"clients", "6"}, {"think", "5ms"}}, 3, faults::Plan{}};
    EXPECT_LT(run(quiet).answered * 10, run(busy).answered);
}

RC_GTEST_PROP(AnyTrial, OfASoundScenarioPasses, ()) {
    assert_passes(*any_trial(rpc_at_most_once, {{"duration", "2s"}, {"recovery", "1s"}}));
}

RC_GTEST_PROP(AnyPlan, FitsItsScenarioAndShrinksByLeavingOutFaults, (std::uint64_t seed)) {
    const faults::Plan plan = *any_plan(raft_election);
    const faults::Plan one = drawn_plan(raft_election, {}, seed);
    RC_ASSERT(one == drawn_plan(raft_election, {}, seed));
    const auto shrinkable = any_plan(raft_election)(rc::Random(seed), 10);
    auto smaller = shrinkable.shrinks();
    if (const auto first = smaller.next())
        RC_ASSERT(first->value().faults.size() + 1 == shrinkable.value().faults.size());
    assert_passes({&raft_election, {{"duration", "1s"}, {"recovery", "0s"}}, seed, plan});
}

} // namespace
} // namespace orrery::scenarios

int main(int argc, char** argv) { return orrery::scenarios::run_tests(argc, argv, orrery::scenarios::catalogue()); }
