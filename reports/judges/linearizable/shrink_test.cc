// What may be left out of a history: of a possible one, nothing that would make it impossible.
#include "orrery/reports/judges/linearizable/shrink.h"

#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"

namespace orrery::reports::judges::linearizable {
namespace {

// Of possible histories, what is left at every try is judged by all orders; which tries are taken for impossible,
// so that more is left out of them, is drawn. How many tries there were.
template <models::Model M>
int tries(std::uint64_t seed, bool unique, int histories = 20) {
    Draws draws(seed);
    int count = 0;
    for (int i = 0; i < histories; ++i) {
        auto operations = any_history<M>(draws, 7, unique);
        if constexpr (requires { operations[0].operation.key; })
            for (auto& each : operations) each.operation.key = "k";
        if (!linearizable_by_permutation<M>(operations)) continue;
        const models::TypedOperations<M> typed(operations, {});
        std::vector<std::size_t> all(operations.size());
        std::iota(all.begin(), all.end(), 0);
        const Trial trial = [&](const std::vector<std::uint32_t>& places) {
            std::vector<models::Operation<M>> rest;
            for (const std::uint32_t each : places) rest.push_back(operations[each]);
            RC_ASSERT(linearizable_by_permutation<M>(rest));
            ++count;
            return draws.below(3) == 0 ? Tried::impossible : Tried::possible;
        };
        const auto kept = static_cast<std::uint32_t>(draws.below(static_cast<std::int64_t>(all.size())));
        (void)leave_out(typed, Part(typed, {}, all), {all.begin(), all.end()}, kept, trial);
    }
    return count;
}

RC_GTEST_PROP(Shrink, LeavesPossibleWhatWasPossible, (std::uint64_t seed, bool unique)) {
    (void)tries<models::Register>(seed, unique);
    (void)tries<models::CasRegister>(seed, unique);
    (void)tries<models::Kv>(seed, unique);
    (void)tries<models::Queue>(seed, unique);
    (void)tries<models::Stack>(seed, unique);
    (void)tries<models::Set>(seed, unique);
}

TEST(Shrink, IsTestedByManyTriesOfEachModel) {
    EXPECT_GT(tries<models::Register>(1, true, 200), 200);
    EXPECT_GT(tries<models::CasRegister>(1, true, 200), 200);
    EXPECT_GT(tries<models::Kv>(1, true, 200), 200);
    EXPECT_GT(tries<models::Kv>(1, false, 200), 100);
    EXPECT_GT(tries<models::Queue>(1, true, 200), 200);
    EXPECT_GT(tries<models::Stack>(1, true, 200), 200);
    EXPECT_GT(tries<models::Set>(1, true, 200), 200);
}

} // namespace
} // namespace orrery::reports::judges::linearizable
