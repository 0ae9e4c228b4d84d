// Elections, replication and the options of the core, in dialogues with one.
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/one_core_test.h"

namespace orrery::raft {
namespace {

TEST(Core, CampaignsAfterItsTimeoutAndLeadsWithAQuorumAndANoOp) {
    Core core = made({4, 0}, {1, 2});
    EXPECT_EQ(core.ticks_until_due(), 8u);
    ticks(core, 7);
    EXPECT_EQ(taken(core), Lines{});
    core.tick(0);
    EXPECT_EQ(taken(core), (Lines{"vote to 1 term 5 last 2/2", "vote to 2 term 5 last 2/2"}));
    EXPECT_EQ(core.hard(), (HardState{5, 1}));
    replied(core, Message::Kind::vote_reply, 1, 4, true); // of an earlier term
    EXPECT_EQ(core.role(), Role::candidate);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    EXPECT_EQ(core.role(), Role::leader);
    EXPECT_EQ(taken(core),
              (Lines{"append to 1 term 5 after 2/2 commit 0 +5", "append to 2 term 5 after 2/2 commit 0 +5"}));
    EXPECT_TRUE(core.log().entry(3).command.empty());
    EXPECT_EQ(core.ticks_until_due(), 2u);
}

TEST(Core, CatchesUpOnManyTicksByActingOnce) {
    Core core = made({4, 0}, {});
    core.tick(0, 100);
    EXPECT_EQ(core.term(), 5u);
    EXPECT_EQ(taken(core).size(), 2u);
}

TEST(Core, VotesOnceATermAndOnlyForALogThatIsNotBehind) {
    Core core = made({3, 0}, {1, 3});
    asked_for_vote(core, 1, 4, 5, 2); // longer, but of an earlier term
    asked_for_vote(core, 1, 4, 1, 3); // shorter
    asked_for_vote(core, 1, 4, 2, 3);
    asked_for_vote(core, 2, 4, 2, 3); // the vote is given
    asked_for_vote(core, 1, 4, 2, 3); // asked again
    asked_for_vote(core, 2, 3, 9, 9); // an earlier term
    EXPECT_EQ(taken(core), (Lines{"voted to 1 term 4 no", "voted to 1 term 4 no", "voted to 1 term 4 yes",
                                  "voted to 2 term 4 no", "voted to 1 term 4 yes", "voted to 2 term 4 no"}));
}

TEST(Core, RemembersItsVoteOverARestart) {
    Core core = made({4, 2}, {});
    asked_for_vote(core, 2, 4, 9, 4);
    asked_for_vote(core, 1, 4, 9, 4);
    EXPECT_EQ(taken(core), (Lines{"voted to 2 term 4 no", "voted to 1 term 4 yes"}));
}

TEST(Core, SaysWhereToTryNextWhenTheLogIsShorterOrConflicts) {
    Core shorter = made({4, 0}, {1, 1});
    appended(shorter, 1, 4, 7, 4, {4});
    EXPECT_EQ(taken(shorter), Lines{"appended to 1 term 4 no 2"});
    Core conflicting = made({4, 0}, {1, 2, 2, 2});
    appended(conflicting, 1, 4, 4, 3, {}); // the leader knows where its own term 2 ends
    EXPECT_EQ(taken(conflicting), Lines{"appended to 1 term 4 no 4"});
    appended(conflicting, 1, 4, 3, 1, {}); // before the whole term 2, of which the leader has nothing there
    EXPECT_EQ(taken(conflicting), Lines{"appended to 1 term 4 no 1"});
    appended(conflicting, 1, 4, 1, 1, {3, 4}, 9);
    EXPECT_EQ(taken(conflicting), Lines{"appended to 1 term 4 yes 3"});
    EXPECT_EQ(conflicting.log().last_index(), 3u);
    EXPECT_EQ(conflicting.commit(), 3u); // no further than what was verified
    EXPECT_EQ(conflicting.log().stable(), 1u);
}

TEST(Core, KeepsWhatALaterAppendBroughtWhenAnOlderOneArrives) {
    Core core = made({4, 0}, {1});
    appended(core, 1, 4, 1, 1, {4, 4});
    appended(core, 1, 4, 1, 1, {4});
    EXPECT_EQ(core.log().last_index(), 3u);
    EXPECT_EQ(taken(core), (Lines{"appended to 1 term 4 yes 3", "appended to 1 term 4 yes 3"}));
}

TEST(Core, CommitsEntriesOfEarlierTermsOnlyWithOneOfItsOwn) {
    Core core = made({3, 0}, {1, 2}, 1);
    elect(core);
    core.persisted(3);
    replied(core, Message::Kind::append_reply, 1, 4, true, 2, 1); // figure 8: entry 2 of term 2 is on a majority
    EXPECT_EQ(core.commit(), 0u);
    replied(core, Message::Kind::append_reply, 1, 4, true, 3, 2);
    EXPECT_EQ(core.commit(), 3u);
}

TEST(Core, KnowsThatItTookARarePath) {
    Core core = made({3, 0}, {1, 2, 2, 2}, 1);
    elect(core);
    EXPECT_EQ(core.rare().withheld, 0u);
    replied(core, Message::Kind::append_reply, 1, 4, false, 3, 1, 2); // one step back, with or without a hint
    EXPECT_EQ(core.rare().hints, 0u);
    replied(core, Message::Kind::append_reply, 2, 4, false, 1, 1, 1); // over two entries at once
    EXPECT_EQ(core.rare().hints, 1u);
    core.persisted(5);
    replied(core, Message::Kind::append_reply, 1, 4, true, 4, 2);
    EXPECT_EQ(core.rare().withheld, 4u);
    EXPECT_EQ(core.commit(), 0u);
}

TEST(Core, CountsItselfOnlyWhenItsEntryIsDurable) {
    Core core = made({3, 0}, {});
    elect(core);
    replied(core, Message::Kind::append_reply, 1, 4, true, 1, 1);
    EXPECT_EQ(core.commit(), 0u);
    core.persisted(1);
    EXPECT_EQ(core.commit(), 1u);
}

TEST(Core, StepsDownForAHigherTermAndProposesNothingThen) {
    Core core = made({3, 0}, {});
    elect(core);
    EXPECT_EQ(core.propose(sim::Bytes("a")), 2u);
    replied(core, Message::Kind::append_reply, 2, 9, false);
    EXPECT_EQ(core.role(), Role::follower);
    EXPECT_EQ(core.propose(sim::Bytes("b")), 0u);
}

TEST(Core, WouldVoteForALogThatIsNotBehindIfItHearsNoLeader) {
    Core core = made({4, 2}, {1, 3});
    asked_beforehand(core, 1, 4, 5, 2);
    asked_beforehand(core, 1, 4, 1, 3);
    asked_beforehand(core, 1, 3, 2, 3); // its next term is one that has begun
    asked_beforehand(core, 1, 4, 2, 3); // the vote of this term is given; this is about the next
    asked_beforehand(core, 2, 9, 2, 3); // and it asks, but does not have its term followed
    EXPECT_EQ(taken(core), (Lines{"pre_voted to 1 term 4 no", "pre_voted to 1 term 4 no", "pre_voted to 1 term 4 no",
                                  "pre_voted to 1 term 4 yes", "pre_voted to 2 term 4 yes"}));
    EXPECT_EQ(core.hard(), (HardState{4, 2}));
    appended(core, 1, 4, 2, 3, {});
    asked_beforehand(core, 2, 4, 2, 3);
    ticks(core, 7);
    asked_beforehand(core, 2, 4, 2, 3);
    EXPECT_EQ(taken(core),
              (Lines{"appended to 1 term 4 yes 2", "pre_voted to 2 term 4 no", "pre_voted to 2 term 4 no"}));
    EXPECT_EQ(core.ticks_until_due(), 1u); // nothing of this was a reason to wait longer
}

TEST(Core, HearsALeaderForAnElectionTimeoutAfterItsLastAppend) {
    Core core({.self = 0, .count = 3, .check_quorum = true}, {4, 0}, {}, {}, 5);
    Message append;
    append.kind = Message::Kind::append;
    append.from = 1;
    append.term = 4;
    core.step(std::move(append), 5);
    EXPECT_EQ(core.ticks_until_due(), 13u);
    ticks(core, 7);
    asked_beforehand(core, 2, 4, 9, 4);
    asked_for_vote(core, 2, 5, 9, 4);
    EXPECT_EQ(core.term(), 4u);
    ticks(core, 1);
    asked_beforehand(core, 2, 4, 9, 4);
    asked_for_vote(core, 2, 5, 9, 4);
    EXPECT_EQ(taken(core), (Lines{"appended to 1 term 4 yes 0", "pre_voted to 2 term 4 no", "pre_voted to 2 term 4 yes",
                                  "voted to 2 term 5 yes"}));
}

TEST(Core, LeadsOnWhenItIsAskedBeforehandFromALaterTerm) {
    Core core = made({3, 0}, {});
    elect(core);
    (void)taken(core);
    asked_beforehand(core, 1, 9, 9, 9);
    EXPECT_EQ(core.role(), Role::leader);
    EXPECT_EQ(taken(core), Lines{"pre_voted to 1 term 4 no"});
}

TEST(Core, FollowsAgainWhenItVotesAfterItHadAskedBeforehand) {
    Core core = made_with({.pre_vote = true}, {4, 0}, {});
    ticks(core, 8);
    EXPECT_EQ(core.role(), Role::pre_candidate);
    asked_for_vote(core, 1, 4, 0, 0);
    EXPECT_EQ(core.role(), Role::follower);
    EXPECT_EQ(core.hard(), (HardState{4, 2}));
    replied(core, Message::Kind::pre_vote_reply, 2, 4, true, 0, 1); // it had the vote of a majority now
    EXPECT_EQ(core.role(), Role::follower);
}

TEST(Core, LeadsAloneAtOnceWithEveryOption) {
    Core core = made_with({.count = 1, .pre_vote = true, .check_quorum = true}, {4, 0}, {});
    ticks(core, 8);
    EXPECT_EQ(core.role(), Role::leader);
    EXPECT_EQ(core.term(), 5u);
    ticks(core, 100);
    EXPECT_EQ(core.role(), Role::leader);
    EXPECT_EQ(taken(core), Lines{});
}

TEST(Core, LooksInTimeWhetherAMajorityAnswers) {
    Core core = made_with({.heartbeat_ticks = 7, .check_quorum = true}, {3, 0}, {});
    elect(core);
    EXPECT_EQ(core.ticks_until_due(), 7u);
    ticks(core, 7);
    EXPECT_EQ(core.ticks_until_due(), 1u);
    core.tick(0, 1);
    EXPECT_EQ(core.role(), Role::follower);
    EXPECT_EQ(core.ticks_until_due(), 8u);
}

TEST(Core, GivesTheFollowersOfEachTermAWholeElectionTimeoutToAnswer) {
    Core core = made_with({.check_quorum = true}, {3, 0}, {});
    elect(core);
    ticks(core, 7);
    replied(core, Message::Kind::append_reply, 1, 9, false);
    EXPECT_EQ(core.role(), Role::follower);
    elect(core);
    ticks(core, 7);
    EXPECT_EQ(core.role(), Role::leader);
    ticks(core, 1);
    EXPECT_EQ(core.role(), Role::follower);
}

TEST(Core, CampaignsAtOnceOnlyForTheLeaderOfItsTerm) {
    Core core = made_with({.pre_vote = true}, {4, 0}, {1});
    const auto asked = [&](Term term) { replied(core, Message::Kind::timeout_now, 1, term, false); };
    asked(3);
    EXPECT_EQ(core.role(), Role::follower);
    asked(4);
    EXPECT_EQ(core.role(), Role::candidate);
    EXPECT_EQ(taken(core),
              (Lines{"vote to 1 term 5 last 1/1 for the leader", "vote to 2 term 5 last 1/1 for the leader"}));
    asked(4); // it comes twice
    EXPECT_EQ(core.term(), 5u);
    replied(core, Message::Kind::vote_reply, 2, 5, true);
    EXPECT_EQ(core.role(), Role::leader);
    asked(4);
    EXPECT_EQ(core.role(), Role::leader);
}

#if defined(ORRERY_FLAWS)
// Member 1 has the log of another leader since it said so, and may have lost what it acknowledged.
TEST(Core, CommitsWhatNoMajorityHasWhenAnswersOfAnEarlierLeadershipCount) {
    flaws::raft_append_reply_of_an_earlier_term_counted.on = true;
    Core core = made({4, 0}, {2, 2});
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    EXPECT_EQ(core.role(), Role::leader);
    core.persisted(3);
    replied(core, Message::Kind::append_reply, 2, 3, true, 3, 1);
    flaws::raft_append_reply_of_an_earlier_term_counted.on = false;
    EXPECT_EQ(core.commit(), 3u);
}

TEST(Core, CommitsWhatNoMajorityHasWhenARefusalCounts) {
    flaws::raft_refused_append_counts.on = true;
    Core core = made({4, 0}, {2, 4});
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    core.persisted(3);
    replied(core, Message::Kind::append_reply, 1, 5, false, 3, 1); // it may have another entry 3
    flaws::raft_refused_append_counts.on = false;
    EXPECT_EQ(core.commit(), 3u);
}

TEST(Core, LeavesWhoAsksInALowerTermWithoutAnAnswer) {
    flaws::raft_low_pre_vote_ignored.on = true;
    Core core = made({5, 0}, {2});
    asked(core, Message::Kind::pre_vote, 1, 4, 9, 4);
    flaws::raft_low_pre_vote_ignored.on = false;
    EXPECT_EQ(taken(core), Lines{});
}
#endif

} // namespace
} // namespace orrery::raft
