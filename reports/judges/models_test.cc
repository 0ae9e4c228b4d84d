// Every model, judged in every way there is, against trying all orders: some hundred histories a model and way
// here, and a million in all at night.
#include <gtest/gtest.h>

#include <cstdlib>

#include "orrery/reports/judges/linearizable/linearizable.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/models/bank.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/reentrant_mutex.h"
#include "orrery/reports/models/semaphore.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::judges {
namespace {

using namespace linearizable;
using namespace models;

template <class M>
class EveryModel : public testing::Test {};
using All = testing::Types<Register, CasRegister, Kv, MultiRegister, Mutex, ReentrantMutex, Semaphore, Set, Queue,
                           Stack, PriorityQueue, Counter, ListAppend, RwRegister, Bank, LongFork, Etcd>;
struct Names {
    template <class M>
    static std::string GetName(int) {
        return std::string(M::name);
    }
};
TYPED_TEST_SUITE(EveryModel, All, Names);

int histories_per_model() {
    if (std::getenv("ORRERY_NIGHTLY") != nullptr) return 70'000;
    return std::getenv("ORRERY_QUICK") == nullptr ? 3000 : 500;
}

// What the judge says without one of its ways, and whether what it shows is right.
template <Model M>
void judge_and_compare(const std::vector<models::Operation<M>>& operations, bool legal,
                       const LinearizableOptions& options) {
    const TypedOperations<M> typed(operations, {});
    const Verdict verdict = judge_operations(typed, options);
    ASSERT_EQ(verdict.outcome, legal ? Verdict::Outcome::passed : Verdict::Outcome::violated);
    if (legal) {
        ASSERT_TRUE(is_legal_order<M>(operations, verdict.certificate, M::initial()));
        return;
    }
    std::vector<models::Operation<M>> alone;
    for (const std::size_t each : verdict.counterexample->operations) alone.push_back(operations[each]);
    ASSERT_FALSE(linearizable_by_permutation<M>(alone));
    ASSERT_TRUE(verdict.counterexample->confirmed);
}

TYPED_TEST(EveryModel, IsJudgedAsTryingAllOrdersSays) {
    const int count = histories_per_model();
    int legal = 0;
    for (int i = 0; i < count; ++i) {
        SCOPED_TRACE("history " + std::to_string(i));
        Draws draws(static_cast<std::uint64_t>(i));
        const auto operations = any_history<TypeParam>(draws, 6, i % 2 == 0);
        const bool expected = linearizable_by_permutation<TypeParam>(operations);
        legal += expected ? 1 : 0;
        judge_and_compare<TypeParam>(operations, expected, {.check_observers = true});
        const Reductions without[] = {{.observers = false}, {.symmetry = false}, {.dominance = false},
                                      {.purpose = false},   {.focus = false},    {false, false, false, false, false}};
        judge_and_compare<TypeParam>(operations, expected,
                                     {.reductions = without[i % 6], .shortcuts = false, .split = i % 4 < 2});
        if (this->HasFatalFailure()) return;
    }
    // Neither answer is always right.
    EXPECT_GT(legal, count / 10);
    EXPECT_LT(legal, count * 95 / 100);
}

} // namespace
} // namespace orrery::reports::judges
