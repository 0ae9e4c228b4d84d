// How much is under way to a member, and what happens when some of it is lost, in dialogues with one core.
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/one_core_test.h"

namespace orrery::raft {
namespace {

// Leads term 5; both members have the no-op and replicate.
Core replicating(CoreOptions options) {
    options.count = 3;
    Core core(options, {4, 0}, {}, {}, 0);
    elect(core);
    (void)taken(core); // rounds 1 and 2
    core.persisted(1);
    for (const Member member : {1u, 2u}) replied(core, Message::Kind::append_reply, member, 5, true, 1, member);
    EXPECT_EQ(core.commit(), 1u);
    return core;
}
// What goes to member 1.
Lines taken_by_one(Core& core) {
    Lines lines = taken(core);
    std::erase_if(lines, [](const std::string& line) { return line.find(" to 1 ") == std::string::npos; });
    return lines;
}
void proposed(Core& core, std::initializer_list<std::size_t> sizes) {
    for (const std::size_t size : sizes) EXPECT_NE(core.propose(sim::Bytes(std::string(size, 'x'))), 0u);
}

TEST(Flow, ACommitCostsOneRoundTripAndASteadyLeaderOnlyHeartbeats) {
    Core core = replicating({});
    proposed(core, {1});
    EXPECT_EQ(taken(core),
              (Lines{"append to 1 term 5 after 1/5 commit 1 +5", "append to 2 term 5 after 1/5 commit 1 +5"}));
    core.persisted(2);
    replied(core, Message::Kind::append_reply, 1, 5, true, 2, 3);
    EXPECT_EQ(core.commit(), 2u);
    replied(core, Message::Kind::append_reply, 2, 5, true, 2, 4);
    EXPECT_EQ(taken(core), Lines{});
    ticks(core, 1);
    EXPECT_EQ(taken(core), Lines{});
    ticks(core, 1);
    EXPECT_EQ(taken(core), (Lines{"append to 1 term 5 after 2/5 commit 2", "append to 2 term 5 after 2/5 commit 2"}));
}

TEST(Flow, SendsOnWithoutWaitingUpToTheWindow) {
    Core core = replicating({.in_flight_max = 2});
    proposed(core, {1});
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 1/5 commit 1 +5"});
    proposed(core, {1, 1}); // one append for both
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 2/5 commit 1 +5 +5"});
    proposed(core, {1});
    EXPECT_EQ(taken_by_one(core), Lines{});
    replied(core, Message::Kind::append_reply, 1, 5, true, 2, 3);
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 4/5 commit 1 +5"});
}

TEST(Flow, CountsTheBytesUnderWay) {
    Core core = replicating({.in_flight_bytes_max = 10});
    proposed(core, {100});
    EXPECT_EQ(taken_by_one(core).size(), 1u); // one always may be under way
    proposed(core, {1});
    EXPECT_EQ(taken_by_one(core).size(), 0u);
    replied(core, Message::Kind::append_reply, 1, 5, true, 2, 3);
    EXPECT_EQ(taken_by_one(core).size(), 1u);
}

TEST(Flow, LimitsAnAppendByItsEntriesAndItsBytes) {
    Core core = replicating({.batch = 3, .append_bytes_max = 10});
    proposed(core, {1, 1, 1, 1, 6, 6, 20, 5, 5});
    EXPECT_EQ(taken_by_one(core),
              (Lines{"append to 1 term 5 after 1/5 commit 1 +5 +5 +5", "append to 1 term 5 after 4/5 commit 1 +5 +5",
                     "append to 1 term 5 after 6/5 commit 1 +5", "append to 1 term 5 after 7/5 commit 1 +5",
                     "append to 1 term 5 after 8/5 commit 1 +5 +5"}));
}

// In what follows, what goes to member 1 at first is in the rounds 3, 4 and 5; what is sent to it again is in round 9.
constexpr std::uint64_t filling = 9;
Core with_three_under_way() {
    Core core = replicating({.batch = 1});
    proposed(core, {1, 1, 1});
    EXPECT_EQ(taken_by_one(core).size(), 3u);
    return core;
}

TEST(Flow, SendsAgainWhatIsMissingAndGoesOnMeanwhile) {
    Core core = with_three_under_way(); // the first is lost
    replied(core, Message::Kind::append_reply, 1, 5, false, 1, 4, 5);
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 1/5 commit 1 +5"});
    replied(core, Message::Kind::append_reply, 1, 5, false, 1, 5, 5); // for the same gap
    EXPECT_EQ(taken_by_one(core), Lines{});
    proposed(core, {1});
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 4/5 commit 1 +5"});
    replied(core, Message::Kind::append_reply, 1, 5, false, 1, filling + 1, 5); // it overtook what fills the gap
    EXPECT_EQ(taken_by_one(core), Lines{});
    replied(core, Message::Kind::append_reply, 1, 5, true, 5, filling);
    EXPECT_EQ(taken_by_one(core), Lines{});
    core.persisted(5);
    EXPECT_EQ(core.commit(), 5u);
}

TEST(Flow, SendsNothingAgainThatWasOnlyOvertaken) {
    Core core = with_three_under_way();
    replied(core, Message::Kind::append_reply, 1, 5, false, 1, 4, 5);
    replied(core, Message::Kind::append_reply, 1, 5, true, 3, 3); // its answer, which counts the second too
    EXPECT_EQ(taken_by_one(core), Lines{});
}

TEST(Flow, SendsAllAgainFromTheSecondGapOn) {
    Core core = with_three_under_way(); // the first and the third are lost
    replied(core, Message::Kind::append_reply, 1, 5, false, 1, 4, 5);
    EXPECT_EQ(taken_by_one(core).size(), 1u);
    replied(core, Message::Kind::append_reply, 1, 5, true, 3, filling);
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 3/5 commit 1 +5"});
}

TEST(Flow, ProbesWhenWhatFillsTheGapIsRefusedOrDoesNotCome) {
    for (const bool is_lost : {false, true}) {
        Core core = with_three_under_way();
        replied(core, Message::Kind::append_reply, 1, 5, false, 1, 4, 5);
        EXPECT_EQ(taken_by_one(core).size(), 1u);
        if (is_lost) {
            ticks(core, 2);
            EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 4/5 commit 1"}); // the heartbeat
        }
        replied(core, Message::Kind::append_reply, 1, 5, false, 1, is_lost ? filling + 1 : filling, 5);
        EXPECT_EQ(core.progress(1).state, Progress::State::probe);
        EXPECT_EQ(taken_by_one(core),
                  Lines{"append to 1 term 5 after 1/5 commit 1 +5"}); // and no more before its answer
        replied(core, Message::Kind::append_reply, 1, 5, true, 2, 20);
        EXPECT_EQ(taken_by_one(core),
                  (Lines{"append to 1 term 5 after 2/5 commit 1 +5", "append to 1 term 5 after 3/5 commit 1 +5"}));
    }
}

TEST(Flow, NoticesByAHeartbeatThatTheLastAppendWasLost) {
    Core core = replicating({});
    proposed(core, {1});
    (void)taken(core); // rounds 3 and 4
    ticks(core, 2);
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 2/5 commit 1"});
    replied(core, Message::Kind::append_reply, 1, 5, false, 1, 5, 5);
    EXPECT_EQ(taken_by_one(core), Lines{"append to 1 term 5 after 1/5 commit 1 +5"});
}

TEST(Flow, TakesNoMoreThanMayBeUncommitted) {
    Core core = replicating({.uncommitted_bytes_max = 10});
    proposed(core, {6, 6});
    EXPECT_EQ(core.propose(sim::Bytes("x")), 0u);
    core.persisted(3);
    replied(core, Message::Kind::append_reply, 1, 5, true, 2, 3);
    EXPECT_EQ(core.commit(), 2u);
    proposed(core, {6});
    EXPECT_EQ(core.propose(sim::Bytes("x")), 0u);
    core.persisted(4);
    replied(core, Message::Kind::append_reply, 1, 5, true, 4, 5);
    for (int i = 0; i < 100; ++i) { // whatever came and went, it takes as much as in the beginning
        proposed(core, {9, 1});
        EXPECT_EQ(core.propose(sim::Bytes("x")), 0u);
        core.persisted(core.log().last_index());
        replied(core, Message::Kind::append_reply, 1, 5, true, core.log().last_index(), 1000);
    }
}

TEST(Flow, CountsWhatAnEarlierLeaderLeftUncommitted) {
    Core core({.count = 3, .uncommitted_bytes_max = 2}, {4, 0}, {}, entries_of({3, 4}), 0); // a byte each
    elect(core);
    EXPECT_EQ(core.propose(sim::Bytes("x")), 0u);
    core.persisted(3);
    replied(core, Message::Kind::append_reply, 1, 5, true, 3, 1);
    EXPECT_NE(core.propose(sim::Bytes("x")), 0u);
}

TEST(Flow, WaitsLongerBeforeItCampaignsTheHigherItsRank) {
    Core core({.count = 3, .rank = 2}, {4, 0}, {}, {}, 3);
    EXPECT_EQ(core.ticks_until_due(), 27u);
    ticks(core, 26);
    EXPECT_EQ(core.role(), Role::follower);
    ticks(core, 1);
    EXPECT_EQ(core.role(), Role::candidate);
}

TEST(Flow, ForgetsItsLeaderWhenToldUnlessLeasesCountOnIt) {
    for (const bool leases : {false, true}) {
        Core core({.count = 3, .check_quorum = true, .lease_reads = leases}, {4, 0}, {}, {}, 0);
        ticks(core, 7);
        appended(core, 1, 5, 0, 0, {});
        core.read(70);
        core.forget_leader();
        EXPECT_EQ(core.leader(), leases ? 1u : 3u);
        std::vector<ReadAnswer> answers;
        core.take_reads(answers);
        EXPECT_EQ(answers.size(), leases ? 0u : 1u);
        asked_for_vote(core, 2, 6, 9, 9);
        EXPECT_EQ(core.term(), leases ? 5u : 6u);
    }
}

#if defined(ORRERY_FLAWS)
TEST(Flow, TakesNothingAnyMoreWhenTheCountOfUncommittedBytesLeaks) {
    flaws::raft_uncommitted_bytes_leak.on = true;
    Core core = replicating({.uncommitted_bytes_max = 10});
    Index index = 1;
    for (int i = 0; i < 20 && index > 0; ++i) {
        index = core.propose(sim::Bytes("x"));
        core.persisted(core.log().last_index());
        replied(core, Message::Kind::append_reply, 1, 5, true, core.log().last_index(), 1000);
    }
    flaws::raft_uncommitted_bytes_leak.on = false;
    EXPECT_EQ(index, 0u);
    EXPECT_EQ(core.commit(), core.log().last_index());
}
#endif

} // namespace
} // namespace orrery::raft
