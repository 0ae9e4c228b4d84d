// Faults that strike one message: as text, in a plan, on a small victim of each.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "orrery/faults/injector.h"
#include "orrery/faults/kinds/single.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

constexpr sim::Label label_step{"test.step"};

// Ten steps from s0 to s1, a fifth of a second apart: what came, in its order.
struct Victim {
    std::vector<std::uint64_t> steps{};
    std::vector<std::string> told{}; // of faults, and of what was lost
    sim::world::Efficacy efficacy{};

    bool misses() const { return count() < 10; }
    bool repeats() const { return steps.size() > count(); }
    bool turns_back() const { return !std::is_sorted(steps.begin(), steps.end()); }

private:
    std::size_t count() const { return std::set<std::uint64_t>(steps.begin(), steps.end()).size(); }
};

// The heal comes after a second and a half.
Victim victim_of(const std::string& plan) {
    Victim victim;
    sim::world::World world({.seed = 2});
    world.add_host({"s0", "server", 0, [](sim::Env& env) {
                        sim::Socket socket = *env.bind(1);
                        for (char step = 0; step < 10; ++step) {
                            (void)env.sleep(200ms);
                            const std::string text(1, step);
                            (void)socket.send(env.peers("server")[0].at(1), label_step,
                                              sim::Bytes(std::string_view(text)));
                        }
                        (void)env.park();
                    }});
    world.add_host({"s1", "server", 1, [&victim](sim::Env& env) {
                        sim::Socket socket = *env.bind(1);
                        while (const sim::Result<sim::Datagram> got = socket.receive())
                            victim.steps.push_back(static_cast<std::uint64_t>(got->bytes.text()[0]));
                    }});
    world.set_recorder([&](const sim::Observation& seen) {
        using Kind = sim::Observation::Kind;
        if (seen.kind == Kind::fault_begin) victim.told.push_back("begins " + std::string(seen.name));
        if (seen.kind == Kind::fault_end) victim.told.push_back("ends " + std::string(seen.name));
        if (seen.kind == Kind::lose) victim.told.push_back("loses " + std::string(seen.name));
    });
    Injector injector(world);
    const sim::Checked<Plan> parsed = parse_plan(plan, "plan");
    EXPECT_TRUE(parsed.ok()) << parsed.complaint().text();
    EXPECT_FALSE(injector.arm(*parsed).has_value()) << plan;
    world.boot_all();
    world.run_until(sim::WorldTime{} + 1500ms);
    injector.heal_all();
    world.run_until(sim::WorldTime{} + 5s);
    victim.efficacy = world.efficacy(1);
    return victim;
}

TEST(SingleFaults, EachBreaksWhatOnlyItBreaks) {
    const Victim none = victim_of("");
    EXPECT_FALSE(none.misses());
    EXPECT_FALSE(none.repeats());
    EXPECT_FALSE(none.turns_back());
    for (const std::string which : {"s0>s1:test.step:4", "test.step:4"}) {
        const Victim lost = victim_of("f1 lost message=" + which);
        EXPECT_TRUE(lost.misses());
        EXPECT_FALSE(lost.repeats());
        EXPECT_FALSE(lost.turns_back());
        EXPECT_EQ(lost.steps, (std::vector<std::uint64_t>{0, 1, 2, 4, 5, 6, 7, 8, 9}));

        const Victim doubled = victim_of("f1 doubled message=" + which);
        EXPECT_FALSE(doubled.misses());
        EXPECT_TRUE(doubled.repeats());
        EXPECT_FALSE(doubled.turns_back());
        EXPECT_EQ(doubled.steps, (std::vector<std::uint64_t>{0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9}));

        const Victim late = victim_of("f1 late delay=300ms message=" + which);
        EXPECT_FALSE(late.misses());
        EXPECT_FALSE(late.repeats());
        EXPECT_TRUE(late.turns_back());
        EXPECT_EQ(late.steps, (std::vector<std::uint64_t>{0, 1, 2, 4, 3, 5, 6, 7, 8, 9}));
    }
}

TEST(SingleFaults, AreCountedAndToldWhenTheyStrike) {
    const std::string line = "f1 lost message=s0>s1:test.step:4";
    const Victim lost = victim_of(line);
    EXPECT_EQ(lost.told, (std::vector<std::string>{"begins " + line, "ends " + line, "loses test.step"}));
    EXPECT_EQ(lost.efficacy.armed, 1u);
    EXPECT_EQ(lost.efficacy.fired, 1u);
    EXPECT_EQ(lost.efficacy.effective, 1u);
    for (const char* never : {"f1 lost message=s0>s1:test.step:11", "f1 late message=s1>s0:test.step:1 delay=1s",
                              "f1 doubled message=test.leap:1"}) {
        const Victim spared = victim_of(never);
        EXPECT_TRUE(spared.told.empty()) << never;
        EXPECT_EQ(spared.efficacy.armed, 1u);
        EXPECT_EQ(spared.efficacy.fired, 0u);
        EXPECT_EQ(spared.efficacy.effective, 0u);
    }
}

// The seventh step leaves before it, the eighth after it.
TEST(SingleFaults, StrikeNoLongerAfterTheHeal) {
    EXPECT_EQ(victim_of("f1 lost message=test.step:7").efficacy.effective, 1u);
    const Victim healed = victim_of("f1 lost message=test.step:8");
    EXPECT_FALSE(healed.misses());
    EXPECT_TRUE(healed.told.empty());
    EXPECT_EQ(healed.efficacy.fired, 0u);
}

TEST(SingleFaults, StrikeInTheOrderOfThePlan) {
    EXPECT_FALSE(victim_of("f1 doubled message=test.step:4\nf2 lost message=test.step:4").misses());
    EXPECT_TRUE(victim_of("f2 lost message=test.step:4\nf1 doubled message=test.step:4").misses());
}

// --- as text ---

std::string wrong_line(std::string_view text) {
    const sim::Checked<Plan> parsed = parse_plan(text, "p");
    return parsed.ok() ? "nothing is wrong" : parsed.complaint().text();
}

TEST(SingleFaults, ReadBackWhatTheyPrint) {
    for (const char* line : {"f801 lost message=server2>server0:raft.vote_reply:3", "f1 lost message=raft.append:1",
                             "f2 doubled message=client0>server1:kv.call:2", "f2 doubled message=kv.call:2 twin=3",
                             "f3 late message=server0>server1:raft.append:40 delay=3s"}) {
        const sim::Checked<Plan> parsed = parse_plan(line, "plan");
        ASSERT_TRUE(parsed.ok()) << parsed.complaint().text();
        EXPECT_EQ(print(*parsed), std::string(line) + "\n");
        EXPECT_FALSE(problem_of(*parsed, {"server0", "server1", "server2", "client0"}).has_value());
    }
}

TEST(SingleFaults, TellWhatALineMayNotSay) {
    EXPECT_EQ(wrong_line("f1 lost"), "p:1:8: expected a message like message=server0>server1:raft.append:40");
    EXPECT_EQ(wrong_line("f1 late delay=3s"), "p:1:17: expected a message like message=server0>server1:raft.append:40");
    EXPECT_EQ(wrong_line("f1 late message=a>b:x:1"), "p:1:24: expected a delay like delay=50ms");
    for (const char* word : {"target=s0", "at=1s", "effect=s0:send:1", "point=p:1", "state=a=b", "for=1s", "after=1s",
                             "probability=1/2"}) {
        EXPECT_EQ(wrong_line("f1 lost message=x:1 " + std::string(word)),
                  "p:1:21: expected for lost one of message, since");
        EXPECT_EQ(wrong_line("\nf1 late " + std::string(word)),
                  "p:2:9: expected for late one of message, since, delay");
        EXPECT_EQ(wrong_line("f1 doubled " + std::string(word)),
                  "p:1:12: expected for doubled one of message, since, twin");
    }
    EXPECT_EQ(wrong_line("f1 lost message=x:1 message=x:2"), "p:1:21: expected each key once, and one trigger");
    EXPECT_EQ(wrong_line("f1 lost message=x"), "p:1:9: expected NAME:NUMBER with a number from 1");
    EXPECT_EQ(wrong_line("f1 lost message=x:0"), "p:1:9: expected NAME:NUMBER with a number from 1");
    EXPECT_EQ(wrong_line("f1 lost message=a:x:1"), "p:1:9: expected FROM>TO:LABEL:NUMBER or LABEL:NUMBER");
    EXPECT_EQ(wrong_line("f1 late message=x:1 delay=0s"),
              "p:1:21: expected a length of time in ns, us, ms or s, like 50ms, from 1ns to 2592000s");
    EXPECT_EQ(wrong_line("f1 doubled message=x:1 twin=-1"), "p:1:24: expected a whole number from 0 to 9999");
    // Only the faults of one message.
    EXPECT_EQ(wrong_line("f1 crash message=x:1"), "p:1:21: expected a target");
    EXPECT_EQ(problem_of(*parse_plan("f1 lost message=s0>s9:x:1", "p"), {"s0", "s1"})->text(),
              "p:1:20: f1: expected a host of this scenario, got 's9'");
}

TEST(SingleFaults, MadeInCodeAreSeenToBeWhole) {
    const auto problem = [](void (*spoil)(Fault&)) {
        Fault fault = kind_late().fault(3);
        fault.trigger = {.kind = Trigger::Kind::message, .host = "s0", .peer = "s1", .name = "x", .nth = 1};
        spoil(fault);
        const sim::Problem found = problem_of({{fault}}, {"s0", "s1"});
        return found ? found->text() : "fits";
    };
    EXPECT_EQ(problem([](Fault&) {}), "fits");
    EXPECT_EQ(problem([](Fault& fault) { fault.trigger = {}; }), "f3: expected a message as the trigger of a late");
    EXPECT_EQ(problem([](Fault& fault) {
                  fault.target = {Target::Kind::hosts, {"s0"}, {}, {}};
              }),
              "f3: expected no target for a late: its message is what it strikes");
    EXPECT_EQ(problem([](Fault& fault) { fault.duration = 1s; }),
              "f3: expected no length for a late: it strikes one message");
    EXPECT_EQ(problem([](Fault& fault) { fault.trigger.after = 1s; }),
              "f3: expected no time after the trigger for a late: it strikes the message that leaves");
    EXPECT_EQ(problem([](Fault& fault) { fault.trigger.nth = 0; }), "f3: expected a trigger that counts from 1");
}

TEST(SingleFaults, AreWhatStruckMessagesAreWrittenAs) {
    const HostNames hosts = {"s0", "s1"};
    sim::world::StruckMessage message{.from = 1, .to = 0, .label = "raft.append", .nth = 7};
    EXPECT_EQ(print(single_fault(4, message, hosts)), "f4 lost message=s1>s0:raft.append:7");
    message.strike = {sim::world::RuleKind::duplication};
    EXPECT_EQ(print(single_fault(4, message, hosts)), "f4 doubled message=s1>s0:raft.append:7");
    message.strike.twin = 2;
    EXPECT_EQ(print(single_fault(4, message, hosts)), "f4 doubled message=s1>s0:raft.append:7 twin=2");
    message.strike = {sim::world::RuleKind::delay, 1500us};
    EXPECT_EQ(print(single_fault(4, message, hosts)), "f4 late message=s1>s0:raft.append:7 delay=1500us");
}

// --- they are never drawn ---

TEST(SingleFaults, CannotBeAskedOfASeed) {
    for (const char* kind : {"lost", "doubled", "late"}) {
        const sim::Problem problem = problem_of(Profile{{"crash", 1}, {kind, 2}}, {"server"});
        ASSERT_TRUE(problem.has_value());
        EXPECT_EQ(problem->cause, sim::Cause::usage);
        EXPECT_EQ(problem->text(), "faults: expected a kind of fault that a seed can draw: crash, power, pause, cut, "
                                   "loss, duplication, delay, reconfigure, drain or replace, got '" +
                                       std::string(kind) + "', which strikes a message that a plan must name");
    }
}

} // namespace
} // namespace orrery::faults
