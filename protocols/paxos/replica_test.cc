// A replica's rules, one by one: three replicas in lockstep, whose links can be cut, and single ones that are told what
// the test wants them to hear.
#include "orrery/protocols/paxos/replica.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>

#include "orrery/protocols/paxos/replica_lockstep_test.h"

namespace orrery::paxos {
namespace {

using enum ReplicaMessage::Kind;
using Role = Replica::Role;

sim::Bytes bytes_of(std::string_view text) { return sim::Bytes(text); }

TEST(Replica, ProposesInOneRoundTripOnceItLeads) {
    Lockstep cluster;
    cluster.make_lead(0);
    EXPECT_EQ(cluster.at(0).role(), Role::leading);
    (void)cluster.take_heard();
    EXPECT_EQ(cluster.at(0).propose(bytes_of("a")), 1u);
    EXPECT_EQ(cluster.at(0).propose(bytes_of("b")), 2u);
    cluster.talk();
    EXPECT_EQ(cluster.take_heard(), (std::vector{accept, accept, accepted, accepted})); // both in one message
    EXPECT_EQ(cluster.at(0).chosen(), 2u);
    EXPECT_EQ(cluster.at(1).chosen(), 0u);
    cluster.rounds(2); // a heartbeat says so
    EXPECT_EQ(cluster.at(1).chosen(), 2u);
    EXPECT_EQ(cluster.value(2, 2), "b");
}

TEST(Replica, ThatHearsALeaderBeginsNoBallot) {
    Lockstep cluster;
    cluster.make_lead(2);
    const Ballot ballot = cluster.at(2).ballot();
    cluster.rounds(200);
    for (Member each = 0; each < 3; ++each) EXPECT_EQ(cluster.at(each).promised(), ballot);
    EXPECT_EQ(cluster.at(0).leader(), 2u);
}

TEST(Replica, IsFollowedByAnotherWhenItIsCutOffAndStepsDown) {
    Lockstep cluster;
    cluster.make_lead(0);
    cluster.cut_off(0);
    cluster.rounds(60);
    EXPECT_NE(cluster.at(0).role(), Role::leading);
    EXPECT_EQ(cluster.leaders(), 1);
    const std::uint64_t read = cluster.at(0).read();
    EXPECT_EQ(read, 0u);
    EXPECT_EQ(cluster.at(0).propose(bytes_of("late")), 0u);
    cluster.heal();
    cluster.rounds(60);
    EXPECT_EQ(cluster.leaders(), 1);
}

TEST(Replica, FillsAGapWithNothingAndProposesAgainWhatWasAccepted) {
    Lockstep cluster;
    cluster.make_lead(0);
    (void)cluster.at(0).propose(bytes_of("lost"));
    std::vector<ReplicaMessage> said;
    cluster.at(0).take_messages(said); // nobody hears of slot 1
    (void)cluster.at(0).propose(bytes_of("kept"));
    said.clear();
    cluster.at(0).take_messages(said);
    for (ReplicaMessage& message : said)
        if (message.to == 1) cluster.at(1).step(std::move(message), 1);
    (void)cluster.at(1).take_unsaved(); // durable
    cluster.cut_off(0);
    cluster.make_lead(2);
    EXPECT_EQ(cluster.at(2).role(), Role::leading);
    EXPECT_EQ(cluster.at(2).chosen(), 2u);
    EXPECT_EQ(cluster.value(2, 1), "");
    EXPECT_EQ(cluster.value(2, 2), "kept");
    EXPECT_EQ(cluster.at(2).rare().gaps, 1u);
    EXPECT_EQ(cluster.at(2).rare().adopted, 1u);
}

// 100 values of 2000 bytes do not fit into one promise, nor into one answer of what was chosen.
TEST(Replica, AsksForALongPromisePartByPart) {
    Lockstep cluster;
    cluster.make_lead(0);
    cluster.cut_off(1);
    for (int i = 0; i < 100; ++i) (void)cluster.at(0).propose(bytes_of(std::string(2000, 'v')));
    std::vector<ReplicaMessage> said;
    cluster.at(0).take_messages(said); // 2 accepts all, and 0 never hears so
    for (ReplicaMessage& message : said)
        if (message.to == 2) cluster.at(2).step(std::move(message), 1);
    (void)cluster.at(2).take_unsaved();
    said.clear();
    cluster.at(2).take_messages(said);
    cluster.heal();
    cluster.cut_off(0);
    (void)cluster.take_heard();
    cluster.make_lead(1);
    const auto heard = cluster.take_heard();
    EXPECT_GE(std::count(heard.begin(), heard.end(), promise), 7);
    EXPECT_EQ(cluster.at(1).chosen(), 100u);
    EXPECT_EQ(cluster.value(1, 100), std::string(2000, 'v'));
}

TEST(Replica, ThatIsBehindLearnsWhatIsChosenBeforeItLeads) {
    Lockstep cluster;
    cluster.make_lead(0);
    cluster.cut_off(2);
    for (int i = 0; i < 100; ++i) (void)cluster.at(0).propose(bytes_of(std::string(2000, 'v')));
    cluster.talk();
    cluster.rounds(4);
    EXPECT_EQ(cluster.at(1).chosen(), 100u);
    cluster.heal();
    cluster.cut_off(0);
    cluster.make_lead(2);
    EXPECT_EQ(cluster.at(2).role(), Role::leading);
    EXPECT_EQ(cluster.at(2).chosen(), 100u);
    EXPECT_EQ(cluster.at(2).rare().learned, 100u);
    EXPECT_EQ(cluster.at(2).rare().gaps, 0u);
}

// X07: a promise never says that there was nothing where there was a snapshot.
TEST(Replica, ThatIsBehindASnapshotRestoresItBeforeItLeads) {
    Lockstep cluster;
    cluster.make_lead(0);
    cluster.cut_off(2);
    for (int i = 0; i < 10; ++i) (void)cluster.at(0).propose(bytes_of("v"));
    cluster.talk();
    cluster.rounds(4);
    cluster.compact(1);
    (void)cluster.at(0).propose(bytes_of("w"));
    cluster.talk();
    cluster.heal();
    cluster.cut_off(0);
    cluster.make_lead(2);
    EXPECT_EQ(cluster.at(2).role(), Role::leading);
    EXPECT_EQ(cluster.at(2).rare().restored, 1u);
    EXPECT_EQ(cluster.at(2).log().offset(), 10u);
    EXPECT_EQ(cluster.at(2).chosen(), 11u);
    EXPECT_EQ(cluster.value(2, 11), "w");
}

TEST(Replica, AnswersAReadOnceAMajorityHasAnsweredALaterHeartbeat) {
    Lockstep cluster;
    cluster.make_lead(0);
    (void)cluster.at(0).propose(bytes_of("a"));
    cluster.talk();
    Replica& leader = cluster.at(0);
    const std::uint64_t read = leader.read();
    std::vector<ReplicaMessage> said;
    leader.take_messages(said);
    EXPECT_TRUE(leader.take_answers().empty());
    const std::uint64_t round = said.back().round;
    for (const std::uint64_t answered : {round - 1, round}) {
        ReplicaMessage reply;
        reply.kind = heartbeat_reply;
        reply.from = 1;
        reply.ballot = leader.ballot();
        reply.round = answered;
        leader.step(std::move(reply), 1);
        const auto answers = leader.take_answers();
        ASSERT_EQ(answers.size(), answered == round ? 1u : 0u);
        if (answers.empty()) continue;
        EXPECT_EQ(answers[0].read, read);
        EXPECT_EQ(answers[0].slot, 1u);
        EXPECT_FALSE(answers[0].is_refused);
    }
}

TEST(Replica, RefusesReadsWhenAHigherBallotTakesOver) {
    Lockstep cluster;
    cluster.make_lead(0);
    EXPECT_NE(cluster.at(0).read(), 0u);
    cluster.make_lead(1);
    const auto answers = cluster.at(0).take_answers();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_TRUE(answers[0].is_refused);
}

TEST(Replica, TakesNoMoreThanItsWindowAndAMessageHold) {
    Lockstep cluster({.window = 3});
    cluster.make_lead(0);
    cluster.cut_off(0);
    EXPECT_EQ(cluster.at(0).propose(sim::Bytes(std::string(value_bytes_max + 1, 'v'))), 0u);
    for (Slot slot = 1; slot <= 3; ++slot) EXPECT_EQ(cluster.at(0).propose(bytes_of("v")), slot);
    EXPECT_EQ(cluster.at(0).propose(bytes_of("v")), 0u);
    cluster.talk(); // what it proposed is lost
    cluster.heal();
    cluster.rounds(6); // and sent again
    EXPECT_EQ(cluster.at(0).propose(bytes_of("v")), 4u);
}

// --- single ones -------------------------------------------------------------------------------------

ReplicaMessage from(Member member, ReplicaMessage::Kind kind, Ballot ballot) {
    ReplicaMessage message;
    message.kind = kind;
    message.from = member;
    message.ballot = ballot;
    message.slot = 1;
    return message;
}
ReplicaMessage accept_of(Ballot ballot, std::string_view value) {
    ReplicaMessage message = from(ballot.member, accept, ballot);
    message.entries.push_back({ballot, bytes_of(value)});
    return message;
}
std::vector<ReplicaMessage> answers_of(Replica& replica, ReplicaMessage message) {
    replica.step(std::move(message), 1);
    std::vector<ReplicaMessage> said;
    replica.take_messages(said);
    return said;
}

// X01, X10: what is accepted is promised.
TEST(Replica, ThatHasAcceptedABallotRefusesThoseBelow) {
    Replica acceptor({.self = 0}, {}, 0);
    EXPECT_EQ(answers_of(acceptor, accept_of({2, 1}, "new"))[0].kind, accepted);
    EXPECT_EQ(acceptor.promised(), (Ballot{2, 1}));
    const auto said = answers_of(acceptor, accept_of({1, 2}, "old"));
    EXPECT_EQ(said[0].kind, refuse);
    EXPECT_EQ(said[0].ballot, (Ballot{2, 1}));
    EXPECT_EQ(answers_of(acceptor, from(2, prepare, {1, 2}))[0].kind, refuse);
    EXPECT_EQ(acceptor.log().at(1).value, bytes_of("new"));
}

TEST(Replica, KnowsNothingAsChosenThatItAcceptedInAnotherBallotThanTheLeaders) {
    Replica follower({.self = 0}, {}, 0);
    (void)answers_of(follower, accept_of({1, 1}, "old"));
    ReplicaMessage news = from(2, heartbeat, {2, 2});
    news.chosen = 1;
    (void)answers_of(follower, std::move(news));
    EXPECT_EQ(follower.chosen(), 0u);
    follower.tick(0, 2);
    std::vector<ReplicaMessage> said;
    follower.take_messages(said);
    ASSERT_EQ(said.size(), 1u);
    EXPECT_EQ(said[0].kind, learn); // it asks
    EXPECT_EQ(said[0].to, 2u);
    ReplicaMessage told = from(2, chosen, {});
    told.entries.push_back({{2, 2}, bytes_of("new")});
    (void)answers_of(follower, std::move(told));
    EXPECT_EQ(follower.chosen(), 1u);
    EXPECT_EQ(follower.log().at(1).value, bytes_of("new"));
}

TEST(Replica, UsesNoBallotAgainAfterACrash) {
    Replica before({.self = 0}, {}, 0);
    before.tick(0, 100);
    const Ballot ballot = before.ballot();
    Replica after({.self = 0}, {0, 0, before.promised(), {}}, 0); // it was durable before anybody heard of it
    after.tick(0, 100);
    EXPECT_GT(after.ballot(), ballot);
}

TEST(Replica, SaysAgainWhatItHasAcceptedWhenItIsAskedAgain) {
    Replica acceptor({.self = 0}, {}, 0);
    for (int i = 0; i < 2; ++i) {
        const auto said = answers_of(acceptor, accept_of({2, 1}, "v"));
        ASSERT_EQ(said.size(), 1u);
        EXPECT_EQ(said[0].kind, accepted);
        EXPECT_EQ(said[0].next, 2u);
    }
    EXPECT_EQ(acceptor.take_unsaved().size(), 1u);
}

// Members are not trusted to make sense: whatever comes, no invariant breaks.
RC_GTEST_PROP(ReplicaNoise, BreaksNoInvariant, ()) {
    Replica replica({.self = 0, .window = 8}, {}, 0);
    const auto small = [] { return *rc::gen::inRange<std::uint64_t>(0, 6); };
    const auto ballot = [&] { return Ballot{small(), *rc::gen::inRange<Member>(0, 3)}; };
    for (int i = 0; i < 200; ++i) {
        ReplicaMessage message;
        message.kind = static_cast<ReplicaMessage::Kind>(*rc::gen::inRange(0, 10));
        message.from = *rc::gen::inRange<Member>(1, 3);
        message.ballot = ballot();
        if (*rc::gen::inRange(0, 2) == 0) message.ballot = replica.ballot();
        if (*rc::gen::inRange(0, 2) == 0) message.ballot.member = message.from;
        message.slot = small();
        message.next = small();
        message.chosen = small();
        message.round = small();
        message.offset = small();
        for (std::uint64_t more = small() / 2; more > 0; --more) message.entries.push_back({ballot(), bytes_of("v")});
        replica.step(std::move(message), small());
        const auto chunk = replica.take_chunk();
        if (chunk && replica.needs_snapshot(chunk->slot)) replica.restore(chunk->slot, {});
        if (small() == 0) replica.tick(small(), 8);
        if (small() == 0) (void)replica.propose(bytes_of("p"));
        if (small() == 0) (void)replica.read();
        replica.persisted(replica.take_unsaved(), replica.settled());
        std::vector<ReplicaMessage> said;
        replica.take_messages(said);
        (void)replica.take_answers();
        if (small() == 0) replica.compact(replica.chosen());
    }
}

} // namespace
} // namespace orrery::paxos
