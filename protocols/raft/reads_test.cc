// Linearizable reads and leases, in dialogues with one core.
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/one_core_test.h"

namespace orrery::raft {
namespace {

constexpr std::uint64_t boot = 7; // the draw that a core is made with

// "TOKEN:INDEX", or "TOKEN:no" if it was refused.
Lines reads(Core& core) {
    std::vector<ReadAnswer> answers;
    core.take_reads(answers);
    Lines lines;
    for (const ReadAnswer& answer : answers)
        lines.push_back(std::to_string(answer.token) + ":" + (answer.index > 0 ? std::to_string(answer.index) : "no"));
    return lines;
}
Core member_with(bool leases, Configuration first = {}) {
    return Core({.self = 0, .count = 3, .check_quorum = leases, .lease_reads = leases, .first = std::move(first)},
                {4, 0}, {}, {}, boot);
}
// Leads term 5; the no-op is committed if that is asked for.
Core leader_with(bool leases, bool has_committed = true) {
    Core core = member_with(leases);
    ticks(core, 15); // the timeout that comes of the draw
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    EXPECT_EQ(core.role(), Role::leader);
    (void)taken(core);
    core.persisted(1);
    if (has_committed) replied(core, Message::Kind::append_reply, 1, 5, true, 1, 1);
    return core;
}
void read_asked(Core& core, Member from, std::uint64_t request, Term term = 5) {
    replied(core, Message::Kind::read, from, term, false, 0, request);
}

TEST(Reads, AreAnsweredWhenAMajorityAnswersWhatWasSentAfterwards) {
    Core core = leader_with(false);
    EXPECT_EQ(core.propose(sim::Bytes("x")), 2u);
    (void)taken(core); // rounds 3 and 4
    core.read(70);
    core.read(71);
    EXPECT_EQ(taken(core), (Lines{"append to 1 term 5 after 2/5 commit 1", "append to 2 term 5 after 0/0 commit 1"}));
    replied(core, Message::Kind::append_reply, 1, 5, true, 2, 3); // from before they were asked for
    EXPECT_EQ(reads(core), Lines{});
    core.persisted(2);
    EXPECT_EQ(core.commit(), 2u);
    replied(core, Message::Kind::append_reply, 1, 5, true, 2, 5);
    EXPECT_EQ(reads(core), (Lines{"70:1", "71:1"})); // what was committed when they began
}

// Who leads may have led an earlier term as well, and counts its rounds anew: in this one it may have come to the same
// number, and to a read that a majority has to confirm.
TEST(Reads, AreNotConfirmedByAnAnswerToAMessageOfAnEarlierTerm) {
    const auto round_of_the_answer = [](Term term) {
        Core core({.self = 0, .count = 3}, {5, 0}, {}, {}, boot);
        replied(core, Message::Kind::append, 1, term, false, 0, 9);
        std::vector<Message> messages;
        core.take_messages(messages);
        EXPECT_EQ(messages.size(), 1u);
        EXPECT_EQ(messages.front().term, 5u);
        return messages.front().round;
    };
    EXPECT_EQ(round_of_the_answer(5), 9u);
    EXPECT_EQ(round_of_the_answer(4), 0u);
}

TEST(Reads, GoWithAppendsThatLeaveAnyway) {
    Core core = leader_with(false);
    (void)taken(core);
    core.read(70);
    (void)core.propose(sim::Bytes("x"));
    EXPECT_EQ(taken(core),
              (Lines{"append to 1 term 5 after 1/5 commit 1 +5", "append to 2 term 5 after 0/0 commit 1"}));
    replied(core, Message::Kind::append_reply, 2, 5, false, 0, 5); // that it refuses is an answer as well
    EXPECT_EQ(reads(core), Lines{"70:1"});
}

TEST(Reads, WaitUntilSomethingOfTheTermIsCommitted) {
    Core core = leader_with(false, false);
    core.read(70);
    EXPECT_EQ(taken(core), Lines{});
    replied(core, Message::Kind::append_reply, 1, 5, true, 1, 1);
    EXPECT_EQ(core.commit(), 1u);
    EXPECT_EQ(reads(core), Lines{});
    EXPECT_EQ(taken(core).size(), 2u);
    replied(core, Message::Kind::append_reply, 2, 5, true, 1, 4);
    EXPECT_EQ(reads(core), Lines{"70:1"});
}

TEST(Reads, NeedNoFurtherRoundIfTheOneThatCommitsWasSentAfterwards) {
    Core core = member_with(false);
    ticks(core, 15);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    core.read(70);
    EXPECT_EQ(taken(core).size(), 4u); // its no-op is among them
    core.persisted(1);
    replied(core, Message::Kind::append_reply, 1, 5, true, 1, 1);
    EXPECT_EQ(reads(core), Lines{"70:1"});
}

TEST(Reads, AreAnsweredAtOnceByALeaderAlone) {
    Core core({.self = 0, .count = 1}, {4, 0}, {}, {}, 0);
    ticks(core, 8);
    core.read(70);
    (void)taken(core);
    EXPECT_EQ(reads(core), Lines{});
    core.persisted(1);
    (void)taken(core);
    EXPECT_EQ(reads(core), Lines{"70:1"});
    core.read(71);
    (void)taken(core);
    EXPECT_EQ(reads(core), Lines{"71:1"});
}

TEST(Reads, AreRefusedOnLosingLeadershipWhileHandingOverAndWhenOld) {
    Core core = leader_with(false);
    core.read(70);
    EXPECT_TRUE(core.transfer(1));
    core.read(71);
    EXPECT_EQ(reads(core), Lines{"71:no"});
    ticks(core, 8);
    EXPECT_EQ(reads(core), Lines{"70:no"});
    core.read(72);
    replied(core, Message::Kind::append_reply, 2, 9, false);
    EXPECT_EQ(reads(core), Lines{"72:no"});
    core.read(73); // no leader is known
    EXPECT_EQ(reads(core), Lines{"73:no"});
}

TEST(Reads, NeedAMajorityOfBothSetsWhileTheMembershipChanges) {
    const Changed joint = enter_joint(
        {.voters = {.incoming = {0, 1, 2}}},
        std::vector<Change>{{Change::Kind::voter, 3}, {Change::Kind::removed, 1}, {Change::Kind::removed, 2}}, true);
    Core core({.self = 0, .count = 4, .first = std::get<Configuration>(joint)}, {4, 0}, {}, {}, 0);
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    replied(core, Message::Kind::vote_reply, 3, 5, true);
    (void)taken(core);
    core.persisted(1);
    replied(core, Message::Kind::append_reply, 2, 5, true, 1, 2);
    core.read(70);
    replied(core, Message::Kind::append_reply, 3, 5, true, 1, 3);
    EXPECT_EQ(core.configuration(), (Configuration{.voters = {.incoming = {0, 3}}})); // that commits, and it leaves
    (void)taken(core);
    replied(core, Message::Kind::append_reply, 1, 5, true, 1, 9);
    replied(core, Message::Kind::append_reply, 2, 5, true, 1, 9);
    EXPECT_EQ(reads(core), Lines{});
    replied(core, Message::Kind::append_reply, 3, 5, true, 1, 9);
    EXPECT_EQ(reads(core), Lines{"70:1"});
}

TEST(Reads, OfAFollowerGoToTheLeaderAsOneRequest) {
    Core core = member_with(false);
    appended(core, 1, 5, 0, 0, {5});
    (void)taken(core);
    core.read(70);
    core.read(71);
    EXPECT_EQ(taken(core), Lines{"read to 1 term 5"});
    core.read(72);
    EXPECT_EQ(taken(core), Lines{"read to 1 term 5"});
    const std::uint64_t first = (boot << 32) + 1;
    replied(core, Message::Kind::read_reply, 1, 5, true, 1, 1); // to a request of an earlier boot
    EXPECT_EQ(reads(core), Lines{});
    replied(core, Message::Kind::read_reply, 1, 5, true, 4, first);
    EXPECT_EQ(reads(core), (Lines{"70:4", "71:4"}));
    replied(core, Message::Kind::read_reply, 1, 5, false, 0, first + 1);
    EXPECT_EQ(reads(core), Lines{"72:no"});
}

TEST(Reads, OfAFollowerAreRefusedWhenTheLeaderChangesOrIsSilent) {
    Core core = member_with(false);
    appended(core, 1, 5, 0, 0, {5});
    core.read(70);
    appended(core, 2, 6, 1, 5, {6});
    EXPECT_EQ(reads(core), Lines{"70:no"});
    core.read(71);
    ticks(core, 7);
    EXPECT_EQ(reads(core), Lines{});
    ticks(core, 1);
    EXPECT_EQ(reads(core), Lines{"71:no"});
}

TEST(Reads, AreAnsweredForOthersByTheLeaderOnly) {
    Core core = leader_with(false);
    read_asked(core, 2, 99);
    (void)taken(core);
    replied(core, Message::Kind::append_reply, 1, 5, true, 1, 3);
    EXPECT_EQ(taken(core), Lines{"readable to 2 term 5 from 1"});
    Core follower = member_with(false);
    read_asked(follower, 2, 99, 4);
    EXPECT_EQ(taken(follower), Lines{"readable to 2 term 4 no"});
}

TEST(Reads, NeedNobodyWhileTheLeaseLasts) {
    Core core = leader_with(true);
    core.read(70);
    EXPECT_EQ(reads(core), Lines{"70:1"});
    ticks(core, 5);
    core.read(71);
    EXPECT_EQ(reads(core), Lines{"71:1"});
    ticks(core, 1);
    core.read(72); // a follower whose clock is fast may vote from now on
    EXPECT_EQ(reads(core), Lines{});
    (void)taken(core); // among it is a heartbeat
    ticks(core, 1);
    replied(core, Message::Kind::append_reply, 2, 5, true, 1, 1000); // the promise counts from when that was sent
    EXPECT_EQ(reads(core), Lines{"72:1"});
    ticks(core, 4);
    core.read(73);
    EXPECT_EQ(reads(core), Lines{"73:1"});
    ticks(core, 1);
    core.read(74);
    EXPECT_EQ(reads(core), Lines{});
}

TEST(Reads, HaveNoLeaseBeforeTheOwnCommitNorOnceSomeoneWasAskedToCampaign) {
    Core core = leader_with(true, false);
    replied(core, Message::Kind::append_reply, 1, 5, false, 0, 1);
    core.read(70);
    EXPECT_EQ(reads(core), Lines{});
    Core other = leader_with(true);
    EXPECT_TRUE(other.transfer(1));
    ticks(other, 4);
    replied(other, Message::Kind::append_reply, 2, 5, true, 1, 2);
    ticks(other, 4); // it is given up, but the other may campaign yet
    EXPECT_EQ(other.role(), Role::leader);
    (void)taken(other);
    replied(other, Message::Kind::append_reply, 2, 5, true, 1, 1000);
    other.read(71);
    EXPECT_EQ(reads(other), Lines{});
}

TEST(Reads, HaveNoLeaseFromLearners) {
    const Configuration first{.voters = {.incoming = {0, 1}}, .learners = {2}};
    for (const Member answering : {1u, 2u}) {
        Core core = member_with(true, first);
        ticks(core, 15);
        replied(core, Message::Kind::vote_reply, 1, 5, true);
        core.persisted(1);
        (void)taken(core);
        replied(core, Message::Kind::append_reply, 1, 5, true, 1, 1);
        ticks(core, 6);
        (void)taken(core);
        replied(core, Message::Kind::append_reply, answering, 5, true, 1, 1000);
        core.read(70);
        EXPECT_EQ(reads(core), answering == 1 ? Lines{"70:1"} : Lines{});
    }
}

// Else it could elect another while the lease that it granted in its last boot runs.
TEST(Reads, HaveALeaseThatOutlastsTheRestartOfWhoGrantedIt) {
    Core core = member_with(true);
    ticks(core, 7);
    asked_for_vote(core, 1, 5, 0, 0);
    EXPECT_EQ(core.term(), 4u);
    ticks(core, 1);
    asked_for_vote(core, 1, 5, 0, 0);
    EXPECT_EQ(taken(core), Lines{"voted to 1 term 5 yes"});
}

TEST(Reads, HaveALeaseThatOutlastsAHigherTerm) {
    Core core = member_with(true);
    ticks(core, 8);
    appended(core, 1, 5, 0, 0, {});
    replied(core, Message::Kind::pre_vote_reply, 2, 6, false); // of one that campaigns, and it is in its term now
    EXPECT_EQ(core.term(), 6u);
    (void)taken(core);
    asked_for_vote(core, 2, 6, 9, 9);
    EXPECT_EQ(taken(core), Lines{});
    asked_for_vote(core, 2, 7, 9, 9);
    EXPECT_EQ(core.term(), 6u);
    ticks(core, 8);
    asked_for_vote(core, 2, 7, 9, 9);
    EXPECT_EQ(core.term(), 7u);
}

#if defined(ORRERY_FLAWS)
TEST(Reads, OfALeaderAloneWaitForNobodyInVain) {
    flaws::raft_alone_reads_wait.on = true;
    Core core({.self = 0, .count = 1}, {4, 0}, {}, {}, 0);
    ticks(core, 8);
    core.persisted(1);
    core.read(70);
    (void)taken(core);
    flaws::raft_alone_reads_wait.on = false;
    EXPECT_EQ(reads(core), Lines{});
}

TEST(Reads, HaveALeaseWhileSomeoneWasAskedToCampaignWhenThatIsForgotten) {
    flaws::raft_lease_kept_in_transfer.on = true;
    Core core = leader_with(true);
    EXPECT_TRUE(core.transfer(1));
    core.read(70);
    flaws::raft_lease_kept_in_transfer.on = false;
    EXPECT_EQ(reads(core), Lines{"70:1"});
}

TEST(Reads, HaveALeaseFromLearnersWhenTheyAreCounted) {
    flaws::raft_learners_extend_lease.on = true;
    Core core({.self = 0,
               .count = 5,
               .check_quorum = true,
               .lease_reads = true,
               .first = {.voters = {.incoming = {0, 1}}, .learners = {2, 3, 4}}},
              {4, 0}, {}, {}, 0);
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    core.persisted(1);
    (void)taken(core);
    replied(core, Message::Kind::append_reply, 1, 5, true, 1, 1);
    ticks(core, 6);
    (void)taken(core);
    for (const Member learner : {2u, 3u}) replied(core, Message::Kind::append_reply, learner, 5, true, 1, 1000);
    core.read(70);
    flaws::raft_learners_extend_lease.on = false;
    EXPECT_EQ(reads(core), Lines{"70:1"});
}

TEST(Reads, HaveALeaseFromAnAnswerThatWasLongOnItsWayWhenItCountsFromThere) {
    flaws::raft_lease_from_answer.on = true;
    Core core = leader_with(true);
    ticks(core, 7);
    replied(core, Message::Kind::append_reply, 2, 5, true, 1, 1); // to what was sent before those ticks
    core.read(70);
    flaws::raft_lease_from_answer.on = false;
    EXPECT_EQ(reads(core), Lines{"70:1"});
}
#endif

} // namespace
} // namespace orrery::raft
