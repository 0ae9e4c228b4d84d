// A scenario that is wrong as data is named with its field, and is the only one that does not run.
#include "orrery/scenarios/scenario.h"

#include <gtest/gtest.h>

#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/register.h"
#include "orrery/sim/outcome.h"

namespace orrery::scenarios {
namespace {

using namespace std::chrono_literals;
using reports::models::Register;

void idle(sim::Env& env) { (void)env.park(); }
sim::Outcome<Register::Result> ask(sim::Env&, const Register::Operation&) { return sim::Unknown{}; }

// Nothing is wrong with it.
Scenario sound() {
    return {.name = "sound",
            .settings = {{"servers", "3", {"3", "5"}, true, "how many"}},
            .roles = {{"server", "servers", idle}, {"single", 1, idle}},
            .clients = clients<Register>(2, ask)};
}

std::string problem_with(const std::function<void(Scenario&)>& edit) {
    Scenario scenario = sound();
    edit(scenario);
    const sim::Problem problem = problem_of(scenario);
    if (!problem) return "nothing is wrong";
    EXPECT_EQ(problem->cause, sim::Cause::usage);
    const std::string begin = "scenario '" + scenario.name + "' is wrong: ";
    EXPECT_TRUE(problem->message.starts_with(begin)) << problem->message;
    return problem->message.substr(begin.size());
}

TEST(Scenario, ThatIsSoundHasNoProblem) {
    EXPECT_EQ(problem_with([](Scenario&) {}), "nothing is wrong");
    EXPECT_EQ(problem_with([](Scenario& each) { each.faults.roles = {"server", "client"}; }), "nothing is wrong");
    EXPECT_EQ(problem_with([](Scenario& each) {
                  each.judges = {"unique-ids", "bounded-staleness=3"};
              }),
              "nothing is wrong");
}

TEST(Scenario, IsWrongWithANameThatNoFileOrLineCanHold) {
    EXPECT_EQ(problem_with([](Scenario& each) { each.name.clear(); }), "name: expected one, got none");
    for (const char* name : {"two\nlines", "a/b", " a", "a ", "-a", ".a", "\x1b[31m"})
        EXPECT_NE(problem_with([&](Scenario& each) { each.name = name; }), "nothing is wrong") << name;
}

TEST(Scenario, IsWrongWithRolesThatCannotRun) {
    const auto roles = [](std::vector<Role> all) {
        return problem_with([&](Scenario& each) { each.roles = std::move(all); });
    };
    EXPECT_EQ(roles({}), "roles: expected at least one: something must run");
    EXPECT_EQ(roles({{"a", 1, idle}, {"a", 2, idle}}), "role 'a': two have this name");
    EXPECT_EQ(roles({{"client", 1, idle}}), "role 'client': the hosts of the clients have this name");
    EXPECT_EQ(roles({{"", 1, idle}}), "roles: expected a name for each, got none");
    EXPECT_EQ(roles({{"a", 1, {}}}), "role 'a': expected a function that it runs, got none");
    const std::string expected = "expected a number of hosts from 1 to 10000, got ";
    EXPECT_EQ(roles({{"a", 0, idle}}), "role 'a', count: " + expected + "0");
    EXPECT_EQ(roles({{"a", -1, idle}}), "role 'a', count: " + expected + "-1");
    EXPECT_EQ(roles({{"a", 10'001, idle}}), "role 'a', count: " + expected + "10001");
    EXPECT_EQ(roles({{"a", "nodes", idle}}),
              "role 'a', count: expected a number or the name of a setting of the scenario, got 'nodes'");
    EXPECT_EQ(problem_with([](Scenario& each) { each.settings[0].legal.emplace_back("many"); }),
              "role 'server', count: setting 'servers': " + expected + "'many'");
    EXPECT_EQ(problem_with([](Scenario& each) { each.settings[0].legal.emplace_back("0"); }),
              "role 'server', count: setting 'servers': " + expected + "'0'");
}

TEST(Scenario, IsWrongWithSettingsThatMeanNothing) {
    EXPECT_EQ(problem_with([](Scenario& each) { each.settings.push_back(each.settings[0]); }),
              "setting 'servers': two have this name");
    EXPECT_EQ(problem_with([](Scenario& each) {
                  each.settings.push_back({"latency", "1"});
              }),
              "setting 'latency': every scenario has one of this name");
    EXPECT_EQ(problem_with([](Scenario& each) { each.settings[0].standard = "4"; }),
              "setting 'servers': expected its default to be one of 3, 5, got '4'");
    EXPECT_EQ(problem_with([](Scenario& each) {
                  each.settings.push_back({"x", "1", {}, true});
              }),
              "setting 'x': expected legal values, since sweeps draw one of them; got none");
    EXPECT_EQ(problem_with([](Scenario& each) {
                  each.settings.push_back({"", "1"});
              }),
              "settings: expected a name for each, got none");
}

TEST(Scenario, IsWrongWithFaultsThatStrikeNobody) {
    EXPECT_EQ(problem_with([](Scenario& each) {
                  each.faults.roles = {"server", "ghost"};
              }),
              "faults.roles: expected a role of the scenario: client, server or single, got 'ghost'");
    for (const char* selector : {"nonsense", "=leader", "raft.role="})
        EXPECT_EQ(problem_with([&](Scenario& each) { each.faults.selector = selector; }),
                  "faults.selector: expected STATE=VALUE like raft.role=leader, got '" + std::string(selector) + "'");
}

TEST(Scenario, IsWrongWithJudgesMonitorsAndGoalsThatAreNone) {
    EXPECT_EQ(problem_with([](Scenario& each) { each.judges = {"linearisable"}; }),
              "judges: there is no judge 'linearisable'; see list; did you mean 'linearizable'?");
    EXPECT_EQ(problem_with([](Scenario& each) { each.judges = {"bank"}; }),
              "judges: 'bank' does not judge histories of a register");
    EXPECT_EQ(problem_with([](Scenario& each) { each.monitors = {nullptr}; }),
              "monitors: expected functions that make one, got a null pointer");
    EXPECT_EQ(problem_with([](Scenario& each) {
                  each.goals = {sim::NoteKind{"seen", {}}};
              }),
              "goals: note 'seen' is not declared as a goal");
}

TEST(Scenario, IsWrongWithTimesAndClientsThatCannotBe) {
    EXPECT_EQ(problem_with([](Scenario& each) { each.duration = 0s; }),
              "duration: expected a length of time above zero");
    EXPECT_EQ(problem_with([](Scenario& each) { each.recovery = -1s; }),
              "recovery: expected a length of time of at least zero");
    EXPECT_EQ(problem_with([](Scenario& each) { each.think = -1s; }),
              "think: expected a length of time of at least zero");
    EXPECT_EQ(problem_with([](Scenario& each) { each.clients.main = {}; }),
              "clients: expected a function that they run, got none");
    EXPECT_EQ(problem_with([](Scenario& each) { each.clients.count = 10'001; }),
              "clients, count: expected at most 10000, got 10001");
    const auto starts_at = [](const reports::Value& initial) {
        return problem_with([&](Scenario& each) {
            each.clients.model = &reports::models::language_of<reports::models::Counter>();
            each.clients.initial = initial;
        });
    };
    EXPECT_EQ(starts_at("seven"), "clients, initial: a counter cannot start at \"seven\"");
    EXPECT_EQ(starts_at(7), "nothing is wrong");
}

TEST(Scenarios, OfOneNameAreBothWrongAndTheOthersAreNot) {
    const std::vector<const Scenario*> before = all_scenarios();
    const Scenario one = sound();
    const Scenario two = sound();
    Scenario other = sound();
    other.name = "other";
    set_scenarios({&one, &two, &other});
    EXPECT_EQ(problem_of(one)->message, "scenario 'sound' is wrong: name: another scenario has the same");
    EXPECT_EQ(problem_of(two)->message, problem_of(one)->message);
    EXPECT_FALSE(problem_of(other).has_value());
    ASSERT_EQ(all_scenarios().size(), 3u);
    EXPECT_EQ(all_scenarios().front(), &other); // sorted by name
    EXPECT_EQ(find_scenario("other"), &other);
    EXPECT_EQ(find_scenario("none"), nullptr);
    set_scenarios(before);
}

} // namespace
} // namespace orrery::scenarios
