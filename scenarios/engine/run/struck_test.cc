// What rates and dropping cuts did to messages, written as faults of single messages in their place, gives the same
// run.
//
// The same to the last bit where rates were replaced: digest, history, verdict. Of a fault that is left out, its
// beginning and its end are missing, which are events of the run too; so these stay here, as a rate of probability 0.
// What a cut takes is lost as it arrives, and the arrival is an event of the receiver; what is lost singly is lost as
// it leaves. So the digest differs where cuts were replaced, and the history is compared.
#include <gtest/gtest.h>

#include "orrery/faults/kinds/single.h"
#include "orrery/faults/swarm.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

constexpr std::uint64_t seeds = 60;

RunInput input_of(std::uint64_t seed, const char* kinds, const char* scenario = "raft-kv") {
    RunInput input = engine::input_of(*find_scenario(scenario), seed);
    const auto set = [&](const char* name, const char* value) {
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, name, value).has_value());
    };
    set("duration", "8s");
    set("recovery", "4s");
    set("faults", kinds);
    input.plan = plan_of(input);
    for (faults::Fault& fault : input.plan->faults)
        if (fault.kind == "cut") fault.parameters.set("hold", false); // what is held is not struck
    return input;
}

RunResult recorded(const RunInput& input) { return *run(input, {.record_struck = true}); }

bool is_replaced(const faults::Fault& fault) {
    return fault.kind == "loss" || fault.kind == "duplication" || fault.kind == "delay" || fault.kind == "cut";
}

// The same beginning and end, and nothing between.
faults::Fault tamed(const faults::Fault& fault) {
    faults::Fault tame = faults::standard_kinds().find("loss")->fault(fault.id);
    tame.target = fault.target;
    tame.trigger = fault.trigger;
    tame.duration = fault.duration;
    tame.parameters.set("probability", sim::Ratio{0, 1});
    return tame;
}

RunInput written_singly(const RunInput& input, const RunResult& result, bool with_tamed) {
    RunInput single = input;
    single.plan->faults.clear();
    for (const faults::Fault& fault : input.plan->faults) {
        if (!is_replaced(fault))
            single.plan->faults.push_back(fault);
        else if (with_tamed)
            single.plan->faults.push_back(tamed(fault));
    }
    sim::world::FaultId id = 10'000;
    for (const sim::world::StruckMessage& each : result.struck)
        single.plan->faults.push_back(faults::single_fault(id++, each, result.hosts));
    return single;
}

std::uint64_t struck_by_rates_and_cuts(const RunInput& input, const RunResult& result) {
    std::uint64_t count = 0;
    for (const faults::Fault& fault : input.plan->faults)
        if (is_replaced(fault)) count += result.efficacy(fault.id).effective;
    return count;
}

TEST(StruckMessages, InPlaceOfRatesGiveTheSameRunToTheLastBit) {
    std::size_t struck = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const RunInput input = input_of(seed, "cut=0,loss=3,duplication=3,delay=3");
        const RunResult were = recorded(input);
        EXPECT_EQ(were.struck.size(), struck_by_rates_and_cuts(input, were));
        const RunResult are = *run(written_singly(input, were, true));
        EXPECT_EQ(are.digest, were.digest) << seed;
        EXPECT_EQ(are.events, were.events);
        EXPECT_EQ(are.history, were.history);
        EXPECT_EQ(are.verdict, were.verdict);
        EXPECT_TRUE(are.struck.empty()); // it was not asked for
        struck += were.struck.size();
    }
    EXPECT_GT(struck, 5'000u);
}

// A run, and the same with single messages in place of what struck them: of one history and one verdict.
std::pair<RunResult, RunResult> recorded_and_repeated(std::uint64_t seed, const char* faults) {
    const RunInput input = input_of(seed, faults);
    RunResult were = recorded(input);
    RunResult are = *run(written_singly(input, were, false));
    EXPECT_EQ(are.history, were.history) << seed;
    EXPECT_EQ(are.verdict, were.verdict) << seed;
    return {std::move(were), std::move(are)};
}

TEST(StruckMessages, WithoutTheRatesGiveTheSameHistory) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const auto [were, are] = recorded_and_repeated(seed, "cut=0,loss=3,duplication=3,delay=3");
        // Beginnings and ends of faults are told of the first host, and of no other.
        const std::vector<std::uint64_t>& here = are.checkpoints.back().hosts;
        const std::vector<std::uint64_t>& there = were.checkpoints.back().hosts;
        EXPECT_TRUE(std::equal(here.begin() + 1, here.end(), there.begin() + 1)) << seed;
    }
}

TEST(StruckMessages, InPlaceOfCutsAndRatesGiveTheSameHistory) {
    std::size_t of_cuts = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const auto [were, are] = recorded_and_repeated(seed, "default");
        for (const sim::world::StruckMessage& each : were.struck) of_cuts += each.fault / 100 == 4;
    }
    EXPECT_GT(of_cuts, 1'000u);
}

// The run is repeated up to the answer that nothing explains: what was struck later is not told.
TEST(StruckMessages, OfAViolationGiveItAgain) {
    std::size_t violated = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const RunInput input = input_of(seed, "none,loss=3,duplication=3,delay=3", "lazy-register");
        const RunResult were = recorded(input);
        if (were.verdict != RunVerdict::violated) continue;
        ++violated;
        for (const sim::world::StruckMessage& each : were.struck) EXPECT_LE(each.time, were.time);
        const RunResult are = *run(written_singly(input, were, false));
        EXPECT_EQ(are.fingerprint(), were.fingerprint()) << seed;
        EXPECT_EQ(are.history, were.history);
    }
    EXPECT_GE(violated, 5u);
}

TEST(StruckMessages, AreNotRecordedUnlessItIsAskedForAndMoveNothing) {
    const RunInput input = input_of(1, "default");
    const RunResult plain = *run(input);
    const RunResult result = recorded(input);
    EXPECT_TRUE(plain.struck.empty());
    EXPECT_FALSE(result.struck.empty());
    EXPECT_EQ(result.digest, plain.digest);
    EXPECT_EQ(result.events, plain.events);
}

} // namespace
} // namespace orrery::scenarios::engine
