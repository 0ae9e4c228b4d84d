// Plans as text, parameters at their bounds, and plans drawn from profiles.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

const Profile wild{{{"crash", 3},
                    {"power", 3},
                    {"pause", 3},
                    {"cut", 3},
                    {"loss", 3},
                    {"duplication", 3},
                    {"delay", 3},
                    {"reconfigure", 3},
                    {"drain", 3},
                    {"replace", 3}},
                   {.members = "server"}};
const Targets struck{{"s0", "s1", "s2"}, {"s0", "s1", "s2"}, "raft.role", "leader", 0, {"s0", "s1", "s2"}};

std::string wrong(std::string_view text) {
    const sim::Checked<Plan> parsed = parse_plan(text, "p");
    return parsed.ok() ? "nothing is wrong" : parsed.complaint().text();
}

RC_GTEST_PROP(Plan, ReadsBackWhatItPrints, (std::uint64_t seed)) {
    const Plan plan = draw_plan(wild, seed, struck, 20s);
    const sim::Checked<Plan> parsed = parse_plan(print(plan), "plan");
    RC_ASSERT(parsed.ok());
    RC_ASSERT(*parsed == plan);
}

RC_GTEST_PROP(Plan, NeverCrashesOnMutatedText, (std::uint64_t seed)) {
    std::string text = print(draw_plan(wild, seed, struck, 20s));
    const auto edits = *rc::gen::inRange(1, 6);
    for (int i = 0; i < edits && !text.empty(); ++i)
        text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    const sim::Checked<Plan> parsed = parse_plan(text, "plan");
    if (!parsed.ok()) return;
    const sim::Checked<Plan> again = parse_plan(print(*parsed), "again");
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == *parsed);
}

// A value within the bounds, often at one.
Value drawn_value(const Parameter& parameter) {
    if (std::holds_alternative<bool>(parameter.standard)) return *rc::gen::arbitrary<bool>();
    const auto bounded = [&] {
        const std::int64_t inside = *rc::gen::inRange(parameter.least, parameter.most);
        return *rc::gen::element(parameter.least, parameter.most, inside);
    };
    if (std::holds_alternative<sim::Duration>(parameter.standard)) return sim::Duration{bounded()};
    if (std::holds_alternative<std::int64_t>(parameter.standard)) return bounded();
    if (std::holds_alternative<sim::Ratio>(parameter.standard)) {
        const auto below = *rc::gen::inRange<std::uint64_t>(1, UINT64_MAX);
        const auto above = *rc::gen::element<std::uint64_t>(0, 1, below);
        return sim::Ratio{above, below};
    }
    if (std::holds_alternative<HostNames>(parameter.standard))
        return *rc::gen::container<HostNames>(rc::gen::element<std::string>("s0", "s1", "a:b", "=", ">"));
    return Choice{*rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(parameter.choices.size()))};
}

RC_GTEST_PROP(Plan, EveryKindReadsBackEveryParameterWithinItsBounds, ()) {
    for (const Kind* kind : standard_kinds()) {
        Fault fault = kind->fault(*rc::gen::inRange<sim::world::FaultId>(1, UINT32_MAX));
        if (kind->strikes_message()) fault.trigger = {.kind = Trigger::Kind::message, .name = "test.word", .nth = 3};
        for (const Parameter& parameter : kind->parameters) {
            const Value value = drawn_value(parameter);
            RC_ASSERT(parameter.admits(value));
            fault.parameters.set_value(parameter.name, value);
        }
        const Plan plan{{fault}};
        const sim::Checked<Plan> parsed = parse_plan(print(plan), "plan");
        RC_ASSERT(parsed.ok());
        RC_ASSERT(*parsed == plan);
    }
}

TEST(Plan, CountsMessagesSinceAMoment) {
    const std::string line = "f1 lost message=s0>s1:raft.append:2 since=1500ms\n";
    const sim::Checked<Plan> plan = parse_plan(line, "p");
    ASSERT_TRUE(plan.ok());
    EXPECT_EQ(plan->faults[0].trigger.since, sim::WorldTime{} + std::chrono::milliseconds(1500));
    EXPECT_EQ(plan->faults[0].trigger.nth, 2u);
    EXPECT_EQ(print(*plan), line);
    EXPECT_EQ(print(*parse_plan("f1 crash target=s0 message=raft.append:1 since=2s for=1s", "p")),
              "f1 crash target=s0 message=raft.append:1 since=2s for=1s\n");
    EXPECT_EQ(wrong("f1 crash target=s0 at=1s since=2s").substr(0, 45), "p:1:32: expected since only beside message=");
    EXPECT_EQ(wrong("f1 lost message=raft.append:1 since=0s").substr(0, 16), "p:1:31: expected");
}

// Texts just beyond the bounds of each type, and how they are asked for.
TEST(Plan, RefusesValuesBeyondTheBoundsOfTheirParameter) {
    for (const Kind* kind : standard_kinds()) {
        for (const Parameter& parameter : kind->parameters) {
            std::vector<std::string> beyond = {"", "x", "-1", "18446744073709551616"};
            if (std::holds_alternative<sim::Duration>(parameter.standard))
                beyond = {"", "1", "0s", "-1ns", "9223372037s", "9223372036854775808ns"};
            if (std::holds_alternative<sim::Ratio>(parameter.standard))
                beyond = {"", "1", "2/1", "1/0", "0/0", "-1/2", "1/", "/2", "1/18446744073709551616"};
            if (std::holds_alternative<HostNames>(parameter.standard)) beyond = {"", ",", "s0,", ",s0", "s0,,s1"};
            for (const std::string& text : beyond) {
                EXPECT_FALSE(parameter.parse(text).has_value()) << parameter.name << "=" << text;
                const std::string start = kind->strikes_message() ? " message=test.word:1 " : " target=s0 at=1s ";
                const std::string line = "f1 " + kind->name + start + parameter.name + "=" + text;
                const std::size_t column = line.rfind(parameter.name + "=") + 1;
                EXPECT_EQ(wrong(line), "p:1:" + std::to_string(column) + ": expected " + parameter.expected());
            }
        }
    }
}

TEST(Parameter, NumbersAndDurationsHaveBoundsOnBothSides) {
    const Parameter number = Parameter::number("copies", 2, -3, 9);
    EXPECT_EQ(number.parse("-3"), Value(std::int64_t{-3}));
    EXPECT_EQ(number.parse("9"), Value(std::int64_t{9}));
    EXPECT_FALSE(number.parse("-4").has_value());
    EXPECT_FALSE(number.parse("10").has_value());
    EXPECT_EQ(number.expected(), "a whole number from -3 to 9");
    const Parameter length = Parameter::duration("slow", 2ms, 1ms, 5s);
    EXPECT_EQ(length.parse("1ms"), Value(sim::Duration{1ms}));
    EXPECT_EQ(length.parse("5s"), Value(sim::Duration{5s}));
    EXPECT_FALSE(length.parse("999999ns").has_value());
    EXPECT_FALSE(length.parse("5000000001ns").has_value());
    EXPECT_EQ(length.expected(), "a length of time in ns, us, ms or s, like 2ms, from 1ms to 5s");
}

TEST(Plan, ParsesEveryTriggerAndSaysWhereItIsWrong) {
    for (const char* line :
         {"f1 crash target=s0 effect=s0:send:40 for=1s", "f2 cut target=* message=raft.append:3",
          "f2 cut target=s0>s1 message=s0>s2:raft.append:3", "f3 pause target=raft.role=leader point=before.sync:2",
          "f3 pause target=s1 point=s1:before.sync:2", "f4 loss target=* state=raft.role=leader",
          "f4 delay target=s1>s0 at=1s probability=1/2 delay=3ms",
          "f4 cut target=s0 state=raft.role=leader:3 from=s1,s2", "f5 power target=* at=0s after=1ns for=1us torn=true",
          "f6 cut target=s0 at=1s hold=true direction=out from=s1", "f6 duplication target=s0 effect=s0:sync:1"}) {
        const sim::Checked<Plan> parsed = parse_plan(line, "plan");
        ASSERT_TRUE(parsed.ok()) << line;
        EXPECT_EQ(print(*parsed), std::string(line) + "\n");
    }
    EXPECT_EQ(wrong("f1 crash target=s0 at=2"),
              "p:1:20: expected a time in ns, us, ms or s, like 1500ms, at most 2592000s");
    EXPECT_EQ(
        wrong("\nf1 crush target=s0 at=2s"),
        "p:2:4: expected a kind of fault: crash, power, pause, cut, loss, duplication, delay, lost, doubled, late, "
        "reconfigure, drain or replace");
    EXPECT_EQ(wrong("f1 crash at=2s"), "p:1:15: expected a target");
    EXPECT_EQ(wrong("f1 crash target=s0"), "p:1:19: expected a trigger like at=2s");
    EXPECT_EQ(wrong("f1 crash target=s0 at=2s torn=true"),
              "p:1:26: expected for crash one of target, at, effect, message, since, point, state, after, for");
    EXPECT_EQ(wrong("f1 cut target=s0 at=2s hold=true delay=1s"),
              "p:1:34: expected for cut one of target, at, effect, message, since, point, state, after, for, hold, "
              "direction, from");
    EXPECT_EQ(wrong("f1 cut target=s0 at=2s hold=yes"), "p:1:24: expected true or false");
    EXPECT_EQ(wrong("f1 cut target=s0 at=2s direction=up"), "p:1:24: expected both, out or in");
    EXPECT_EQ(wrong("f1 delay target=s0 at=2s"), "p:1:25: expected a delay like delay=50ms");
    EXPECT_EQ(wrong("f1 delay target=s0 at=2s delay=0s"),
              "p:1:26: expected a length of time in ns, us, ms or s, like 50ms, from 1ns to 2592000s");
    EXPECT_EQ(wrong("f1 cut target=a>b,c at=2s"), "p:1:8: expected a link like server1>server2");
    EXPECT_EQ(wrong("f1 cut target=a at=2s at=3s"), "p:1:23: expected each key once, and one trigger");
    EXPECT_EQ(wrong("f1 cut target=a message=b:raft.append:3"),
              "p:1:17: expected FROM>TO:LABEL:NUMBER or LABEL:NUMBER");
    EXPECT_EQ(wrong("f1 loss target=* at=1s probability=3/2"), "p:1:24: expected a probability like 1/20");
    EXPECT_EQ(wrong("f1 crash target=s0 effect=s0:read:1"), "p:1:20: expected send, write or sync");
    EXPECT_EQ(wrong("f1 crash target=s0 at=1s\nf1 crash target=s0 at=1s"),
              "p:2:1: expected a number that no other fault has");
}

TEST(Plan, IsEqualWhereverItStands) {
    const sim::Checked<Plan> here = parse_plan("# first\nf1 crash target=s0 at=1s", "here");
    const sim::Checked<Plan> there = parse_plan("  f1   crash at=1s   target=s0", "there");
    ASSERT_TRUE(here.ok());
    ASSERT_TRUE(there.ok());
    EXPECT_EQ(*here, *there);
    EXPECT_EQ(here->faults[0].source.place("target").text(), "here:2:17");
    EXPECT_EQ(there->faults[0].source.place("target").text(), "there:1:29");
}

TEST(Plan, ThatDoesNotFitIsToldByThePlaceOfTheWord) {
    const auto problem = [](const std::string& line) {
        const sim::Problem found = problem_of(*parse_plan("# a plan\n" + line, "p"), {"s0", "s1", "client0"});
        return found ? found->text() : "fits";
    };
    EXPECT_EQ(problem("f1 cut target=s0,s1 effect=s1:send:3 from=client0"), "fits");
    EXPECT_EQ(problem("f1 crash target=s0 message=s0>s1:word:3"), "fits");
    EXPECT_EQ(problem("f12 crash target=nobody at=1s"), "p:2:18: f12: expected a host of this scenario, got 'nobody'");
    EXPECT_EQ(problem(" f1 crash target=s0,s9 at=1s"), "p:2:21: f1: expected a host of this scenario, got 's9'");
    EXPECT_EQ(problem("f1 crash target=s0>s1 at=1s"), "p:2:1: f1: expected hosts as the target of a crash, got a link");
    EXPECT_EQ(problem("f1 cut target=s0 at=1s from=s1,s8"), "p:2:32: f1: expected a host of this scenario, got 's8'");
    EXPECT_EQ(problem("f1 crash target=s0 effect=s7:send:1"), "p:2:27: f1: expected a host of this scenario, got 's7'");
    EXPECT_EQ(problem("f1 crash target=s0 point=s7:here:1"), "p:2:26: f1: expected a host of this scenario, got 's7'");
    EXPECT_EQ(problem("f1 crash target=s0 message=s0>s7:a:1"),
              "p:2:31: f1: expected a host of this scenario, got 's7'");
    // One that was made in code has no place.
    Fault made = standard_kinds().find("delay")->fault(7);
    made.parameters.set("delay", sim::Duration{});
    EXPECT_EQ(problem_of({{made}}, {"s0"})->text(),
              "f7: expected delay to be a length of time in ns, us, ms or s, like 50ms, from 1ns to 2592000s");
}

TEST(Plan, TellsAnOperatorOfMembersOnly) {
    const auto problem = [](const std::string& line, const HostNames& members) {
        const sim::Problem found = problem_of_members(*parse_plan(line, "p"), members);
        return found ? found->text() : "fits";
    };
    for (const std::string kind : {"reconfigure", "drain", "replace"}) {
        EXPECT_EQ(problem("f1 " + kind + " target=s0,s1 at=1s", {"s0", "s1"}), "fits");
        EXPECT_EQ(problem("f1 " + kind + " target=raft.role=leader at=1s", {"s0", "s1"}), "fits");
        EXPECT_EQ(problem("f1 " + kind + " target=s0,client0 at=1s", {"s0", "s1"}),
                  "p:1:" + std::to_string(15 + kind.size()) + ": f1: expected for a " + kind +
                      " one of s0, s1, got 'client0'");
        EXPECT_EQ(problem("f1 " + kind + " target=s0 at=1s", {}),
                  "p:1:1: f1: expected a kind of fault that this scenario can have, got '" + kind +
                      "': nobody there can be told to change members");
    }
    EXPECT_EQ(problem("f1 crash target=client0 at=1s", {"s0", "s1"}), "fits");
}

TEST(Swarm, DoesNotMoveAKindWhenAnotherIsRemoved) {
    for (const Kind* removed : standard_kinds()) {
        if (removed->strikes_message()) continue;
        Profile fewer = wild;
        std::erase_if(fewer.budgets, [&](const Budget& budget) { return budget.kind == removed->name; });
        ASSERT_EQ(fewer.budgets.size() + 1, wild.budgets.size());
        std::size_t gone = 0;
        for (std::uint64_t seed = 1; seed < 30; ++seed) {
            Plan all = draw_plan(wild, seed, struck, 20s);
            gone += std::erase_if(all.faults, [&](const Fault& fault) { return fault.kind == removed->name; });
            EXPECT_EQ(all, draw_plan(fewer, seed, struck, 20s));
        }
        EXPECT_GT(gone, 20u) << removed->name;
    }
}

TEST(Swarm, TakesPowerOnlyFromHostsWithADisk) {
    const Targets targets{{"s0", "s1"}, {"s1"}, {}, {}};
    for (std::uint64_t seed = 1; seed < 30; ++seed)
        for (const Fault& fault : draw_plan({{"power", 3}}, seed, targets, 20s).faults)
            EXPECT_EQ(fault.target.hosts, HostNames{"s1"});
    EXPECT_EQ(draw_plan({{"power", 3}}, 1, {{"s0"}, {}, {}, {}}, 20s), Plan{});
}

TEST(Swarm, TakesPowerFromNoMoreThanAreToLoseItTogether) {
    std::set<std::size_t> sizes;
    for (std::uint64_t seed = 1; seed < 50; ++seed) {
        const HostNames five{"s0", "s1", "s2", "s3", "s4"};
        for (const Fault& fault : draw_plan({{"power", 3}}, seed, {.disks = five, .together = 3}, 20s).faults)
            sizes.insert(fault.target.hosts.size());
    }
    EXPECT_EQ(sizes, (std::set<std::size_t>{1, 2, 3}));
}

TEST(Profile, SaysWhatIsWrongWithIt) {
    const std::vector<std::string> roles = {"server", "client"};
    const auto problem = [&](const Profile& profile) {
        const sim::Problem found = problem_of(profile, roles);
        if (!found) return std::string("fine");
        EXPECT_EQ(found->cause, sim::Cause::usage);
        return found->text();
    };
    EXPECT_EQ(problem({}), "fine");
    EXPECT_EQ(problem(wild), "fine");
    EXPECT_EQ(problem({{{"crash", 49}}, {.roles = {"client"}, .selector = "raft.role=leader"}}), "fine");
    EXPECT_EQ(problem({{"crush", 2}}),
              "faults: expected a kind of fault: crash, power, pause, cut, loss, duplication, delay, "
              "reconfigure, drain or replace, got 'crush'; did you mean 'crash'?");
    EXPECT_EQ(problem({{"reconfigure", 1}}),
              "faults: expected a role in faults.members for 'reconfigure': nobody can be told to change members");
    EXPECT_EQ(problem({{{"reconfigure", 1}}, {.members = "ghost"}}),
              "faults.members: expected a role of the scenario: server or client, got 'ghost'");
    EXPECT_EQ(problem({{{"reconfigure", 1}}, {.members = "server", .members_least = 0}}),
              "faults.members_least: expected at least 1: nobody would be left");
    EXPECT_EQ(problem({{"crash", 50}}), "faults: expected at most 49 of 'crash', got 50");
    EXPECT_EQ(problem({{"crash", 1}, {"cut", 1}, {"crash", 1}}), "faults: expected each kind once, got 'crash' twice");
    EXPECT_EQ(problem({{{"crash", 1}}, {.roles = {"ghost"}}}),
              "faults.roles: expected a role of the scenario: server or client, got 'ghost'");
    EXPECT_EQ(problem({{{"crash", 1}}, {.selector = "nonsense"}}),
              "faults.selector: expected STATE=VALUE like raft.role=leader, got 'nonsense'");
    EXPECT_EQ(problem({{{"crash", 1}}, {.shortest = 0s}}),
              "faults.shortest: expected a length of time above 0s, got 0s");
    EXPECT_EQ(problem({{{"crash", 1}}, {.shortest = 2s, .longest = 1s}}),
              "faults.longest: expected no less than faults.shortest, 2s, got 1s");
}

} // namespace
} // namespace orrery::faults
