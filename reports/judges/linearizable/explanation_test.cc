// What a verdict of a search tells: where it stands and why, and what was not worth searching.
#include "orrery/reports/judges/linearizable/explanation.h"

#include <numeric>

#include <gtest/gtest.h>

#include "orrery/reports/judges/linearizable/judged.h"
#include "orrery/reports/judges/linearizable/search.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/register.h"

namespace orrery::reports::judges::linearizable {
namespace {

using models::CasRegister;
using models::Kv;
using models::Register;
using RegisterOperation = models::Operation<Register>;

// `count` operations that all overlap, writes and reads of three values, and then a read.
std::vector<RegisterOperation> overlapping(int count, std::int64_t last) {
    std::vector<RegisterOperation> operations;
    for (int i = 0; i < count; ++i) {
        const bool write = i % 2 == 0;
        const std::int64_t value = i / 2 % 3;
        operations.push_back({write ? Register::Operation::write(value) : Register::Operation::read(),
                              write ? Register::Result{} : Register::Result{value},
                              {i},
                              {1000 + i},
                              i});
    }
    operations.push_back({Register::Operation::read(), Register::Result{last}, {3000}, {3001}, count});
    return operations;
}

TEST(Explanation, DecidesTwoHundredOperationsThatAllOverlap) {
    EXPECT_TRUE(judged<Register>(overlapping(200, 1)).passed());
    const Verdict verdict = judged<Register>(overlapping(200, 7));
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.counterexample->kind, ViolationClass::value_from_nowhere);
    EXPECT_EQ(verdict.counterexample->unpassable, 200u);
}

TEST(Explanation, IsUndecidedWhenItsBudgetRunsOutAndSaysWhere) {
    const Verdict verdict = judged<Register>(overlapping(200, 7), {.budget = 100});
    ASSERT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    EXPECT_EQ(verdict.nodes, 100u);
    EXPECT_FALSE(verdict.blocked->window.empty());
    EXPECT_EQ(verdict.blocked->width, 200u);
    EXPECT_EQ(verdict.blocked->unknown, 0u);
    EXPECT_EQ(verdict.blocked->cost, "operations under way at once");
    EXPECT_EQ(verdict.blocked->suggestions.front(), "write a different value each time: then nothing is searched");
    EXPECT_EQ(verdict.blocked->suggestions.back(), "a larger budget");
    EXPECT_TRUE(verdict.certificate.empty());
}

// What runs out may be the memory. How far the search gets depends on it, what it finds until then does not, and
// neither on the number of threads.
TEST(Explanation, IsUndecidedWhenItsMemoryIsFullAndSaysSo) {
    std::vector<models::Operation<Kv>> operations;
    for (int key = 0; key < 3; ++key)
        for (int i = 0; i < 40; ++i) {
            const std::string name(1, static_cast<char>('a' + key));
            const bool append = i % 2 == 0;
            operations.push_back(
                {append ? Kv::Operation::append(name, i % 4 == 0 ? "x" : "y") : Kv::Operation::get(name),
                 append ? Kv::Result{} : Kv::Result{"yyxz", false},
                 {i},
                 {1000 + i},
                 100 * key + i});
        }
    const Verdict verdict = judged<Kv>(operations, {.memory = std::size_t{1} << 20});
    ASSERT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    EXPECT_TRUE(verdict.blocked->out_of_memory);
    EXPECT_EQ(verdict.blocked->suggestions.front(), "more memory: the 1 MB that it may take were full");
    const Verdict again = judged<Kv>(operations, {.memory = std::size_t{1} << 20, .threads = 3});
    EXPECT_EQ(again.nodes, verdict.nodes);
    EXPECT_EQ(again.blocked->key, verdict.blocked->key);
    EXPECT_TRUE(again.blocked->out_of_memory);
    const Verdict further = judged<Kv>(operations, {.memory = std::size_t{8} << 20});
    EXPECT_GT(further.nodes, verdict.nodes);
    EXPECT_FALSE(judged<Kv>(operations, {.budget = 100}).blocked->out_of_memory);
}

TEST(Explanation, TellsWhetherUnknownOperationsMakeItHard) {
    std::vector<models::Operation<Register>> operations;
    for (std::int64_t i = 0; i < 30; ++i) operations.push_back({Register::Operation::write(i % 6), {}, {i}, {}, i});
    for (std::int64_t i = 0; i < 20; ++i)
        operations.push_back(
            {Register::Operation::read(), Register::Result{i % 2 == 0 ? i % 6 : 7}, {40 + i}, {80}, 50 + i});
    const Verdict verdict = judged<Register>(operations, {.budget = 3});
    ASSERT_EQ(verdict.outcome, Verdict::Outcome::undecided);
    EXPECT_EQ(verdict.blocked->unknown, 30u);
    EXPECT_EQ(verdict.blocked->cost, "unknown operations");
    EXPECT_TRUE(verdict.blocked->suggestions[1].starts_with("record operations that were surely not done"));
}

TEST(Explanation, PassesAHistoryWithoutOperations) {
    const Verdict verdict = judged<Register>({});
    EXPECT_TRUE(verdict.passed());
    EXPECT_TRUE(verdict.certificate.empty());
}

TEST(Explanation, TellsTheEarliestOfViolationsOnSeveralKeys) {
    const auto get = [](const char* key, const char* value, std::int64_t at) {
        return models::Operation<Kv>{Kv::Operation::get(key), Kv::Result{value, false}, {at}, {at + 1}, at};
    };
    const Verdict verdict = judged<Kv>({get("a", "x", 5), get("c", "x", 1), get("b", "x", 3)});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.keys, 3u);
    EXPECT_EQ(verdict.counterexample->key, Value("c"));
    EXPECT_EQ(verdict.counterexample->operations, std::vector<std::size_t>{1});
}

// Pairs of writes that overlap, each followed by a moment when nothing is under way. That the wrong one of the first
// pair went last shows at the very end.
TEST(Explanation, ForgetsWhatLiesBehindAQuietMomentAndGoesBackThere) {
    using Operation = Register::Operation;
    std::vector<models::Operation<Register>> operations;
    const auto pairs = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            for (const std::int64_t value : {1, 2})
                operations.push_back({Operation::write(value), Register::Result{}, {4 * i}, {4 * i + 1}, value});
    };
    pairs(0, 1000);
    for (std::int64_t i = 1000; i < 3000; ++i)
        operations.push_back({Operation::read(), Register::Result{1}, {4 * i}, {4 * i + 1}, 3});
    pairs(3000, 4000);
    operations.push_back({Operation::read(), Register::Result{1}, {20'000}, {20'001}, 3});
    const models::TypedOperations<Register> typed(operations, {});
    std::vector<std::size_t> all(operations.size());
    std::iota(all.begin(), all.end(), 0);
    const Board board(typed, Part(typed, Value(), all));
    Search keeping(board, {});
    Search forgetting(board, {.memo_kept = 4096});
    EXPECT_EQ(keeping.run(budget_default), Search::Outcome::found);
    EXPECT_EQ(forgetting.run(budget_default), Search::Outcome::found);
    EXPECT_EQ(keeping.order(), forgetting.order());
    EXPECT_LT(forgetting.memo_bytes(), 16'000u);
    EXPECT_GT(keeping.memo_bytes(), 80'000u);
    EXPECT_LT(forgetting.nodes(), 2 * keeping.nodes());
}

// Of another key only what can show earlier is searched.
TEST(Explanation, SearchesNothingThatCouldOnlyShowLater) {
    std::vector<models::Operation<Kv>> operations;
    for (std::int64_t i = 0; i < 40; ++i)
        operations.push_back({Kv::Operation::cas("hard", std::to_string(i % 6), std::to_string(i % 5)),
                              Kv::Result{{}, false},
                              {10},
                              {20},
                              i});
    for (const std::int64_t process : {40, 41})
        operations.push_back({Kv::Operation::put("hard", "1"), Kv::Result{}, {5}, {20}, process});
    operations.push_back({Kv::Operation::get("hard"), Kv::Result{"6", false}, {21}, {22}, 42});
    const Verdict alone = judged<Kv>(operations);
    ASSERT_TRUE(alone.violated());
    EXPECT_GT(alone.nodes, 2u);
    for (const bool later : {false, true}) {
        operations.push_back(
            {Kv::Operation::get("easy"), Kv::Result{"x", false}, {later ? 23 : 7}, {later ? 24 : 8}, 43});
        const Verdict verdict = judged<Kv>(operations);
        ASSERT_TRUE(verdict.violated());
        EXPECT_EQ(verdict.counterexample->key, Value(later ? "hard" : "easy"));
        EXPECT_EQ(verdict.nodes, later ? alone.nodes : 0);
        operations.pop_back();
    }
}

TEST(Explanation, LeavesOutUnknownSwapsThatWouldChangeNothing) {
    const Verdict verdict =
        judged<CasRegister>({{CasRegister::Operation::write(0), CasRegister::Result{}, {2}, {3}, 1},
                             {CasRegister::Operation::cas(2, 2), {}, {4}, {}, 2},
                             {CasRegister::Operation::cas(0, 2), CasRegister::Result{{}, false}, {6}, {7}, 3}});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.counterexample->operations, (std::vector<std::size_t>{0, 2}));
}

TEST(Explanation, TellsWhyEachCandidateIsRefused) {
    const Verdict verdict = judged<Register>({{Register::Operation::write(1), Register::Result{}, {0}, {1}, 1},
                                              {Register::Operation::write(2), Register::Result{}, {2}, {3}, 2},
                                              {Register::Operation::read(), Register::Result{1}, {4}, {6}, 3},
                                              {Register::Operation::read(), Register::Result{3}, {5}, {7}, 4}},
                                             {.shortcuts = false, .shrink = false});
    ASSERT_TRUE(verdict.violated());
    const Counterexample& found = *verdict.counterexample;
    EXPECT_EQ(found.order, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(found.unpassable, 2u);
    EXPECT_EQ(found.kind, ViolationClass::lost_write);
    EXPECT_TRUE(found.confirmed);
    ASSERT_EQ(found.dead_ends.size(), 1u);
    EXPECT_EQ(found.dead_ends[0].state, "2");
    ASSERT_EQ(found.dead_ends[0].refusals.size(), 2u);
    EXPECT_EQ(found.dead_ends[0].refusals[0].operation, 2u);
    EXPECT_EQ(found.dead_ends[0].refusals[0].reason, "would return 2, not 1");
    EXPECT_EQ(found.dead_ends[0].refusals[1].reason, "would return 2, not 3");
    EXPECT_EQ(found.story, "process 3: read -> 1 cannot be explained: after the longest possible order of what came "
                           "before the state is 2, where it would return 2, not 1");
}

TEST(Explanation, PrefersPassedReturnsToManyOperationsDone) {
    const auto swap = [](CasRegister::Number from, std::int64_t to, std::int64_t end) {
        return models::Operation<CasRegister>{
            CasRegister::Operation::cas(from, to), CasRegister::Result{{}, true}, {0}, {end}, end};
    };
    // Either the first swap, which returns first, or the three others; and nothing explains the read.
    const Verdict verdict =
        judged<CasRegister>({swap({}, 1, 10),
                             {CasRegister::Operation::read(), CasRegister::Result{9, false}, {0}, {20}, 20},
                             swap({}, 2, 100),
                             swap(2, 3, 101),
                             swap(3, 4, 102)},
                            {.shortcuts = false, .shrink = false});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.counterexample->unpassable, 1u);
    EXPECT_EQ(verdict.counterexample->order, std::vector<std::size_t>{0});
}

} // namespace
} // namespace orrery::reports::judges::linearizable
