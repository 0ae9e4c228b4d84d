// Each lemma, with a trace made by hand that breaks it, and one like it that does not. Members have the numbers of
// their hosts.
#include <gtest/gtest.h>

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::raft::lemmas_test {
namespace {

constexpr sim::NoteKind start{"raft.start", {"member", "members", "term", "vote", "timeout", "sticky"}};
constexpr sim::NoteKind voted{"raft.voted", {"term", "candidate"}};
constexpr sim::NoteKind acknowledged{"raft.acknowledged", {"term", "index"}};
constexpr sim::NoteKind hand_over{"raft.hand_over", {"term", "to"}};
constexpr sim::NoteKind leader{"raft.leader", {"term", "last_index"}};
constexpr sim::NoteKind append{"raft.append", {"index", "term", "digest"}};
constexpr sim::NoteKind truncate{"raft.truncate", {"from"}};
constexpr sim::NoteKind commit{"raft.commit", {"index", "term", "digest"}};
constexpr std::int64_t timeout = 160'000'000;

std::vector<sim::MonitorFactory> lemmas() { return {lemma_monitor}; }

struct Story : replication::MonitorStory<lemmas> {
    explicit Story(int size = 3) {
        for (std::uint32_t host = 0; host < 3; ++host) note(host, start, host, size, 0, 0, timeout, false);
    }
};
auto starts_again(std::uint32_t host, int term, int vote) {
    return [=](auto& story) { story.note(host, start, host, 3, term, vote, timeout, false); };
}

TEST(Lemmas, AServerGivesOneVoteInATerm) {
    Story good;
    good.note(0, voted, 1, 1).note(0, voted, 1, 1).note(0, voted, 2, 2).note(1, voted, 2, 1).note(0, voted, 1, 1);
    EXPECT_EQ(good.objections(), "");
    Story twice;
    EXPECT_EQ(twice.note(0, voted, 1, 1).note(0, voted, 2, 1).note(0, voted, 1, 2).objections(),
              "raft.one_vote: voted twice");
    Story after_a_crash;
    after_a_crash.note(0, voted, 1, 1).boot(0);
    EXPECT_EQ(after_a_crash.tell(starts_again(0, 1, 2)).note(0, voted, 1, 2).objections(),
              "raft.one_vote: voted twice");
}

TEST(Lemmas, ANewMachineOwesNothingOfWhatTheOneBeforeItPromised) {
    const auto promised = [](auto& story) {
        story.note(0, append, 1, 1, 7).note(0, acknowledged, 1, 1).note(0, voted, 2, 1).boot(0);
    };
    Story same;
    promised(same);
    EXPECT_EQ(same.note(0, truncate, 1).tell(starts_again(0, 0, 0)).objections(),
              "raft.promise_durable: vote forgotten\nraft.promise_durable: entries forgotten");
    Story other;
    promised(other);
    other.note(0, new_machine).note(0, truncate, 1).tell(starts_again(0, 0, 0)).note(0, voted, 2, 2);
    EXPECT_EQ(other.objections(), "");
}

TEST(Lemmas, ALeaderHasTheVotesOfAMajorityOfTheCluster) {
    EXPECT_EQ(Story().note(0, voted, 1, 0).note(2, voted, 1, 0).note(0, leader, 1, 1).objections(), "");
    const char* const minority = "raft.elected: elected by a minority";
    EXPECT_EQ(Story().note(0, voted, 1, 0).note(0, leader, 1, 1).objections(), minority);
    EXPECT_EQ(Story().note(0, voted, 2, 0).note(2, voted, 1, 0).note(0, leader, 2, 1).objections(), minority);
    EXPECT_EQ(Story().note(0, voted, 1, 0).note(2, voted, 1, 1).note(0, leader, 1, 1).objections(), minority);
    // Where not all have said something, nobody knows.
    EXPECT_EQ(Story(4).note(0, voted, 1, 0).note(0, leader, 1, 1).objections(), "");
}

TEST(Lemmas, WhatIsCommittedIsDurableOnAMajority) {
    EXPECT_EQ(Story().note(0, append, 1, 1, 7).note(1, append, 1, 1, 7).note(0, commit, 1, 1, 7).objections(), "");
    const char* const early = "raft.commit_durable: committed too early";
    EXPECT_EQ(Story().note(0, append, 1, 1, 7).note(0, commit, 1, 1, 7).objections(), early);
    EXPECT_EQ(Story().note(0, append, 1, 1, 7).note(1, append, 1, 2, 7).note(0, commit, 1, 1, 7).objections(), early);
    Story taken_back;
    taken_back.note(0, append, 1, 1, 7).note(1, append, 1, 1, 7).note(1, truncate, 1);
    EXPECT_EQ(taken_back.note(0, commit, 1, 1, 7).objections(), early);
    // What was durable before a crash is so until the next boot says otherwise.
    Story crashed;
    crashed.note(0, append, 1, 1, 7).note(1, append, 1, 1, 7).boot(1);
    EXPECT_EQ(crashed.note(0, commit, 1, 1, 7).objections(), "");
}

TEST(Lemmas, ALeaderCommitsWithAnEntryOfItsOwnTerm) {
    const auto both = [](Story& story, int index, int term) {
        story.note(0, append, index, term, index).note(1, append, index, term, index);
    };
    Story counted;
    both(counted, 1, 1);
    counted.state(0, "raft.role", "leader").state(0, "raft.term", 2).note(0, append, 2, 2, 2);
    EXPECT_EQ(counted.note(0, commit, 1, 1, 1).objections(), "raft.commit_by_own_term: earlier term counted");
    Story with_its_own;
    both(with_its_own, 1, 1);
    both(with_its_own, 2, 2);
    with_its_own.state(0, "raft.role", "leader").state(0, "raft.term", 2);
    EXPECT_EQ(with_its_own.note(0, commit, 1, 1, 1).note(0, commit, 2, 2, 2).objections(), "");
    Story follower; // it is told
    both(follower, 1, 1);
    EXPECT_EQ(follower.state(0, "raft.term", 2).note(0, commit, 1, 1, 1).objections(), "");
}

TEST(Lemmas, AVoteIsFoundAgain) {
    const auto promised = [](Story& story) { story.note(0, voted, 2, 1).boot(0); };
    const char* const forgotten = "raft.promise_durable: vote forgotten";
    Story same;
    promised(same);
    EXPECT_EQ(same.tell(starts_again(0, 2, 2)).objections(), "");
    Story later;
    promised(later);
    EXPECT_EQ(later.tell(starts_again(0, 3, 0)).objections(), "");
    Story earlier;
    promised(earlier);
    EXPECT_EQ(earlier.tell(starts_again(0, 1, 2)).objections(), forgotten);
    Story none;
    promised(none);
    EXPECT_EQ(none.tell(starts_again(0, 2, 0)).objections(), forgotten);
    Story another;
    promised(another);
    EXPECT_EQ(another.tell(starts_again(0, 2, 3)).objections(), forgotten);
}

TEST(Lemmas, WhatWasAcknowledgedIsFoundAgain) {
    const auto promised = [](Story& story) {
        story.note(0, append, 1, 1, 7).note(0, append, 2, 1, 8).note(0, acknowledged, 1, 2).boot(0);
        story.note(0, truncate, 1);
    };
    const char* const forgotten = "raft.promise_durable: entries forgotten";
    Story same;
    promised(same);
    same.note(0, append, 1, 1, 7).note(0, append, 2, 1, 8);
    EXPECT_EQ(same.tell(starts_again(0, 1, 0)).objections(), "");
    Story lost;
    promised(lost);
    lost.note(0, append, 1, 1, 7);
    EXPECT_EQ(lost.tell(starts_again(0, 1, 0)).objections(), forgotten);
    Story other;
    promised(other);
    other.note(0, append, 1, 1, 7).note(0, append, 2, 1, 9);
    EXPECT_EQ(other.tell(starts_again(0, 1, 0)).objections(), forgotten);
    Story taken_back; // by the leader of a later term
    promised(taken_back);
    taken_back.note(0, append, 1, 1, 7);
    EXPECT_EQ(taken_back.tell(starts_again(0, 2, 0)).objections(), "");
    Story unwritten; // acknowledged before it was durable: no note says that it ever was
    unwritten.note(0, acknowledged, 1, 1).boot(0);
    EXPECT_EQ(unwritten.tell(starts_again(0, 1, 0)).objections(), forgotten);
}

TEST(Lemmas, ALeaderHandsOverToWhoHasItsWholeLog) {
    const auto leads = [](Story& story) { story.note(0, append, 1, 2, 7).note(0, append, 2, 2, 8); };
    const char* const early = "raft.handed_over: handed over too early";
    Story whole;
    leads(whole);
    EXPECT_EQ(whole.note(1, acknowledged, 2, 2).note(0, hand_over, 2, 1).objections(), "");
    Story behind;
    leads(behind);
    EXPECT_EQ(behind.note(1, acknowledged, 2, 1).note(0, hand_over, 2, 1).objections(), early);
    Story another;
    leads(another);
    EXPECT_EQ(another.note(2, acknowledged, 2, 2).note(0, hand_over, 2, 1).objections(), early);
    Story of_an_earlier_term;
    leads(of_an_earlier_term);
    EXPECT_EQ(of_an_earlier_term.note(1, acknowledged, 1, 2).note(0, hand_over, 2, 1).objections(), early);
    Story deposed_since; // and it has got an entry of its successor before it says that it hands over
    leads(deposed_since);
    deposed_since.note(1, acknowledged, 2, 2).note(0, append, 3, 3, 9);
    EXPECT_EQ(deposed_since.note(0, hand_over, 2, 1).objections(), "");
    Story taken_back_since; // by a leader of a later term, of which this one has not heard
    leads(taken_back_since);
    taken_back_since.note(1, acknowledged, 2, 2).note(1, acknowledged, 3, 1);
    EXPECT_EQ(taken_back_since.note(0, hand_over, 2, 1).objections(), "");
}

// A trace may say anything.
TEST(Lemmas, AbsurdNumbersCostNothing) {
    for (const std::int64_t far : {std::int64_t{1} << 60, INT64_MAX, INT64_MIN, std::int64_t{0}, std::int64_t{-1}}) {
        Story story;
        story.note(0, append, far, far, far).note(0, truncate, far).note(0, commit, far, far, far);
        story.note(0, voted, far, far).note(0, acknowledged, far, far).note(0, leader, far, far).boot(0);
        story.note(0, hand_over, far, far);
        story.note(0, start, far, far, far, far, far, far).note(0, leader, far, far).note(0, commit, far, far, far);
    }
}

} // namespace
} // namespace orrery::raft::lemmas_test
