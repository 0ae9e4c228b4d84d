#include "orrery/reports/judges/sessions/sessions.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"

namespace orrery::reports::judges::sessions {
namespace {

using linearizable::any_history;
using linearizable::Draws;
using linearizable::some_order_is;

using models::CasRegister;
using models::Register;
using Type = Entry::Type;

// One access of the kv model; each client's follow one another, ten apart.
struct Step {
    std::int64_t client = 0;
    std::string key;
    std::int64_t value = 0; // read or written; 0: nothing is there yet
    bool writes = false;
};

History history_of(const std::vector<Step>& steps) {
    History history;
    history.model = "kv";
    std::int64_t now = 0;
    for (const Step& each : steps) {
        const Value value = each.value == 0 ? Value() : Value(std::to_string(each.value));
        history.entries.push_back({Type::invoke,
                                   each.client,
                                   each.writes ? "put" : "get",
                                   each.key,
                                   each.writes ? value : Value(),
                                   {now += 10}});
        history.entries.push_back(
            {Type::ok, each.client, each.writes ? "put" : "get", each.key, each.writes ? Value() : value, {now += 5}});
    }
    return history;
}

Step put(std::int64_t client, std::string key, std::int64_t value) { return {client, std::move(key), value, true}; }
Step get(std::int64_t client, std::string key, std::int64_t value) { return {client, std::move(key), value, false}; }

std::string kind(const std::vector<Step>& steps, const std::string& judge) {
    const Verdict verdict = judges::judge(history_of(steps), {.judge = judge});
    EXPECT_EQ(verdict.error_text(), "");
    return verdict.violated() ? verdict.anomalies.at(0).kind : std::string(name(verdict.outcome));
}

TEST(Sessions, AClientSeesWhatItWrote) {
    EXPECT_EQ(kind({put(1, "a", 1), get(1, "a", 1)}, "read-your-writes"), "passed");
    EXPECT_EQ(kind({put(1, "a", 1), get(1, "a", 0)}, "read-your-writes"), "read-your-writes");
    EXPECT_EQ(kind({put(1, "a", 1), get(2, "a", 0)}, "read-your-writes"), "passed");
    EXPECT_EQ(kind({put(1, "a", 1), put(2, "a", 2), get(1, "a", 2), get(2, "a", 1)}, "read-your-writes"),
              "read-your-writes");
    const Verdict verdict = judge(history_of({put(1, "a", 1), put(2, "a", 2), get(1, "a", 2), get(2, "a", 1)}),
                                  {.judge = "read-your-writes"});
    EXPECT_EQ(verdict.anomalies[0].operations, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(verdict.anomalies[0].reasons,
              (std::vector<std::string>{"its client read the other later", "its client read the other later"}));
}

TEST(Sessions, AClientNeverGoesBack) {
    EXPECT_EQ(kind({put(1, "a", 1), put(1, "a", 2), get(2, "a", 2), get(2, "a", 1)}, "monotonic-reads"), "passed");
    EXPECT_EQ(kind({put(1, "a", 1), put(1, "a", 2), get(2, "a", 2), get(2, "a", 1)}, "monotonic-writes"),
              "monotonic-writes");
    EXPECT_EQ(kind({put(1, "a", 1), put(1, "a", 2), get(2, "a", 2), get(2, "a", 1), get(2, "a", 2)}, "monotonic-reads"),
              "monotonic-reads");
    EXPECT_EQ(kind({put(1, "a", 1), get(2, "a", 1), get(2, "a", 0)}, "monotonic-reads"), "monotonic-reads");
    EXPECT_EQ(
        kind({put(1, "a", 1), get(2, "a", 1), put(2, "a", 2), get(3, "a", 2), get(3, "a", 1)}, "writes-follow-reads"),
        "writes-follow-reads");
    EXPECT_EQ(
        kind({put(1, "a", 1), get(2, "a", 1), put(2, "a", 2), get(3, "a", 2), get(3, "a", 1)}, "monotonic-writes"),
        "passed");
}

TEST(Sessions, ValuesThatNobodyWroteOrThatRepeatAreTold) {
    EXPECT_EQ(kind({get(1, "a", 7)}, "causal"), "value from nowhere");
    EXPECT_EQ(kind({put(1, "a", 1), put(2, "a", 1)}, "causal"), "undecided");
    EXPECT_NE(judge(history_of({}), {.judge = "causal", .model = "queue"}).error_text(), "");
}

TEST(Causal, ReadsShowNothingThatWasOverwrittenInTheirPast) {
    EXPECT_EQ(kind({put(1, "a", 1), put(2, "a", 2), get(1, "a", 1), get(2, "a", 2)}, "causal"), "passed");
    EXPECT_EQ(kind({put(1, "a", 1), put(1, "b", 1), get(2, "b", 1), get(2, "a", 0)}, "causal"),
              "read of the initial value");
    EXPECT_EQ(kind({put(1, "a", 1), put(1, "a", 2), put(1, "b", 1), get(2, "b", 1), get(2, "a", 1)}, "causal"),
              "read of what was overwritten");
    EXPECT_EQ(kind({get(1, "a", 1), put(2, "a", 1), put(1, "b", 1), get(2, "b", 1)}, "causal"), "passed");
    EXPECT_EQ(kind({get(1, "a", 1), put(1, "b", 1), get(2, "b", 1), put(2, "a", 1)}, "causal"), "cyclic causality");
    EXPECT_EQ(kind({put(1, "a", 1), put(2, "a", 2), get(1, "a", 2), get(2, "a", 1)}, "causal"), "cyclic conflicts");
}

// --- against their definitions, written out -------------------------------------------------------

std::vector<Step> any_steps(Draws& draws) {
    std::vector<Step> steps;
    std::vector<Step> writes;
    for (std::int64_t count = 1 + draws.below(7); count > 0; --count) {
        const std::int64_t client = draws.below(3);
        const std::string key = draws.below(3) == 0 ? "b" : "a";
        if (draws.below(2) == 0 && writes.size() < 5) {
            steps.push_back(put(client, key, static_cast<std::int64_t>(steps.size()) + 1));
            writes.push_back(steps.back());
        } else {
            steps.push_back(get(client, key, -1));
        }
    }
    for (Step& each : steps) {
        if (each.writes) continue;
        std::vector<std::int64_t> values{0};
        for (const Step& write : writes)
            if (write.key == each.key) values.push_back(write.value);
        each.value = values[static_cast<std::size_t>(draws.below(std::ssize(values)))];
    }
    return steps;
}

std::vector<std::size_t> places_of_writes(const std::vector<Step>& steps) {
    std::vector<std::size_t> writes;
    for (std::size_t each = 0; each < steps.size(); ++each)
        if (steps[each].writes) writes.push_back(each);
    return writes;
}

std::size_t source_of(const std::vector<Step>& steps, const Step& read) {
    for (std::size_t each = 0; each < steps.size(); ++each)
        if (steps[each].writes && steps[each].key == read.key && steps[each].value == read.value) return each;
    return SIZE_MAX; // the initial value
}

// Whether each read returns the last, in this order of all writes, of those that it must see and the one it saw.
bool explains(const std::vector<Step>& steps, const std::vector<std::size_t>& order, const std::string& promise) {
    const auto place = [&](std::size_t write) { return std::find(order.begin(), order.end(), write) - order.begin(); };
    for (std::size_t at = 0; at < steps.size(); ++at) {
        const Step& step = steps[at];
        for (std::size_t earlier = 0; earlier < at; ++earlier) {
            const Step& other = steps[earlier];
            if (other.client != step.client) continue;
            const std::size_t seen = other.writes ? earlier : source_of(steps, other);
            if (step.writes) {
                if (promise == "monotonic-writes" && other.writes && place(seen) > place(at)) return false;
                if (promise == "writes-follow-reads" && !other.writes && seen != SIZE_MAX && place(seen) >= place(at))
                    return false;
                continue;
            }
            const bool must = other.writes ? promise == "read-your-writes" : promise != "read-your-writes";
            if (!must || other.key != step.key || seen == SIZE_MAX) continue;
            const std::size_t source = source_of(steps, step);
            if (source == SIZE_MAX || place(seen) > place(source)) return false;
        }
    }
    return true;
}

// The transitive closure of each client's order and of reads after what they read.
std::vector<std::vector<bool>> causes_of(const std::vector<Step>& steps) {
    std::vector<std::vector<bool>> before(steps.size(), std::vector<bool>(steps.size(), false));
    for (std::size_t b = 0; b < steps.size(); ++b) {
        for (std::size_t a = 0; a < b; ++a) before[a][b] = steps[a].client == steps[b].client;
        if (!steps[b].writes && source_of(steps, steps[b]) != SIZE_MAX) before[source_of(steps, steps[b])][b] = true;
    }
    for (std::size_t middle = 0; middle < steps.size(); ++middle)
        for (std::size_t a = 0; a < steps.size(); ++a)
            for (std::size_t b = 0; b < steps.size(); ++b)
                if (before[a][middle] && before[middle][b]) before[a][b] = true;
    return before;
}

bool explains_causally(const std::vector<Step>& steps, const std::vector<std::size_t>& order) {
    const auto before = causes_of(steps);
    for (std::size_t at = 0; at < steps.size(); ++at)
        if (before[at][at]) return false;
    for (std::size_t later = 0; later < order.size(); ++later)
        for (std::size_t earlier = 0; earlier < later; ++earlier)
            if (before[order[later]][order[earlier]]) return false;
    for (std::size_t at = 0; at < steps.size(); ++at) {
        if (steps[at].writes) continue;
        std::size_t latest = SIZE_MAX;
        for (const std::size_t write : order)
            if (before[write][at] && steps[write].key == steps[at].key) latest = write;
        if (latest != source_of(steps, steps[at])) return false;
    }
    return true;
}

template <class Explains>
bool some_order(const std::vector<Step>& steps, Explains explains_it) {
    std::vector<std::size_t> order = places_of_writes(steps);
    do {
        if (explains_it(order)) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
}

RC_GTEST_PROP(Sessions, GuaranteesAreWhatSomeOrderOfTheWritesExplains, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 50; ++count) {
        const std::vector<Step> steps = any_steps(draws);
        for (const std::string promise :
             {"read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"}) {
            const bool passed = judge(history_of(steps), {.judge = promise}).passed();
            RC_ASSERT(passed == some_order(steps, [&](const auto& order) { return explains(steps, order, promise); }));
        }
    }
}

RC_GTEST_PROP(Causal, IsWhatSomeOrderOfTheWritesExplains, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 100; ++count) {
        const std::vector<Step> steps = any_steps(draws);
        const bool passed = judge(history_of(steps), {.judge = "causal"}).passed();
        RC_ASSERT(passed == some_order(steps, [&](const auto& order) { return explains_causally(steps, order); }));
    }
}

// --- sequential consistency and what lies between -------------------------------------------------

template <class M>
History recorded(const std::vector<models::Operation<M>>& operations) {
    History history;
    history.model = M::name;
    for (const auto& each : operations) {
        const models::Words words = models::to_words<M>(each.operation);
        history.entries.push_back({Type::invoke, each.process, words.f, words.key, words.argument, each.invoked});
        if (each.result)
            history.entries.push_back({Type::ok, each.process, words.f, words.key,
                                       models::result_value<M>(each.operation, *each.result), each.returned});
    }
    std::stable_sort(history.entries.begin(), history.entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.time, a.type != Type::invoke) < std::pair(b.time, b.type != Type::invoke);
    });
    return history;
}

// A history of two or three clients, one operation after the other.
template <class M>
std::vector<models::Operation<M>> any_sessions(Draws& draws, bool unique) {
    auto operations = any_history<M>(draws, 6, unique);
    std::int64_t now = 0;
    std::int64_t retired = 10;
    std::vector<std::int64_t> processes{0, 1, 2};
    for (auto& each : operations) {
        std::int64_t& process = processes[static_cast<std::size_t>(draws.below(3))];
        each.process = process;
        each.invoked = {now += 1 + draws.below(5)};
        each.returned = {now += draws.below(5)};
        if (!each.result) process = retired++;
    }
    return operations;
}

// Each client's operations in its own order, whatever the time.
template <class M>
bool is_sequential(const std::vector<models::Operation<M>>& operations, const std::vector<std::size_t>& order) {
    typename M::State state = M::initial();
    for (std::size_t at = 0; at < order.size(); ++at) {
        const auto& each = operations[order[at]];
        for (std::size_t later = at + 1; later < order.size(); ++later)
            if (operations[order[later]].process == each.process && order[later] < order[at]) return false;
        const auto actual = M::apply(state, each.operation);
        if (each.result && !M::agrees(*each.result, actual)) return false;
    }
    return true;
}

template <class M>
bool sequential_by_permutation(const std::vector<models::Operation<M>>& operations) {
    return some_order_is<M>(operations, [&](const auto& order) { return is_sequential<M>(operations, order); });
}

TEST(Sequential, CountsAnUnknownWriteThatOnlyAnUnknownSwapSaw) {
    using Swap = CasRegister::Operation;
    const std::vector<models::Operation<CasRegister>> operations = {
        {Swap::write(1), CasRegister::Result{}, {1}, {2}, 0},
        {Swap::cas(0, 2), {}, {3}, {}, 0},
        {Swap::write(0), {}, {3}, {}, 1},
        {Swap::read(), CasRegister::Result{2, false}, {4}, {5}, 2}};
    EXPECT_TRUE(judge(recorded<CasRegister>(operations), {.judge = "causal"}).passed());
    EXPECT_TRUE(judge(recorded<CasRegister>(operations), {.judge = "sequential"}).passed());
}

RC_GTEST_PROP(Sequential, IsWhatSomeInterleavingExplains, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 20; ++count) {
        const auto operations = any_sessions<CasRegister>(draws, false);
        const Verdict verdict = judge(recorded<CasRegister>(operations), {.judge = "sequential"});
        RC_ASSERT(verdict.passed() == sequential_by_permutation<CasRegister>(operations));
        if (!verdict.violated() || verdict.anomalies.front().kind != "no order") continue;
        std::vector<models::Operation<CasRegister>> alone;
        for (const std::size_t each : evidence(verdict)) alone.push_back(operations[each]);
        RC_ASSERT(!sequential_by_permutation<CasRegister>(alone));
    }
}

RC_GTEST_PROP(Sequential, IsTheSameWhereEachReadTellsItsWrite, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 20; ++count) {
        const auto operations = any_sessions<CasRegister>(draws, true);
        const Verdict verdict = judge(recorded<CasRegister>(operations), {.judge = "sequential"});
        RC_ASSERT(verdict.passed() == sequential_by_permutation<CasRegister>(operations));
    }
}

// A reader of each key that stays behind for long: in which order the others wrote is known only at its end.
History history_with_readers_behind(bool is_wrong) {
    std::vector<Step> steps;
    std::int64_t value = 0;
    for (int round = 0; round < 60; ++round)
        for (std::int64_t client = 0; client < 4; ++client)
            steps.push_back(put(client, client % 2 == 0 ? "a" : "b", ++value));
    // Client 0 wrote 1, 5, 9, ... to a and client 2 wrote 3, 7, 11, ... there; clients 1 and 3 the even ones to b.
    for (std::int64_t round = 0; round < 60; ++round) {
        steps.push_back(get(7, "a", 4 * round + 3)); // the second writer of a came first in each round
        steps.push_back(get(7, "a", 4 * round + 1));
        steps.push_back(get(8, "b", 4 * round + 4));
        steps.push_back(get(8, "b", 4 * round + 2));
    }
    if (is_wrong) steps.push_back(get(9, "b", 2)), steps.push_back(get(9, "b", 4));
    return history_of(steps);
}

TEST(Sequential, IsDecidedAtOnceWhereReadersAreFarBehind) {
    const Verdict right = judge(history_with_readers_behind(false), {.judge = "sequential", .budget = 100'000});
    EXPECT_TRUE(right.passed());
    EXPECT_EQ(right.basis, "reads-from");
    EXPECT_LT(right.nodes, 20'000u);
    EXPECT_FALSE(judge(history_with_readers_behind(true), {.judge = "sequential", .budget = 100'000}).passed());
}

TEST(Sequential, TellsTheFewOperationsThatNoOrderExplains) {
    using Operation = Register::Operation;
    std::vector<models::Operation<Register>> operations;
    const auto add = [&](std::int64_t process, Operation operation, std::optional<std::int64_t> seen) {
        const auto now = static_cast<std::int64_t>(10 * operations.size());
        operations.push_back({operation, Register::Result{seen}, {now}, {now + 5}, process});
    };
    for (std::int64_t each = 0; each < 5; ++each) {
        add(3, Operation::write(5), {}); // the same again and again, so that causal cannot tell them apart
        add(3, Operation::read(), 5);
    }
    add(1, Operation::write(1), {});
    add(1, Operation::write(2), {});
    add(2, Operation::read(), 2);
    add(4, Operation::read(), 2);
    add(2, Operation::read(), 1);
    const Verdict verdict = judge(recorded<Register>(operations), {.judge = "sequential"});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.anomalies.front().kind, "no order");
    EXPECT_EQ(evidence(verdict), (std::vector<std::size_t>{10, 11, 12, 14}));
}

TEST(Sequential, GivesUpWithItsBudgetAndSaysSo) {
    std::vector<Step> steps;
    for (std::int64_t client = 0; client < 6; ++client)
        for (std::int64_t each = 1; each < 6; ++each) steps.push_back(put(client, "a", each));
    steps.push_back(get(7, "b", 9));
    const Verdict verdict = judge(history_of(steps), {.judge = "sequential", .budget = 100});
    EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    ASSERT_TRUE(verdict.blocked);
    EXPECT_EQ(verdict.nodes, 101u);
}

TEST(Sequential, GivesUpWithItsMemoryAndSaysSo) {
    std::vector<Step> steps;
    for (std::int64_t client = 0; client < 6; ++client)
        for (std::int64_t each = 1; each < 6; ++each) steps.push_back(put(client, "a", each));
    steps.push_back(get(7, "b", 9));
    const History history = history_of(steps);
    EXPECT_TRUE(judge(history, {.judge = "sequential"}).violated());
    const Verdict verdict = judge(history, {.judge = "sequential", .memory = std::size_t{1} << 20});
    EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    ASSERT_TRUE(verdict.blocked);
    EXPECT_TRUE(verdict.blocked->out_of_memory);
}

TEST(Causal, GivesUpWhereItsClocksDoNotFit) {
    const std::vector<Step> steps = {put(1, "a", 1), get(2, "a", 1)};
    EXPECT_TRUE(judge(history_of(steps), {.judge = "causal", .memory = 16}).passed());
    const Verdict verdict = judge(history_of(steps), {.judge = "causal", .memory = 15});
    EXPECT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    ASSERT_TRUE(verdict.blocked);
    EXPECT_TRUE(verdict.blocked->out_of_memory);
}

// Each promise holds all that follows it.
RC_GTEST_PROP(Promises, FollowFromStrongerOnes, (std::uint64_t seed)) {
    Draws draws(seed);
    const std::vector<std::pair<std::string, std::string>> stronger = {
        {"linearizable", "sequential"},
        {"sequential", "causal"},
        {"causal", "read-your-writes"},
        {"causal", "monotonic-writes"},
        {"causal", "writes-follow-reads"},
        {"monotonic-writes", "monotonic-reads"},
        {"linearizable", "bounded-staleness=0ns"},
        {"bounded-staleness=0ns", "linearizable"},
        {"bounded-staleness=3ns", "bounded-staleness=9ns"},
        {"linearizable", "bounded-staleness=1"},
        {"bounded-staleness=1", "linearizable"},
        {"bounded-staleness=1", "bounded-staleness=2"},
        {"bounded-staleness=2", "bounded-staleness=3"}};
    for (int count = 0; count < 20; ++count) {
        const History history = recorded<Register>(any_sessions<Register>(draws, true));
        for (const auto& [strong, weak] : stronger)
            if (judge(history, {.judge = strong}).passed()) RC_ASSERT(judge(history, {.judge = weak}).passed());
    }
}

TEST(BoundedStaleness, LetsReadsBeSoOldAndNoOlder) {
    const std::vector<Step> steps = {put(1, "a", 1), put(1, "a", 2),
                                     get(2, "a", 1)}; // overwritten from 25 to 30, read at 40
    EXPECT_TRUE(judge(history_of(steps)).violated());
    EXPECT_TRUE(judge(history_of(steps), {.judge = "bounded-staleness=9ns"}).violated());
    EXPECT_TRUE(judge(history_of(steps), {.judge = "bounded-staleness=10ns"}).passed());
    EXPECT_EQ(
        judge(history_of(steps), {.judge = "bounded-staleness"}).error_text(),
        "bounded-staleness expects a time or a number of versions from 1 to 1000, like bounded-staleness=100ms or "
        "bounded-staleness=2, in ns, us, ms or s, got ''");
}

TEST(BoundedStaleness, CountsVersions) {
    const std::vector<Step> steps = {put(1, "a", 1), put(1, "a", 2), put(1, "a", 3), get(2, "a", 1)};
    EXPECT_TRUE(judge(history_of(steps), {.judge = "bounded-staleness=2"}).violated());
    EXPECT_TRUE(judge(history_of(steps), {.judge = "bounded-staleness=3"}).passed());
    EXPECT_EQ(judge(history_of(steps), {.judge = "bounded-staleness=0"}).outcome, Verdict::Outcome::undecided);
}

} // namespace
} // namespace orrery::reports::judges::sessions
