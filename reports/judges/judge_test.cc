#include "orrery/reports/judges/judge.h"

#include <gtest/gtest.h>

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges {
namespace {

using Type = Entry::Type;

class HistoryOf {
public:
    explicit HistoryOf(std::string model) { history_.model = std::move(model); }
    HistoryOf& add(Type type, std::int64_t process, std::string f, Value value = {}, Value key = {}) {
        const auto index = history_.entries.size();
        const sim::WorldTime time{static_cast<std::int64_t>(index) * 1000};
        history_.entries.push_back({type, process, std::move(f), std::move(key), std::move(value), time, index});
        return *this;
    }
    HistoryOf& call(std::int64_t process, const std::string& f, Value argument, Value result, Value key = {}) {
        add(Type::invoke, process, f, std::move(argument), key);
        return add(Type::ok, process, f, std::move(result), std::move(key));
    }
    HistoryOf& starting_at(Value initial) {
        history_.initial = std::move(initial);
        return *this;
    }
    const History& get() const { return history_; }

private:
    History history_;
};

// A definite failure in front: places in the verdict are those of calls(history), where it counts.
const History& stale_history() {
    static const HistoryOf made = HistoryOf("cas-register")
                                      .add(Type::invoke, 9, "write", 8)
                                      .add(Type::fail, 9, "write")
                                      .call(1, "write", 1, {})
                                      .call(1, "cas", Value::List{1, 2}, true)
                                      .call(2, "read", {}, 2)
                                      .call(3, "read", {}, 1);
    return made.get();
}

TEST(Judge, RefusesAReadOfAnOverwrittenValue) {
    const Verdict verdict = judge(stale_history());
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.judge, "linearizable");
    EXPECT_EQ(verdict.model, "cas-register");
    EXPECT_EQ(verdict.basis, "chains");
    EXPECT_EQ(verdict.operations, 4u);
    EXPECT_EQ(verdict.counterexample->unpassable, 4u);
    EXPECT_EQ(verdict.counterexample->order, (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(verdict.counterexample->operations, (std::vector<std::size_t>{1, 2, 4}));
    EXPECT_TRUE(verdict.counterexample->minimal);
    EXPECT_EQ(verdict.counterexample->edges, (std::vector<std::pair<std::size_t, std::size_t>>{{2, 4}}));
    EXPECT_TRUE(verdict.counterexample->confirmed);
}

TEST(Judge, MakesAFindingWhoseFingerprintHoldsNoNamesOrValues) {
    const auto operations = *calls(stale_history());
    const auto found = finding(judge(stale_history()), operations);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fingerprint(),
              "linearizable/stale read/a read returns nothing that was overwritten before it began");
    EXPECT_EQ(found->time.nanoseconds, 9000);
    EXPECT_EQ(found->text.substr(0, 20), "process 3: read -> 1");
    EXPECT_FALSE(finding(judge(HistoryOf("register").get()), {}));
}

TEST(Judge, LetsUnknownOperationsTakeEffectLateOrNever) {
    HistoryOf history("register");
    history.add(Type::invoke, 1, "write", 1).add(Type::info, 1, "write");
    EXPECT_TRUE(judge(HistoryOf(history).call(2, "read", {}, {}).call(2, "read", {}, 1).get()).passed());
    EXPECT_TRUE(judge(HistoryOf(history).call(2, "read", {}, {}).get()).passed());
    EXPECT_TRUE(judge(HistoryOf(history).call(2, "read", {}, 1).call(2, "read", {}, {}).get()).violated());
}

// Whatever is asked of a history in which nobody was answered: it says nothing.
TEST(Judge, CallsAHistoryVacuousInWhichNobodyWasAnswered) {
    for (const Judge& each : registry()) {
        const bool knows_words = each.name != "unique-ids" && each.name != "watch" && each.name != "kafka";
        if (!takes(each, "register") || !knows_words) continue;
        HistoryOf history("register");
        history.add(Type::invoke, 1, "write", 1).add(Type::info, 1, "write").add(Type::invoke, 2, "read");
        const std::string name = each.parameter == "TIME|VERSIONS" ? "bounded-staleness=2" : std::string(each.name);
        const Verdict verdict = judge(history.get(), {.judge = name});
        EXPECT_EQ(verdict.error_text(), "") << name;
        EXPECT_TRUE(verdict.vacuous()) << name;
        const Verdict answered = judge(history.call(3, "read", {}, 1).get(), {.judge = name});
        EXPECT_FALSE(answered.vacuous()) << name;
    }
    Value::List write;
    write.push_back(Value::List{"w", 1, 1});
    HistoryOf transactions("rw-register");
    transactions.add(Type::invoke, 1, "txn", write).add(Type::info, 1, "txn");
    EXPECT_TRUE(judge(transactions.get(), {.judge = "serializable"}).vacuous());
    HistoryOf set("set");
    set.add(Type::invoke, 1, "add", 1).add(Type::info, 1, "add").add(Type::invoke, 2, "read");
    EXPECT_TRUE(judge(set.get(), {.judge = "set-full"}).vacuous()); // not undecided, as with a read
    EXPECT_TRUE(judge(HistoryOf("register").get()).vacuous());
    EXPECT_FALSE(judge(HistoryOf("set").add(Type::invoke, 1, "enqueue").get(), {.judge = "set"}).vacuous()); // wrong
}

// What each judge of one kind of promise is asked, in its own words, and what it may be told.
struct Asked {
    std::string judge;
    std::string model;
    std::string f;
    Value argument;
    Value result;
};
std::vector<Asked> asked_of_each() {
    Value::List steps;
    steps.push_back(Value::List{"w", 1, 1});
    Value::List keys;
    keys.emplace_back("k");
    const Value transfer = Value::Map{{"from", 1}, {"to", 2}, {"amount", 5}};
    return {{"bank", "bank", "transfer", transfer, {}},
            {"set", "set", "add", 1, {}},
            {"set-full", "set", "add", 1, {}},
            {"queue", "queue", "enqueue", 1, {}},
            {"counter", "counter", "add", 1, {}},
            {"unique-ids", "", "generate", {}, 7},
            {"long-fork", "long-fork", "write", steps, steps},
            {"causal-reverse", "", "write", 1, {}},
            {"kafka", "", "assign", keys, {}},
            {"watch", "", "put", "v", 2},
            {"lock", "mutex", "acquire", {}, 1}};
}

TEST(Judge, OfEachPromiseCallsAHistoryVacuousInWhichNobodyWasAnswered) {
    for (const Asked& each : asked_of_each()) {
        HistoryOf history(each.model);
        history.add(Type::invoke, 1, each.f, each.argument).add(Type::info, 1, each.f);
        history.add(Type::invoke, 2, each.f, each.argument);
        // There each value is written once.
        if (each.judge != "causal-reverse" && each.judge != "long-fork") {
            EXPECT_TRUE(judge(history.get(), {.judge = each.judge}).vacuous()) << each.judge;
        }
        HistoryOf one(each.model);
        one.add(Type::invoke, 1, each.f, each.argument);
        EXPECT_TRUE(judge(one.get(), {.judge = each.judge}).vacuous()) << each.judge;
        HistoryOf answered(each.model);
        const Verdict verdict =
            judge(answered.call(1, each.f, each.argument, each.result).get(), {.judge = each.judge});
        EXPECT_EQ(verdict.error_text(), "") << each.judge;
        EXPECT_FALSE(verdict.vacuous()) << each.judge;
    }
}

// Memory that holds not even one operation; then it is said that this was it.
TEST(Judge, OfEachPromiseGivesUpWithItsMemory) {
    for (const Asked& each : asked_of_each()) {
        HistoryOf history(each.model);
        history.call(1, each.f, each.argument, each.result);
        const Verdict verdict = judge(history.get(), {.judge = each.judge, .memory = 64});
        EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided) << each.judge;
        EXPECT_EQ(verdict.operations, 1u) << each.judge;
        ASSERT_TRUE(verdict.blocked) << each.judge;
        EXPECT_TRUE(verdict.blocked->out_of_memory) << each.judge;
        const Verdict decided = judge(history.get(), {.judge = each.judge, .memory = 4096});
        EXPECT_FALSE(decided.blocked && decided.blocked->out_of_memory) << each.judge;
    }
}

TEST(Judge, StartsWhereTheHistorySays) {
    const HistoryOf history = HistoryOf("register").call(1, "read", {}, 0);
    EXPECT_TRUE(judge(history.get()).violated());
    EXPECT_TRUE(judge(HistoryOf(history).starting_at(0).get()).passed());
    EXPECT_TRUE(judge(HistoryOf(history).starting_at("text").get()).violated());
    EXPECT_EQ(judge(HistoryOf("counter").starting_at("text").get()).error_text(), "a counter cannot start at \"text\"");
}

TEST(Judge, SplitsByKey) {
    const HistoryOf history = HistoryOf("kv")
                                  .call(1, "put", "1", {}, "a")
                                  .call(1, "append", "2", {}, "b")
                                  .call(2, "get", {}, "1", "a")
                                  .call(2, "get", {}, "2", "b")
                                  .call(2, "delete", {}, {}, "a")
                                  .call(2, "cas", Value::List{{}, "3"}, true, "a");
    const Verdict verdict = judge(history.get());
    EXPECT_TRUE(verdict.passed());
    EXPECT_EQ(verdict.keys, 2u);
    EXPECT_EQ(verdict.certificate, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Judge, PrefersTheModelItIsGiven) {
    EXPECT_TRUE(
        judge(stale_history(), {.model = "register"}).error_text().starts_with("entry 4: a register has no operation"));
    EXPECT_TRUE(judge(HistoryOf("").call(1, "write", 1, {}).get(), {.model = "register"}).passed());
}

TEST(Judge, TellsWhatItCannotJudge) {
    const auto error_of = [](const HistoryOf& history) {
        const Verdict verdict = judge(history.get());
        EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided);
        return verdict.error_text();
    };
    EXPECT_TRUE(
        error_of(HistoryOf("")).starts_with("the history names no model; there are register, cas-register, kv"));
    EXPECT_TRUE(error_of(HistoryOf("heap")).starts_with("no model is called heap; there are register, cas-register"));
    EXPECT_EQ(error_of(HistoryOf("register").add(Type::ok, 1, "read")),
              "entry 0: process 1 returned from read without having invoked anything");
    EXPECT_EQ(error_of(HistoryOf("counter").call(1, "add", 1, {}).call(1, "add", "x", {})),
              "entry 2: a counter has no operation add with argument \"x\"; it has read, add AMOUNT, fetch-add AMOUNT");
    EXPECT_EQ(error_of(HistoryOf("counter").call(1, "read", {}, true)), "entry 1: read cannot return true");
}

TEST(Judge, GoesByTheNameOfAJudgeThatThereIs) {
    const auto error_of = [](const std::string& name) { return judge(stale_history(), {.judge = name}).error_text(); };
    EXPECT_TRUE(error_of("linear").starts_with("no judge is called linear; there are linearizable"));
    EXPECT_EQ(error_of("linearizable=5"), "linearizable takes no parameter");
    EXPECT_EQ(error_of("linearizable"), "");
    EXPECT_EQ(judge(stale_history(), {.judge = "linearizable"}).judge, "linearizable");
}

TEST(Judge, HasForEveryModelOneThatTakesIt) {
    for (const models::Language* model : models::languages()) {
        const Judge* judge = find_judge(judge_of(model->name()));
        ASSERT_NE(judge, nullptr) << model->name();
        EXPECT_TRUE(takes(*judge, model->name())) << model->name();
    }
}

TEST(Judge, MakesAFindingOfTheWorstAnomaly) {
    const auto operations = *calls(stale_history());
    Verdict verdict;
    verdict.outcome = Verdict::Outcome::violated;
    verdict.judge = "serializable";
    verdict.anomalies = {{"G1c", {}, {1, 2}, {}, "a circle"}, {"G2-item", {}, {4}, {}, "another"}};
    const auto found = finding(verdict, operations);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fingerprint(), "serializable/G1c/the history is serializable");
    EXPECT_EQ(found->time.nanoseconds, 5000);
    EXPECT_EQ(evidence(verdict), (std::vector<std::size_t>{1, 2}));
}

TEST(Judge, IsUndecidedWithoutABudget) {
    // Two reads that nothing explains, and writes that could go in any order before.
    HistoryOf history("register");
    for (int process = 0; process < 5; ++process) history.add(Type::invoke, process, "write", process / 2);
    for (int process = 0; process < 5; ++process) history.add(Type::ok, process, "write");
    history.call(0, "read", {}, 9);
    EXPECT_TRUE(judge(history.get()).violated());
    const Verdict verdict = judge(history.get(), {.budget = 3});
    EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    EXPECT_EQ(verdict.error_text(), "");
    ASSERT_TRUE(verdict.blocked);
    EXPECT_EQ(verdict.nodes, 3u);
}

TEST(Judge, GivesTheSameAnswerEveryTime) {
    const Verdict first = judge(stale_history());
    const Verdict second = judge(stale_history());
    EXPECT_EQ(first.nodes, second.nodes);
    EXPECT_EQ(first.counterexample->story, second.counterexample->story);
    EXPECT_EQ(first.counterexample->order, second.counterexample->order);
}

} // namespace
} // namespace orrery::reports::judges
