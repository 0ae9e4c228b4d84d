// Leadership is handed over: at once, with every entry, and not at all if the other cannot take it.
#include "orrery/protocols/raft/lockstep_test.h"

namespace orrery::raft {
namespace {

// What the story says of clusters with any options.
template <class Story>
void expect_always(Story story) {
    for (const CoreOptions& options : {plain, pre_vote, check_quorum, both}) EXPECT_EQ(how_often(options, story), 100);
}

TEST(Transfer, TakesOneRoundNoTimeoutAndOneTerm) {
    expect_always([](Lockstep& cluster) {
        const Member old = cluster.leader();
        const Member next = cluster.other_follower();
        const Term term = cluster.at(old).term();
        EXPECT_TRUE(cluster.at(old).transfer(next));
        EXPECT_EQ(cluster.at(old).transferee(), next);
        cluster.rounds(1);
        EXPECT_EQ(cluster.at(old).transferee(), servers);
        return cluster.leader() == next && cluster.at(next).term() == term + 1 && cluster.at(old).leader() == next;
    });
}

TEST(Transfer, WaitsUntilTheOtherHasEveryEntry) {
    expect_always([](Lockstep& cluster) {
        const Member old = cluster.leader();
        const Member next = cluster.follower();
        cluster.cut_off(next);
        for (int i = 0; i < 100; ++i) EXPECT_NE(cluster.at(old).propose(sim::Bytes("x")), 0u);
        cluster.rounds(4);
        const Index last = cluster.at(old).log().last_index();
        EXPECT_LT(cluster.at(next).log().last_index(), last);
        cluster.heal();
        EXPECT_TRUE(cluster.at(old).transfer(next));
        cluster.rounds(6);
        return cluster.leader() == next && cluster.at(next).commit() == last + 1; // and its no-op
    });
}

TEST(Transfer, IsGivenUpAfterAnElectionTimeoutAndUntilThenNothingIsProposed) {
    expect_always([](Lockstep& cluster) {
        const Member old = cluster.leader();
        const Term term = cluster.at(old).term();
        cluster.cut_off(cluster.follower());
        EXPECT_TRUE(cluster.at(old).transfer(cluster.follower()));
        cluster.rounds(election_ticks - 1);
        EXPECT_EQ(cluster.at(old).propose(sim::Bytes("x")), 0u);
        cluster.rounds(1);
        EXPECT_NE(cluster.at(old).propose(sim::Bytes("x")), 0u);
        EXPECT_TRUE(cluster.at(old).transfer(cluster.follower())); // once more, and as long
        cluster.rounds(election_ticks - 1);
        EXPECT_EQ(cluster.at(old).propose(sim::Bytes("x")), 0u);
        cluster.rounds(1);
        return cluster.at(old).propose(sim::Bytes("x")) != 0 && cluster.at(old).term() == term;
    });
}

TEST(Transfer, IsALeadersToBeginAndNotToItself) {
    Lockstep cluster(1, plain);
    EXPECT_FALSE(cluster.at(cluster.follower()).transfer(cluster.leader()));
    EXPECT_FALSE(cluster.at(cluster.leader()).transfer(cluster.leader()));
    EXPECT_EQ(cluster.at(cluster.leader()).transferee(), servers);
    EXPECT_NE(cluster.at(cluster.leader()).propose(sim::Bytes("x")), 0u);
}

TEST(Transfer, GoesToTheLastWhoWasNamed) {
    Lockstep cluster(1, both);
    const Member last = cluster.other_follower();
    const Member old = cluster.leader();
    cluster.cut_off(cluster.follower());
    EXPECT_TRUE(cluster.at(old).transfer(cluster.follower()));
    cluster.rounds(2);
    EXPECT_TRUE(cluster.at(old).transfer(last));
    cluster.rounds(1);
    EXPECT_EQ(cluster.leader(), last);
}

} // namespace
} // namespace orrery::raft
