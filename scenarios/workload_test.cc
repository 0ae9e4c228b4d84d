// A user's own model: from its least a whole one is made, and a scenario is judged by it.
#include "orrery/scenarios/workload.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "orrery/protocols/rpc/rpc.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/testing.h"

namespace orrery::scenarios {
namespace {

using namespace std::chrono_literals;
namespace models = reports::models;
using reports::Value;

// The least: no name, kind, verbs, key, agrees, observer, nor any ==.
struct TicketCounter {
    struct State {
        std::int64_t next = 1;
        static constexpr auto members() { return std::tuple{sim::member("next", &State::next)}; }
    };
    struct Operation {
        std::int64_t count = 1;
        static constexpr auto members() { return std::tuple{sim::member("count", &Operation::count)}; }
    };
    struct Result {
        std::int64_t first = 0;
        std::int64_t last = 0;
        static constexpr auto members() {
            return std::tuple{sim::member("first", &Result::first), sim::member("last", &Result::last)};
        }
    };
    static State initial() { return {}; }
    static Result apply(State& state, const Operation& operation) {
        const std::int64_t first = state.next;
        state.next += operation.count;
        return {first, state.next - 1};
    }
};

// With kinds and a key that is called otherwise.
struct Seats {
    using State = std::map<std::string, std::int64_t>;
    struct Operation {
        enum class Kind : std::uint8_t { reserve, look };
        Kind kind = Kind::look;
        std::string seat{};
        std::int64_t guest = 0;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("seat", &Operation::seat),
                              sim::member("guest", &Operation::guest)};
        }
    };
    struct Result {
        std::int64_t holder = 0;
        static constexpr auto members() { return std::tuple{sim::member("holder", &Result::holder)}; }
    };
    static constexpr auto key = &Operation::seat;
    static State initial() { return {}; }
    static Result apply(State& state, const Operation& op) {
        if (op.kind == Operation::Kind::reserve) state.emplace(op.seat, op.guest);
        const auto found = state.find(op.seat);
        return {found == state.end() ? 0 : found->second};
    }
    static Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
        const auto kind = env.draw("kind", 3) == 0 ? Operation::Kind::look : Operation::Kind::reserve;
        return {kind, "s" + std::to_string(number / 4), static_cast<std::int64_t>(1 + client)};
    }
};

TEST(Model, HasANameAndVerbsFromItsTypes) {
    EXPECT_EQ(models::language_of<TicketCounter>().name(), "ticket-counter");
    EXPECT_EQ(models::language_of<TicketCounter>().verbs(), "apply COUNT");
    EXPECT_EQ(models::language_of<Seats>().name(), "seats");
    EXPECT_EQ(models::language_of<Seats>().verbs(), "reserve GUEST, look GUEST");
}

TEST(Model, WritesOperationsInWordsAndReadsThemBack) {
    using Full = models::Full<Seats>;
    const Seats::Operation operation{Seats::Operation::Kind::reserve, "a1", 7};
    const models::Words words = models::to_words<Full>(operation);
    EXPECT_EQ(words, (models::Words{"reserve", Value("a1"), Value(7)}));
    const auto again = models::to_operation<Full>(words.f, words.key, words.argument);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, Full::Operation(operation));
    EXPECT_EQ(models::language_of<Seats>().key(words), Value("a1"));

    using Counter = models::Full<TicketCounter>;
    const Value result = models::result_value<Counter>(TicketCounter::Operation{2}, TicketCounter::Result{4, 5});
    EXPECT_EQ(result.rendered(), "{\"first\": 4, \"last\": 5}");
    const auto read = models::to_result<Counter>(TicketCounter::Operation{2}, result);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->first, 4);
    EXPECT_EQ(read->last, 5);
    EXPECT_FALSE(models::to_result<Counter>(TicketCounter::Operation{2}, Value(4)).has_value());
}

reports::History history_of(const std::string& model, const std::vector<Value>& results) {
    reports::History history;
    history.model = model;
    std::int64_t time = 0;
    for (const Value& result : results) {
        for (const auto type : {reports::Entry::Type::invoke, reports::Entry::Type::ok})
            history.entries.push_back({type,
                                       1,
                                       "apply",
                                       {},
                                       type == reports::Entry::Type::ok ? result : Value(1),
                                       {++time},
                                       history.entries.size()});
    }
    return history;
}
Value tickets(std::int64_t first, std::int64_t last) {
    return Value::Map{{Value("first"), Value(first)}, {Value("last"), Value(last)}};
}

TEST(Model, OfAUserJudgesAHistory) {
    EXPECT_THAT(history_of("ticket-counter", {tickets(1, 1), tickets(2, 2)}), IsLinearizable<TicketCounter>());
    EXPECT_THAT(history_of("ticket-counter", {tickets(1, 1), tickets(1, 1)}),
                testing::Not(IsLinearizable<TicketCounter>()));
}

// Two offices that tell each other what they sold, too late; or one.
void office(sim::Env& env) {
    Seats::State state;
    rpc::Server server(env);
    server.on("do", [&](const Seats::Operation& op) {
        for (const auto& peer : env.peers("office")) rpc::notify(env, peer, "done", op);
        return Seats::apply(state, op);
    });
    server.on("done", [&](const Seats::Operation& op) { Seats::apply(state, op); });
    server.serve();
}
sim::Outcome<Seats::Result> ask(sim::Env& env, const Seats::Operation& op) {
    return rpc::call<Seats::Result>(env, env.pick(env.peers("office")), "do", op, 100ms);
}
Scenario offices(int count) {
    return {.name = "offices",
            .roles = {{"office", count, office}},
            .clients = clients<Seats>(3, ask),
            .duration = 5s,
            .recovery = 1s};
}

TEST(Model, OfAUserIsJudgedInAScenario) {
    const Scenario good = offices(1);
    EXPECT_THAT(sweep(good, seeds(1, 10)), RunsClean());
    const Scenario bad = offices(2);
    const SweepReport report = sweep(bad, seeds(1, 40));
    EXPECT_GE(report.violated, 3u);
    EXPECT_NE(report.problem.find("linearizable/"), std::string::npos) << report.problem;
}

TEST(Workload, IsDrawnByAFunctionOfTheScenarioWhereTheModelHasNone) {
    static std::set<std::string> asked;
    asked.clear();
    Scenario scenario = offices(1);
    scenario.clients = clients<Seats>(1, ask, [](sim::Env&, std::uint64_t client, std::uint64_t number) {
        asked.insert(std::to_string(client) + "/" + std::to_string(number));
        return Seats::Operation{Seats::Operation::Kind::look, "only", 0};
    });
    // In this process: a child would ask for itself.
    engine::RunInput input;
    input.scenario = &scenario;
    input.settings = engine::default_settings(scenario);
    const auto ran = engine::run(input);
    ASSERT_TRUE(ran.ok());
    EXPECT_TRUE(asked.contains("0/0") && asked.contains("0/1"));
    for (const reports::Entry& each : ran->history.entries) {
        EXPECT_EQ(each.f, "look");
        EXPECT_EQ(each.key, Value("only"));
    }
}

} // namespace
} // namespace orrery::scenarios
