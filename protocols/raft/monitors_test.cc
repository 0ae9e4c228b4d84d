// Each property, with a trace made by hand to which the monitor objects, and one like it to which it does not.
#include "orrery/protocols/raft/monitors.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::raft {
namespace {

constexpr sim::NoteKind leader{"raft.leader", {"term", "last_index"}};
constexpr sim::NoteKind append{"raft.append", {"index", "term", "digest"}};
constexpr sim::NoteKind truncate{"raft.truncate", {"from"}};
constexpr sim::NoteKind commit{"raft.commit", {"index", "term", "digest"}};
constexpr sim::NoteKind apply{"raft.apply", {"index", "term", "digest"}};

using Story = replication::MonitorStory<monitors>;

TEST(Monitors, ATermHasOneLeader) {
    EXPECT_EQ(Story().note(0, leader, 1, 0).note(1, leader, 2, 0).note(0, leader, 1, 0).objections(), "");
    EXPECT_EQ(Story().note(0, leader, 1, 0).note(1, leader, 1, 0).objections(), "raft.election_safety: two leaders");
    EXPECT_EQ(Story().note(0, leader, 1, 0).boot(0).note(0, leader, 1, 0).objections(),
              "raft.election_safety: two leaders");
}

TEST(Monitors, ALeaderNeverTruncates) {
    EXPECT_EQ(Story().note(0, append, 1, 1, 7).state(0, "raft.role", "follower").note(0, truncate, 1).objections(), "");
    EXPECT_EQ(Story().state(0, "raft.role", "leader").note(0, append, 1, 1, 7).note(0, truncate, 2).objections(), "");
    EXPECT_EQ(
        Story().state(0, "raft.role", "leader").note(0, append, 1, 1, 7).boot(0).note(0, truncate, 1).objections(), "");
    EXPECT_EQ(Story().state(0, "raft.role", "leader").note(0, append, 1, 1, 7).note(0, truncate, 1).objections(),
              "raft.leader_append_only: leader truncated");
}

TEST(Monitors, EntriesOfOneIndexAndTermAndThoseBeforeThemAreTheSame) {
    EXPECT_EQ(Story().note(0, append, 1, 1, 7).note(1, append, 1, 2, 8).note(2, append, 1, 1, 7).objections(), "");
    EXPECT_EQ(Story().note(0, append, 1, 1, 7).note(1, append, 1, 1, 8).objections(), "raft.log_matching: logs differ");
    Story story;
    story.note(0, append, 1, 1, 7).note(0, append, 2, 3, 9).note(1, append, 1, 2, 8).note(1, append, 2, 3, 9);
    EXPECT_EQ(story.objections(), "raft.log_matching: logs differ");
}

TEST(Monitors, ALeaderHasWhatWasCommittedInEarlierTerms) {
    const auto story = [](Story& trace) -> Story& { return trace.note(0, append, 1, 1, 7).note(0, commit, 1, 1, 7); };
    Story good;
    EXPECT_EQ(story(good).note(1, append, 1, 1, 7).note(1, leader, 2, 1).objections(), "");
    Story missing;
    EXPECT_EQ(story(missing).note(1, leader, 2, 0).objections(), "raft.leader_completeness: committed entry missing");
    Story other;
    EXPECT_EQ(story(other).note(1, append, 1, 2, 8).note(1, leader, 3, 1).objections(),
              "raft.leader_completeness: committed entry missing");
    Story truncated;
    EXPECT_EQ(story(truncated).note(1, append, 1, 1, 7).note(1, truncate, 1).note(1, leader, 3, 0).objections(),
              "raft.leader_completeness: committed entry missing");
    Story late; // elected in an older term, after a younger one had committed
    late.state(0, "raft.term", 3);
    EXPECT_EQ(story(late).note(1, leader, 2, 0).objections(), "");
    Story same_term;
    EXPECT_EQ(story(same_term).note(1, leader, 1, 0).objections(), ""); // committed in its own term
}

TEST(Monitors, ReplicasApplyTheSameCommandsInOrder) {
    EXPECT_EQ(Story().note(0, apply, 1, 1, 7).note(1, apply, 1, 1, 7).boot(0).note(0, apply, 1, 1, 7).objections(), "");
    EXPECT_EQ(Story().note(0, apply, 1, 1, 7).note(1, apply, 1, 1, 8).objections(),
              "raft.state_machine_safety: replicas differ");
    EXPECT_EQ(Story().note(0, apply, 2, 1, 7).objections(), "raft.state_machine_safety: applied out of order");
}

TEST(Monitors, TermAndCommitNeverFall) {
    EXPECT_EQ(Story().state(0, "raft.term", 3).boot(0).state(0, "raft.term", 3).state(1, "raft.term", 1).objections(),
              "");
    EXPECT_EQ(Story().state(0, "raft.term", 3).boot(0).state(0, "raft.term", 2).objections(),
              "raft.monotonic_term: term fell");
    EXPECT_EQ(Story().note(0, commit, 1, 1, 7).note(0, commit, 2, 1, 8).boot(0).note(0, commit, 1, 1, 7).objections(),
              "");
    EXPECT_EQ(Story().note(0, commit, 2, 1, 8).note(0, commit, 1, 1, 7).objections(),
              "raft.monotonic_commit: commit fell");
}

// A trace may name any index. What is kept of it is no larger for that.
TEST(Monitors, AnAbsurdIndexIsObjectedToAndCostsNothing) {
    for (const std::int64_t far : {std::int64_t{1} << 60, INT64_MAX, INT64_MIN, std::int64_t{0}}) {
        EXPECT_EQ(Story().note(0, append, far, 1, 7).note(1, append, far, 1, 8).objections(),
                  "raft.log_matching: logs differ");
        EXPECT_EQ(Story().note(0, apply, far, 1, 7).note(0, apply, far, 1, 7).objections(),
                  "raft.state_machine_safety: applied out of order\nraft.state_machine_safety: applied out of order");
        EXPECT_EQ(Story().note(0, append, 1, 1, 7).note(0, truncate, far).note(0, append, 2, 1, 7).objections(), "");
        EXPECT_EQ(Story().note(0, commit, INT64_MAX, 1, 7).note(0, commit, far, 1, 7).objections(),
                  "raft.monotonic_commit: commit fell");
    }
    EXPECT_EQ(Story().note(0, commit, std::int64_t{1} << 60, 1, 7).note(1, leader, 2, 0).objections(),
              "raft.leader_completeness: committed entry missing");
}

// Also when an index is named before those below it.
TEST(Monitors, WhatWasSaidOfAnIndexIsKeptWhateverTheOrder) {
    Story story;
    for (const int index : {4, 2, 3, 1, 5}) story.note(0, append, index, 1, index);
    EXPECT_EQ(story.objections(), "");
    for (const int index : {4, 2, 3, 1, 5}) story.note(1, append, index, 1, index + 10);
    std::string expected = "raft.log_matching: logs differ";
    for (int i = 0; i < 4; ++i) expected += "\nraft.log_matching: logs differ";
    EXPECT_EQ(story.objections(), expected);
}

} // namespace
} // namespace orrery::raft
