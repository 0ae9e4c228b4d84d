// Each rule, with a trace made by hand that breaks it, and those like it that do not.
#include <gtest/gtest.h>

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::raft::availability_test {
namespace {

using namespace std::chrono_literals;

constexpr sim::NoteKind start{"raft.start", {"member", "members", "term", "vote", "last_index", "timeout"}};
constexpr sim::NoteKind voted{"raft.voted", {"term", "candidate"}};
constexpr sim::NoteKind append{"raft.append", {"index", "term", "digest"}};

std::vector<sim::MonitorFactory> availability() { return {availability_monitor}; }

struct Story : replication::MonitorStory<availability> {
    Story() {
        for (std::uint32_t host = 0; host < 3; ++host) note(host, start, host, 3, 0, 0, 0, 160'000'000);
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

TEST(Availability, WhoGaveItsVoteWaits) {
    const char* const soon = "raft.election_patience: campaigned after its vote";
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).at(2020ms).tell(campaigns(1, 2)).objections(), soon);
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).at(2200ms).tell(campaigns(1, 2)).objections(), "");
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).at(2020ms).tell(campaigns(2, 2)).objections(), "");
    EXPECT_EQ(Story().at(2s).note(1, voted, 1, 0).fault(true).at(2020ms).tell(campaigns(1, 2)).objections(), "");
}

TEST(Availability, WhoStandsAloneIsElected) {
    const char* const lost = "raft.election_won: uncontested election lost";
    EXPECT_EQ(Story().at(2s).tell(campaigns(0, 1)).at(2200ms).tell(campaigns(0, 2)).objections(), lost);
    EXPECT_EQ(Story().at(2s).tell(campaigns(0, 1)).at(2100ms).tell(leads(0)).objections(), "");
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
