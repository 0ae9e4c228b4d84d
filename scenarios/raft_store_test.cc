// The scenarios over the replicated store keep what they promise, and do enough to say so. That each promise can be
// broken is what `orrery zoo` shows.
#include "orrery/scenarios/raft_store.h"

#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/testing.h"

namespace orrery::scenarios {
namespace {

class OverStore : public testing::TestWithParam<const Scenario*> {};

TEST_P(OverStore, KeepsItsPromises) {
    // Of few kinds of faults many seeds have none: floors are met by more of them only.
    const std::uint64_t last = GetParam()->faults.budgets.size() > 3 ? 5 : 40;
    EXPECT_THAT(sweep(*GetParam(), seeds(1, last)), RunsClean());
}

INSTANTIATE_TEST_SUITE_P(All, OverStore,
                         testing::Values(&raft_bank, &raft_blackout, &raft_counter, &raft_drained, &raft_membership,
                                         &raft_replaced, &raft_small, &raft_ids, &raft_leases, &raft_limits, &raft_lock,
                                         &raft_nearby, &raft_queue, &raft_set, &raft_snapshots, &raft_transactions),
                         [](const auto& each) {
                             std::string name = each.param->name;
                             std::erase(name, '-');
                             return name;
                         });

TEST(OverStore, GoalsAreThoseOfTheEngineThatReplicatesTheStore) {
    for (const Scenario* scenario : {&raft_kv, &raft_lossy, &raft_bank, &raft_membership})
        for (const char* engine : {"raft", "paxos"}) {
            sim::Settings settings;
            settings.set("engine", engine);
            const std::string other = std::string(engine) == "raft" ? "paxos." : "raft.";
            bool has_own = false;
            for (const sim::NoteKind& goal : scenario->goals.of(settings)) {
                EXPECT_FALSE(goal.name.starts_with(other)) << scenario->name << " " << goal.name;
                has_own = has_own || goal.name.starts_with(engine);
            }
            EXPECT_TRUE(has_own) << scenario->name << " " << engine;
        }
}

TEST(OverStoreTexts, AreReadAsNumbers) {
    EXPECT_EQ(number_of("-7"), -7);
    EXPECT_EQ(number_of(std::nullopt, 10), 10);
    EXPECT_EQ(numbers_of("3 14 15 "), (std::vector<std::int64_t>{3, 14, 15}));
    EXPECT_EQ(numbers_of(std::nullopt), std::vector<std::int64_t>{});
}

} // namespace
} // namespace orrery::scenarios
