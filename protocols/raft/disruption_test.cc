// What pre-vote and check-quorum are for: clusters in which links are cut. Each story is told with the option and
// without it, so that a test whose cuts disturb nobody is noticed.
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/lockstep_test.h"

namespace orrery::raft {
namespace {

// The leader of before still leads its term.
template <class Disturb>
auto leader_stays(Disturb disturb) {
    return [=](Lockstep& cluster) {
        const Member leader = cluster.leader();
        const Term term = cluster.at(leader).term();
        disturb(cluster);
        return cluster.leader() == leader && cluster.at(leader).term() == term;
    };
}

TEST(Disruption, AMemberThatWasCutOffAndComesBackDeposesNoLeaderUnderPreVote) {
    const auto story = leader_stays([](Lockstep& cluster) {
        const Member away = cluster.follower();
        cluster.cut_off(away);
        cluster.rounds(2 * election_ticks + cluster.random() % 100);
        cluster.heal();
        cluster.rounds(4 * election_ticks);
        EXPECT_LT(cluster.at(away).leader(), servers) << "it follows again";
    });
    EXPECT_EQ(how_often(pre_vote, story), 100);
    EXPECT_EQ(how_often(both, story), 100);
    EXPECT_EQ(how_often(plain, story), 0);
    // It ignores candidates, but not the higher term with which the one that comes back refuses its appends.
    EXPECT_EQ(how_often(check_quorum, story), 0);
}

// One of the followers sends and hears nothing.
bool leader_outlasts_the_deaf(Lockstep& cluster) {
    return leader_stays([](Lockstep& disturbed) {
        const Member deaf = disturbed.follower();
        disturbed.cut(disturbed.leader(), deaf);
        disturbed.cut(disturbed.other_follower(), deaf);
        disturbed.rounds(20 * election_ticks);
    })(cluster);
}

bool leader_yields_when_cut_off(Lockstep& cluster) {
    const Member old = cluster.leader();
    const Term term = cluster.at(old).term();
    cluster.cut_off(old);
    cluster.rounds(2 * election_ticks);
    return cluster.at(old).role() != Role::leader && cluster.at(old).propose(sim::Bytes("x")) == 0 &&
           (cluster.leader() == servers || cluster.at(cluster.leader()).term() > term);
}

TEST(Disruption, AMemberThatHearsNothingDeposesNoLeaderIfItIsAskedFirstOrIgnored) {
    const auto story = leader_outlasts_the_deaf;
    EXPECT_EQ(how_often(pre_vote, story), 100);
    EXPECT_EQ(how_often(check_quorum, story), 100);
    EXPECT_EQ(how_often(both, story), 100);
    EXPECT_EQ(how_often(plain, story), 0);
}

TEST(Disruption, AMemberThatHearsAllButTheLeaderDeposesItNot) {
    const auto story = leader_stays([](Lockstep& cluster) {
        cluster.cut(cluster.leader(), cluster.follower());
        cluster.cut(cluster.follower(), cluster.leader());
        cluster.rounds(20 * election_ticks);
    });
    EXPECT_EQ(how_often(pre_vote, story), 100);
    EXPECT_EQ(how_often(check_quorum, story), 100);
    EXPECT_EQ(how_often(both, story), 100);
    EXPECT_EQ(how_often(plain, story), 0);
}

TEST(Disruption, ALeaderThatIsCutOffFromTheMajorityStepsDownUnderCheckQuorum) {
    const auto story = leader_yields_when_cut_off;
    EXPECT_EQ(how_often(check_quorum, story), 100);
    EXPECT_EQ(how_often(both, story), 100);
    EXPECT_EQ(how_often(plain, story), 0);
    EXPECT_EQ(how_often(pre_vote, story), 0);
}

TEST(Disruption, ALeaderThatHearsFromOneOfTwoFollowersStays) {
    const auto story = leader_stays([](Lockstep& cluster) {
        cluster.cut_off(cluster.follower());
        cluster.rounds(20 * election_ticks);
    });
    EXPECT_EQ(how_often(check_quorum, story), 100);
    EXPECT_EQ(how_often(both, story), 100);
}

TEST(Disruption, ALeaderThatIsHeardAndDoesNotHearIsReplacedOnlyUnderCheckQuorum) {
    const auto story = [](Lockstep& cluster) {
        const Member old = cluster.leader();
        const Index before = cluster.at(old).commit();
        for (Member other = 0; other < servers; ++other) cluster.cut(other, old);
        cluster.rounds(20 * election_ticks);
        const Member leader = cluster.leader();
        return leader != old && leader != servers && cluster.at(leader).commit() > before;
    };
    EXPECT_EQ(how_often(check_quorum, story), 100);
    EXPECT_EQ(how_often(both, story), 100);
    EXPECT_EQ(how_often(plain, story), 0);
    EXPECT_EQ(how_often(pre_vote, story), 0);
}

TEST(Disruption, AClusterWhoseLeaderIsGoneElectsAnother) {
    const auto story = [](Lockstep& cluster) {
        const Member old = cluster.leader();
        cluster.cut_off(old);
        cluster.rounds(20 * election_ticks);
        const Member leader = cluster.leader();
        if (leader == old || leader == servers) return false;
        cluster.heal();
        cluster.rounds(8 * election_ticks);
        const Member last = cluster.leader(); // the one that comes back may have deposed the other
        return last != servers && cluster.at(old).leader() == last && cluster.at(leader).leader() == last;
    };
    for (const CoreOptions& options : {plain, pre_vote, check_quorum, both}) EXPECT_EQ(how_often(options, story), 100);
}

#if defined(ORRERY_FLAWS)
TEST(Disruption, AMemberThatHearsNothingDeposesALeaderIfItIsNotIgnored) {
    flaws::raft_candidate_deposes_heard_leader.on = true;
    const int stayed = how_often(check_quorum, leader_outlasts_the_deaf);
    flaws::raft_candidate_deposes_heard_leader.on = false;
    EXPECT_EQ(stayed, 0);
}

TEST(Disruption, ALeaderThatIsCutOffLeadsOnIfItDoesNotCountWhoAnswers) {
    flaws::raft_leads_unheard.on = true;
    const int yielded = how_often(check_quorum, leader_yields_when_cut_off);
    flaws::raft_leads_unheard.on = false;
    EXPECT_EQ(yielded, 0);
}
#endif

} // namespace
} // namespace orrery::raft
