#include "orrery/reports/judges/linearizable/linearizable.h"

#include <functional>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/linearizable/certificate.h"
#include "orrery/reports/judges/linearizable/judged.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/judges/linearizable/search.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/semaphore.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"

namespace orrery::reports::judges::linearizable {
namespace {

using models::CasRegister;
using models::Kv;
using models::Register;
using RegisterOperation = models::Operation<Register>;

// All on, each off alone, all off.
const std::vector<Reductions> reduction_choices = {{},
                                                   {.observers = false},
                                                   {.symmetry = false},
                                                   {.dominance = false},
                                                   {.purpose = false},
                                                   {.focus = false},
                                                   {.memo_kept = 0},
                                                   {false, false, false, false, false}};

// Every way in which `count` intervals can lie, by the order of their ends: no two stamps are equal.
void each_layout(std::size_t count, std::vector<std::pair<int, int>>& intervals, std::vector<bool>& taken,
                 const std::function<void()>& visit) {
    if (intervals.size() == count) return visit();
    const auto first = static_cast<std::size_t>(std::find(taken.begin(), taken.end(), false) - taken.begin());
    taken[first] = true;
    for (std::size_t second = first + 1; second < taken.size(); ++second) {
        if (taken[second]) continue;
        taken[second] = true;
        intervals.emplace_back(static_cast<int>(first), static_cast<int>(second));
        each_layout(count, intervals, taken, visit);
        intervals.pop_back();
        taken[second] = false;
    }
    taken[first] = false;
}

// What an operation on a register with two values can be.
const std::vector<RegisterOperation>& alphabet() {
    const auto read = [](std::optional<std::int64_t> value) {
        return RegisterOperation{Register::Operation::read(), Register::Result{value}};
    };
    static const std::vector<RegisterOperation> all = {
        read({}),
        read(0),
        read(1),
        {Register::Operation::write(0), Register::Result{}},
        {Register::Operation::write(1), Register::Result{}},
        {Register::Operation::write(0), {}},
        {Register::Operation::write(1), {}},
    };
    return all;
}

// A register treats all values alike, so of two histories that differ in their names one is enough.
bool starts_with_the_first_value(std::size_t choice, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, choice /= alphabet().size()) {
        const auto& each = alphabet()[choice % alphabet().size()];
        const auto value = each.operation.is_write() ? each.operation.value : each.result->value;
        if (value) return value == 0;
    }
    return true;
}

// Counts all histories of `count` operations, and those where the judge and the oracle differ.
void compare_all(std::size_t count, const LinearizableOptions& options, std::size_t& histories,
                 std::size_t& differences) {
    std::vector<std::pair<int, int>> intervals;
    std::vector<bool> taken(2 * count);
    std::vector<RegisterOperation> operations(count);
    std::size_t choices = 1;
    for (std::size_t i = 0; i < count; ++i) choices *= alphabet().size();
    each_layout(count, intervals, taken, [&] {
        for (std::size_t choice = 0; choice < choices; ++choice) {
            if (!starts_with_the_first_value(choice, count)) continue;
            std::size_t rest = choice;
            for (std::size_t i = 0; i < count; ++i, rest /= alphabet().size()) {
                operations[i] = alphabet()[rest % alphabet().size()];
                operations[i].invoked.nanoseconds = intervals[i].first;
                operations[i].returned.nanoseconds = intervals[i].second;
            }
            ++histories;
            const bool expected = linearizable_by_permutation<Register>(operations);
            if (judged<Register>(operations, options).passed() != expected) ++differences;
        }
    });
}

TEST(Linearizable, AgreesWithEveryPermutationOnAllRegisterHistoriesOfUpToFourOperations) {
    std::size_t histories = 0;
    std::size_t differences = 0;
    for (std::size_t count = 1; count <= 4; ++count) compare_all(count, {}, histories, differences);
    EXPECT_EQ(histories, (8u + 3 * 50 + 15 * 344 + 105 * 2402) / 2);
    EXPECT_EQ(differences, 0u);
}

TEST(Linearizable, AgreesOnAllRegisterHistoriesOfUpToThreeOperationsWithoutEachReduction) {
    for (const Reductions& reductions : reduction_choices) {
        std::size_t histories = 0;
        std::size_t differences = 0;
        for (std::size_t count = 1; count <= 3; ++count)
            compare_all(count, {.reductions = reductions, .shortcuts = false}, histories, differences);
        EXPECT_EQ(differences, 0u);
    }
}

constexpr int histories_per_seed = 50;

template <models::Model M>
void agrees_with_oracle(int operations_max) {
    Draws draws = any_draws();
    for (int i = 0; i < histories_per_seed; ++i) {
        const auto operations = any_history<M>(draws, operations_max);
        const bool expected = linearizable_by_permutation<M>(operations);
        for (const Reductions& reductions : reduction_choices) {
            const Verdict verdict =
                judged<M>(operations, {.reductions = reductions, .shortcuts = false, .check_observers = true});
            RC_ASSERT(verdict.outcome == (expected ? Verdict::Outcome::passed : Verdict::Outcome::violated));
            RC_ASSERT(expected || verdict.counterexample->confirmed);
        }
    }
}
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnAllKeysTogether, ()) {
    Draws draws = any_draws();
    for (int i = 0; i < histories_per_seed; ++i) {
        const auto operations = any_history<Kv>(draws, 7);
        const bool expected = linearizable_by_permutation<Kv>(operations);
        for (const Reductions& reductions : reduction_choices) {
            const Verdict verdict =
                judged<Kv>(operations, {.reductions = reductions, .shortcuts = false, .split = false});
            RC_ASSERT(verdict.outcome == (expected ? Verdict::Outcome::passed : Verdict::Outcome::violated));
            RC_ASSERT(expected || verdict.counterexample->confirmed);
        }
    }
}
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnRegisters, ()) { agrees_with_oracle<Register>(7); }
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnCasRegisters, ()) { agrees_with_oracle<CasRegister>(7); }
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnKv, ()) { agrees_with_oracle<Kv>(7); }

RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnMutexes, ()) { agrees_with_oracle<models::Mutex>(6); }
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnSemaphores, ()) { agrees_with_oracle<models::Semaphore>(6); }
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnSets, ()) { agrees_with_oracle<models::Set>(6); }
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnQueues, ()) { agrees_with_oracle<models::Queue>(6); }
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnStacks, ()) { agrees_with_oracle<models::Stack>(6); }
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnCounters, ()) { agrees_with_oracle<models::Counter>(6); }

template <models::Model M>
bool is_wrong(const std::vector<models::Operation<M>>& operations, Reductions::Broken broken) {
    const models::TypedOperations<M> typed(operations, {});
    std::vector<std::size_t> all(operations.size());
    std::iota(all.begin(), all.end(), 0);
    const Board board(typed, Part(typed, Value(), all));
    Search search(board, {.broken = broken});
    return (search.run(budget_default) == Search::Outcome::found) != linearizable_by_permutation<M>(operations);
}

// Whether a search with this reduction broken is wrong about one of so many histories.
template <models::Model M>
bool is_ever_wrong(Reductions::Broken broken, bool known_only, int histories) {
    Draws draws(1);
    for (int i = 0; i < histories; ++i) {
        auto operations = any_history<M>(draws, 7);
        if (known_only) std::erase_if(operations, [](const auto& each) { return !each.result; });
        if (!operations.empty() && is_wrong<M>(operations, broken)) return true;
    }
    return false;
}

TEST(Linearizable, IsFoundToBeWrongWithAnyReductionBroken) {
    using Broken = Reductions::Broken;
    EXPECT_FALSE(is_ever_wrong<CasRegister>(Broken::none, false, 2000));
    EXPECT_FALSE(is_ever_wrong<Kv>(Broken::none, false, 2000));
    EXPECT_TRUE(is_ever_wrong<CasRegister>(Broken::observers, true, 2000));
    EXPECT_TRUE(is_ever_wrong<Register>(Broken::symmetry, true, 20000));
    EXPECT_TRUE(is_ever_wrong<CasRegister>(Broken::purpose, false, 20000));
    EXPECT_TRUE(is_ever_wrong<Kv>(Broken::focus, false, 2000));
    // Either unknown operation explains the first read, but only the swap leaves an explanation to the second.
    const auto read = [](std::int64_t at) {
        return models::Operation<CasRegister>{
            CasRegister::Operation::read(), CasRegister::Result{1, false}, {at}, {at + 1}};
    };
    const std::vector<models::Operation<CasRegister>> operations = {
        {CasRegister::Operation::write(1), {}, {0}},
        {CasRegister::Operation::cas({}, 1), {}, {1}},
        read(2),
        {CasRegister::Operation::write(2), CasRegister::Result{}, {4}, {5}},
        read(6)};
    EXPECT_FALSE(is_wrong(operations, Broken::none));
    EXPECT_TRUE(is_wrong(operations, Broken::dominance));
}

TEST(Linearizable, IsTestedOnHistoriesOfBothKinds) {
    Draws draws(1);
    int legal = 0;
    for (int i = 0; i < 1000; ++i)
        legal += linearizable_by_permutation<CasRegister>(any_history<CasRegister>(draws, 7)) ? 1 : 0;
    EXPECT_GT(legal, 300);
    EXPECT_LT(legal, 800);
}

RC_GTEST_PROP(Linearizable, SaysTheSameWithSixtyMoreOperationsUnderWay, ()) {
    Draws draws = any_draws();
    for (int i = 0; i < histories_per_seed; ++i) {
        auto operations = any_history<CasRegister>(draws, 7);
        const bool expected = linearizable_by_permutation<CasRegister>(operations);
        // Compare with what is never there: always legal. What began before has its bit in the first word of
        // the mask, what begins later in the second.
        const std::int64_t more = 56 + draws.below(10);
        for (std::int64_t each = 0; each < more; ++each)
            operations.push_back({CasRegister::Operation::cas(77, 78), CasRegister::Result{}, {4}, {100}, 100 + each});
        for (const Reductions& reductions : {Reductions{}, Reductions{.observers = false}}) {
            const Verdict verdict = judged<CasRegister>(operations, {.reductions = reductions, .shortcuts = false});
            RC_ASSERT(verdict.outcome == (expected ? Verdict::Outcome::passed : Verdict::Outcome::violated));
        }
    }
}

RC_GTEST_PROP(Linearizable, SaysTheSameOrNothingWithinAnyBudget, ()) {
    Draws draws = any_draws();
    for (int i = 0; i < histories_per_seed; ++i) {
        const auto operations = any_history<CasRegister>(draws, 7);
        const Verdict whole = judged<CasRegister>(operations, {.shortcuts = false});
        const auto budget = static_cast<std::uint64_t>(draws.below(12));
        const Verdict part = judged<CasRegister>(operations, {.budget = budget, .shortcuts = false});
        RC_ASSERT(part.outcome == whole.outcome || part.outcome == Verdict::Outcome::undecided);
        RC_ASSERT((part.outcome == Verdict::Outcome::undecided) == part.blocked.has_value());
        RC_ASSERT(part.nodes <= budget + 1);
    }
}

// Many keys, all hard: register histories put side by side.
std::vector<models::Operation<Kv>> side_by_side(Draws& draws, int keys) {
    std::vector<models::Operation<Kv>> all;
    for (int key = 0; key < keys; ++key)
        for (auto& each : any_history<Kv>(draws, 12)) {
            each.operation.key = std::to_string(key);
            all.push_back(std::move(each));
        }
    return all;
}

TEST(Linearizable, SaysTheSameWithAnyNumberOfThreadsAndWithinAnyBudget) {
    Draws draws(1);
    int undecided = 0;
    for (int i = 0; i < 200; ++i) {
        const auto operations = side_by_side(draws, 8);
        const auto budget = i % 4 == 0 ? budget_default : static_cast<std::uint64_t>(draws.below(80));
        const Verdict one = judged<Kv>(operations, {.budget = budget});
        undecided += one.outcome == Verdict::Outcome::undecided ? 1 : 0;
        for (const std::size_t threads : {2u, 3u, 16u}) {
            const Verdict other = judged<Kv>(operations, {.budget = budget, .threads = threads});
            ASSERT_EQ(one.outcome, other.outcome);
            ASSERT_EQ(one.nodes, other.nodes);
            ASSERT_EQ(one.basis, other.basis);
            ASSERT_EQ(one.certificate, other.certificate);
            ASSERT_EQ(evidence(one), evidence(other));
            ASSERT_EQ(one.blocked.has_value(), other.blocked.has_value());
            if (one.blocked) {
                ASSERT_EQ(one.blocked->window, other.blocked->window);
            }
        }
    }
    EXPECT_GT(undecided, 10);
    EXPECT_LT(undecided, 140);
}

// Values that are all different, so that chains decide most of them.
template <models::Model M>
void agrees_without_search() {
    Draws draws = any_draws();
    for (int i = 0; i < histories_per_seed; ++i) {
        const auto operations = any_history<M>(draws, 7, true);
        const bool expected = linearizable_by_permutation<M>(operations);
        for (const bool chains : {true, false}) {
            const Verdict verdict = judged<M>(operations, {.shortcuts = chains});
            RC_ASSERT(verdict.outcome == (expected ? Verdict::Outcome::passed : Verdict::Outcome::violated));
            RC_ASSERT(expected || verdict.counterexample->confirmed);
        }
    }
}
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnRegistersOfDifferentValues, ()) {
    agrees_without_search<Register>();
}
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnCasRegistersOfDifferentValues, ()) {
    agrees_without_search<CasRegister>();
}
RC_GTEST_PROP(Linearizable, AgreesWithEveryPermutationOnKvOfDifferentValues, ()) { agrees_without_search<Kv>(); }

// The history as it was known at an instant: what had not returned by then is under way.
template <models::Model M>
std::vector<models::Operation<M>> known_at(const std::vector<models::Operation<M>>& operations,
                                           sim::WorldTime instant) {
    std::vector<models::Operation<M>> known;
    for (const auto& each : operations) {
        if (each.invoked > instant) continue;
        known.push_back(each);
        if (each.returned > instant) known.back().result.reset();
    }
    return known;
}

// What one was told only later may say already now what it cannot have done, so that a violation shows sooner than
// when nobody knows: of swaps, and of what takes.
template <models::Model M>
void tells_the_earliest(bool unique, bool exactly = true) {
    Draws draws = any_draws();
    for (int i = 0; i < histories_per_seed; ++i) {
        auto operations = any_history<M>(draws, 7, unique);
        std::erase_if(operations, [&](const auto& each) {
            return exactly && models::verb_of<M>(each.operation).effect == models::Verb::Effect::swaps;
        });
        const Verdict verdict = judged<M>(operations);
        if (!verdict.violated()) continue;
        const sim::WorldTime end = operations[verdict.counterexample->unpassable].returned;
        RC_ASSERT(linearizable_by_permutation<M>(known_at<M>(operations, end - sim::Duration{1})));
        RC_ASSERT(!exactly || !linearizable_by_permutation<M>(known_at<M>(operations, end)));
        std::vector<models::Operation<M>> alone;
        for (const std::size_t each : verdict.counterexample->operations) alone.push_back(operations[each]);
        RC_ASSERT(!linearizable_by_permutation<M>(alone));
    }
}
RC_GTEST_PROP(Linearizable, TellsTheEarliestReturnThatNoOrderPasses, ()) { tells_the_earliest<Register>(false); }
RC_GTEST_PROP(Linearizable, TellsTheEarliestReturnOnSeveralKeys, (bool unique)) { tells_the_earliest<Kv>(unique); }
RC_GTEST_PROP(Linearizable, TellsTheEarliestReturnOfContainers, (bool unique)) {
    tells_the_earliest<models::Queue>(unique, false);
    tells_the_earliest<models::Stack>(unique, false);
    tells_the_earliest<models::Set>(unique, false);
}
RC_GTEST_PROP(Linearizable, TellsTheEarliestReturnOfSwaps, (bool unique)) {
    tells_the_earliest<CasRegister>(unique, false);
    tells_the_earliest<Kv>(unique, false);
}

// Models that lie about themselves: what the agreement with the oracle is there to catch.
struct WrongObserver : CasRegister {
    static bool observer(const Operation& operation, const Result& result) {
        return CasRegister::observer(operation, result) || operation.kind == Operation::Kind::cas;
    }
};
// Wrong only in states that no order of a legal history shows.
struct RarelyWrongObserver : Register {
    static bool observer(const Operation& operation, const Result&) { return operation.value != 1; }
};
struct WrongKey : Register {
    static Value key(const Operation& operation) { return operation.is_write() ? "writes" : "reads"; }
};

TEST(LinearizableDeathTest, RefusesAModelWhoseObserverChangesTheState) {
    EXPECT_DEATH(
        judged<WrongObserver>({{CasRegister::Operation::cas({}, 1), CasRegister::Result{{}, true}, {0}, {1}, 1}},
                              {.shortcuts = false}),
        "next == state");
}

TEST(Linearizable, ChecksObserversInEveryStateThatItMet) {
    models::TypedMachine<RarelyWrongObserver> machine(Register::initial());
    const auto one = machine.add({Register::Operation::write(1), Register::Result{}});
    const auto two = machine.add({Register::Operation::write(2), Register::Result{}});
    EXPECT_EQ(machine.step(machine.step(models::Machine::initial_state, one), two), 2u);
    EXPECT_EQ(models::wrong_observer(machine), two);
}

TEST(Linearizable, DiffersFromTheOracleWhenTheModelSplitsWhatBelongsTogether) {
    const std::vector<models::Operation<WrongKey>> operations = {
        {Register::Operation::write(1), Register::Result{}, {0}, {1}, 1},
        {Register::Operation::read(), Register::Result{1}, {2}, {3}, 2}};
    EXPECT_TRUE(linearizable_by_permutation<WrongKey>(operations));
    EXPECT_TRUE(judged<WrongKey>(operations).violated());
}

} // namespace
} // namespace orrery::reports::judges::linearizable
