// Shrinking, and what it stands on: delta debugging on lists of numbers, simpler runs, and runs of a small scenario.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/delta_debugging.h"
#include "orrery/scenarios/engine/search/shrink.h"
#include "orrery/scenarios/engine/search/simpler.h"
#include "orrery/scenarios/engine/search/singles.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;

RC_GTEST_PROP(DeltaDebugging, LeavesExactlyWhatIsNeeded, (const std::set<int>& needed, const std::set<int>& others)) {
    std::set<int> both = needed;
    both.insert(others.begin(), others.end());
    const auto make = [](const std::vector<int>& rest) { return rest; };
    const auto keep = [&](const std::vector<std::vector<int>>& candidates) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < candidates.size(); ++i)
            if (std::includes(candidates[i].begin(), candidates[i].end(), needed.begin(), needed.end())) return i;
        return std::nullopt;
    };
    const std::vector<int> left = reduce_list(std::vector<int>(both.begin(), both.end()), make, keep);
    RC_ASSERT(left == std::vector<int>(needed.begin(), needed.end()));
}

// The first seed of the lazy register that is violated, with the plan that it draws.
Summary failure() {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        RunInput input = engine::input_of(*find_scenario("lazy-register"), seed);
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "5s"));
        draw_settings(input);
        Summary summary = run_in_child(input);
        if (summary.verdict == RunVerdict::violated) return summary;
    }
    ADD_FAILURE() << "no seed is violated";
    return {};
}

std::string repro_of(const Shrunk& shrunk) { return print(make_repro(shrunk.smallest.input, shrunk.smallest)); }

TEST(Shrink, LeavesALazyRegisterFourOperationsAndTheSameFailure) {
    const Summary whole = failure();
    const sim::Checked<Shrunk> shrunk = shrink(whole, {.runs_max = 600, .jobs = 2});
    ASSERT_TRUE(shrunk.ok());
    EXPECT_LT(shrunk->after, shrunk->before);
    EXPECT_LE(shrunk->after.operations, 4u);
    EXPECT_LE(shrunk->after.faults, 1u);
    EXPECT_EQ(size_of(shrunk->smallest), shrunk->after);
    EXPECT_EQ(shrunk->smallest.fingerprint(), whole.fingerprint());
    const Verification verification = verify(shrunk->smallest);
    EXPECT_TRUE(verification.again.is_known());
    EXPECT_FALSE(verification.diverged.has_value());
}

TEST(Shrink, ComesToTheSameWithAnyNumberOfJobs) {
    const Summary whole = failure();
    const sim::Checked<Shrunk> one = shrink(whole, {.runs_max = 150, .jobs = 1});
    const sim::Checked<Shrunk> three = shrink(whole, {.runs_max = 150, .jobs = 3});
    ASSERT_TRUE(one.ok());
    ASSERT_TRUE(three.ok());
    EXPECT_EQ(repro_of(*one), repro_of(*three));
    EXPECT_EQ(one->runs, three->runs);
}

TEST(Shrink, TakesNoMoreRunsThanItsBudget) {
    const sim::Checked<Shrunk> shrunk = shrink(failure(), {.runs_max = 7, .jobs = 3});
    ASSERT_TRUE(shrunk.ok());
    EXPECT_LE(shrunk->runs, 7u);
    EXPECT_EQ(shrunk->end, ShrinkEnd::spent);
}

TEST(Shrink, LeavesTheSmallestOfTheTimeItIsInterrupted) {
    const Summary whole = failure();
    std::uint64_t asked = 0;
    ShrinkOptions options;
    options.interrupted = [&] { return ++asked > 20; };
    const sim::Checked<Shrunk> shrunk = shrink(whole, options);
    ASSERT_TRUE(shrunk.ok());
    EXPECT_EQ(shrunk->end, ShrinkEnd::interrupted);
    EXPECT_LE(shrunk->after, shrunk->before);
    EXPECT_EQ(run_in_child(shrunk->smallest.input).fingerprint(), whole.fingerprint());
}

// One host counts to another, which may hear no number twice: nothing but a doubled message makes it.
constexpr std::uint64_t counting_port = 7;
constexpr sim::NoteKind heard{"test.heard", {"number"}};

void count_to_another(sim::Env& env) {
    sim::Socket socket = *env.bind(counting_port);
    const sim::Address other{env.peers("host")[0].host, counting_port};
    for (std::int64_t number = 0; env.self().index == 0 && env.sleep(10ms).ok(); ++number)
        (void)socket.send(other, sim::Label{"test.number"}, sim::Bytes(std::to_string(number)));
    while (env.self().index != 0) {
        const sim::Result<sim::Datagram> got = socket.receive();
        if (!got.ok()) return;
        env.note(heard, sim::text_of(got->bytes.view()));
    }
}

struct HeardOnce final : sim::Monitor {
    std::set<std::string> numbers;
    std::string_view name() const override { return "test.once"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind != sim::Observation::Kind::note || seen.name != heard.name) return;
        const std::string number = sim::to_text(seen.fields.front());
        if (!numbers.insert(number).second) object(seen, "twice", "no number is heard twice", number);
    }
};

std::uint64_t kept_by(const Shrunk& shrunk, std::string_view name) {
    for (const ShrinkPass& each : shrunk.passes)
        if (each.name == name) return each.kept;
    ADD_FAILURE() << "no pass " << name;
    return 0;
}

TEST(Shrink, TriesTheSingleMessagesThatARateStruck) {
    const Scenario counting{
        .name = "counting",
        .roles = {{"host", 2, count_to_another}},
        .faults = {{"duplication", 1}},
        .judges = {},
        .monitors = {[]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<HeardOnce>(); }},
        .duration = 2s};
    RunInput input = engine::input_of(counting);
    input.plan = *faults::parse_plan("f1 duplication target=* at=0s for=2s probability=1/2\n", "");
    const Summary whole = run_in_child(input);
    ASSERT_EQ(whole.fingerprint(), "test.once/twice/no number is heard twice");
    const sim::Checked<Shrunk> shrunk = shrink(whole, {.runs_max = 400, .jobs = 2});
    ASSERT_TRUE(shrunk.ok());
    EXPECT_EQ(shrunk->after.faults, 1u);
    EXPECT_GT(kept_by(*shrunk, "messages"), 0u); // the message alone fails likewise
}

TEST(Shrink, PutsOneHostAheadOfTheOthersWhereThatLeavesLess) {
    if (std::getenv("ORRERY_QUICK") != nullptr) GTEST_SKIP() << "thousands of runs";
    std::uint64_t kept = 0; // of some seed
    for (std::uint64_t seed = 1; seed <= 60 && kept == 0; ++seed) {
        RunInput input = engine::input_of(*find_scenario("rpc-at-most-once"), seed);
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "flaws", "rpc_no_duplicate_filter"));
        draw_settings(input);
        const Summary whole = run_in_child(input);
        if (whole.verdict != RunVerdict::violated) continue;
        const sim::Checked<Shrunk> shrunk = shrink(whole, {.runs_max = 12'000, .jobs = 2});
        ASSERT_TRUE(shrunk.ok());
        kept = kept_by(*shrunk, "order of servers");
    }
    EXPECT_GT(kept, 0u);
}

// No number for half a second, later than any small run lasts.
struct NeverSilent final : sim::Monitor {
    sim::WorldTime last{};
    std::string_view name() const override { return "test.silence"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind != sim::Observation::Kind::note || seen.name != heard.name) return;
        const bool was_silent = seen.time - last > 500ms && seen.time > sim::WorldTime{} + 3s;
        if (was_silent) object(seen, "silence", "a number is heard every half second", "silence");
        last = seen.time;
    }
};

// Two faults that are both needed, of a host that must not be silent; one remains.
void expect_one_fault_by(std::string_view pass, std::string_view plan) {
    const Scenario counting{
        .name = "counting",
        .roles = {{"host", 2, count_to_another}},
        .faults = {{"cut", 1}},
        .judges = {},
        .monitors = {[]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<NeverSilent>(); }},
        .duration = 5s};
    RunInput input = engine::input_of(counting);
    input.plan = *faults::parse_plan(plan, "");
    const Summary whole = run_in_child(input);
    ASSERT_EQ(whole.fingerprint(), "test.silence/silence/a number is heard every half second");
    const sim::Checked<Shrunk> shrunk = shrink(whole, {.runs_max = 12'000, .jobs = 2});
    ASSERT_TRUE(shrunk.ok());
    EXPECT_EQ(shrunk->after.faults, 1u);
    EXPECT_GT(kept_by(*shrunk, pass), 0u);
}

TEST(Shrink, MergesTwoFaultsThatFollowEachOther) {
    expect_one_fault_by("merged faults", "f1 cut target=host0 at=3200ms for=300ms\n"
                                         "f2 cut target=host0 at=3500ms for=300ms\n");
}

// They begin at no time, so that nothing is known of how long they last together.
TEST(Shrink, PutsOneDrawnFaultInPlaceOfTwoThatAreBothNeeded) {
    expect_one_fault_by("variations", "f1 cut target=host0 effect=host0:send:320 for=300ms\n"
                                      "f2 cut target=host0 effect=host0:send:348 for=300ms\n");
}

TEST(Reproduction, AnswersWithTheFirstInOrderHoweverManyRunAtOnce) {
    const Summary whole = failure();
    std::vector<RunInput> candidates;
    std::vector<RunInput> failing;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        RunInput input = whole.input;
        input.seed = seed;
        (run_in_child(input).fingerprint() == whole.fingerprint() ? failing : candidates).push_back(input);
    }
    const std::size_t first = candidates.size();
    ASSERT_GE(first, 3u);
    ASSERT_GE(failing.size(), 5u);
    candidates.insert(candidates.end(), failing.begin(), failing.end());
    for (const unsigned jobs : {1u, 2u, 20u}) {
        Reproduction reproduction({.fingerprint = whole.fingerprint(), .jobs = jobs});
        const std::optional<Reproduced> found = reproduction.first(candidates);
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->place, first) << jobs;
        EXPECT_EQ(reproduction.runs(), first + 1) << jobs;
    }
}

TEST(Shrink, RefusesARunThatDoesNotFailAsItIsSaidTo) {
    Summary other = failure();
    other.findings.front().rule = "something else";
    const sim::Checked<Shrunk> shrunk = shrink(other, {});
    ASSERT_FALSE(shrunk.ok());
    EXPECT_EQ(shrunk.complaint().cause, sim::Cause::input);
}

TEST(Simpler, EveryEndThatIsProposedIsSooner) {
    const Summary whole = failure();
    const auto length = [](const RunInput& input) {
        return input.settings.duration("duration") + input.settings.duration("recovery");
    };
    const std::vector<RunInput> sooner = ended_sooner(whole);
    EXPECT_GE(sooner.size(), 2u);
    for (const RunInput& each : sooner) EXPECT_LT(length(each), length(whole.input));
    Summary healed = whole; // as if it had been found after the heal
    EXPECT_FALSE(set_setting(*whole.input.scenario, healed.input.settings, "duration", "1ms"));
    for (const RunInput& each : ended_sooner(healed)) EXPECT_LT(length(each), length(healed.input));
    // The first ends within a millisecond behind the finding.
    const sim::Duration behind = length(sooner.front()) - (whole.findings.front().time - sim::WorldTime{});
    EXPECT_GT(behind, 0ms);
    EXPECT_LE(behind, 1ms);
}

TEST(Simpler, OperationsAreNumberedAsTheirClientsNumberThem) {
    Summary whole = failure();
    whole.input.skipped = {{0, 0}, {0, 2}};
    ChildOptions options;
    options.detail = Detail::history;
    const RunInput input = whole.input;
    whole = run_in_child(input, options);
    whole.input = input;
    std::vector<std::uint64_t> of_first;
    for (const auto& [operation, time] : operations_of(whole))
        if (operation.client == 0) of_first.push_back(operation.number);
    ASSERT_GE(of_first.size(), 3u);
    EXPECT_EQ(of_first[0], 1u);
    EXPECT_EQ(of_first[1], 3u);
    EXPECT_EQ(of_first[2], 4u);
}

TEST(Simpler, FaultsOfServersThatAreLeftOutStrikeThoseThatAreLeft) {
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "servers", "5"));
    input.plan = *faults::parse_plan("f1 crash target=server1,server4 at=1s for=1s\n"
                                     "f2 crash target=server4 at=1s for=1s\n"
                                     "f3 cut target=server3>server0 at=1s for=1s\n"
                                     "f4 crash target=server0 effect=server3:send:4 for=1s\n",
                                     "");
    const auto servers = [](const Setting& each) { return each.name == "servers"; };
    const std::vector<Setting> all = settings_of(*input.scenario);
    const std::vector<RunInput> plainer = with_plainer(input, *std::find_if(all.begin(), all.end(), servers));
    ASSERT_EQ(plainer.size(), 4u); // of three servers and of four, each with the plan and with what is struck elsewhere
    EXPECT_EQ(plainer[0].settings.text("servers"), "3");
    EXPECT_EQ(faults::print(*plainer[0].plan), "f1 crash target=server1 at=1s for=1s\n");
    EXPECT_EQ(plainer[1].settings.text("servers"), "3");
    EXPECT_EQ(faults::print(*plainer[1].plan), "f1 crash target=server1 at=1s for=1s\n"
                                               "f2 crash target=server1 at=1s for=1s\n"
                                               "f4 crash target=server0 effect=server0:send:4 for=1s\n");
}

TEST(Simpler, IdleTimesAreCutWithoutMovingWhatIsCloseTogether) {
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    input.plan =
        *faults::parse_plan("f1 crash target=server0 at=2s for=1s\nf2 crash target=server1 at=9s for=1s\n", "");
    input.operations = {{{0, 3}, {sim::WorldTime{} + 2s + 300us}}, {{0, 4}, {sim::WorldTime{} + 5s}}};
    const std::vector<IdleTime> idle = idle_times(input);
    ASSERT_EQ(idle.size(), 3u); // before f1, before operation 4, before f2
    EXPECT_EQ(with_only_idle_times(input, idle).plan, input.plan);
    const RunInput cut = with_only_idle_times(input, {idle[1]});
    EXPECT_EQ(faults::print(*cut.plan), "f1 crash target=server0 at=1ms for=1s\n"
                                        "f2 crash target=server1 at=3002ms for=1s\n");
    EXPECT_EQ(cut.operations->at({0, 3}).time, sim::WorldTime{} + 1300us);
    EXPECT_EQ(cut.operations->at({0, 4}).time, sim::WorldTime{} + 3001ms);
}

TEST(Simpler, ClientsThatAskAreNumberedFromZero) {
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    input.operations = {{{1, 3}, {}}, {{4, 0}, {}}, {{4, 2}, {}}};
    input.fixed = {{"think", "client4", 0}, {"think", "client0", 50}, {"think", "client1", 100}};
    input.plan = *faults::parse_plan("f1 lost message=client4>server0:rpc.request:1\n"
                                     "f2 cut target=client2 at=1s for=1s\n",
                                     "");
    const std::vector<RunInput> renumbered = with_clients_renumbered(input);
    ASSERT_EQ(renumbered.size(), 1u);
    EXPECT_EQ(renumbered[0].settings.text("clients"), "2");
    std::vector<ClientOperation> asked;
    for (const auto& [operation, invocation] : *renumbered[0].operations) asked.push_back(operation);
    EXPECT_EQ(asked, (std::vector<ClientOperation>{{0, 3}, {1, 0}, {1, 2}}));
    EXPECT_EQ(faults::print(*renumbered[0].plan), "f1 lost message=client1>server0:rpc.request:1\n");
    EXPECT_EQ(renumbered[0].fixed, (std::vector<FixedSite>{{"think", "client1", 0}, {"think", "client0", 100}}));
    EXPECT_TRUE(with_clients_renumbered(renumbered[0]).empty());
}

TEST(Simpler, OperationsAreAskedLaterAllTogetherAndMomentByMoment) {
    Summary failed;
    failed.input = engine::input_of(*find_scenario("raft-kv"));
    failed.findings.push_back({});
    failed.findings.front().time = sim::WorldTime{} + 160ms;
    EXPECT_TRUE(asked_later(failed).empty()); // none is written out
    failed.input.operations = {{{0, 0}, {}}, {{1, 0}, {sim::WorldTime{} + 80ms}}};
    const std::vector<RunInput> later = asked_later(failed);
    ASSERT_EQ(later.size(), 18u); // six parts of the time, of both and of each
    EXPECT_EQ(later[0].operations->at({0, 0}).time, sim::WorldTime{} + 150ms);
    EXPECT_EQ(later[0].operations->at({1, 0}).time, sim::WorldTime{} + 230ms);
    EXPECT_EQ(later[2].operations->at({0, 0}).time, sim::WorldTime{});
    EXPECT_EQ(later[2].operations->at({1, 0}).time, sim::WorldTime{} + 155ms);
}

TEST(Simpler, WhatCannotHaveLedToTheFindingGoesAtOnce) {
    ChildOptions options;
    options.detail = Detail::events;
    options.run.record_until = sim::WorldTime{INT64_MAX};
    const RunInput input = failure().input;
    Summary whole = run_in_child(input, options);
    ASSERT_EQ(whole.verdict, RunVerdict::violated);
    whole.input.plan = whole.plan;
    const std::vector<RunInput> pruned = with_only_its_past(whole);
    ASSERT_EQ(pruned.size(), 1u);
    const std::vector<WrittenOperation> all = operations_of(whole);
    ASSERT_TRUE(pruned[0].operations.has_value());
    EXPECT_LE(pruned[0].operations->size(), all.size());
    // Whoever got the impossible answer asked; who asked after it is out.
    const sim::WorldTime found = whole.findings.front().time;
    std::size_t answered_then = 0;
    for (const reports::Entry& each : whole.history.entries) answered_then += each.time == found;
    EXPECT_GT(answered_then, 0u);
    EXPECT_GT(pruned[0].operations->size(), 0u);
    for (const auto& [operation, invocation] : *pruned[0].operations) EXPECT_LE(invocation.time, found);
    EXPECT_EQ(run_in_child(pruned[0]).fingerprint(), whole.fingerprint());
    whole.findings.front().event = 0; // known only at the end
    EXPECT_TRUE(with_only_its_past(whole).empty());
}

TEST(Simpler, OperationsOnOneKeyAreOnAnotherInstead) {
    using reports::models::Words;
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    EXPECT_TRUE(with_merged_keys(input).empty());
    input.operations = {{{0, 0}, {{}, Words{"get", "b", {}}}},
                        {{0, 1}, {{}, Words{"get", "a", {}}}},
                        {{1, 0}, {}},
                        {{1, 1}, {{}, Words{"get", "a", {}}}}};
    const std::vector<RunInput> merged = with_merged_keys(input);
    ASSERT_EQ(merged.size(), 1u);
    EXPECT_EQ(merged[0].operations->at({0, 1}).words->key, reports::Value("b"));
    EXPECT_EQ(merged[0].operations->at({1, 1}).words->key, reports::Value("b"));
    EXPECT_FALSE(merged[0].operations->at({1, 0}).words.has_value());
    EXPECT_TRUE(with_merged_keys(merged[0]).empty());
}

TEST(Simpler, OneServerIsAheadOneIsSlowAndClientsAskAtOtherTimes) {
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    input.fixed = {{"latency", "server1", 50}, {"latency", "client0", 10}, {"election", "", 0}};
    input.operations = {{{0, 0}, {sim::WorldTime{} + 80ms}}, {{1, 0}, {sim::WorldTime{} + 90ms}}};
    const std::vector<RunInput> runs = with_one_ahead_and_one_slow(input, "election");
    // Of three servers each is ahead; one of the others is slow by one of two latencies, or none; two orders of what is
    // asked, seven times each.
    ASSERT_EQ(runs.size(), 3u * (2 * 2 + 1) * 2 * 7);
    const std::vector<FixedSite> second{{"latency", "client0", 10},
                                        {"election", "", 50},
                                        {"election", "server0", 0},
                                        {"latency", "", 0},
                                        {"latency", "server1", 100}};
    EXPECT_EQ(runs[4].fixed, second);
    EXPECT_EQ(runs[4].settings.text("latency"), "1500us");
    EXPECT_EQ(runs[4].operations->at({0, 0}).time, sim::WorldTime{} + 85ms);
    EXPECT_EQ(runs[4].operations->at({1, 0}).time, sim::WorldTime{} + 95ms);
    EXPECT_EQ(runs[11].operations->at({0, 0}).time, sim::WorldTime{} + 85ms);
    EXPECT_EQ(runs[11].operations->at({1, 0}).time, sim::WorldTime{} + 85ms);
    EXPECT_EQ(runs[14].fixed, second);
    EXPECT_EQ(runs[14].settings.text("latency"), "15ms");
}

TEST(Simpler, OneIdleTimeComesDownByWholeMilliseconds) {
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    input.plan = *faults::parse_plan("f1 lost message=raft.append:1 since=800ms\nf2 crash target=server0 at=2s\n", "");
    const std::vector<IdleTime> idle = idle_times(input);
    ASSERT_EQ(idle.size(), 2u);
    const std::vector<RunInput> shorter = with_less_idle_time(input, idle[0]);
    ASSERT_FALSE(shorter.empty());
    EXPECT_EQ(faults::print(*shorter[0].plan),
              "f1 lost message=raft.append:1 since=50ms\nf2 crash target=server0 at=1250ms\n");
    for (const RunInput& each : shorter) EXPECT_LT(idle_times(each)[0].length, idle[0].length);
}

// A run of the lazy register in which a server cannot be heard for a while, told as lost messages.
TEST(Singles, GiveTheSameRunAsTheRateAndAFewBecomeOneCut) {
    RunInput input = engine::input_of(*find_scenario("lazy-register"), 3);
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "2s"));
    input.plan = *faults::parse_plan("f1 loss target=replica1 at=500ms for=300ms probability=1/1\n", "");
    ChildOptions options;
    options.run.record_struck = true;
    const Summary whole = run_in_child(input, options);
    const std::vector<faults::Fault> singles = singles_of(whole);
    ASSERT_GE(singles.size(), 4u);
    RunInput told = input;
    told.plan = without_rates(whole);
    EXPECT_TRUE(told.plan->faults.empty());
    told.plan->faults = singles;
    const Summary again = run_in_child(told, options);
    EXPECT_EQ(again.history.entries.size(), whole.history.entries.size());
    EXPECT_EQ(again.struck.size(), whole.struck.size());
    RunInput timed = told;
    timed.plan = named_by_time(again);
    EXPECT_GT(timed.plan->faults[0].trigger.since, sim::WorldTime{});
    EXPECT_EQ(run_in_child(timed).digest, again.digest);
    const std::vector<RunInput> cuts = with_cuts(again);
    ASSERT_FALSE(cuts.empty());
    ASSERT_EQ(cuts[0].plan->faults.size(), 1u); // the most daring: one cut of that server in place of all
    EXPECT_EQ(cuts[0].plan->faults[0].kind, "cut");
    EXPECT_EQ(cuts[0].plan->faults[0].target.hosts, (faults::HostNames{"replica1"}));
}

TEST(Singles, ACutGrowsOverWhatLiesBesideIt) {
    RunInput input = engine::input_of(*find_scenario("lazy-register"), 3);
    input.plan =
        *faults::parse_plan("f1 cut target=replica1 at=500ms for=20ms\nf2 cut target=replica1 at=700ms for=5ms\n"
                            "f3 cut target=replica2 at=600ms for=5ms\n",
                            "");
    Summary struck;
    struck.input = input;
    struck.plan = *input.plan;
    const std::vector<RunInput> longer = with_longer_cuts(struck);
    ASSERT_EQ(longer.size(), 2u); // f1 over f2, f2 over f1
    EXPECT_EQ(faults::print(*longer[0].plan), "f1 cut target=replica1 at=500ms for=205ms\n"
                                              "f3 cut target=replica2 at=600ms for=5ms\n");
    EXPECT_EQ(faults::print(*longer[1].plan), "f2 cut target=replica1 at=500ms for=205ms\n"
                                              "f3 cut target=replica2 at=600ms for=5ms\n");
}

TEST(Shrink, NeverMakesItLarger) {
    Summary whole = failure();
    for (int round = 0; round < 3; ++round) { // what was shrunk is shrunk again
        const sim::Checked<Shrunk> shrunk = shrink(whole, {.runs_max = 400, .jobs = 2});
        ASSERT_TRUE(shrunk.ok());
        EXPECT_LE(shrunk->after, shrunk->before);
        EXPECT_EQ(size_of(shrunk->smallest), shrunk->after);
        whole = shrunk->smallest;
    }
}

TEST(Shrink, WritesOutWhatAMinimalRunAsksAndFixesDrawsOfIt) {
    const sim::Checked<Shrunk> shrunk = shrink(failure(), {.runs_max = 4000, .jobs = 2});
    ASSERT_TRUE(shrunk.ok());
    EXPECT_GT(kept_by(*shrunk, "small runs"), 0u);
    EXPECT_GT(kept_by(*shrunk, "past"), 0u);
    (void)kept_by(*shrunk, "keys"); // it is tried
    const RunInput& input = shrunk->smallest.input;
    EXPECT_FALSE(input.fixed.empty());
    ASSERT_TRUE(input.operations.has_value());
    for (const auto& [operation, invocation] : *input.operations) EXPECT_TRUE(invocation.words.has_value());
}

TEST(Simpler, EachWeakerFaultIsAnotherUntilNothingIsLeftToTake) {
    RunInput input = engine::input_of(*find_scenario("raft-kv"));
    input.plan = *faults::parse_plan(
        "f1 power target=server0,server1 state=raft.role=leader:2 after=9ms for=80ms torn=true\n", "");
    std::size_t steps = 0;
    for (std::vector<RunInput> weaker; !(weaker = with_weaker_fault(input, 0)).empty(); input = weaker.back()) {
        for (const RunInput& each : weaker) EXPECT_NE(each.plan, input.plan);
        ASSERT_LT(++steps, 100u);
    }
    EXPECT_EQ(faults::print(*input.plan), "f1 power target=server0 state=raft.role=leader:2 for=1ms\n");
}

} // namespace
} // namespace orrery::scenarios::engine
