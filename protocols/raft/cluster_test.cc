// Random walks of a cluster of cores keep every safety property, with every option, and find each planted bug.
#include <cstdlib>
#include <gtest/gtest.h>

#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/walk_test.h"
#include "orrery/protocols/replication/random_walks_test.h"

namespace orrery::raft {
namespace {

// Sanitizers see in a few walks what they can see.
bool is_quick() { return std::getenv("ORRERY_QUICK") != nullptr; }

void expect_safe(const CoreOptions& options) {
    std::size_t committed = 0;
    std::size_t leaders = 0;
    std::size_t restored = 0;
    std::size_t answered = 0;
    std::size_t filled = 0;
    for (std::uint64_t seed = 1; seed <= (is_quick() ? 30u : 600u); ++seed) {
        Walk walk(seed, options);
        EXPECT_EQ(walk.take(1500), "") << "seed " << seed;
        committed += walk.committed();
        leaders += walk.leaders();
        restored += walk.restored();
        answered += walk.answered();
        filled += walk.filled();
    }
    if (is_quick()) return;
    EXPECT_GT(answered, 500u);
    EXPECT_GT(filled, 100u);
    EXPECT_GT(committed, 5000u); // the walks went somewhere
    EXPECT_GT(leaders, 1500u);
    EXPECT_GT(restored, 30u);
}

TEST(Cluster, KeepsEverySafetyPropertyOnRandomWalks) { expect_safe({.batch = 1}); }
TEST(Cluster, KeepsEverySafetyPropertyWithLargeBatches) { expect_safe({.batch = 4}); }
TEST(Cluster, KeepsEverySafetyPropertyUnderPreVote) { expect_safe({.batch = 1, .pre_vote = true}); }
// Leaders step down there, and hand over.
TEST(Cluster, KeepsEverySafetyPropertyUnderCheckQuorum) { expect_safe({.batch = 1, .check_quorum = true}); }
TEST(Cluster, KeepsEverySafetyPropertyUnderPreVoteAndCheckQuorum) {
    expect_safe({.batch = 1, .pre_vote = true, .check_quorum = true});
}

void expect_safe_through_changes(const CoreOptions& options) {
    std::size_t changed = 0;
    std::size_t restored = 0;
    std::size_t committed = 0;
    for (std::uint64_t seed = 1; seed <= (is_quick() ? 30u : 600u); ++seed) {
        Walk walk(seed, options, true);
        EXPECT_EQ(walk.take(2500), "") << "seed " << seed;
        changed += walk.changed();
        restored += walk.restored();
        committed += walk.committed();
    }
    if (is_quick()) return;
    EXPECT_GT(changed, 1000u);
    EXPECT_GT(restored, 30u);
    EXPECT_GT(committed, 5000u);
}

TEST(Cluster, KeepsEverySafetyPropertyWhileItsMembersChange) { expect_safe_through_changes({.batch = 2}); }
TEST(Cluster, KeepsEverySafetyPropertyWhileItsMembersChangeUnderEveryOption) {
    expect_safe_through_changes({.batch = 2, .pre_vote = true, .check_quorum = true});
}

TEST(Cluster, KeepsEverySafetyPropertyWithLeases) {
    expect_safe({.batch = 2, .pre_vote = true, .check_quorum = true, .lease_reads = true});
}
TEST(Cluster, KeepsEverySafetyPropertyWithLeasesWhileItsMembersChange) {
    expect_safe_through_changes({.batch = 2, .check_quorum = true, .lease_reads = true});
}

// Two of three have the data, and the third decides between them.
void expect_safe_with_witness(const CoreOptions& options, bool changes) {
    std::size_t committed = 0;
    std::size_t restored = 0;
    std::size_t answered = 0;
    for (std::uint64_t seed = 1; seed <= (is_quick() ? 30u : 600u); ++seed) {
        Walk walk(seed, options, changes, true);
        EXPECT_EQ(walk.take(changes ? 2500 : 1500), "") << "seed " << seed;
        committed += walk.committed();
        restored += walk.restored();
        answered += walk.answered();
    }
    if (is_quick()) return;
    EXPECT_GT(committed, 4000u);
    EXPECT_GT(restored, 30u);
    EXPECT_GT(answered, 200u);
}
TEST(Cluster, KeepsEverySafetyPropertyWithAWitness) { expect_safe_with_witness({.batch = 2}, false); }
TEST(Cluster, KeepsEverySafetyPropertyWithAWitnessUnderEveryOption) {
    expect_safe_with_witness({.batch = 2, .pre_vote = true, .check_quorum = true, .lease_reads = true}, false);
}
TEST(Cluster, KeepsEverySafetyPropertyWithAWitnessWhileItsMembersChange) {
    expect_safe_with_witness({.batch = 2, .check_quorum = true}, true);
}

#if defined(ORRERY_FLAWS)
TEST(Cluster, FindsAWitnessThatIsTakenForAReplica) {
    replication::expect_found_by_walks(
        {&flaws::raft_witness_campaigns, &flaws::raft_witness_reads},
        [](std::uint64_t seed) { return Walk(seed, {.batch = 2}, false, true).take(1200); });
}
// The oracle sees each bug of the core that needs a row of accidents; the others have a test of their own.
TEST(Cluster, FindsEveryPlantedBugOfReplication) {
    replication::expect_found_by_walks({&flaws::raft_commit_earlier_term, &flaws::raft_commit_unverified_suffix,
                                        &flaws::raft_truncate_on_stale_append, &flaws::raft_candidate_log_not_compared,
                                        &flaws::raft_read_unconfirmed, &flaws::raft_read_before_own_commit},
                                       [](std::uint64_t seed) { return Walk(seed, {.batch = 1}).take(1200); });
}
TEST(Cluster, FindsEveryPlantedBugOfChanges) {
    replication::expect_found_by_walks(
        {&flaws::raft_leader_forgets_change, &flaws::raft_learners_elect, &flaws::raft_learners_commit},
        [](std::uint64_t seed) { return Walk(seed, {.batch = 2}, true).take(2500); });
}
TEST(Cluster, FindsAnAppendWithAGap) {
    replication::expect_found_by_walks({&flaws::raft_append_skips_large_entry},
                                       [](std::uint64_t seed) { return Walk(seed, {.batch = 4}).take(1200); });
}
TEST(Cluster, FindsALeaseThatNeverEnds) {
    replication::expect_found_by_walks({&flaws::raft_lease_unchecked}, [](std::uint64_t seed) {
        return Walk(seed, {.batch = 2, .check_quorum = true, .lease_reads = true}).take(1500);
    });
}
#endif

} // namespace
} // namespace orrery::raft
