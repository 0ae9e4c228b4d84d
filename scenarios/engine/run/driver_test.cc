// What the driver writes down of operations without an answer: failed if their messages surely
// reached nobody, unknown in every other case.
#include <gtest/gtest.h>

#include "orrery/protocols/rpc/rpc.h"
#include "orrery/reports/models/register.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;
using reports::Entry;
using reports::models::Register;

void serve(sim::Env& env) {
    Register::State value = Register::initial();
    rpc::Server server(env);
    server.on("apply", [&](Register::Operation op) { return Register::apply(value, op); });
    server.serve();
}
rpc::Outcome<Register::Result> ask(sim::Env& env, const Register::Operation& op) {
    return rpc::call<Register::Result>(env, env.peers("server")[0], "apply", op, 100ms);
}
// Sends each operation once more, long after it gave it up: a client that breaks its promise, but
// with a task of its own, so that it is seen to.
rpc::Outcome<Register::Result> ask_and_ask_again(sim::Env& env, const Register::Operation& op) {
    env.spawn("again", [&env, op] {
        if (env.sleep(3s).ok()) rpc::notify(env, env.peers("server")[0], "apply", op);
    });
    return ask(env, op);
}

const Scenario plain{.name = "plain",
                     .roles = {{"server", 1, serve}},
                     .clients = scenarios::clients<Register>(1, ask),
                     .duration = 5s,
                     .recovery = 2s,
                     .faulty = true};
const Scenario again{.name = "again",
                     .roles = {{"server", 1, serve}},
                     .clients = scenarios::clients<Register>(1, ask_and_ask_again),
                     .duration = 5s,
                     .recovery = 2s,
                     .faulty = true};
const Scenario mortal{.name = "mortal",
                      .roles = {{"server", 1, serve}},
                      .clients = scenarios::clients<Register>(3, ask),
                      .faults = {{{"crash", 5}}, {.roles = {"client"}}},
                      .duration = 5s,
                      .recovery = 2s,
                      .faulty = true};

RunResult output_of(const Scenario& scenario, const std::string& plan, const char* knowledge = "true",
                    std::uint64_t seed = 1) {
    RunInput input = input_of(scenario, seed);
    EXPECT_FALSE(set_setting(scenario, input.settings, "knowledge", knowledge).has_value());
    if (!plan.empty()) input.plan = *faults::parse_plan(plan, "plan");
    return *run(input);
}

// Of the operations that were invoked while the plan's cut stood, from one to two seconds.
std::size_t count(const RunResult& output, Entry::Type type) {
    std::size_t found = 0;
    for (const Entry& entry : output.history.entries)
        found += entry.type == type && entry.time.nanoseconds > 1'200'000'000 && entry.time.nanoseconds < 2'000'000'000;
    return found;
}

TEST(Knowledge, WhatWasLostOnTheWayToTheServerHasFailed) {
    const RunResult output = output_of(plain, "f1 cut target=client0 at=1s for=1s\n");
    EXPECT_GT(count(output, Entry::Type::fail), 2u);
    EXPECT_EQ(count(output, Entry::Type::info), 0u);
    EXPECT_EQ(count(output, Entry::Type::ok), 0u);
    EXPECT_EQ(output.verdict, RunVerdict::passed);
}

TEST(Knowledge, WhatTheServerGotIsUnknownThoughItsAnswerWasLost) {
    const RunResult output = output_of(plain, "f1 cut target=client0 at=1s for=1s direction=in\n");
    EXPECT_EQ(count(output, Entry::Type::fail), 0u);
    EXPECT_GT(count(output, Entry::Type::info), 2u);
}

TEST(Knowledge, WhatIsHeldOnTheWayIsUnknown) {
    const RunResult output = output_of(plain, "f1 cut target=client0 at=1s for=1s hold=true\n");
    EXPECT_EQ(count(output, Entry::Type::fail), 0u);
    EXPECT_GT(count(output, Entry::Type::info), 2u);
}

TEST(Knowledge, WhatAnotherTaskMaySendLaterIsUnknown) {
    const RunResult output = output_of(again, "f1 cut target=client0 at=1s for=1s\n");
    EXPECT_EQ(count(output, Entry::Type::fail), 0u);
    EXPECT_GT(count(output, Entry::Type::info), 2u);
}

TEST(Knowledge, IsNotUsedWhenTheSettingSaysSo) {
    const RunResult output = output_of(plain, "f1 cut target=client0 at=1s for=1s\n", "false");
    EXPECT_EQ(count(output, Entry::Type::fail), 0u);
    EXPECT_GT(count(output, Entry::Type::info), 2u);
}

TEST(Clients, ThatCrashGoOnUnderANewProcessAndMakeProgressAfterTheHeal) {
    std::size_t unreturned = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const RunResult output = output_of(mortal, "", "false", seed);
        EXPECT_EQ(output.verdict, RunVerdict::passed) << seed;
        const auto calls = *reports::calls(output.history);
        for (const reports::Call& call : calls)
            unreturned += !call.return_entry && call.invoked.nanoseconds < 4'000'000'000;
    }
    EXPECT_GT(unreturned, 0u); // some died within an operation
}

} // namespace
} // namespace orrery::scenarios::engine
