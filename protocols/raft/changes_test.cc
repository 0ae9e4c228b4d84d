// Traces of changes of the membership, made by hand: the rules of changes.cc, and what the other monitors make of who
// decides. Members have the numbers of their hosts.
#include <gtest/gtest.h>

#include "orrery/protocols/raft/electorate.h"
#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::raft::changes_test {
namespace {

using namespace std::chrono_literals;

constexpr sim::NoteKind start{"raft.start", {"member", "members", "term", "vote", "timeout", "sticky"}};
constexpr sim::NoteKind voted{"raft.voted", {"term", "candidate"}};
constexpr sim::NoteKind leader{"raft.leader", {"term", "last_index"}};
constexpr sim::NoteKind append{"raft.append", {"index", "term", "digest"}};
constexpr sim::NoteKind truncate{"raft.truncate", {"from"}};
constexpr sim::NoteKind commit{"raft.commit", {"index", "term", "digest"}};
constexpr sim::NoteKind apply{"raft.apply", {"index", "term", "digest"}};
constexpr sim::NoteKind restore{"raft.restore", {"index", "term"}};
constexpr sim::NoteKind configuration{"raft.configuration", {"voters", "outgoing", "learners", "since"}};

template <std::vector<sim::MonitorFactory> (*monitors)()>
struct Told : replication::MonitorStory<monitors> {
    Told() {
        for (std::uint32_t host = 0; host < 3; ++host) this->note(host, start, host, 3, 0, 0, 160'000'000, false);
        this->at(1s);
    }
};

std::vector<sim::MonitorFactory> changes() { return {configuration_monitor}; }
std::vector<sim::MonitorFactory> lemmas() { return {changing_lemma_monitor}; }
std::vector<sim::MonitorFactory> fixed_lemmas() { return {lemma_monitor}; }
std::vector<sim::MonitorFactory> convergence() { return {convergence_monitor}; }
std::vector<sim::MonitorFactory> availability() { return {changing_availability_monitor}; }
using Story = Told<changes>;

// It leads the term, and has an entry of it.
auto leads(std::uint32_t host, int term, int index) {
    return [=](auto& story) {
        story.state(host, "raft.role", "leader").state(host, "raft.term", term).note(host, append, index, term, index);
    };
}
auto goes_by(std::uint32_t host, const char* voters, const char* until_now, int since, const char* learners = "") {
    return [=](auto& story) { story.note(host, configuration, voters, until_now, learners, since); };
}
auto has(std::uint32_t host, int last) { // of term 1
    return [=](auto& story) {
        for (int index = 1; index <= last; ++index) story.note(host, append, index, 1, index);
    };
}

TEST(Changes, ALeaderHasCommittedAnEntryOfItsTermBefore) {
    const auto changes_at_2 = [](auto& story) { story.note(0, append, 2, 1, 2).tell(goes_by(0, "0 1", "", 2)); };
    const char* const early = "raft.change_by_own_term: changed too early";
    EXPECT_EQ(Story().tell(leads(0, 1, 1)).tell(changes_at_2).at(2s).end().objections(), early);
    EXPECT_EQ(Story().tell(leads(0, 1, 1)).note(0, commit, 1, 1, 1).tell(changes_at_2).end().objections(), "");
    // What it had committed it may say just after.
    Story after;
    EXPECT_EQ(after.tell(leads(0, 1, 1)).tell(changes_at_2).note(0, commit, 1, 1, 1).end().objections(), "");
    Story later; // but not after anything else has happened
    EXPECT_EQ(later.tell(leads(0, 1, 1)).tell(changes_at_2).at(2s).note(0, commit, 1, 1, 1).objections(), early);
    // Not yet written, it is its own all the same.
    EXPECT_EQ(Story().tell(leads(0, 1, 1)).tell(goes_by(0, "0 1", "", 2)).end().objections(), early);
    // One of an earlier term it has found in its log.
    Story found;
    found.tell(has(0, 2)).state(0, "raft.role", "leader").state(0, "raft.term", 2);
    EXPECT_EQ(found.tell(goes_by(0, "0 1", "", 2)).end().objections(), "");
    EXPECT_EQ(Story().state(0, "raft.term", 1).tell(has(0, 2)).tell(goes_by(0, "0 1", "", 2)).end().objections(), "");
}

TEST(Changes, ALeaderHasCommittedTheConfigurationBefore) {
    const auto twice = [](auto& story) {
        story.tell(leads(0, 1, 1)).note(0, commit, 1, 1, 1).at(2s).tell(goes_by(0, "0 1", "", 2)).at(3s);
    };
    Story uncommitted;
    EXPECT_EQ(uncommitted.tell(twice).tell(goes_by(0, "0 2", "", 3)).at(4s).end().objections(),
              "raft.one_change: changed twice");
    const auto commits = [](auto& story) { story.note(0, append, 2, 1, 2).note(0, commit, 2, 1, 2); };
    EXPECT_EQ(Story().tell(twice).tell(commits).tell(goes_by(0, "0 2", "", 3)).at(4s).end().objections(), "");
    EXPECT_EQ(Story().tell(twice).tell(goes_by(0, "0 2", "", 3)).tell(commits).at(4s).end().objections(), "");
}

TEST(Changes, ALeaderThatIsNoVoterLeadsUntilThatIsCommitted) {
    const auto commits_2 = [](const char* voters, const char* until_now, const char* role) {
        Story story;
        story.tell(leads(0, 1, 1)).note(0, commit, 1, 1, 1).tell(goes_by(0, voters, until_now, 2)).at(2s);
        return story.state(0, "raft.role", role).note(0, append, 2, 1, 2).note(0, commit, 2, 1, 2).objections();
    };
    EXPECT_EQ(commits_2("1 2", "", "leader"), "raft.removed_leader: leads without a vote");
    EXPECT_EQ(commits_2("1 2", "", "follower"), "");
    EXPECT_EQ(commits_2("0 2", "", "leader"), "");
    EXPECT_EQ(commits_2("1 2", "0 1", "leader"), "raft.joint_left: stays joint"); // it may lead, and not stay there
}

// Server 0 makes a joint configuration of entry 2, which is committed, and leaves it by entry 4.
void makes_a_joint_one(Story& story) {
    story.tell(leads(0, 1, 1)).note(0, commit, 1, 1, 1).note(0, append, 2, 1, 2).tell(goes_by(0, "0 1", "0 2", 2));
    story.note(0, append, 3, 1, 3).tell(goes_by(0, "0 1", "", 4)).note(0, commit, 2, 1, 2).note(0, commit, 3, 1, 3);
}

TEST(Changes, AtOnePlaceOfTheLogAllFindTheSameConfiguration) {
    const char* const differ = "raft.configuration_matching: configurations differ";
    const auto told = [](auto... more) {
        Story story;
        makes_a_joint_one(story);
        (story.tell(more), ...);
        return story.end().objections();
    };
    EXPECT_EQ(told(has(1, 2), goes_by(1, "0 1", "0 2", 2)), "");
    EXPECT_EQ(told(has(1, 2), goes_by(1, "0 1", "", 2)), differ);
    const auto restores = [](int index) { return [=](auto& story) { story.note(1, restore, index, 1); }; };
    EXPECT_EQ(told(restores(2), goes_by(1, "0 1", "0 2", 2)), "");
    EXPECT_EQ(told(restores(3), goes_by(1, "0 1", "0 2", 3)), ""); // of entry 2 still
    EXPECT_EQ(told(restores(3), goes_by(1, "0 1", "", 3)), differ);
    EXPECT_EQ(told(restores(3), goes_by(1, "0 1", "0 2", 3, "2")), differ);
    // Another entry of that index is none of those.
    const auto of_another_term = [](auto& story) { story.note(1, append, 1, 1, 1).note(1, append, 2, 2, 9); };
    EXPECT_EQ(told(of_another_term, goes_by(1, "1 2", "", 2)), "");
    // A later change is another one.
    const auto appends = [](auto& story) { story.note(1, append, 4, 1, 4); };
    EXPECT_EQ(told(has(1, 3), appends, goes_by(1, "0 1", "", 4)), "");
}

TEST(Changes, ALeaderLeavesAJointConfigurationOnceItIsCommitted) {
    const auto is_joint = [](auto& story) {
        story.tell(leads(0, 1, 1)).note(0, commit, 1, 1, 1).note(0, append, 2, 1, 2).tell(goes_by(0, "0 1", "0 2", 2));
    };
    const auto commits = [](std::uint32_t host) { return [=](auto& story) { story.note(host, commit, 2, 1, 2); }; };
    const char* const stays = "raft.joint_left: stays joint";
    EXPECT_EQ(Story().tell(is_joint).end().objections(), "");
    EXPECT_EQ(Story().tell(is_joint).tell(commits(0)).objections(), stays);
    EXPECT_EQ(Story().tell(is_joint).note(0, append, 3, 1, 3).tell(commits(0)).objections(), stays);
    EXPECT_EQ(Story().tell(is_joint).tell(goes_by(0, "0 1", "", 3)).tell(commits(0)).objections(), "");
    const auto follows = [](auto& story) { story.tell(has(1, 2)).note(1, commit, 1, 1, 1); };
    EXPECT_EQ(Story().tell(follows).tell(goes_by(1, "0 1", "0 2", 2)).tell(commits(1)).objections(), "");
}

TEST(Changes, WhoCampaignsHasAVoteInAConfigurationThatMayCount) {
    const auto stands = [](auto& story) { story.note(1, voted, 2, 1); };
    const auto commits = [](int index) { return [=](auto& story) { story.note(1, commit, index, 1, index); }; };
    const auto told = [&](auto... before) {
        Story story;
        (story.tell(before), ...);
        return story.tell(stands).at(2s).end().objections();
    };
    const char* const voteless = "raft.candidate_votes: campaigned without a vote";
    EXPECT_EQ(told(), "");
    EXPECT_EQ(told(has(1, 2), goes_by(1, "0 1", "", 2), commits(2)), "");
    EXPECT_EQ(told(has(1, 2), goes_by(1, "0 2", "", 2), commits(2)), voteless);
    EXPECT_EQ(told(has(1, 2), goes_by(1, "0 2", "", 2, "1"), commits(2)), voteless);
    EXPECT_EQ(told(has(1, 2), goes_by(1, "0 2", "0 1", 2), commits(2)), ""); // until now it had
    EXPECT_EQ(told(has(1, 2), goes_by(1, "0 2", "", 2)), "");                // that need not come to be committed
    EXPECT_EQ(told(has(1, 3), goes_by(1, "0 2", "", 2), goes_by(1, "0 1 2", "", 3), commits(2)), "");
    EXPECT_EQ(told(has(1, 3), goes_by(1, "0 1 2", "", 2), goes_by(1, "0 2", "", 3), commits(2)), "");
    EXPECT_EQ(told(has(1, 3), goes_by(1, "0 1 2", "", 2), goes_by(1, "0 2", "", 3), commits(3)), voteless);
    // The one that had taken its vote is cut off, and the one before it is in force again.
    EXPECT_EQ(
        told(has(1, 3), goes_by(1, "0 1 2", "", 2), goes_by(1, "0 2", "", 3), goes_by(1, "0 1 2", "", 2), commits(3)),
        "");
    // It gives its vote, and asks for none.
    EXPECT_EQ(Story().tell(goes_by(1, "0 2", "", 0)).note(1, voted, 2, 0).at(2s).end().objections(), "");
    // What it goes by it may say just after.
    const auto out = [&](auto& story) { story.tell(has(1, 3)).tell(goes_by(1, "0 2", "", 2)).tell(commits(2)); };
    EXPECT_EQ(Story().tell(out).tell(stands).tell(goes_by(1, "0 1 2", "", 3)).at(2s).end().objections(), "");
    EXPECT_EQ(Story().tell(out).tell(stands).at(2s).tell(goes_by(1, "0 1 2", "", 3)).objections(), voteless);
}

// A trace may say anything.
TEST(Changes, AbsurdNumbersCostNothing) {
    for (const std::int64_t far : {std::int64_t{1} << 60, INT64_MAX, INT64_MIN, std::int64_t{0}, std::int64_t{-1}}) {
        const auto tells = [&](auto& story) {
            story.note(0, append, far, far, far).note(0, truncate, far).note(0, commit, far, far, far);
            story.note(0, configuration, "7 x -1 99999999999999999999", " ", "", far).note(0, restore, far, far);
            story.note(0, configuration, "", "", "", far).note(0, leader, far, far).note(0, apply, far, far, far);
            story.note(0, voted, far, far);
            story.boot(0).note(0, start, far, far, far, far, far, far).note(0, leader, far, far).end();
        };
        Told<changes>().tell(tells);
        Told<lemmas>().tell(tells);
        Told<fixed_lemmas>().tell(tells);
        Told<convergence>().tell(tells);
        Told<availability>().tell(tells);
    }
}

TEST(ChangingLemmas, AMajorityIsOneOfTheConfigurationOfTheLeader) {
    const auto committed = [](const auto& configured, std::vector<std::uint32_t> holders) {
        Told<lemmas> story;
        for (const std::uint32_t host : holders) story.note(host, append, 1, 1, 1);
        story.state(0, "raft.role", "leader").state(0, "raft.term", 1).tell(configured);
        return story.at(2s).note(0, commit, 1, 1, 1).objections();
    };
    const char* const early = "raft.commit_durable: committed too early\nraft.commit_by_own_term: earlier term counted";
    const std::string one(early, 40);
    EXPECT_EQ(committed(goes_by(0, "0", "", 1), {0}), "");
    EXPECT_EQ(committed(goes_by(0, "0 1", "", 1), {0, 1}), "");
    EXPECT_EQ(committed(goes_by(0, "0 1", "", 1), {0, 2}), one);
    EXPECT_EQ(committed(goes_by(0, "0 2", "0 1", 1), {0, 2}), one); // of both sets
    EXPECT_EQ(committed(goes_by(0, "0 2", "0 1", 1), {0, 1, 2}), "");
    EXPECT_EQ(committed(goes_by(0, "0", "", 1, "1 2"), {1, 2}), one); // learners do not count
}

TEST(ChangingLemmas, WhatWasDecidedBeforeAChangeCountsByTheConfigurationBeforeIt) {
    const auto leads_and = [](auto& story) {
        story.state(0, "raft.role", "leader").state(0, "raft.term", 1);
        story.note(0, append, 1, 1, 1).note(1, append, 1, 1, 1);
    };
    Told<lemmas> before; // 0 and 1 of three, and then 0 and 2 alone
    before.tell(leads_and).at(2s).tell(goes_by(0, "0 2", "", 2));
    EXPECT_EQ(before.note(0, commit, 1, 1, 1).objections(), "");
    Told<lemmas> after;
    after.tell(leads_and).at(2s).tell(goes_by(0, "0 2", "", 2)).at(3s);
    EXPECT_EQ(after.note(0, commit, 1, 1, 1).objections(), "raft.commit_durable: committed too early");
    // A boot begins with what its log says, and tells it.
    Told<lemmas> again;
    again.at(2s).tell(goes_by(0, "0 2", "", 2)).at(3s).boot(0).tell(leads_and);
    EXPECT_EQ(again.note(0, commit, 1, 1, 1).objections(), "");
}

TEST(ChangingLemmas, AFollowerMayGoByAnotherConfigurationThanItsLeader) {
    const auto follows = [](auto& story) { story.tell(goes_by(1, "0 1", "", 1)).note(1, append, 1, 1, 1); };
    EXPECT_EQ(Told<lemmas>().tell(follows).at(2s).note(1, commit, 1, 1, 1).objections(), "");
    EXPECT_EQ(Told<fixed_lemmas>().tell(follows).at(2s).note(1, commit, 1, 1, 1).objections(),
              "raft.commit_durable: committed too early");
}

TEST(ChangingLemmas, VotesOfLearnersElectNobody) {
    const auto elected = [](const auto& configured, std::uint32_t voter) {
        Told<lemmas> story;
        story.tell(configured).note(0, voted, 1, 0).note(voter, voted, 1, 0);
        return story.at(2s).note(0, leader, 1, 1).objections();
    };
    EXPECT_EQ(elected(goes_by(0, "0 1", "", 1, "2"), 1), "");
    EXPECT_EQ(elected(goes_by(0, "0 1", "", 1, "2"), 2), "raft.elected: elected by a minority");
    EXPECT_EQ(elected(goes_by(0, "0 1", "1 2", 1), 1), "raft.elected: elected by a minority");
}

TEST(ChangingConvergence, WhoIsNoMemberMayBeBehind) {
    const auto applied = [](const auto& configured, sim::Duration at) {
        Told<convergence> story;
        for (std::uint32_t host = 0; host < 3; ++host) story.note(host, apply, 1, 1, 1);
        story.at(2s).tell(configured).note(0, apply, 2, 1, 2).note(1, apply, 2, 1, 2);
        return story.at(at).end().objections();
    };
    EXPECT_EQ(applied(goes_by(0, "0 1", "", 2), 9s), "");
    EXPECT_EQ(applied(goes_by(0, "0 1 2", "", 2), 9s), "raft.convergence: left behind");
    EXPECT_EQ(applied(goes_by(0, "0 1", "", 2, "2"), 9s), "raft.convergence: left behind"); // a learner gets the log
    EXPECT_EQ(applied(goes_by(0, "0 1", "1 2", 2), 9s), "raft.convergence: left behind");
    Told<convergence> back; // it came in just now
    back.at(2s).tell(goes_by(0, "0 1", "", 1)).note(0, apply, 1, 1, 1).note(1, apply, 1, 1, 1);
    back.at(8500ms).tell(goes_by(0, "0 1 2", "", 2)).note(0, apply, 2, 1, 2).note(1, apply, 2, 1, 2);
    EXPECT_EQ(back.at(9s).end().objections(), "");
    EXPECT_EQ(back.at(12s).end().objections(), "raft.convergence: left behind");
}

TEST(ChangingAvailability, AsksOnlyThatSomebodyLeads) {
    Told<availability> deposed;
    deposed.state(0, "raft.role", "leader").at(9s).state(0, "raft.role", "follower");
    EXPECT_EQ(deposed.objections(), "");
    EXPECT_EQ(deposed.at(20s).end().objections(), "raft.leader_in_calm: no leader");
}

} // namespace
} // namespace orrery::raft::changes_test
