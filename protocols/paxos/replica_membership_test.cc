// Members that join and leave, rule by rule: replicas in lockstep, some of whom decide.
#include <gtest/gtest.h>

#include "orrery/protocols/paxos/replica_lockstep_test.h"

namespace orrery::paxos {
namespace {

using Role = Replica::Role;

Voters those(std::initializer_list<Member> members) { return Voters::of(std::vector<Member>(members)); }

// Of five, of whom 0, 1 and 2 decide; 0 leads.
Lockstep led_by_0() {
    Lockstep cluster({.count = 5, .window = 4, .first = those({0, 1, 2})});
    cluster.make_lead(0);
    return cluster;
}

// Until it is done, or for so many rounds.
ChangeAnswer change(Lockstep& cluster, Voters wanted, int rounds = 60) {
    ChangeAnswer answer = ChangeAnswer::under_way;
    for (int i = 0; i < rounds && answer != ChangeAnswer::done; ++i) {
        const Member leader = cluster.leader();
        if (leader < 5) answer = cluster.at(leader).change(wanted);
        cluster.rounds(1);
    }
    return answer;
}

TEST(ReplicaMembership, VotersDecideAWindowAfterTheSlotInWhichTheyAreChosen) {
    Lockstep cluster = led_by_0();
    EXPECT_EQ(cluster.at(0).propose(sim::Bytes(std::string_view("a"))), 1u);
    EXPECT_EQ(cluster.at(0).change(those({0, 1})), ChangeAnswer::under_way); // in slot 2
    cluster.talk();
    EXPECT_EQ(cluster.at(0).configurations().of(5), those({0, 1, 2}));
    EXPECT_EQ(cluster.at(0).configurations().of(6), those({0, 1}));
    EXPECT_EQ(cluster.at(0).chosen(), 5u); // slots 3 to 5 hold nothing
    EXPECT_EQ(cluster.at(0).rare().hurried, 3u);
    EXPECT_EQ(change(cluster, those({0, 1})), ChangeAnswer::done);
    EXPECT_EQ(cluster.at(0).propose(sim::Bytes(std::string_view("b"))), 6u);
    cluster.cut_off(2);
    cluster.talk();
    EXPECT_EQ(cluster.at(0).chosen(), 6u);
    cluster.cut_off(1); // of two both are needed
    EXPECT_EQ(cluster.at(0).propose(sim::Bytes(std::string_view("c"))), 7u);
    cluster.talk();
    EXPECT_EQ(cluster.at(0).chosen(), 6u);
}

TEST(ReplicaMembership, NobodyButTheLeaderChangesIt) {
    Lockstep cluster = led_by_0();
    EXPECT_EQ(cluster.at(1).change(those({0, 1})), ChangeAnswer::not_leader);
    EXPECT_EQ(cluster.at(0).change(those({0, 1, 2})), ChangeAnswer::done); // they do already
}

TEST(ReplicaMembership, ALeaderThatDecidesNowhereAnyMoreGoesAndBeginsNoBallot) {
    Lockstep cluster = led_by_0();
    EXPECT_EQ(change(cluster, those({1, 2})), ChangeAnswer::done);
    EXPECT_EQ(cluster.at(0).rare().retired, 1u);
    const Member leader = cluster.leader();
    EXPECT_TRUE(leader == 1 || leader == 2);
    const Ballot ballot = cluster.at(0).ballot();
    cluster.cut_off(leader);
    cluster.rounds(100);
    EXPECT_EQ(cluster.at(0).ballot(), ballot);
    EXPECT_FALSE(cluster.at(0).is_voter());
}

// Whoever is switched off after that is not needed: what they decided is known for good to a majority of the others.
TEST(ReplicaMembership, IsDoneWhenThoseWhoHaveLeftMayBeSwitchedOff) {
    Lockstep cluster = led_by_0();
    EXPECT_EQ(cluster.at(0).propose(sim::Bytes(std::string_view("a"))), 1u);
    cluster.talk();
    EXPECT_EQ(change(cluster, those({3, 4})), ChangeAnswer::done);
    for (const Member left : {0u, 1u, 2u}) cluster.cut_off(left);
    for (const Member stays : {3u, 4u}) cluster.crash(stays);
    cluster.rounds(60);
    const Member leader = cluster.leader();
    ASSERT_TRUE(leader == 3 || leader == 4);
    EXPECT_EQ(cluster.value(leader, 1), "a");
    const Slot slot = cluster.at(leader).propose(sim::Bytes(std::string_view("b")));
    cluster.talk();
    EXPECT_EQ(cluster.at(leader).chosen(), slot);
}

TEST(ReplicaMembership, OneThatIsAwayDoesNotJoinAndHoldsNobodyUp) {
    Lockstep cluster = led_by_0();
    cluster.cut_off(3);
    EXPECT_EQ(change(cluster, those({0, 1, 2, 3})), ChangeAnswer::under_way);
    EXPECT_EQ(cluster.at(0).chosen(), 0u);
    for (int i = 0; i < 20; ++i) {
        EXPECT_NE(cluster.at(0).propose(sim::Bytes(std::string_view("a"))), 0u);
        cluster.talk();
    }
    cluster.heal();
    EXPECT_EQ(change(cluster, those({0, 1, 2, 3})), ChangeAnswer::done);
    EXPECT_GE(cluster.at(3).chosen(), 20u);
}

TEST(ReplicaMembership, OneThatJoinsIsBroughtUpByASnapshotThatSaysWhoDecides) {
    Lockstep cluster = led_by_0();
    EXPECT_EQ(change(cluster, those({0, 1})), ChangeAnswer::done);
    for (const Member each : {0u, 1u}) cluster.compact(each);
    EXPECT_EQ(change(cluster, those({0, 1, 4})), ChangeAnswer::done);
    EXPECT_EQ(cluster.at(4).rare().restored, 1u);
    EXPECT_EQ(cluster.at(4).configurations().of(cluster.at(4).chosen() + 1), those({0, 1, 4}));
    cluster.crash(4);
    EXPECT_TRUE(cluster.at(4).is_voter());
}

TEST(ReplicaMembership, ProposesNothingWhereThoseDecideOfWhomNoMajorityHasPromised) {
    Lockstep cluster = led_by_0();
    Replica& leader = cluster.at(0);
    (void)leader.change(those({0, 3, 4})); // they come near
    cluster.rounds(10);
    (void)leader.change(those({0, 3, 4}));
    cluster.part(those({0, 1, 2}));
    cluster.talk();
    EXPECT_EQ(leader.chosen(), 4u); // up to where the others begin
    EXPECT_EQ(leader.propose(sim::Bytes(std::string_view("a"))), 0u);
    cluster.heal();
    cluster.rounds(4);
    EXPECT_EQ(leader.propose(sim::Bytes(std::string_view("a"))), 5u);
    cluster.talk();
    EXPECT_EQ(leader.chosen(), 5u);
}

// 1 leads again with 2 only: they do not know that 0, 3 and 4 decide by now, and that 0 leads them still.
TEST(ReplicaMembership, ALeaderOfThoseWhoHaveLeftAnswersNoRead) {
    Lockstep cluster = led_by_0();
    (void)cluster.at(0).change(those({0, 3, 4}));
    cluster.rounds(10);
    (void)cluster.at(0).change(those({0, 3, 4}));
    cluster.talk();
    cluster.part(those({1, 2}));
    const Slot slot = cluster.at(0).propose(sim::Bytes(std::string_view("new")));
    cluster.talk();
    EXPECT_EQ(cluster.at(0).chosen(), slot);
    cluster.make_lead(1);
    for (int i = 0; i < 20; ++i) {
        (void)cluster.at(1).read();
        cluster.rounds(1);
        for (const ReplicaRead& each : cluster.at(1).take_answers()) EXPECT_TRUE(each.is_refused || each.slot >= slot);
    }
    cluster.heal();
    cluster.rounds(60);
    EXPECT_EQ(cluster.leaders(), 1);
    EXPECT_EQ(cluster.value(cluster.leader(), slot), "new");
}

// It campaigns, for it does not know better; those who do tell it, and promise nothing.
TEST(ReplicaMembership, OneThatDoesNotKnowThatItHasLeftDisturbsNobody) {
    Lockstep cluster = led_by_0();
    cluster.cut_off(2);
    EXPECT_EQ(change(cluster, those({0, 1})), ChangeAnswer::done);
    const Ballot ballot = cluster.at(0).promised();
    cluster.rounds(40);
    EXPECT_EQ(cluster.at(2).role(), Role::preparing);
    cluster.heal();
    cluster.rounds(40);
    EXPECT_EQ(cluster.at(0).promised(), ballot);
    EXPECT_EQ(cluster.at(0).role(), Role::leading);
    EXPECT_FALSE(cluster.at(2).is_voter());
    EXPECT_EQ(cluster.at(2).role(), Role::follower);
}

// While it was away it promised itself a ballot above the leader's.
TEST(ReplicaMembership, OneThatHasLeftAndCampaignedJoinsAgain) {
    Lockstep cluster = led_by_0();
    cluster.cut_off(2);
    EXPECT_EQ(change(cluster, those({0, 1})), ChangeAnswer::done);
    cluster.rounds(40);
    cluster.heal();
    cluster.rounds(40);
    EXPECT_GT(cluster.at(2).promised(), cluster.at(0).promised());
    EXPECT_EQ(change(cluster, those({0, 1, 2})), ChangeAnswer::done);
    cluster.rounds(10);
    EXPECT_EQ(cluster.at(2).leader(), cluster.leader());
}

// All who decided before know that they do not any more, and none who decides now knows that it does.
TEST(ReplicaMembership, ThoseWhoHaveLeftTellThoseWhoDecideThatTheyDo) {
    Lockstep cluster = led_by_0();
    (void)cluster.at(0).change(those({3, 4}));
    cluster.rounds(10);
    (void)cluster.at(0).change(those({3, 4}));
    cluster.part(those({0, 1, 2}));
    cluster.talk();
    EXPECT_EQ(cluster.at(0).rare().retired, 1u);
    cluster.rounds(4);
    EXPECT_FALSE(cluster.at(3).is_voter());
    EXPECT_FALSE(cluster.at(4).is_voter());
    cluster.heal();
    cluster.rounds(100);
    const Member leader = cluster.leader();
    EXPECT_TRUE(leader == 3 || leader == 4);
    const Slot slot = cluster.at(leader).propose(sim::Bytes(std::string_view("a")));
    cluster.talk();
    EXPECT_EQ(cluster.at(leader).chosen(), slot);
    std::uint64_t told = 0;
    for (const Member left : {0u, 1u, 2u}) told += cluster.at(left).rare().told;
    EXPECT_GT(told, 0u);
    (void)cluster.take_heard();
    cluster.rounds(40);
    const auto heard = cluster.take_heard();
    EXPECT_EQ(std::count(heard.begin(), heard.end(), ReplicaMessage::Kind::chosen), 0); // once they know, no more
}

} // namespace
} // namespace orrery::paxos
