#include "orrery/reports/judges/linearizable/containers/containers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/linearizable/linearizable.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"

namespace orrery::reports::judges::linearizable::containers {
namespace {

using models::PriorityQueue;
using models::Queue;
using models::Set;
using models::Stack;
template <class M>
using Recorded = std::vector<models::Operation<M>>;

template <models::Model M>
Contained contained(const Recorded<M>& operations, std::optional<typename M::State> initial = {}) {
    const models::TypedOperations<M> typed(operations, initial);
    std::vector<std::size_t> all;
    std::vector<models::Interval> intervals;
    for (std::size_t each = 0; each < operations.size(); ++each) {
        all.push_back(each);
        intervals.push_back(typed.interval(each));
    }
    return decide_container(intervals, *typed.container_effects(all));
}

// What it decides is what trying all orders says, and how often it is unsure.
template <models::Model M>
void agrees_with_every_permutation(const typename M::State& initial, std::uint64_t seed, int histories, int& unclear) {
    Draws draws(seed);
    for (int i = 0; i < histories; ++i) {
        const auto operations = any_history<M>(draws, 6, true, initial);
        const Contained found = contained<M>(operations, initial);
        if (found.outcome == Contained::Outcome::unclear) {
            ++unclear;
            continue;
        }
        const bool expected = linearizable_by_permutation<M>(operations, initial);
        ASSERT_EQ(found.outcome == Contained::Outcome::found, expected) << "history " << i << " of seed " << seed;
        if (expected) {
            const std::vector<std::size_t> order(found.order.begin(), found.order.end());
            ASSERT_TRUE(is_legal_order<M>(operations, order, initial)) << "history " << i << " of seed " << seed;
        } else {
            Recorded<M> alone;
            for (const std::uint32_t each : found.core) alone.push_back(operations[each]);
            ASSERT_FALSE(linearizable_by_permutation<M>(alone, initial)) << "history " << i << " of seed " << seed;
        }
    }
}

TEST(Containers, OfQueuesAgreeWithEveryPermutation) {
    int unclear = 0;
    agrees_with_every_permutation<Queue>({}, 1, 20000, unclear);
    agrees_with_every_permutation<Queue>({Value(7), Value(8)}, 2, 5000, unclear);
    EXPECT_LT(unclear, 25000 / 6);
}
TEST(Containers, OfStacksAgreeWithEveryPermutation) {
    int unclear = 0;
    agrees_with_every_permutation<Stack>({}, 3, 20000, unclear);
    agrees_with_every_permutation<Stack>({Value(7), Value(8)}, 4, 5000, unclear);
    EXPECT_LT(unclear, 25000 / 6);
}
TEST(Containers, OfPriorityQueuesAgreeWithEveryPermutation) {
    int unclear = 0;
    agrees_with_every_permutation<PriorityQueue>({}, 7, 20000, unclear);
    agrees_with_every_permutation<PriorityQueue>({Value(2), Value(8)}, 8, 5000, unclear);
    EXPECT_LT(unclear, 25000 / 6);
}
// Nothing about a queue is left to a search, as long as no value comes twice: unknown operations or not.
TEST(Containers, OfQueuesAreNeverUnclear) {
    int unclear = 0;
    Draws draws(9);
    for (int i = 0; i < 5000; ++i) {
        const auto operations = any_history<Queue>(draws, 9, true);
        unclear += contained<Queue>(operations).outcome == Contained::Outcome::unclear;
    }
    EXPECT_EQ(unclear, 0);
}
// A set that is only added to and listed, whatever one asks for.
struct Growing : Set {
    static constexpr std::array verbs = {Set::verbs[0], Set::verbs[3], Set::verbs[3], Set::verbs[3]};
    static Result apply(State& elements, Operation operation) {
        if (operation.kind != Operation::Kind::add) operation.kind = Operation::Kind::read;
        return Set::apply(elements, operation);
    }
};
TEST(Containers, OfGrowingSetsAgreeWithEveryPermutation) {
    int unclear = 0;
    agrees_with_every_permutation<Growing>({}, 5, 20000, unclear);
    agrees_with_every_permutation<Growing>({Value(7), Value(8)}, 6, 5000, unclear);
    EXPECT_LT(unclear, 25000 / 3); // additions that say that they changed nothing
}

// Larger ones than all orders of which could be tried; by the search, with nothing lost but time.
template <models::Model M>
void agrees_with_the_search() {
    const auto seed = *rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>()));
    Draws draws(seed);
    for (int i = 0; i < 20; ++i) {
        const auto operations = any_history<M>(draws, 12, true);
        const models::TypedOperations<M> typed(operations, {});
        const Verdict shortcut = judge_operations(typed);
        const Verdict searched = judge_operations(typed, {.shortcuts = false});
        RC_ASSERT(searched.outcome != Verdict::Outcome::undecided);
        RC_ASSERT(shortcut.outcome == searched.outcome);
        RC_ASSERT(!shortcut.violated() || shortcut.basis != "containers" || shortcut.counterexample->confirmed);
        RC_ASSERT(!shortcut.violated() || shortcut.basis != "containers" || shortcut.counterexample->minimal);
    }
}
RC_GTEST_PROP(Containers, OfQueuesAgreeWithTheSearch, ()) { agrees_with_the_search<Queue>(); }
RC_GTEST_PROP(Containers, OfStacksAgreeWithTheSearch, ()) { agrees_with_the_search<Stack>(); }
RC_GTEST_PROP(Containers, OfPriorityQueuesAgreeWithTheSearch, ()) { agrees_with_the_search<PriorityQueue>(); }
RC_GTEST_PROP(Containers, OfSetsAgreeWithTheSearch, ()) { agrees_with_the_search<Set>(); }

template <class M>
models::Operation<M> put(std::int64_t element, std::int64_t from, std::int64_t until) {
    return {{M::Operation::Kind::insert, element}, typename M::Result{}, {from}, {until}};
}
models::Operation<Queue> take(Value element, std::int64_t from, std::int64_t until) {
    return {Queue::Operation::take(), Queue::Result{std::move(element)}, {from}, {until}};
}
models::Operation<Stack> push(std::int64_t element, std::int64_t from, std::int64_t until) {
    return {Stack::Operation::insert(element), Stack::Result{}, {from}, {until}};
}
models::Operation<Stack> pop(Value element, std::int64_t from, std::int64_t until) {
    return {Stack::Operation::take(), Stack::Result{std::move(element)}, {from}, {until}};
}

template <models::Model M>
Counterexample counterexample(const Recorded<M>& operations) {
    const Verdict verdict = judge_operations(models::TypedOperations<M>(operations, {}));
    EXPECT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.basis, "containers");
    return verdict.counterexample.value_or(Counterexample{});
}

TEST(Containers, TellTheFourOperationsThatAQueueServedInTheWrongOrder) {
    const auto found = counterexample<Queue>(
        {put<Queue>(1, 0, 1), put<Queue>(9, 0, 1), put<Queue>(2, 2, 3), take(9, 4, 5), take(2, 6, 7), take(1, 8, 9)});
    EXPECT_EQ(found.operations, (std::vector<std::size_t>{0, 2, 4}));
    EXPECT_EQ(found.unpassable, 4u);
    EXPECT_TRUE(found.minimal);
    EXPECT_EQ(found.edges, (std::vector<std::pair<std::size_t, std::size_t>>{{0, 2}}));
}

TEST(Containers, TellTheFewestValuesThatLeaveNoInstantToAMiss) {
    const auto found = counterexample<Queue>({put<Queue>(1, 0, 1), put<Queue>(5, 0, 1), take(1, 4, 9),
                                              put<Queue>(2, 2, 3), take({}, 3, 8), take(5, 10, 11), take(2, 20, 21)});
    EXPECT_EQ(found.operations, (std::vector<std::size_t>{1, 4}));
    EXPECT_EQ(found.kind, ViolationClass::lost_write);
}

TEST(Containers, ClassifyWhatWasTaken) {
    EXPECT_EQ(counterexample<Queue>({put<Queue>(1, 0, 1), take(2, 2, 3)}).kind, ViolationClass::value_from_nowhere);
    EXPECT_EQ(counterexample<Queue>({put<Queue>(1, 0, 1), take(1, 2, 3), take(1, 2, 4)}).kind,
              ViolationClass::effect_twice);
    EXPECT_EQ(counterexample<Queue>({take(1, 0, 1), put<Queue>(1, 2, 3)}).kind, ViolationClass::future_read);
    EXPECT_EQ(counterexample<Stack>({push(1, 0, 1), pop({}, 2, 3)}).kind, ViolationClass::lost_write);
}

models::Operation<Queue> unsure_take(std::int64_t from) { return {Queue::Operation::take(), {}, {from}, {}}; }

// Value 1 was put in first and is still there when 2 is taken, unless the unknown dequeue took it.
TEST(Containers, LetUnknownDequeuesTakeTheValuesThatWaitLongest) {
    const auto verdict = [](std::int64_t begins, std::vector<models::Operation<Queue>> more) {
        std::vector<models::Operation<Queue>> operations = {put<Queue>(1, 0, 1), put<Queue>(2, 2, 3), take(2, 4, 5),
                                                            unsure_take(begins)};
        operations.insert(operations.end(), more.begin(), more.end());
        return judge_operations(models::TypedOperations<Queue>(operations, {})).outcome;
    };
    EXPECT_EQ(verdict(5, {}), Verdict::Outcome::passed);
    EXPECT_EQ(verdict(6, {}), Verdict::Outcome::violated);
    EXPECT_EQ(verdict(5, {put<Queue>(3, 2, 3), take({}, 8, 9)}), Verdict::Outcome::violated);
    EXPECT_EQ(verdict(5, {put<Queue>(3, 2, 3), take({}, 8, 9), unsure_take(9)}), Verdict::Outcome::passed);
    EXPECT_EQ(verdict(5, {put<Queue>(3, 2, 3), take({}, 8, 9), unsure_take(10)}), Verdict::Outcome::violated);
}

TEST(Containers, NameTheValuesThatUnknownDequeuesTookInstead) {
    const auto found = counterexample<Queue>({put<Queue>(1, 0, 1), put<Queue>(2, 2, 3), put<Queue>(3, 4, 5),
                                              put<Queue>(9, 4, 5), unsure_take(6), take(3, 7, 8), take(9, 9, 10)});
    EXPECT_EQ(found.operations, (std::vector<std::size_t>{0, 1, 2, 4, 5})); // two wait, and one could have gone
    EXPECT_EQ(found.unpassable, 5u);
    EXPECT_TRUE(found.confirmed);
}

// Every fifth value was taken by a dequeue that is unknown, or by none.
Recorded<Queue> with_unknown_dequeues(std::int64_t values) {
    Recorded<Queue> operations;
    for (std::int64_t each = 0; each < values; ++each) {
        const std::int64_t time = 10 * (each / 8) + each % 8; // eight at once
        operations.push_back(put<Queue>(each, time, time + 9));
        if (each % 5 == 0)
            operations.push_back(unsure_take(time + 10));
        else
            operations.push_back(take(each, time + 40, time + 60));
    }
    return operations;
}

// Thousands of operations, of which many are unknown: nothing to search through.
TEST(Containers, DecideLongQueuesWithManyUnknownDequeues) {
    const Recorded<Queue> operations = with_unknown_dequeues(4000);
    const Verdict verdict = judge_operations(models::TypedOperations<Queue>(operations, {}));
    EXPECT_TRUE(verdict.passed());
    EXPECT_EQ(verdict.basis, "containers");
}

TEST(Containers, TellThatOneValueMoreIsGoneThanUnknownDequeuesCouldTake) {
    Recorded<Queue> operations = with_unknown_dequeues(40);
    operations.push_back(put<Queue>(9999, -20, -19)); // the oldest, which no operation took
    operations.push_back(take({}, 9000, 9001));
    EXPECT_EQ(counterexample<Queue>(operations).kind, ViolationClass::lost_write);
}

template <class M>
models::Operation<M> taken(Value element, std::int64_t from, std::int64_t until) {
    return {M::Operation::take(), typename M::Result{std::move(element)}, {from}, {until}};
}

TEST(Containers, TellTheTwoValuesOfAPriorityQueueThatCameInTheWrongOrder) {
    const auto found = counterexample<PriorityQueue>({put<PriorityQueue>(1, 0, 1), put<PriorityQueue>(5, 0, 1),
                                                      put<PriorityQueue>(3, 2, 3), taken<PriorityQueue>(3, 4, 5),
                                                      taken<PriorityQueue>(1, 6, 7), taken<PriorityQueue>(5, 8, 9)});
    EXPECT_EQ(found.operations, (std::vector<std::size_t>{0, 2, 3}));
    EXPECT_EQ(found.unpassable, 3u);
    EXPECT_TRUE(found.minimal);
    EXPECT_TRUE(found.confirmed);
}

// First 1 is in the way of 5, then 2; neither is all the time.
TEST(Containers, NameTheFewestValuesThatAreInTheWayOfAGreaterOne) {
    const auto found = counterexample<PriorityQueue>({put<PriorityQueue>(1, 0, 1), put<PriorityQueue>(2, 0, 3),
                                                      put<PriorityQueue>(5, 0, 1), taken<PriorityQueue>(5, 2, 6),
                                                      taken<PriorityQueue>(1, 5, 9), taken<PriorityQueue>(2, 10, 11)});
    EXPECT_EQ(found.operations, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(counterexample<PriorityQueue>({put<PriorityQueue>(1, 0, 1), taken<PriorityQueue>({}, 2, 3)}).kind,
              ViolationClass::lost_write);
}

TEST(Containers, TellTheTwoValuesOfAStackThatCross) {
    const auto found = counterexample<Stack>(
        {push(3, 0, 1), push(1, 2, 3), push(2, 4, 5), pop(1, 6, 7), pop(2, 8, 9), pop(3, 10, 11)});
    EXPECT_EQ(found.operations, (std::vector<std::size_t>{1, 2, 3}));
    EXPECT_EQ(found.unpassable, 3u);
    EXPECT_TRUE(found.minimal);
}

// Every two of the three go together, but not all three.
TEST(Containers, FindThreeValuesOfAStackThatOnlyTogetherAreInEachOthersWay) {
    const Recorded<Stack> operations = {push(1, 0, 9),  push(2, 0, 9),   push(3, 0, 9),  pop(1, 10, 19),
                                        pop(2, 20, 29), push(4, 12, 13), pop(4, 22, 23), pop(3, 30, 39)};
    const bool expected = linearizable_by_permutation<Stack>(operations);
    EXPECT_EQ(judge_operations(models::TypedOperations<Stack>(operations, {})).passed(), expected);
}

TEST(Containers, JudgeASetElementByElementWhereNothingReadsItWhole) {
    Recorded<Set> operations;
    for (std::int64_t each = 0; each < 60; ++each) // all at once: no search could try these together
        for (const auto kind :
             {Set::Operation::Kind::add, Set::Operation::Kind::remove, Set::Operation::Kind::contains})
            operations.push_back({{kind, each}, Set::Result{{}, kind == Set::Operation::Kind::contains, {}}, {0}, {9}});
    const Verdict verdict = judge_operations(models::TypedOperations<Set>(operations, {}));
    EXPECT_TRUE(verdict.passed());
    EXPECT_EQ(verdict.keys, 60u);
    operations.push_back({{Set::Operation::Kind::read, {}}, {}, {0}, {}}); // nobody knows what it read
    EXPECT_EQ(judge_operations(models::TypedOperations<Set>(operations, {})).keys, 61u);
}

models::Operation<Set> add(std::int64_t element, std::int64_t from, std::int64_t until) {
    return {{Set::Operation::Kind::add, element}, Set::Result{}, {from}, {until}};
}
models::Operation<Set> list(std::vector<Value> elements, std::int64_t from, std::int64_t until) {
    return {{Set::Operation::Kind::read, {}}, Set::Result{{}, false, std::move(elements)}, {from}, {until}};
}

TEST(Containers, ClassifyWhatASetShows) {
    EXPECT_EQ(counterexample<Set>({add(1, 0, 1), list({1, 2}, 2, 3)}).kind, ViolationClass::value_from_nowhere);
    EXPECT_EQ(counterexample<Set>({add(1, 0, 1), list({}, 2, 3)}).kind, ViolationClass::lost_write);
    EXPECT_EQ(counterexample<Set>({add(1, 0, 9), list({1}, 2, 3), list({}, 4, 5)}).kind, ViolationClass::stale_read);
    const auto found =
        counterexample<Set>({add(1, 0, 9), add(2, 0, 9), add(3, 0, 9), list({1}, 2, 8), list({2}, 2, 8)});
    EXPECT_EQ(found.operations, (std::vector<std::size_t>{0, 1, 3, 4}));
}

// Thousands of values in each other's way, and the cause is two.
TEST(Containers, ShowTheCauseAmongTenThousandOperations) {
    Recorded<Stack> operations;
    for (std::int64_t each = 0; each < 5000; ++each) operations.push_back(push(each, 10 * each, 10 * each + 5));
    for (std::int64_t each = 0; each < 5000; ++each)
        operations.push_back(pop(4999 - each, 100000 + 10 * each, 100000 + 10 * each + 5));
    EXPECT_TRUE(judge_operations(models::TypedOperations<Stack>(operations, {})).passed());
    std::swap(operations[7000].result, operations[7001].result);
    const auto found = counterexample<Stack>(operations);
    EXPECT_EQ(found.operations.size(), 3u);
    EXPECT_TRUE(found.confirmed);
}

} // namespace
} // namespace orrery::reports::judges::linearizable::containers
