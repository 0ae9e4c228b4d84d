#include "orrery/reports/judges/transactions/isolation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/judges/transactions/consistency.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::judges::transactions {
namespace {

using linearizable::Draws;
using linearizable::linearizable_by_permutation;

using models::ListAppend;
using models::RwRegister;
using Type = Entry::Type;
using Kinds = std::vector<std::string>;

Value read(Value key, Value value) { return Value::List{"r", std::move(key), std::move(value)}; }
Value append(Value key, Value value) { return Value::List{"append", std::move(key), std::move(value)}; }
Value write(Value key, Value value) { return Value::List{"w", std::move(key), std::move(value)}; }

// Transactions one after the other, unless a time is given; each by a process of its own, unless one is.
class TxnHistory {
public:
    explicit TxnHistory(std::string model) { history_.model = std::move(model); }
    TxnHistory& txn(Value::List steps, Type end = Type::ok, std::int64_t process = -1) {
        const std::int64_t now = 10 * ++count_;
        return txn(std::move(steps), now, now + 5, end, process < 0 ? 1000 + count_ : process);
    }
    TxnHistory& txn(Value::List steps, std::int64_t invoked, std::int64_t returned, Type end = Type::ok,
                    std::int64_t process = -1) {
        if (process < 0) process = 2000 + ++count_;
        add({Type::invoke, process, "txn", {}, asked(steps), {invoked}});
        add({end, process, "txn", {}, end == Type::ok ? Value(std::move(steps)) : Value(), {returned}});
        return *this;
    }
    History get() const {
        History history = history_;
        std::stable_sort(history.entries.begin(), history.entries.end(), [](const Entry& a, const Entry& b) {
            return std::pair(a.time, a.type != Type::invoke) < std::pair(b.time, b.type != Type::invoke);
        });
        return history;
    }
    Verdict judged(const std::string& judge) const { return judges::judge(get(), {.judge = judge}); }
    Kinds kinds(const std::string& judge = "strict-serializable") const {
        Kinds kinds;
        for (const Anomaly& each : judged(judge).anomalies)
            if (std::find(kinds.begin(), kinds.end(), each.kind) == kinds.end()) kinds.push_back(each.kind);
        return kinds;
    }

private:
    static Value asked(const Value::List& steps) {
        Value::List asked = steps;
        for (Value& each : asked)
            if (each.list()[0] == Value("r")) each = read(each.list()[1], {});
        return asked;
    }
    void add(Entry entry) { history_.entries.push_back(std::move(entry)); }

    History history_;
    std::int64_t count_ = 0;
};

TxnHistory lists() { return TxnHistory("list-append"); }
TxnHistory registers() { return TxnHistory("rw-register"); }
Value::List list(Value::List values) { return values; }

TEST(Isolation, PassesWhatHappenedOneAfterTheOther) {
    const Verdict verdict = lists()
                                .txn({append(1, 1), read(1, list({1}))})
                                .txn({append(1, 2), append(2, 1)})
                                .txn({read(1, list({1, 2})), read(2, list({1}))})
                                .judged("strict-serializable");
    EXPECT_TRUE(verdict.passed());
    EXPECT_EQ(verdict.operations, 3u);
    EXPECT_EQ(verdict.keys, 2u);
}

TEST(Isolation, FindsDirtyWrites) {
    const TxnHistory history = lists()
                                   .txn({append(1, 1), append(2, 1)}, 0, 100)
                                   .txn({append(1, 2), append(2, 2)}, 0, 100)
                                   .txn({read(1, list({1, 2})), read(2, list({2, 1}))}, 0, 100);
    EXPECT_EQ(history.kinds()[0], "G0");
    EXPECT_EQ(history.judged("read-uncommitted").broken, (Kinds{"read-uncommitted"}));
    EXPECT_TRUE(history.judged("read-uncommitted").violated());
}

TEST(Isolation, FindsReadsOfWhatWasAborted) {
    const TxnHistory history = lists()
                                   .txn({append(1, 1)}, Type::fail)
                                   .txn({read(1, list({1}))})
                                   .txn({append(1, 2)})
                                   .txn({read(1, list({1, 2}))});
    EXPECT_EQ(history.kinds(), (Kinds{"dirty-update", "G1a"}));
    EXPECT_EQ(registers().txn({write(1, 1)}, Type::fail).txn({read(1, 1)}).kinds(), (Kinds{"G1a"}));
}

TEST(Isolation, FindsReadsOfWhatWasUnfinished) {
    EXPECT_EQ(lists()
                  .txn({append(1, 1), append(1, 2)}, 0, 9)
                  .txn({read(1, list({1}))}, 0, 9)
                  .txn({read(1, list({1, 2}))})
                  .kinds("read-committed"),
              (Kinds{"G1b", "G-single"}));
    EXPECT_EQ(registers().txn({write(1, 1), write(1, 2)}).txn({read(1, 1)}).kinds("read-committed"), (Kinds{"G1b"}));
}

TEST(Isolation, FindsCirclesOfInformation) {
    EXPECT_EQ(
        lists().txn({append(1, 1), read(2, list({1}))}, 0, 9).txn({append(2, 1), read(1, list({1}))}, 0, 9).kinds(),
        (Kinds{"G1c"}));
    EXPECT_EQ(registers().txn({write(1, 1), read(2, 1)}, 0, 9).txn({write(2, 1), read(1, 1)}, 0, 9).kinds(),
              (Kinds{"G1c"}));
}

TEST(Isolation, FindsReadSkew) {
    const TxnHistory history = lists()
                                   .txn({append(1, 1), append(2, 1)}, 0, 9)
                                   .txn({read(1, list({1})), read(2, {})}, 0, 9)
                                   .txn({read(2, list({1}))}, 0, 9);
    EXPECT_EQ(history.kinds(), (Kinds{"G-single"}));
    EXPECT_EQ(history.judged("serializable").broken, (Kinds{"consistent-view", "repeatable-read"}));
    EXPECT_TRUE(history.judged("read-committed").passed());
    const Anomaly skew = history.judged("snapshot-isolation").anomalies[0];
    EXPECT_EQ(skew.operations, (std::vector<std::size_t>{1, 0}));
    EXPECT_EQ(skew.reasons, (Kinds{"it read key 2 without the other's 1", "the other read its 1 from key 1"}));
}

TEST(Isolation, FindsWriteSkewAndLeavesItToSnapshots) {
    const TxnHistory history = lists()
                                   .txn({append(1, 1), read(2, {})}, 0, 9)
                                   .txn({append(2, 1), read(1, {})}, 0, 9)
                                   .txn({read(1, list({1})), read(2, list({1}))});
    EXPECT_EQ(history.kinds("serializable"), (Kinds{"G2-item"}));
    EXPECT_EQ(history.judged("serializable").broken, (Kinds{"repeatable-read"}));
    EXPECT_TRUE(history.judged("snapshot-isolation").passed());
    EXPECT_TRUE(history.judged("snapshot-isolation").anomalies.empty());
}

// Two readers that disagree on the order of two writers: no snapshot explains it, and no two rw edges meet.
TEST(Isolation, FindsALongFork) {
    const TxnHistory history = lists()
                                   .txn({append(1, 1)}, 0, 9)
                                   .txn({append(2, 1)}, 0, 9)
                                   .txn({read(1, list({1})), read(2, {})}, 0, 9)
                                   .txn({read(1, {}), read(2, list({1}))}, 0, 9);
    EXPECT_EQ(history.kinds("serializable"), (Kinds{"G-nonadjacent"}));
    EXPECT_EQ(history.judged("serializable").broken, (Kinds{"repeatable-read", "snapshot-isolation"}));
    EXPECT_TRUE(history.judged("consistent-view").passed());
}

// The shorter cycle has two rw edges in a row, and hides nothing.
TEST(Isolation, FindsALongForkBesideAWriteSkewOfTheSameTransactions) {
    const TxnHistory history = lists()
                                   .txn({append(1, 1)}, 0, 9)
                                   .txn({append(2, 1)}, 0, 9)
                                   .txn({read(1, list({1})), read(2, {}), append(3, 1), read(4, {})}, 0, 9)
                                   .txn({read(1, {}), read(2, list({1})), append(4, 1), read(3, {})}, 0, 9);
    EXPECT_EQ(history.kinds("serializable"), (Kinds{"G-nonadjacent", "G2-item"}));
    EXPECT_TRUE(history.judged("snapshot-isolation").violated());
}

TEST(Isolation, FindsWhatOnlyTheClientsOrderForbids) {
    const TxnHistory history =
        lists().txn({append(1, 1)}, Type::ok, 7).txn({read(1, {})}, Type::ok, 7).txn({read(1, list({1}))}, Type::ok, 8);
    EXPECT_TRUE(history.judged("serializable").passed());
    EXPECT_EQ(history.kinds("strong-session-serializable"), (Kinds{"G-single-process"}));
    EXPECT_EQ(history.judged("strong-session-serializable").broken, (Kinds{"strong-session-snapshot-isolation"}));
}

TEST(Isolation, FindsWhatOnlyRealTimeForbids) {
    const TxnHistory history = lists().txn({append(1, 1)}).txn({read(1, {})}).txn({read(1, list({1}))});
    EXPECT_TRUE(history.judged("strong-session-serializable").passed());
    EXPECT_EQ(history.kinds(), (Kinds{"G-single-realtime"}));
    EXPECT_EQ(history.judged("strict-serializable").broken, (Kinds{"strong-snapshot-isolation"}));
    // Equal stamps are concurrent.
    EXPECT_TRUE(lists().txn({append(1, 1)}, 0, 10).txn({read(1, {})}, 10, 20).judged("strict-serializable").passed());
}

TEST(Isolation, FindsTransactionsThatContradictThemselves) {
    EXPECT_EQ(lists().txn({append(1, 1), read(1, {})}).kinds("read-atomic"), (Kinds{"internal"}));
    EXPECT_EQ(lists().txn({read(1, {}), read(1, list({2}))}, 0, 9).txn({append(1, 2)}, 0, 9).kinds("read-atomic")[0],
              "internal");
    EXPECT_EQ(registers().txn({write(1, 1), read(1, 2)}, 0, 9).txn({write(1, 2)}, 0, 9).kinds("read-atomic")[0],
              "internal");
    EXPECT_EQ(lists().txn({read(1, list({1})), append(1, 1)}).kinds("read-committed"), (Kinds{"future-read"}));
    EXPECT_EQ(registers().txn({read(1, 1), write(1, 1)}).kinds("read-committed"), (Kinds{"future-read"}));
}

TEST(Isolation, FindsReadsThatNoOrderOfAppendsExplains) {
    const auto wrong = [](Value one, Value other) {
        return lists()
            .txn({append(1, 1), append(2, 9)})
            .txn({append(1, 2)})
            .txn({read(1, std::move(one))}, 50, 90)
            .txn({read(1, std::move(other))}, 50, 90)
            .kinds("read-committed");
    };
    EXPECT_EQ(wrong(list({1, 2}), list({2}))[0], "incompatible-order");
    EXPECT_EQ(wrong(list({1, 1, 2}), list({1}))[0], "duplicate-elements");
    EXPECT_EQ(wrong(list({1, 2, 3}), list({1}))[0], "value from nowhere");
}

TEST(Isolation, FindsLostUpdatesAndCircularVersionsOfRegisters) {
    const TxnHistory lost =
        registers().txn({write(1, 1)}).txn({read(1, 1), write(1, 2)}, 50, 90).txn({read(1, 1), write(1, 3)}, 50, 90);
    EXPECT_EQ(lost.kinds("snapshot-isolation")[0], "lost-update");
    EXPECT_EQ(registers().txn({read(1, 2), write(1, 1)}, 0, 9).txn({read(1, 1), write(1, 2)}, 0, 9).kinds()[0],
              "cyclic-versions");
}

TEST(Isolation, NeverGuessesWhereARegisterStarts) {
    const auto history = [] { return registers().txn({write(1, 2)}, 0, 9).txn({read(1, 3)}, 0, 9); };
    EXPECT_EQ(history().kinds("read-uncommitted"), (Kinds{"value from nowhere"}));
    History told = history().get();
    told.initial = Value::Map{{1, 3}}; // of one key
    EXPECT_TRUE(judge(told, {.judge = "serializable"}).passed());
    told.initial = 3; // of every key
    EXPECT_TRUE(judge(told, {.judge = "serializable"}).passed());
    told.initial = 4;
    EXPECT_TRUE(judge(told, {.judge = "serializable"}).violated());
    // The start, or what was written again?
    told.initial = 2;
    told.entries.pop_back();
    told.entries.pop_back();
    EXPECT_TRUE(judge(told, {.judge = "serializable"}).passed());
    History again = history().txn({read(1, 2)}, 0, 9).get();
    again.initial = 2;
    EXPECT_EQ(judge(again, {.judge = "serializable"}).blocked->suggestions[0].substr(0, 29),
              "2 was written under key 1, wh");
}

// Nobody reads one and writes the other, so time alone says which of the two writes came first.
TEST(Isolation, TakesTheOrderOfWritesInRealTimeForAnOrderOfVersions) {
    const TxnHistory history = registers()
                                   .txn({write(1, 4)}, 0, 9)
                                   .txn({write(2, 9), write(1, 14)}, 10, 19)
                                   .txn({read(1, 4)}, 20, 29)
                                   .txn({read(1, 14)}, 20, 29);
    EXPECT_TRUE(history.judged("serializable").passed());
    EXPECT_TRUE(history.judged("strong-session-serializable").passed());
    EXPECT_EQ(history.kinds("strict-serializable"), (Kinds{"G-nonadjacent-realtime"}));
    EXPECT_TRUE(history.judged("strong-snapshot-isolation").violated());
}

TEST(Isolation, TakesTheOrderOfWritesOfAClientForAnOrderOfVersions) {
    const TxnHistory history =
        registers().txn({write(1, 1)}, Type::ok, 7).txn({write(1, 2)}, Type::ok, 7).txn({read(1, 1)}, Type::ok, 7);
    EXPECT_TRUE(history.judged("serializable").passed());
    EXPECT_EQ(history.kinds("strong-session-serializable"), (Kinds{"FracturedReadCO-process"}));
    const Verdict verdict = history.judged("read-atomic");
    EXPECT_EQ(verdict.broken, (Kinds{"read-atomic"}));
    EXPECT_EQ(verdict.also_broken.front(), "causal");
    EXPECT_EQ(std::count(verdict.also_broken.begin(), verdict.also_broken.end(), "serializable"), 0);
}

// Both wrote both keys, and one of each was read: each write came before the other's.
TEST(Isolation, OrdersBlindWritesByWhoReadsThem) {
    const TxnHistory history = registers()
                                   .txn({write(0, 1), write(1, 1)}, 0, 9)
                                   .txn({write(0, 2), write(1, 2)}, 0, 9)
                                   .txn({read(0, 1), read(1, 2)}, 0, 9);
    EXPECT_TRUE(history.judged("read-committed").passed());
    for (const char* level : {"read-atomic", "causal", "consistent-view", "snapshot-isolation", "serializable"})
        EXPECT_EQ(history.kinds(level), (Kinds{"FracturedReadCM"})) << level;
    const Anomaly fractured = history.judged("serializable").anomalies[0];
    EXPECT_EQ(fractured.operations.size(), 3u);
    EXPECT_EQ(fractured.reasons.size(), 2u);
}

TEST(Isolation, FindsUpdatesOfListsThatWereLostUnseen) {
    const TxnHistory history = lists()
                                   .txn({append(1, 0)}, 0, 9)
                                   .txn({read(1, list({0})), append(1, 1)}, 10, 19)
                                   .txn({read(1, list({0})), append(1, 2)}, 10, 19);
    EXPECT_EQ(history.kinds("snapshot-isolation")[0], "lost-update");
    EXPECT_TRUE(history.judged("causal").passed());
    // Blind appends are in nobody's way.
    EXPECT_TRUE(lists()
                    .txn({append(1, 0)}, 0, 9)
                    .txn({read(1, list({0})), append(1, 1)}, 10, 19)
                    .txn({append(1, 2)}, 10, 19)
                    .judged("strict-serializable")
                    .passed());
    // Each read the past of the other, which snapshots allow, but not if both append to one list.
    const auto skewed = [](Value::List one, Value::List other) {
        return lists()
            .txn(std::move(one), 0, 9)
            .txn(std::move(other), 0, 9)
            .txn({read(2, list({1})), read(3, list({1}))}, 20, 29);
    };
    EXPECT_TRUE(skewed({read(2, {}), append(3, 1)}, {read(3, {}), append(2, 1)}).judged("snapshot-isolation").passed());
    EXPECT_EQ(skewed({read(2, {}), append(3, 1), append(1, 1)}, {read(3, {}), append(2, 1), append(1, 2)})
                  .kinds("snapshot-isolation"),
              (Kinds{"G-nonadjacent", "G2-item"}));
}

TEST(Isolation, CountsUnknownTransactionsAsDoneOnceTheyWereSeen) {
    const auto history = [] { return lists().txn({append(1, 1), append(2, 1)}, Type::info); };
    EXPECT_TRUE(history().txn({read(1, {}), read(2, {})}).judged("strict-serializable").passed());
    EXPECT_TRUE(history()
                    .txn({read(1, {})})
                    .txn({read(1, list({1})), read(2, list({1}))})
                    .judged("strict-serializable")
                    .passed());
    EXPECT_EQ(history().txn({read(1, list({1})), read(2, {})}).kinds("serializable"), (Kinds{"G-single"}));
}

TEST(Isolation, IsUndecidedWhereWritesCannotBeToldApart) {
    const Verdict verdict = lists().txn({append(1, 1)}).txn({append(1, 1)}).judged("serializable");
    EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    ASSERT_TRUE(verdict.blocked);
    EXPECT_EQ(verdict.blocked->suggestions[0],
              "1 was written twice under key 1: write values that are all different under a key");
}

TEST(Isolation, GivesUpWhereWhatComesBeforeEachTransactionDoesNotFit) {
    const History history = registers().txn({write(1, 1)}).txn({read(1, 1), write(2, 1)}).txn({read(2, 1)}).get();
    for (const char* level :
         {"causal", "consistent-view", "snapshot-isolation", "serializable", "strict-serializable"}) {
        EXPECT_TRUE(judge(history, {.judge = level}).passed()) << level;
        const Verdict verdict = judge(history, {.judge = level, .memory = 3}); // not one number
        EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided) << level;
        ASSERT_TRUE(verdict.blocked) << level;
        EXPECT_TRUE(verdict.blocked->out_of_memory) << level;
    }
    // What needs no such numbers is found all the same.
    const TxnHistory lost = registers().txn({read(1, {}), write(1, 1)}, 0, 9).txn({read(1, {}), write(1, 2)}, 0, 9);
    EXPECT_TRUE(judge(lost.get(), {.judge = "serializable", .memory = 3}).violated());
}

// A history of hundreds of transactions is asked in another order than a short one: what is likely, then cycles, then
// all orders. The verdict is the same.
TEST(Isolation, OfALongHistoryIsTheSame) {
    TxnHistory history = registers();
    for (int each = 1; each <= 300; ++each)
        history.txn({read(1, each == 1 ? Value() : Value(each - 1)), write(1, each)});
    for (const char* level : {"serializable", "snapshot-isolation", "strict-serializable"})
        EXPECT_TRUE(history.judged(level).passed()) << level;
    TxnHistory stale = history; // each client alone explains it, real time does not
    stale.txn({read(1, 7)});
    EXPECT_TRUE(stale.judged("serializable").passed());
    EXPECT_TRUE(stale.judged("strong-session-serializable").passed());
    EXPECT_TRUE(stale.judged("strict-serializable").violated());
    TxnHistory lost = history;
    lost.txn({read(1, 7), write(1, 1000)});
    EXPECT_EQ(lost.kinds("serializable")[0], "lost-update");
    EXPECT_TRUE(lost.judged("snapshot-isolation").violated());
    EXPECT_TRUE(lost.judged("read-committed").passed());
    TxnHistory skew = history; // of blind writes, no dependency is known: only the search over orders shows it
    skew.txn({write(2, 1), write(3, 1)}, 9000, 9100).txn({write(2, 2), write(3, 2)}, 9000, 9100);
    skew.txn({read(2, 1), read(3, 2)}, 9000, 9100);
    EXPECT_TRUE(skew.judged("serializable").violated());
}

TEST(Isolation, TellsWhatIsNoTransaction) {
    EXPECT_EQ(lists().txn({write(1, 1)}).judged("serializable").error_text(),
              "entry 0: [\"w\" 1 1] is no step; there are [r KEY LIST] and [append KEY VALUE]");
    EXPECT_EQ(lists().txn({read(1, 5)}).judged("serializable").error_text(), "entry 0: a list was read as 5");
    EXPECT_EQ(judge(lists().get(), {.judge = "none"}).error_text().substr(0, 24), "no judge is called none;");
    History scalar = lists().txn({read(1, {})}).get();
    scalar.entries[0].value = 5;
    scalar.entries[1].value = 5;
    EXPECT_EQ(judge(scalar).error_text(), "entry 0: txn needs a list of steps, not 5");
}

TEST(Consistency, EachModelImpliesItselfAndTheWeakestOne) {
    for (const std::string_view each : consistency_models()) {
        EXPECT_TRUE(implies(each, each));
        EXPECT_TRUE(implies("strict-serializable", each));
        EXPECT_TRUE(implies(each, "read-uncommitted"));
    }
    EXPECT_FALSE(implies("serializable", "strong-session-serializable"));
    EXPECT_FALSE(implies("snapshot-isolation", "repeatable-read"));
}

// --- against every order --------------------------------------------------------------------------

template <class M>
using Made = std::vector<models::Operation<M>>;

template <class M>
Value::List any_steps(Draws& draws, std::int64_t& element) {
    Value::List steps;
    for (std::int64_t count = 1 + draws.below(3); count > 0; --count) {
        const Value key = draws.below(2);
        if (draws.below(2) == 0)
            steps.push_back(std::is_same_v<M, ListAppend> ? append(key, ++element) : write(key, ++element));
        else
            steps.push_back(read(key, {}));
    }
    return steps;
}

// A lie: a read of some other state.
template <class M>
void lie(Draws& draws, Made<M>& made) {
    auto& each = made[static_cast<std::size_t>(draws.below(std::ssize(made)))];
    if (!each.result) return;
    typename M::State state = M::initial();
    for (std::int64_t count = draws.below(4); count > 0; --count)
        M::apply(state, made[static_cast<std::size_t>(draws.below(std::ssize(made)))].operation);
    each.result = M::apply(state, each.operation);
}

template <class M>
Made<M> any_transactions(Draws& draws) {
    const std::int64_t count = 1 + draws.below(5);
    Made<M> made;
    std::vector<std::pair<std::int64_t, std::size_t>> instants;
    std::int64_t element = 0;
    for (std::int64_t each = 0; each < count; ++each) {
        const std::int64_t invoked = draws.below(2 * count);
        const std::int64_t span = draws.below(2 * count);
        instants.emplace_back(invoked + draws.below(span + 1), made.size());
        const bool unknown = draws.below(5) == 0;
        made.push_back(
            {{M::Operation::Kind::txn, any_steps<M>(draws, element)}, {}, {invoked}, {invoked + span}, each});
        if (!unknown) made.back().result.emplace();
    }
    std::sort(instants.begin(), instants.end());
    typename M::State state = M::initial();
    for (const auto& [instant, place] : instants) {
        if (!made[place].result && draws.below(2) == 0) continue;
        const auto result = M::apply(state, made[place].operation);
        if (made[place].result) made[place].result = result;
    }
    for (std::int64_t lies = draws.below(3); lies > 0; --lies) lie<M>(draws, made);
    return made;
}

template <class M>
History history_of(const Made<M>& made) {
    TxnHistory history{std::string(M::name)};
    for (const auto& each : made)
        history.txn(each.result ? each.result->steps : each.operation.steps, each.invoked.nanoseconds,
                    each.returned.nanoseconds, each.result ? Type::ok : Type::info, each.process);
    return history.get();
}

RC_GTEST_PROP(Isolation, OfListsIsWhatEveryOrderSays, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 50; ++count) {
        Made<ListAppend> made = any_transactions<ListAppend>(draws);
        const History history = history_of<ListAppend>(made);
        const bool strict = linearizable_by_permutation<ListAppend>(made);
        RC_ASSERT(judge(history, {.judge = "strict-serializable"}).passed() == strict);
        for (auto& each : made) each.invoked = {}; // all at once
        RC_ASSERT(judge(history, {.judge = "serializable"}).passed() == linearizable_by_permutation<ListAppend>(made));
    }
}

RC_GTEST_PROP(Isolation, OfRegistersIsWhatEveryOrderSays, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 50; ++count) {
        Made<RwRegister> made = any_transactions<RwRegister>(draws);
        const History history = history_of<RwRegister>(made);
        const bool strict = linearizable_by_permutation<RwRegister>(made);
        RC_ASSERT(judge(history, {.judge = "strict-serializable"}).passed() == strict);
        for (auto& each : made) each.invoked = {}; // all at once
        RC_ASSERT(judge(history, {.judge = "serializable"}).passed() == linearizable_by_permutation<RwRegister>(made));
    }
}

RC_GTEST_PROP(Isolation, WhatPassesAModelPassesAllThatItImplies, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 20; ++count) {
        const History history = history_of<ListAppend>(any_transactions<ListAppend>(draws));
        std::vector<std::string_view> passed;
        for (const std::string_view each : consistency_models())
            if (judge(history, {.judge = std::string(each)}).passed()) passed.push_back(each);
        for (const std::string_view each : passed)
            for (const std::string_view other : consistency_models())
                if (implies(each, other)) RC_ASSERT(std::find(passed.begin(), passed.end(), other) != passed.end());
    }
}

} // namespace
} // namespace orrery::reports::judges::transactions
