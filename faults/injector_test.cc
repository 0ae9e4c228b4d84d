// Each kind is seen to bite and to end, each trigger to begin a fault, each with each.
#include "orrery/faults/injector.h"

#include <gtest/gtest.h>

#include "orrery/faults/operator_order.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

constexpr sim::Label label_chatter{"test.chatter"};
constexpr sim::StateKey role{"raft.role"};
constexpr sim::StateKey made_members{operator_members};
constexpr sim::StateKey point{"test.point"};

// Three hosts that send to each other and write all the time, and may be told of members; the leader is s1.
void chatter(sim::Env& env) {
    env.state(role, env.self().index == 1 ? "leader" : "follower");
    sim::Socket socket = *env.bind(1);
    const sim::Socket orders = *env.bind(OperatorOrder::port); // there they wait
    env.state(made_members, "0 1 2");
    sim::File file = *env.open("f", sim::OpenMode::create);
    (void)env.sync_directory("");
    for (std::uint64_t round = 0;; ++round) {
        if (!env.sleep(5ms).ok()) return;
        for (const sim::Address peer : env.peers("server")) (void)socket.send(peer.at(1), label_chatter, {});
        (void)file.write_at(round * 600, sim::view_of("content"));
        (void)env.fault_point(point);
    }
}

struct Seen {
    sim::world::Efficacy efficacy{};
    std::vector<std::string> told{}; // what monitors hear: "begins f1 ..." and "ends f1 ..."
    std::int64_t onset = -1;         // in nanoseconds
};

Seen seen_of(const std::string& line) {
    sim::world::World world({.seed = 2});
    for (std::uint32_t i = 0; i < 3; ++i) world.add_host({"s" + std::to_string(i), "server", i, chatter});
    Seen seen;
    world.set_recorder([&](const sim::Observation& one) {
        const bool begins = one.kind == sim::Observation::Kind::fault_begin;
        if (!begins && one.kind != sim::Observation::Kind::fault_end) return;
        EXPECT_EQ(one.fault, 1u);
        EXPECT_EQ(one.boot, 0u);
        if (begins) seen.onset = one.time.nanoseconds;
        seen.told.push_back((begins ? "begins " : "ends ") + std::string(one.name));
    });
    Injector injector(world);
    const sim::Checked<Plan> plan = parse_plan(line, "plan");
    EXPECT_TRUE(plan.ok()) << plan.complaint().text();
    EXPECT_FALSE(injector.arm(*plan).has_value()) << line;
    world.boot_all();
    world.run_until(sim::WorldTime{} + 2s);
    injector.heal_all();
    world.run_until(sim::WorldTime{} + 3s);
    for (sim::world::HostIndex i = 0; i < 3; ++i) EXPECT_TRUE(world.host(i).is_up());
    seen.efficacy = world.efficacy(1);
    EXPECT_EQ(seen.efficacy.armed, 1u);
    return seen;
}

std::uint64_t effective(const std::string& line) {
    const Seen seen = seen_of(line);
    EXPECT_EQ(seen.efficacy.fired, 1u);
    return seen.efficacy.effective;
}

TEST(Kinds, EachTakesEffectAndIsCounted) {
    EXPECT_EQ(effective("f1 crash target=raft.role=leader at=1s for=100ms"), 1u);
    EXPECT_EQ(effective("f1 crash target=raft.role=leader state=raft.role=leader after=500ms for=100ms"), 1u);
    EXPECT_EQ(effective("f1 crash target=s1 effect=s1:send:100 after=5ms for=100ms"), 1u);
    EXPECT_GT(effective("f1 cut target=s1 at=1s for=100ms from=s0"), 10u);
    EXPECT_GT(effective("f1 power target=s0,s2 at=1s for=100ms torn=true"), 10u);
    EXPECT_GT(effective("f1 pause target=s1 at=1s for=100ms"), 10u);
    EXPECT_GT(effective("f1 cut target=s1 at=1s for=100ms"), 20u);
    EXPECT_GT(effective("f1 cut target=s0,s1 at=1s hold=true direction=out"), 20u);
    EXPECT_GT(effective("f1 loss target=* at=1s for=500ms probability=1/5"), 20u);
    EXPECT_GT(effective("f1 duplication target=s1 effect=s1:send:100 for=500ms"), 20u);
    EXPECT_GT(effective("f1 delay target=* at=1s for=500ms delay=40ms"), 20u);
    // One link of six, one way: about a hundred messages in half a second.
    EXPECT_EQ(effective("f1 cut target=s1>s0 at=1s for=500ms") / 10, 10u);
    EXPECT_EQ(effective("f1 duplication target=s1>s0 at=1s for=500ms probability=1/1") / 10, 10u);
}

TEST(Triggers, EachBeginsEachKindOnceAndItEnds) {
    for (const Kind* kind : standard_kinds()) {
        if (kind->strikes_message()) continue; // single_test.cc
        for (const char* trigger :
             {"at=500ms", "effect=s1:write:90", "message=s1>s0:test.chatter:90", "message=test.chatter:540",
              "point=s1:test.point:90", "point=test.point:270", "state=raft.role=leader"}) {
            for (const char* after : {"", " after=20ms"}) {
                std::string line = "f1 " + kind->name + " target=s1 " + trigger + after + " for=300ms";
                for (const Parameter& parameter : kind->parameters)
                    if (parameter.required) line += " " + parameter.name + "=" + parameter.example;
                const Seen seen = seen_of(line);
                EXPECT_EQ(seen.efficacy.fired, 1u) << line;
                EXPECT_GT(seen.efficacy.effective, 0u) << line;
                EXPECT_EQ(seen.told, (std::vector<std::string>{"begins " + line, "ends " + line}));
            }
        }
    }
}

// The onset of one trigger without and with a wait after it.
TEST(Triggers, AFaultBeginsSoMuchLaterThanItsTrigger) {
    for (const std::string trigger : {"at=500ms", "effect=s1:sync:1", "message=test.chatter:100",
                                      "point=test.point:100", "state=raft.role=follower:2"}) {
        const std::int64_t onset = seen_of("f1 pause target=s1 " + trigger + " for=1ms").onset;
        ASSERT_GE(onset, 0) << trigger;
        EXPECT_EQ(seen_of("f1 pause target=s1 " + trigger + " after=20ms for=1ms").onset, onset + 20'000'000);
    }
}

TEST(Triggers, AFaultWhoseTriggerIsNeverMetIsArmedAndNoMore) {
    for (const char* trigger : {"at=10s", "effect=s1:write:90000", "message=s1>s0:test.silence:1",
                                "point=test.elsewhere:1", "state=raft.role=candidate"}) {
        const Seen seen = seen_of("f1 crash target=s1 " + std::string(trigger));
        EXPECT_EQ(seen.efficacy.armed, 1u) << trigger;
        EXPECT_EQ(seen.efficacy.fired, 0u) << trigger;
        EXPECT_EQ(seen.efficacy.effective, 0u) << trigger;
        EXPECT_TRUE(seen.told.empty());
    }
}

TEST(Injector, SaysWhichHostASelectorFound) {
    const Seen seen = seen_of("f1 crash target=raft.role=leader at=1s for=100ms");
    ASSERT_EQ(seen.told.size(), 2u);
    EXPECT_EQ(seen.told[0], "begins f1 crash target=raft.role=leader at=1s for=100ms (s1)");
    EXPECT_EQ(seen.told[1], "ends f1 crash target=raft.role=leader at=1s for=100ms");
}

TEST(Injector, ArmsNothingOfAPlanThatDoesNotFit) {
    sim::world::World world({});
    world.add_host({"s0", "server", 0, [](sim::Env&) {}});
    Injector injector(world);
    const sim::Problem problem = injector.arm(*parse_plan("f2 crash target=s0 at=1s\nf1 crash target=s9 at=1s", "p"));
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem->cause, sim::Cause::input);
    EXPECT_EQ(problem->text(), "p:2:17: f1: expected a host of this scenario, got 's9'");
    EXPECT_TRUE(world.efficacies().empty());
}

} // namespace
} // namespace orrery::faults
