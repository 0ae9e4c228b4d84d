// Ends of runs, made by hand: who is behind, and who is excused.
#include <gtest/gtest.h>

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::raft::convergence_test {
namespace {

using namespace std::chrono_literals;

constexpr sim::NoteKind start{"raft.start", {"member", "members", "term", "vote", "timeout", "sticky"}};
constexpr sim::NoteKind append{"raft.append", {"index", "term", "digest"}};
constexpr sim::NoteKind apply{"raft.apply", {"index", "term", "digest"}};

std::vector<sim::MonitorFactory> convergence() { return {convergence_monitor}; }

auto starts(std::uint32_t host) {
    return [=](auto& story) { story.note(host, start, host, 3, 0, 0, 160'000'000, false); };
}
auto applies(std::uint32_t host, int last) {
    return [=](auto& story) {
        for (int index = 1; index <= last; ++index) story.note(host, apply, index, 1, index);
    };
}
struct Story : replication::MonitorStory<convergence> {
    Story() {
        for (std::uint32_t host = 0; host < 3; ++host) tell(starts(host));
        at(1s).tell(applies(0, 2)).tell(applies(1, 2)).tell(applies(2, 2));
    }
};
const char* const behind = "raft.convergence: left behind";

TEST(Convergence, EveryServerAppliesWhatOneHasApplied) {
    EXPECT_EQ(Story().at(9s).end().objections(), "");
    EXPECT_EQ(Story().at(2s).tell(applies(0, 3)).at(9s).end().objections(), behind);
    EXPECT_EQ(Story().at(2s).tell(applies(0, 3)).tell(applies(1, 3)).tell(applies(2, 3)).at(9s).end().objections(), "");
}

TEST(Convergence, AServerThatDoesNotStartAgainIsBehind) {
    EXPECT_EQ(Story().at(2s).boot(1).at(9s).end().objections(), behind);
    Story again;
    again.at(2s).boot(1);
    EXPECT_EQ(again.tell(starts(1)).tell(applies(1, 2)).at(9s).end().objections(), "");
}

TEST(Convergence, WhatIsYoungMayStillBeOnItsWay) {
    EXPECT_EQ(Story().at(8500ms).tell(applies(0, 3)).at(9s).end().objections(), "");
    Story older; // and what was on its way before it is not excused by it
    EXPECT_EQ(older.at(2s).tell(applies(0, 3)).at(8500ms).tell(applies(0, 4)).at(9s).end().objections(), behind);
}

TEST(Convergence, WhoStillMovesIsExcused) {
    EXPECT_EQ(
        Story().at(2s).tell(applies(0, 5)).at(8500ms).tell(applies(1, 3)).tell(applies(2, 3)).at(9s).end().objections(),
        "");
    EXPECT_EQ(Story()
                  .at(2s)
                  .tell(applies(0, 3))
                  .tell(applies(1, 3))
                  .at(8500ms)
                  .note(2, append, 3, 1, 3)
                  .at(9s)
                  .end()
                  .objections(),
              "");
}

TEST(Convergence, AfterAFaultThereIsTimeToCatchUp) {
    EXPECT_EQ(Story().at(2s).tell(applies(0, 3)).at(8s).fault(true).fault(false).at(9s).end().objections(), "");
    EXPECT_EQ(Story().at(2s).tell(applies(0, 3)).fault(true).at(9s).end().objections(), "");
}

} // namespace
} // namespace orrery::raft::convergence_test
