// Each rule, with a trace made by hand that breaks it, and those like it that do not.
#include <gtest/gtest.h>

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::raft::availability_test {
namespace {

using namespace std::chrono_literals;

constexpr sim::NoteKind start{"raft.start", {"member", "members", "term", "vote", "timeout", "sticky"}};
constexpr sim::NoteKind voted{"raft.voted", {"term", "candidate"}};
constexpr sim::NoteKind hand_over{"raft.hand_over", {"term", "to"}};
constexpr sim::NoteKind snapshot{"raft.snapshot", {"index", "term"}};
constexpr sim::NoteKind restore{"raft.restore", {"index", "term"}};
constexpr sim::NoteKind truncate{"raft.truncate", {"from"}};
constexpr sim::NoteKind append{"raft.append", {"index", "term", "digest"}};

std::vector<sim::MonitorFactory> availability() { return {availability_monitor}; }

struct Story : replication::MonitorStory<availability> {
    Story() {
        for (std::uint32_t host = 0; host < 3; ++host) note(host, start, host, 3, 0, 0, 160'000'000, false);
    }
};
auto campaigns(std::uint32_t host, int term) {
    return [=](auto& story) {
        story.note(host, voted, term, host).state(host, "raft.term", term).state(host, "raft.role", "candidate");
    };
}
auto leads(std::uint32_t host) {
    return [=](auto& story) { story.state(host, "raft.role", "leader"); };
}

TEST(Availability, SomebodyLeadsSoonWhileNothingGoesWrong) {
    EXPECT_EQ(Story().at(3s).end().objections(), "");
    EXPECT_EQ(Story().at(4s).end().objections(), "raft.leader_in_calm: no leader");
    EXPECT_EQ(Story().tell(leads(0)).at(9s).end().objections(), "");
    EXPECT_EQ(Story().at(2s).fault(true).at(9s).end().objections(), "");
    EXPECT_EQ(Story().at(2s).fault(true).at(3s).fault(false).at(6s).end().objections(), "");
    EXPECT_EQ(Story().at(2s).fault(true).at(3s).fault(false).at(7s).end().objections(),
              "raft.leader_in_calm: no leader");
    EXPECT_EQ(Story().tell(leads(0)).at(500ms).boot(0).at(3s).end().objections(), "");
    EXPECT_EQ(Story().tell(leads(0)).at(500ms).boot(0).at(4s).end().objections(), "raft.leader_in_calm: no leader");
}

TEST(Availability, ALeaderGoesOnLeadingWhileNothingGoesWrong) {
    const char* const deposed = "raft.leader_stays: deposed without a cause";
    EXPECT_EQ(Story().tell(leads(0)).at(2s).state(0, "raft.role", "follower").objections(), deposed);
    EXPECT_EQ(Story().tell(leads(0)).at(500ms).state(0, "raft.role", "follower").objections(), "");
    EXPECT_EQ(Story()
                  .tell(leads(0))
                  .at(1500ms)
                  .fault(true)
                  .fault(false)
                  .at(2s)
                  .state(0, "raft.role", "follower")
                  .objections(),
              "");
}

TEST(Availability, AroundASnapshotAServerMayBeSlow) {
    Story deposed;
    deposed.tell(leads(0)).at(1900ms).note(1, snapshot, 7, 1).at(2s).state(0, "raft.role", "follower");
    EXPECT_EQ(deposed.objections(), "");
    Story lost;
    lost.at(1900ms).note(1, snapshot, 7, 1).at(2s).tell(campaigns(0, 1)).at(2200ms).tell(campaigns(0, 2));
    EXPECT_EQ(lost.objections(), "");
    EXPECT_EQ(Story().at(3100ms).note(1, snapshot, 7, 1).at(4s).end().objections(), "raft.leader_in_calm: no leader");
}

TEST(Availability, WhoGaveItsVoteWaits) {
    const char* const soon = "raft.election_patience: campaigned after its vote";
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).at(2020ms).tell(campaigns(1, 2)).objections(), soon);
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).at(2200ms).tell(campaigns(1, 2)).objections(), "");
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).at(2020ms).tell(campaigns(2, 2)).objections(), "");
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).fault(true).at(2020ms).tell(campaigns(1, 2)).objections(), "");
    const auto asks = [](int to) { return [=](auto& story) { story.note(0, hand_over, 1, to); }; };
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).tell(asks(1)).at(2020ms).tell(campaigns(1, 2)).objections(), "");
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).tell(asks(2)).at(2020ms).tell(campaigns(1, 2)).objections(), soon);
}

// What a snapshot brings is not said entry by entry.
TEST(Availability, ALogThatBeginsBehindASnapshotIsAsLongAsItIs) {
    Story newer;
    newer.note(1, restore, 7, 1).at(2s).tell(campaigns(0, 2)).at(2200ms).tell(campaigns(0, 3));
    EXPECT_EQ(newer.objections(), "");
    Story older;
    older.note(1, restore, 7, 1).note(0, restore, 7, 1).note(0, append, 8, 1, 1).at(2s);
    older.tell(campaigns(0, 2)).at(2200ms).tell(campaigns(0, 3));
    EXPECT_EQ(older.objections(), "raft.election_won: uncontested election lost");
    Story cut; // behind it, and then from the start
    cut.note(1, append, 1, 1, 1).note(1, append, 2, 1, 2).note(1, restore, 1, 1).note(1, truncate, 2);
    cut.note(0, append, 1, 1, 1).at(2s).tell(campaigns(0, 2)).at(2200ms).tell(campaigns(0, 3));
    EXPECT_EQ(cut.objections(), "raft.election_won: uncontested election lost");
}

TEST(Availability, WhoStandsAloneIsElected) {
    const char* const lost = "raft.election_won: uncontested election lost";
    EXPECT_EQ(Story().at(2s).tell(campaigns(0, 1)).at(2200ms).tell(campaigns(0, 2)).objections(), lost);
    EXPECT_EQ(Story().at(2s).tell(campaigns(0, 1)).at(2100ms).tell(leads(0)).objections(), "");
    EXPECT_EQ(
        Story().at(2s).fault(true).fault(false).tell(campaigns(0, 1)).at(2200ms).tell(campaigns(0, 2)).objections(),
        lost);
    // Where who hears from a leader ignores candidates, it may be that others hear from it a little longer.
    Story sticky;
    sticky.note(1, start, 1, 3, 0, 0, 160'000'000, true).at(2s).tell(campaigns(0, 1)).at(2200ms).tell(campaigns(0, 2));
    EXPECT_EQ(sticky.objections(), "");
    // Somebody else stood as well, or was in a later term, or had a newer log, or was down, or a fault was at work.
    EXPECT_EQ(Story().at(2s).tell(campaigns(0, 1)).tell(campaigns(1, 1)).at(2200ms).tell(campaigns(0, 2)).objections(),
              "");
    EXPECT_EQ(
        Story().at(2s).tell(campaigns(0, 1)).state(1, "raft.term", 2).at(2200ms).tell(campaigns(0, 3)).objections(),
        "");
    EXPECT_EQ(
        Story().state(1, "raft.term", 1).at(2s).tell(campaigns(0, 1)).at(2200ms).tell(campaigns(0, 2)).objections(),
        "");
    EXPECT_EQ(
        Story().note(1, append, 1, 1, 7).at(2s).tell(campaigns(0, 2)).at(2200ms).tell(campaigns(0, 3)).objections(),
        "");
    EXPECT_EQ(Story().boot(1).at(2s).tell(campaigns(0, 1)).at(2200ms).tell(campaigns(0, 2)).objections(), "");
    EXPECT_EQ(Story().at(2s).tell(campaigns(0, 1)).fault(true).at(2200ms).tell(campaigns(0, 2)).objections(), "");
}

} // namespace
} // namespace orrery::raft::availability_test
