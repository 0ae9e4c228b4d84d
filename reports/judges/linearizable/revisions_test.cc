#include "orrery/reports/judges/linearizable/revisions.h"

#include <gtest/gtest.h>

#include <set>

#include "orrery/reports/judges/linearizable/linearizable.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_etcd_run.h"

namespace orrery::reports::judges::linearizable {
namespace {

using Operations = models::TypedOperations<models::Etcd>;

// What contradicts itself is possible in no order at all, and each kind of contradiction is found now and then.
TEST(Revisions, ThatContradictEachOtherAreImpossible) {
    std::set<std::string> kinds;
    std::size_t impossible = 0;
    std::size_t found = 0;
    for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
        Draws draws(seed);
        EtcdRun run = any_etcd_run(draws, 6, 3);
        lie(run, draws);
        const bool possible = linearizable_by_permutation<models::Etcd>(run.operations);
        const auto objection = contradiction(Operations(run.operations, {}));
        impossible += possible ? 0 : 1;
        if (!objection) continue;
        ++found;
        kinds.insert(objection->kind);
        ASSERT_FALSE(possible) << "seed " << seed << ": " << objection->story;
        for (const std::size_t each : objection->operations) ASSERT_LT(each, run.operations.size());
    }
    EXPECT_GT(found * 2, impossible); // of short runs; in long ones more was answered
    EXPECT_EQ(kinds, (std::set<std::string>{"future read", "lost write", "revision made twice", "revision went back",
                                            "stale read", "value from nowhere", "wrong revision"}));
}

TEST(Revisions, OfRunsThatHappenedNeverContradictEachOther) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Draws draws(seed);
        const EtcdRun run = any_etcd_run(draws, 200, 5);
        const auto objection = contradiction(Operations(run.operations, {}));
        ASSERT_FALSE(objection) << "seed " << seed << ": " << objection->story;
    }
}

// One lie in a history that is too long to be searched; the hints of none of its operations are right any more.
TEST(Revisions, DecideWhatIsTooLongForTheSearch) {
    Draws draws(1);
    EtcdRun run = any_etcd_run(draws, 2000, 5, true);
    std::size_t lies = 0;
    for (auto& each : run.operations) {
        if (each.operation.kind != models::Etcd::Operation::Kind::range || !each.result) continue;
        Value::List answer = each.result->response.list();
        if (answer[1].list().empty() || lies++ < 50) continue;
        Value::List keys = answer[1].list();
        Value::List key = keys[0].list();
        key[1] = "1"; // long overwritten
        keys[0] = std::move(key);
        answer[1] = std::move(keys);
        each.result->response = std::move(answer);
        break;
    }
    const Verdict verdict = judge_operations(Operations(run.operations, {}), {.budget = 1000});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.basis, "revisions");
    EXPECT_EQ(verdict.nodes, 0u);
    EXPECT_NE(verdict.anomalies.at(0).story.find("as \"1\" of revision"), std::string::npos);
}

} // namespace
} // namespace orrery::reports::judges::linearizable
