// Chains against the search and against every permutation, and each of their rules broken.
#include "orrery/reports/judges/linearizable/chains.h"

#include <gtest/gtest.h>

#include "orrery/reports/judges/linearizable/certificate.h"
#include "orrery/reports/judges/linearizable/judged.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"

namespace orrery::reports::judges::linearizable {
namespace {

using models::CasRegister;
using models::Kv;
using models::Register;

struct Score {
    int found = 0;
    int impossible = 0;
    int unclear = 0;
    int wrong = 0; // an order that the certificate refuses, or impossible what is possible, or the core of it
};

// Histories on one key, decided by chains alone.
template <models::Model M>
Score score(ChainRules rules, int histories, bool unique = true) {
    Draws draws(7);
    Score score;
    for (int i = 0; i < histories; ++i) {
        auto recorded = any_history<M>(draws, 6, unique);
        if constexpr (std::is_same_v<M, Kv>)
            for (auto& each : recorded) each.operation.key = "k";
        const bool legal = linearizable_by_permutation<M>(recorded);
        const models::TypedOperations<M> operations(recorded, {});
        std::vector<std::size_t> part;
        std::vector<models::Interval> intervals;
        for (std::size_t each = 0; each < operations.size(); ++each) {
            part.push_back(each);
            intervals.push_back(operations.interval(each));
        }
        const auto effects = operations.register_effects(part);
        if (!effects) {
            ++score.unclear;
            continue;
        }
        Chains chains(intervals, *effects, rules);
        const auto outcome = chains.decide();
        if (outcome == Chains::Outcome::unclear) ++score.unclear;
        if (outcome == Chains::Outcome::impossible) {
            ++score.impossible;
            std::vector<models::Operation<M>> core;
            for (const std::uint32_t each : chains.core()) core.push_back(recorded[each]);
            score.wrong += legal || linearizable_by_permutation<M>(core) ? 1 : 0;
        }
        if (outcome != Chains::Outcome::found) continue;
        ++score.found;
        const std::vector<std::size_t> order(chains.order().begin(), chains.order().end());
        score.wrong += !legal || objection(operations, order) ? 1 : 0;
    }
    return score;
}

TEST(Chains, AreNeverWrongAndDecideMostHistoriesOfDifferentValues) {
    const Score plain = score<Register>({}, 2000);
    EXPECT_EQ(plain.wrong, 0);
    EXPECT_EQ(plain.unclear, 0);
    EXPECT_GT(plain.found, 500);
    EXPECT_GT(plain.impossible, 300);
    const Score swaps = score<CasRegister>({}, 4000);
    EXPECT_EQ(swaps.wrong, 0);
    EXPECT_LT(swaps.unclear, 400);
    EXPECT_GT(swaps.found, 500);
    EXPECT_GT(swaps.impossible, 500);
    const Score texts = score<Kv>({}, 4000);
    EXPECT_EQ(texts.wrong, 0);
    EXPECT_GT(texts.found, 300);
    EXPECT_GT(texts.impossible, 50);
    const Score repeated = score<Kv>({}, 4000, false);
    EXPECT_EQ(repeated.wrong, 0);
    EXPECT_GT(repeated.found, 100);
    EXPECT_GT(repeated.unclear, 100);
}

TEST(Chains, AreCaughtWithoutEachOfTheirRules) {
    const std::vector<ChainRules> broken = {{.forward_overlap = false}, {.backward_inside = false},
                                            {.order_in_chain = false},  {.seen_too_early = false},
                                            {.refused_fit = false},     {.touching = false}};
    for (const ChainRules& rules : broken) EXPECT_GT(score<CasRegister>(rules, 4000).wrong, 0);
    EXPECT_GT(score<Kv>({.guesses = true}, 4000, false).wrong, 0);
}

TEST(Chains, TellTheFewOperationsThatContradictEachOther) {
    using Operation = Register::Operation;
    std::vector<models::Operation<Register>> operations;
    for (std::int64_t i = 0; i < 1000; ++i)
        operations.push_back({Operation::write(i), Register::Result{}, {10 * i}, {10 * i + 5}, 1});
    operations.push_back({Operation::read(), Register::Result{500}, {20'000}, {20'001}, 2});
    const Verdict verdict = judged<Register>(operations);
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.basis, "chains");
    EXPECT_EQ(verdict.nodes, 0u);
    EXPECT_EQ(verdict.counterexample->operations.size(), 3u); // two writes and the read of the first
    EXPECT_EQ(verdict.counterexample->unpassable, 1000u);
    EXPECT_EQ(verdict.counterexample->edges.size(), 2u);
}

Kv::Result told(const char* text) { return {text, false}; }

TEST(Chains, ReadOffTheOrderOfAppends) {
    using Operation = Kv::Operation;
    std::vector<models::Operation<Kv>> operations = {{Operation::append("k", "a"), Kv::Result{}, {0}, {10}, 1},
                                                     {Operation::append("k", "b"), Kv::Result{}, {0}, {10}, 2},
                                                     {Operation::append("k", "c"), Kv::Result{}, {0}, {10}, 3},
                                                     {Operation::get("k"), told("ba"), {5}, {12}, 4},
                                                     {Operation::append("k", "d"), {}, {20}, {}, 5},
                                                     {Operation::get("k"), told("bacd"), {30}, {31}, 4}};
    const Verdict legal = judged<Kv>(operations);
    EXPECT_TRUE(legal.passed());
    EXPECT_EQ(legal.basis, "chains");
    EXPECT_EQ(legal.certificate, (std::vector<std::size_t>{1, 0, 3, 2, 4, 5}));
    operations.back().result = told("acbd");
    const Verdict illegal = judged<Kv>(operations);
    EXPECT_TRUE(illegal.violated());
    EXPECT_TRUE(illegal.counterexample->confirmed);
}

// That "b" came after "g" is only known from who read both.
TEST(Chains, NameWhoSawWhereAnAppendStands) {
    using Operation = Kv::Operation;
    const Verdict verdict = judged<Kv>({{Operation::put("k", "a"), Kv::Result{}, {6}, {7}, 0},
                                        {Operation::append("k", "b"), Kv::Result{}, {13}, {19}, 1},
                                        {Operation::put("k", "c"), Kv::Result{}, {3}, {5}, 2},
                                        {Operation::get("k"), told("agb"), {12}, {17}, 3},
                                        {Operation::get("k"), told("a"), {9}, {13}, 4},
                                        {Operation::append("k", "g"), Kv::Result{}, {4}, {8}, 6}});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.counterexample->unpassable, 3u);
    EXPECT_TRUE(verdict.counterexample->confirmed);
}

// A client that begins anew numbers its appends anew.
TEST(Chains, TellEqualAppendsApartByTime) {
    using Operation = Kv::Operation;
    std::vector<models::Operation<Kv>> operations = {{Operation::append("k", "a"), Kv::Result{}, {0}, {1}, 1},
                                                     {Operation::append("k", "b"), Kv::Result{}, {2}, {3}, 2},
                                                     {Operation::get("k"), told("ab"), {4}, {5}, 3},
                                                     {Operation::append("k", "a"), Kv::Result{}, {6}, {7}, 1},
                                                     {Operation::get("k"), told("aba"), {8}, {9}, 3},
                                                     {Operation::put("k", "a"), Kv::Result{}, {10}, {11}, 2},
                                                     {Operation::append("k", "b"), Kv::Result{}, {12}, {13}, 2},
                                                     {Operation::get("k"), told("ab"), {14}, {15}, 3}};
    const Verdict legal = judged<Kv>(operations);
    EXPECT_TRUE(legal.passed());
    EXPECT_EQ(legal.basis, "chains");
    operations.back().result = told("aba");
    const Verdict illegal = judged<Kv>(operations);
    EXPECT_TRUE(illegal.violated());
    EXPECT_EQ(illegal.basis, "search");
}

// The first "a" was appended, the second was written; the guess takes the write for both.
TEST(Chains, LeaveToTheSearchWhetherAWriteOrAnAppendCameFirst) {
    using Operation = Kv::Operation;
    const Verdict verdict = judged<Kv>({{Operation::append("k", "a"), Kv::Result{}, {0}, {1}, 1},
                                        {Operation::get("k"), told("a"), {2}, {3}, 2},
                                        {Operation::put("k", "a"), Kv::Result{}, {3}, {20}, 3},
                                        {Operation::append("k", "b"), Kv::Result{}, {4}, {5}, 1},
                                        {Operation::get("k"), told("ab"), {6}, {7}, 2},
                                        {Operation::put("k", "w"), Kv::Result{}, {8}, {9}, 1},
                                        {Operation::get("k"), told("w"), {10}, {11}, 2},
                                        {Operation::get("k"), told("a"), {12}, {13}, 2}});
    EXPECT_TRUE(verdict.passed());
    EXPECT_EQ(verdict.basis, "search");
}

} // namespace
} // namespace orrery::reports::judges::linearizable
