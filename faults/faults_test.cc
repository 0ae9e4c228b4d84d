// Plans as text, plans drawn, and each kind seen to bite.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/faults/injector.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

const Profile wild{
    .crashes = 3, .power_losses = 3, .pauses = 3, .partitions = 3, .losses = 3, .duplications = 3, .delays = 3};
const Strikable struck{{"s0", "s1", "s2"}, {"s0", "s1", "s2"}, "raft.role", "leader"};

RC_GTEST_PROP(Plan, ReadsBackWhatItPrints, (std::uint64_t seed)) {
    const Plan plan = draw_plan(wild, seed, struck, 20s);
    const auto parsed = parse_plan(print(plan), "plan");
    RC_ASSERT(std::holds_alternative<Plan>(parsed));
    RC_ASSERT(std::get<Plan>(parsed) == plan);
}

RC_GTEST_PROP(Plan, NeverCrashesOnMutatedText, (std::uint64_t seed)) {
    std::string text = print(draw_plan(wild, seed, struck, 20s));
    const auto edits = *rc::gen::inRange(1, 6);
    for (int i = 0; i < edits && !text.empty(); ++i)
        text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    const auto parsed = parse_plan(text, "plan");
    if (const Plan* plan = std::get_if<Plan>(&parsed)) {
        const auto again = parse_plan(print(*plan), "again");
        RC_ASSERT(std::get<Plan>(again) == *plan);
    }
}

TEST(Plan, ParsesEveryTriggerAndTellsWhereItIsWrong) {
    for (const char* line :
         {"f1 crash target=s0 effect=s0:send:40 for=1s", "f2 cut target=* message=raft.append:3",
          "f2 cut target=s0>s1 message=s0>s2:raft.append:3", "f3 pause target=raft.role=leader point=before.sync:2",
          "f3 pause target=s1 point=s1:before.sync:2", "f4 loss target=* state=raft.role=leader",
          "f4 delay target=s1>s0 at=1s probability=1/2 delay=3ms",
          "f4 cut target=s0 state=raft.role=leader:3 from=s1,s2"}) {
        const auto parsed = parse_plan(line, "plan");
        ASSERT_TRUE(std::holds_alternative<Plan>(parsed)) << line;
        EXPECT_EQ(print(std::get<Plan>(parsed)), std::string(line) + "\n");
    }
    const auto wrong = [](const char* text) { return std::get<PlanError>(parse_plan(text, "p")).text(); };
    EXPECT_EQ(wrong("f1 crash target=s0 at=2"), "p:1:20: expected a time like 1500ms");
    EXPECT_EQ(wrong("\nf1 crush target=s0 at=2s"),
              "p:2:4: expected a kind of fault: crash, power, pause, cut, loss, duplication or delay");
    EXPECT_EQ(wrong("f1 crash at=2s"), "p:1:15: expected a target");
    EXPECT_EQ(wrong("f1 crash target=s0 at=2s torn=true"),
              "p:1:26: expected for crash one of target, at, effect, message, point, state, after, for");
    EXPECT_EQ(
        wrong("f1 cut target=s0 at=2s hold=true delay=1s"),
        "p:1:34: expected for cut one of target, at, effect, message, point, state, after, for, hold, direction, from");
    EXPECT_EQ(wrong("f1 delay target=s0 at=2s"), "p:1:25: expected a delay like delay=50ms");
    EXPECT_EQ(wrong("f1 delay target=s0 at=2s delay=0s"), "p:1:26: expected a length of time like 50ms");
    EXPECT_EQ(wrong("f1 cut target=a>b,c at=2s"), "p:1:8: expected a link like server1>server2");
    EXPECT_EQ(wrong("f1 cut target=a at=2s at=3s"), "p:1:23: expected each key once, and one trigger");
    EXPECT_EQ(wrong("f1 cut target=a message=b:raft.append:3"),
              "p:1:17: expected FROM>TO:LABEL:NUMBER or LABEL:NUMBER");
    EXPECT_EQ(wrong("f1 loss target=* at=1s probability=3/2"), "p:1:24: expected a probability like 1/20");
}

TEST(Swarm, DoesNotMoveAKindWhenAnotherIsRemoved) {
    Profile fewer = wild;
    fewer.crashes = 0;
    for (std::uint64_t seed = 1; seed < 50; ++seed) {
        Plan all = draw_plan(wild, seed, struck, 20s);
        std::erase_if(all.faults, [](const Fault& fault) { return fault.kind == "crash"; });
        EXPECT_EQ(all, draw_plan(fewer, seed, struck, 20s));
    }
}

// Three hosts that tell each other and write all the time; the leader is s1.
std::uint64_t effective(const std::string& line) {
    sim::world::World world({.seed = 2});
    static constexpr sim::Label label{"test.chatter"};
    static constexpr sim::StateKey role{"raft.role"};
    for (std::uint32_t i = 0; i < 3; ++i) {
        world.add_host({"s" + std::to_string(i), "server", i, [](sim::Env& env) {
                            env.state(role, env.self().index == 1 ? "leader" : "follower");
                            sim::Socket socket = *env.bind(1);
                            sim::File file = *env.open("f", sim::OpenMode::create);
                            (void)env.sync_directory("");
                            for (std::uint64_t round = 0;; ++round) {
                                if (!env.sleep(5ms).ok()) return;
                                for (const sim::Address peer : env.peers("server"))
                                    (void)socket.send(peer.at(1), label, {});
                                (void)file.write_at(round * 600, sim::view_of("content"));
                            }
                        }});
    }
    Injector injector(world);
    const auto plan = parse_plan(line, "plan");
    EXPECT_FALSE(injector.arm(std::get<Plan>(plan)).has_value());
    world.boot_all();
    world.run_until(sim::WorldTime{} + 2s);
    injector.heal_all();
    world.run_until(sim::WorldTime{} + 3s);
    EXPECT_EQ(world.efficacy(1).armed, 1u);
    EXPECT_EQ(world.efficacy(1).fired, 1u);
    for (sim::world::HostIndex i = 0; i < 3; ++i) EXPECT_TRUE(world.host(i).is_up());
    return world.efficacy(1).effective;
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

TEST(Injector, RefusesWhatItCannotRun) {
    sim::world::World world({});
    world.add_host({"s0", "server", 0, [](sim::Env&) {}});
    Injector injector(world);
    const auto objection = [&](const char* line) {
        return injector.arm(std::get<Plan>(parse_plan(line, "p"))).value_or("");
    };
    EXPECT_EQ(objection("f1 crash target=s9 at=1s"), "f1: expected a host of this scenario, got 's9'");
    EXPECT_EQ(objection("f1 crash target=s0>s0 at=1s"), "f1: expected hosts as the target of a crash, got a link");
    EXPECT_NE(objection("f1 crash target=s0 message=a:1").find("do not run yet"), std::string::npos);
}

} // namespace
} // namespace orrery::faults
