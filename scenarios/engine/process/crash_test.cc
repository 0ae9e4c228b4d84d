// Programs that die in every way there is: each is a finding of its own, repeated in a new process,
// and a child that was killed from outside is none.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/search/sweep.h"

#if defined(__SANITIZE_ADDRESS__)
#define ORRERY_SANITIZED 1
#endif

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;

__attribute__((noinline)) int dig(volatile int* above, int depth) {
    volatile int here[64] = {};
    here[depth % 64] = above[0] + 1;
    return depth == 0 ? here[0] : dig(here, depth - 1) + here[1];
}
__attribute__((noinline)) void fall_into_a_hole() {
    volatile int* nothing = nullptr;
    asm volatile("" : "+r"(nothing)); // or the compiler sees it coming
    *nothing = 1;
}
__attribute__((noinline)) void read_freed_memory() {
    int* first = new int(7);
    volatile int* gone = first;
    asm volatile("" : "+r"(gone)); // or the compiler sees it coming
    delete first;
    (void)*gone;
}

enum class End { overflow, loop, hole, abort, quit, leave, killed, freed };

template <End how>
void die(sim::Env& env) {
    (void)env.sleep(3s);
    volatile bool on = true;
    volatile int start = 0;
    switch (how) {
    case End::overflow:
        (void)dig(&start, 1 << 20);
        return;
    case End::loop:
        while (on) {
        }
        return;
    case End::hole:
        fall_into_a_hole();
        start = 1; // so that this frame stands until then
        return;
    case End::abort:
        std::abort();
    case End::quit:
        std::_Exit(3);
    case End::leave:
        std::_Exit(0);
    case End::killed:
        (void)std::raise(SIGKILL);
        return;
    case End::freed:
        read_freed_memory();
        return;
    }
}

template <End how>
Scenario ends(const char* name) {
    return {.name = name, .roles = {{"server", 1, die<how>}}, .faults = {{"pause", 3}}, .faulty = true};
}
const Scenario overflows = ends<End::overflow>("overflows");
const Scenario loops = ends<End::loop>("loops");
const Scenario crashes = ends<End::hole>("crashes");
const Scenario aborts = ends<End::abort>("aborts");
const Scenario quits = ends<End::quit>("quits");
const Scenario leaves = ends<End::leave>("leaves");
const Scenario killed = ends<End::killed>("killed");
const Scenario frees = ends<End::freed>("frees");

RunInput input_of(const Scenario& scenario) {
    RunInput input;
    input.scenario = &scenario;
    input.settings = default_settings(scenario);
    return input;
}

// The finding of a run that dies, once it has died in the same way in a newly executed process.
std::string finding_of(const Scenario& scenario) {
    const Summary summary = run_isolated(input_of(scenario));
    EXPECT_EQ(summary.verdict, RunVerdict::violated);
    EXPECT_EQ(summary.lost, "");
    const Summary again = run_elsewhere(summary.repro);
    EXPECT_EQ(divergence(summary.repro, again.repro).value_or(""), "");
    return summary.fingerprint();
}

#if defined(ORRERY_SANITIZED)
TEST(Crash, ASanitizersReportIsAFindingNamedByItsFunction) {
    const std::string finding = finding_of(frees);
    EXPECT_TRUE(finding.starts_with("process/sanitizer report/heap-use-after-free in ")) << finding;
    EXPECT_NE(finding.find("read_freed_memory"), std::string::npos) << finding;
}
#else
TEST(Crash, AStackOverflowIsAFindingOfItsOwn) {
    EXPECT_EQ(finding_of(overflows), "process/stack overflow/a task stays within its stack: orrery::scenarios::dig");
}

TEST(Crash, ABadAccessIsNamedByTheFunctionsOnTopOfTheStack) {
    EXPECT_EQ(finding_of(crashes),
              "process/crashed/SIGSEGV in orrery::scenarios::fall_into_a_hole < orrery::scenarios::die");
}

TEST(Crash, AnAbortIsNamedByWhoAborted) {
    EXPECT_EQ(finding_of(aborts), "process/crashed/SIGABRT in orrery::scenarios::die");
}
#endif

TEST(Crash, AnEventWithoutAnEndIsAnEndlessLoop) {
    Child::loop_milliseconds = 50;
    EXPECT_EQ(run_isolated(input_of(loops)).fingerprint(), "process/endless loop/an event ends");
    Child::loop_milliseconds = Child::loop_milliseconds_default;
}

TEST(Crash, ALongRunOfShortEventsIsNoEndlessLoop) {
    // Far more processor time than the limit, but each event ends.
    static const Scenario busy{.name = "busy",
                               .roles = {{"server", 1,
                                          [](sim::Env& env) {
                                              while (env.sleep(50us).ok()) {
                                              }
                                          }}},
                               .faulty = true};
    Child::loop_milliseconds = 20;
    EXPECT_EQ(run_isolated(input_of(busy)).fingerprint(), "");
    Child::loop_milliseconds = Child::loop_milliseconds_default;
}

TEST(Crash, ARunThatEndsItsProcessIsAFinding) {
    EXPECT_EQ(finding_of(quits), "process/ended/exit status 3");
    EXPECT_EQ(finding_of(leaves), "process/ended/exit status 0");
}

TEST(Isolation, WhatAScenarioPrintsIsNoPartOfTheResultUnlessTheRunIsTold) {
    static const Scenario talks{
        .name = "talks", .roles = {{"server", 1, [](sim::Env&) { std::puts("remark"); }}}, .faulty = true};
    for (const bool told : {false, true}) {
        Watcher watcher;
        watcher.owns_stdout = told;
        testing::internal::CaptureStdout();
        const Summary summary = run_isolated(input_of(talks), watcher);
        EXPECT_EQ(testing::internal::GetCapturedStdout(), told ? "remark\n" : "");
        EXPECT_EQ(summary.verdict, RunVerdict::passed);
    }
}

TEST(Crash, AChildThatWasKilledFromOutsideIsNoViolation) {
    const Summary summary = run_isolated(input_of(killed));
    EXPECT_EQ(summary.verdict, RunVerdict::passed);
    EXPECT_EQ(summary.lost, "its process ended with signal 9 and left no result");
    SweepOptions options;
    options.input = input_of(killed);
    options.seed_last = 3;
    const SweepResult result = sweep(options);
    EXPECT_TRUE(result.violated.empty());
    EXPECT_EQ(result.lost.size(), 3u);
}

TEST(Crash, TheReproOfACrashHoldsThePlanThatWasDrawn) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        RunInput input = input_of(quits);
        input.seed = seed;
        const auto parsed = parse_repro(run_isolated(input).repro, "r");
        ASSERT_TRUE(std::holds_alternative<Repro>(parsed));
        EXPECT_EQ(std::get<Repro>(parsed).input.plan, plan_of(input));
    }
}

} // namespace

// A new process finds them by name.
std::vector<const Scenario*> crash_scenarios() {
    return {&overflows, &loops, &crashes, &aborts, &quits, &leaves, &killed, &frees};
}

} // namespace orrery::scenarios::engine
