// Programs that die in every way there is: each is a finding of its own, repeated in a new process,
// and a child that was killed from outside is none.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/sweep.h"
#include "orrery/sim/stack.h"

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

__attribute__((noinline)) void lock_twice() {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
}
__attribute__((noinline)) void take_a_mebibyte() {
    auto* taken = new char[1 << 20];
    std::memset(taken, 1, 1 << 20);
    asm volatile("" : : "r"(taken) : "memory"); // or the compiler leaves it out
}

enum class End { overflow, loop, hole, abort, quit, leave, killed, freed, exit, fork, wait, stop, lock, leak, spawn };

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
    case End::exit:
        std::exit(4);
    case End::fork:
        (void)fork(); // and both go on
        return;
    case End::wait:
        pause();
        start = 1; // likewise
        return;
    case End::stop:
        (void)std::raise(SIGSTOP);
        pause();
        return;
    case End::lock:
        lock_twice();
        return;
    case End::leak:
        while (on) take_a_mebibyte();
        return;
    case End::spawn:
        while (on) env.spawn("another", [&env] { (void)env.park(); });
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
const Scenario exits = ends<End::exit>("exits");
const Scenario forks = ends<End::fork>("forks");
const Scenario waits = ends<End::wait>("waits");
const Scenario stops = ends<End::stop>("stops");
const Scenario locks = ends<End::lock>("locks");
const Scenario leaks = ends<End::leak>("leaks");
const Scenario spawns = ends<End::spawn>("spawns");
const Scenario frees = ends<End::freed>("frees");

// The finding of a run that dies, once it has died in the same way in a newly executed process.
std::string finding_of(const Scenario& scenario) {
    const Summary summary = run_in_child(input_of(scenario));
    EXPECT_EQ(summary.verdict, RunVerdict::violated);
    EXPECT_TRUE(summary.is_known()) << summary.lost;
    const Verification verification = verify(summary);
    EXPECT_TRUE(verification.again.is_known()) << verification.again.lost;
    EXPECT_FALSE(verification.diverged.has_value()) << verification.diverged->text();
    return summary.fingerprint();
}

#if defined(ORRERY_ASAN)
TEST(Crash, ASanitizersReportIsAFindingNamedByItsFunction) {
    const std::string finding = finding_of(frees);
    EXPECT_TRUE(finding.starts_with("process/sanitizer report/heap-use-after-free in ")) << finding;
    EXPECT_NE(finding.find("read_freed_memory"), std::string::npos) << finding;
}
#else
TEST(Crash, AStackOverflowIsAFindingOfItsOwn) {
    EXPECT_EQ(finding_of(overflows),
              "process/stack overflow/a task stays within its stack: orrery::scenarios::engine::dig");
}

TEST(Crash, ABadAccessIsNamedByTheFunctionsOnTopOfTheStack) {
    EXPECT_EQ(
        finding_of(crashes),
        "process/crashed/SIGSEGV in orrery::scenarios::engine::fall_into_a_hole < orrery::scenarios::engine::die");
}

TEST(Crash, AnAbortIsNamedByWhoAborted) {
    EXPECT_EQ(finding_of(aborts), "process/crashed/SIGABRT in orrery::scenarios::engine::die");
}
#endif

TEST(Crash, AnEventWithoutAnEndIsAnEndlessLoop) {
    ChildOptions options;
    options.limits.loop_milliseconds = 50;
    EXPECT_EQ(run_in_child(input_of(loops), options).fingerprint(), "process/endless loop/an event ends");
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
    ChildOptions options;
    options.limits.loop_milliseconds = 20;
    EXPECT_EQ(run_in_child(input_of(busy), options).fingerprint(), "");
}

TEST(Crash, ARunThatEndsItsProcessIsAFinding) {
    EXPECT_EQ(finding_of(quits), "process/ended/exit status 3");
    EXPECT_EQ(finding_of(leaves), "process/ended/exit status 0");
}

TEST(Crash, AProgramThatCallsExitIsNamedByItsEventAndItsTask) {
    EXPECT_EQ(finding_of(exits), "process/ended/exit status 4");
    const Summary summary = run_in_child(input_of(exits));
    EXPECT_NE(summary.findings.at(0).event, 0u);
    EXPECT_EQ(summary.findings.at(0).time.nanoseconds, 3'000'000'000);
    EXPECT_NE(summary.findings.at(0).text.find("by server0 in its task 'main'"), std::string::npos)
        << summary.findings.at(0).text;
}

// A forked process that goes on with the simulation may neither answer for the child nor keep the pipe open.
TEST(Crash, AProcessThatTheProgramForksHasNoPartInTheResult) {
    const Summary summary = run_in_child(input_of(forks));
    EXPECT_TRUE(summary.is_known()) << summary.lost;
    EXPECT_EQ(summary.verdict, RunVerdict::passed);
    EXPECT_EQ(summary.digest, run_in_child(input_of(forks)).digest);
}

Summary blocked(const Scenario& scenario) {
    ChildOptions options;
    options.limits.hang_milliseconds = 300;
    return run_in_child(input_of(scenario), options);
}

TEST(Crash, ARunThatBlocksInTheKernelIsAFindingThatSaysWhere) {
    for (const Scenario* each : {&waits, &stops, &locks}) {
        const Summary summary = blocked(*each);
        EXPECT_EQ(summary.fingerprint(), "process/hung/a run does not wait for the machine") << each->name;
        EXPECT_EQ(summary.findings.at(0).time.nanoseconds, 3'000'000'000) << each->name;
        EXPECT_NE(summary.findings.at(0).event, 0u) << each->name;
    }
    EXPECT_NE(blocked(waits).findings.at(0).text.find("scenarios::engine::die"), std::string::npos)
        << blocked(waits).findings.at(0).text;
}

TEST(Crash, ARunThatIsStillAtWorkAfterItsRealTimeIsUndecided) {
    ChildOptions options;
    options.limits.real_milliseconds = 200;
    const Summary summary = run_in_child(input_of(loops), options);
    EXPECT_EQ(summary.verdict, RunVerdict::undecided);
    EXPECT_NE(summary.undecided.find("real time, its limit"), std::string::npos) << summary.undecided;
}

#if !defined(ORRERY_ASAN)
TEST(Crash, MemoryBeyondTheLimitIsAFindingHoweverItIsTaken) {
    ChildOptions options;
    options.limits.memory_bytes = std::uint64_t{256} << 20;
    for (const Scenario* each : {&leaks, &spawns}) {
        const Summary summary = run_in_child(input_of(*each), options);
        EXPECT_EQ(summary.fingerprint(), "process/out of memory/a run stays within its memory")
            << each->name << summary.lost << summary.undecided;
    }
    const std::string text = run_in_child(input_of(leaks), options).findings.at(0).text;
    EXPECT_NE(text.find("limit of 256 MiB"), std::string::npos) << text;
    EXPECT_NE(text.find("it had taken 2"), std::string::npos) << text; // more than 200 of them
    EXPECT_NE(text.find("try --memory 512MiB, or the default of 2048 MiB"), std::string::npos) << text;
    EXPECT_NE(text.find("by server0 in its task 'main'"), std::string::npos) << text;
    const Verification verification = verify(run_in_child(input_of(leaks), options), options.limits);
    EXPECT_FALSE(verification.diverged.has_value());
}
#endif

int told_of_start = -1; // a pipe: a byte comes when the run below is under way

TEST(Child, EndsWhenTheUserInterruptsAndTheRunIsNeitherPassedNorLost) {
    static const Scenario waits_for_the_user{.name = "waits-for-the-user",
                                             .roles = {{"server", 1,
                                                        [](sim::Env&) {
                                                            if (write(told_of_start, "x", 1) == 1) pause();
                                                        }}},
                                             .faulty = true};
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        told_of_start = ends[1];
        const pid_t user = fork();
        if (user == 0) {
            std::signal(SIGHUP, SIG_DFL); // whatever the tests were started under
            listen_for_interruption();
            const Summary summary = run_in_child(input_of(waits_for_the_user));
            _exit(summary.interrupted && !summary.is_known() && interruption() == signal ? 0 : 1);
        }
        char byte = 0;
        EXPECT_EQ(read(ends[0], &byte, 1), 1);
        EXPECT_EQ(kill(user, signal), 0);
        int status = 0;
        EXPECT_EQ(waitpid(user, &status, 0), user);
        EXPECT_EQ(status, 0) << signal;
        close(ends[0]);
        close(ends[1]);
    }
}

TEST(Child, ThatCannotBeStartedIsAComplaintOfTheMachine) {
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{3, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    const Summary summary = run_in_child(input_of(quits));
    const Summary fresh = run_in_fresh_process(input_of(quits));
    SweepOptions options;
    options.input = input_of(quits);
    const SweepResult result = sweep(options);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    for (const sim::Problem& problem : {summary.problem, fresh.problem, result.problem}) {
        ASSERT_TRUE(problem.has_value());
        EXPECT_EQ(problem->cause, sim::Cause::missing);
        EXPECT_EQ(problem->message, "cannot start another process: Too many open files");
    }
}

TEST(Child, WhatAScenarioPrintsIsNoPartOfTheResultUnlessTheRunIsTold) {
    static const Scenario talks{
        .name = "talks", .roles = {{"server", 1, [](sim::Env&) { std::puts("remark"); }}}, .faulty = true};
    for (const bool told : {false, true}) {
        ChildOptions options;
        options.owns_stdout = told;
        testing::internal::CaptureStdout();
        const Summary summary = run_in_child(input_of(talks), options);
        EXPECT_EQ(testing::internal::GetCapturedStdout(), told ? "remark\n" : "");
        EXPECT_EQ(summary.verdict, RunVerdict::passed);
    }
}

TEST(Crash, AChildThatWasKilledFromOutsideIsNoViolation) {
    const Summary summary = run_in_child(input_of(killed));
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
        const Summary summary = run_in_child(input);
        const auto parsed = parse_repro(print(make_repro(input, summary)), "r");
        ASSERT_TRUE(parsed.ok());
        EXPECT_EQ(parsed->input.plan, plan_of(input));
    }
}

} // namespace

// A new process finds them by name.
std::vector<const Scenario*> crash_scenarios() {
    return {&overflows, &loops, &crashes, &aborts, &quits, &leaves, &killed, &exits,
            &forks,     &waits, &stops,   &locks,  &leaks, &spawns, &frees};
}

} // namespace orrery::scenarios::engine
