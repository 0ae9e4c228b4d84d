// Runs, repros and verification on small scenarios of the tests' own.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/faults/swarm.h"
#include "orrery/scenarios/engine/isolate.h"
#include "orrery/scenarios/engine/repro.h"
#include "orrery/scenarios/engine/sweep.h"
#include "orrery/scenarios/engine/verify.h"

namespace orrery::scenarios {
namespace {

using namespace std::chrono_literals;

RunInput input_of(const char* scenario, std::uint64_t seed, const char* flaws = "") {
    RunInput input;
    input.scenario = find_scenario(scenario);
    EXPECT_NE(input.scenario, nullptr);
    input.settings = default_settings(*input.scenario);
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "flaws", flaws).has_value());
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "5s").has_value());
    input.seed = seed;
    return input;
}

RunOutput output_of(const RunInput& input) { return std::get<RunOutput>(run(input)); }

TEST(Run, FindsTheLazyRegisterGuilty) {
    int guilty = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        guilty += output_of(input_of("lazy-register", seed)).verdict == Verdict::violated;
    EXPECT_GE(guilty, 5);
}

TEST(Run, WorldsInOneProcessDoNotTouchEachOther) {
    const RunOutput first = output_of(input_of("raft-kv", 1));
    const RunOutput other = output_of(input_of("raft-kv", 2));
    const RunOutput again = output_of(input_of("raft-kv", 1));
    EXPECT_EQ(first.digest, again.digest);
    EXPECT_EQ(first.history, again.history);
    EXPECT_NE(first.digest, other.digest);
}

TEST(Run, SkippingAnOperationLeavesOtherOperationsOfTheClientAlone) {
    RunInput input = input_of("lazy-register", 4);
    const RunOutput before = output_of(input);
    input.skipped.insert({1, 3});
    const RunOutput after = output_of(input);
    const auto asked = [](const RunOutput& output, std::int64_t process) {
        std::vector<std::pair<std::string, reports::Value>> all;
        for (const reports::Entry& entry : output.history.entries)
            if (entry.type == reports::Entry::Type::invoke && entry.process % 4 == process)
                all.emplace_back(entry.f, entry.value);
        return all;
    };
    auto expected = asked(before, 1);
    expected.erase(expected.begin() + 3);
    auto got = asked(after, 1);
    const std::size_t shared = std::min(expected.size(), got.size()) - 2;
    expected.resize(shared);
    got.resize(shared);
    EXPECT_EQ(got, expected);
}

RC_GTEST_PROP(Repro, ReadsBackWhatItPrints, (std::uint64_t seed)) {
    Repro repro;
    repro.input = input_of("lazy-register", seed);
    repro.input.plan = faults::draw_plan(repro.input.scenario->faults, seed, {{"replica0", "replica1"}, {"replica0"}}, 5s);
    repro.input.overrides = {{seed, 2, 3, 4, 5}};
    repro.input.reseeds = {{sim::WorldTime{77}, seed}};
    repro.input.skipped = {{1, 2}};
    repro.expected = Verdict::violated;
    repro.fingerprint = "linearizable/stale read/a rule";
    repro.digest = seed * 3;
    repro.source = "abc";
    repro.checkpoints = {{256, sim::WorldTime{9}, {seed, 1}}};
    const auto parsed = parse_repro(print(repro), "r");
    RC_ASSERT(std::holds_alternative<Repro>(parsed));
    RC_ASSERT(print(std::get<Repro>(parsed)) == print(repro));
}

TEST(Repro, TellsLineAndColumnOfWhatIsWrong) {
    const auto wrong = [](const std::string& text) { return std::get<faults::PlanError>(parse_repro(text, "r")).text(); };
    EXPECT_EQ(wrong(""), "r:1:1: expected 'orrery repro 1' in the first line");
    EXPECT_EQ(wrong("orrery repro 1\nscenario nope\n"), "r:2:10: expected the name of a scenario; see orrery list");
    EXPECT_EQ(wrong("orrery repro 1\nscenario lazy-register\nplan\nf1 crash at=x\nend\n"),
              "r:4:10: expected a time like 1500ms");
    EXPECT_EQ(wrong("orrery repro 1\nscenario lazy-register\nseed x\n"), "r:3:6: expected a whole number");
    const auto cut = parse_repro("orrery repro 1\nscenario lazy-register\nplan\nend\n", "r");
    EXPECT_TRUE(std::holds_alternative<faults::PlanError>(cut)); // no digest: half a file
}

TEST(Isolation, AReproRepeatsTheVerdictAndTheDigest) {
    const RunInput input = input_of("lazy-register", 3);
    const Summary first = run_isolated(input);
    const auto parsed = parse_repro(first.repro, "r");
    ASSERT_TRUE(std::holds_alternative<Repro>(parsed));
    const Summary again = run_isolated(std::get<Repro>(parsed).input);
    EXPECT_EQ(first.digest, again.digest);
    EXPECT_EQ(first.verdict, again.verdict);
    EXPECT_FALSE(divergence(first.repro, again.repro).has_value());
}

TEST(Isolation, ADivergenceIsNamedByHostAndInterval) {
    Repro repro = make_repro(input_of("lazy-register", 3), output_of(input_of("lazy-register", 3)));
    const std::string one = print(repro);
    repro.checkpoints[1].hosts[2] ^= 1;
    const auto parted = divergence(one, print(repro));
    ASSERT_TRUE(parted.has_value());
    EXPECT_NE(parted->find("replica2 parted between events 256 and 512"), std::string::npos) << *parted;
}

TEST(Sweep, CountsTheSameWhateverTheNumberOfJobs) {
    SweepOptions options;
    options.input = input_of("lazy-register", 1);
    options.seed_last = 12;
    const SweepResult one = sweep(options);
    options.jobs = 4;
    const SweepResult four = sweep(options);
    EXPECT_EQ(one.seeds, 12u);
    EXPECT_EQ(one.answered, four.answered);
    ASSERT_EQ(one.violated.size(), four.violated.size());
    for (std::size_t i = 0; i < one.violated.size(); ++i) EXPECT_EQ(one.violated[i].digest, four.violated[i].digest);
}

TEST(Flaws, ThoseThatAreQuickToFindAreFound) {
    for (const char* flaw : {"kv_no_duplicate_filter", "raft_append_ack_before_sync", "raft_vote_before_durable"}) {
        SweepOptions options;
        options.input = input_of("raft-kv", 1, flaw);
        options.seed_last = 60;
        options.until_failure = true;
        EXPECT_FALSE(sweep(options).violated.empty()) << flaw;
    }
}

RC_GTEST_PROP(RaftKv, IsLinearizableOverDrawnSettingsAndPlans, ()) {
    RunInput input = input_of("raft-kv", *rc::gen::arbitrary<std::uint64_t>());
    draw_settings(input);
    if (*rc::gen::arbitrary<bool>()) {
        RC_ASSERT(!set_setting(*input.scenario, input.settings, "policy", "random").has_value());
        RC_ASSERT(!set_setting(*input.scenario, input.settings, "slack", "2ms").has_value());
    }
    RC_ASSERT(!set_setting(*input.scenario, input.settings, "drift", "50000").has_value());
    RC_ASSERT(output_of(input).verdict == Verdict::passed);
}

TEST(Settings, RefuseWhatIsNotLegalAndSayWhatIs) {
    RunInput input = input_of("raft-kv", 1);
    const auto wrong = [&](const char* key, const char* value) {
        return set_setting(*input.scenario, input.settings, key, value).value_or("");
    };
    EXPECT_EQ(wrong("servers", "4"), "setting servers expects one of 3, 5, got '4'");
    EXPECT_EQ(wrong("duration", "4"), "setting duration expects a length of time like 150ms, at most 30 days, got '4'");
    EXPECT_EQ(wrong("duration", "9000000s"),
              "setting duration expects a length of time like 150ms, at most 30 days, got '9000000s'");
    EXPECT_EQ(wrong("budget", "x"), "setting budget expects a whole number, at most 1000000000000000, got 'x'");
    EXPECT_EQ(wrong("drift", "100000001"), "setting drift expects a whole number, at most 100000000, got '100000001'");
    EXPECT_EQ(wrong("flaws", "kv_no_duplicate_filte"),
              "there is no flaw 'kv_no_duplicate_filte'; see orrery list; did you mean 'kv_no_duplicate_filter'?");
    EXPECT_NE(wrong("nope", "x").find("has no setting 'nope'"), std::string::npos);
}

} // namespace
} // namespace orrery::scenarios
