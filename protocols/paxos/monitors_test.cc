// Each property, with a trace made by hand to which the monitor objects, and one like it to which it does not.
#include "orrery/protocols/paxos/monitors.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::paxos {
namespace {

constexpr sim::NoteKind note_promise{"paxos.promise", {"decree", "round", "member"}};
constexpr sim::NoteKind note_accept{"paxos.accept", {"decree", "round", "member", "digest", "value"}};
constexpr sim::NoteKind note_accepted{"paxos.accepted", {"decree", "round", "member"}};
constexpr sim::NoteKind note_propose{"paxos.propose", {"decree", "round", "member", "digest", "value"}};
constexpr sim::NoteKind note_chosen{"paxos.chosen", {"decree", "digest", "value"}};

using Story = replication::MonitorStory<monitors>;

TEST(Monitors, APromiseIsKept) {
    EXPECT_EQ(Story()
                  .note(0, note_promise, 1, 2, 0)
                  .note(0, note_promise, 2, 1, 0)
                  .note(1, note_promise, 1, 1, 0)
                  .objections(),
              "");
    EXPECT_EQ(Story().note(0, note_promise, 1, 2, 0).note(0, note_promise, 1, 1, 2).objections(),
              "paxos.promise: promise forgotten");
    EXPECT_EQ(Story().note(0, note_promise, 1, 2, 0).note(0, note_accept, 1, 2, 0, 7, "v").objections(), "");
    EXPECT_EQ(Story().note(0, note_promise, 1, 2, 1).note(0, note_accept, 1, 2, 0, 7, "v").objections(),
              "paxos.promise: accepted below its promise");
    EXPECT_EQ(Story().note(0, note_accept, 1, 2, 0, 7, "v").note(0, note_promise, 1, 1, 2).objections(),
              "paxos.promise: promise forgotten"); // who accepts has promised as much
}

TEST(Monitors, ABallotProposesOneValue) {
    EXPECT_EQ(Story().note(0, note_propose, 1, 1, 0, 7, "v").note(0, note_propose, 1, 1, 0, 7, "v").objections(), "");
    EXPECT_EQ(Story().note(0, note_propose, 1, 1, 0, 7, "v").note(0, note_propose, 2, 1, 0, 8, "w").objections(), "");
    EXPECT_EQ(Story().note(0, note_propose, 1, 1, 0, 7, "v").note(0, note_propose, 1, 1, 0, 8, "w").objections(),
              "paxos.ballot: two values in one ballot");
}

TEST(Monitors, WhatIsChosenIsProposedByEveryHigherBallot) {
    const auto story = [](std::uint32_t other) {
        Story trace;
        trace.state(0, "paxos.members", 3);
        trace.note(0, note_propose, 1, 1, 0, 7, "v")
            .note(0, note_accept, 1, 1, 0, 7, "v")
            .note(other, note_accept, 1, 1, 0, 7, "v");
        return trace.note(1, note_propose, 1, 2, 1, 8, "w").objections();
    };
    EXPECT_EQ(story(0), ""); // one of three is no majority
    EXPECT_EQ(story(2), "paxos.chosen_value_kept: another value proposed");
    Story same;
    same.state(0, "paxos.members", 3);
    same.note(0, note_propose, 1, 1, 0, 7, "v")
        .note(0, note_accept, 1, 1, 0, 7, "v")
        .note(2, note_accept, 1, 1, 0, 7, "v");
    EXPECT_EQ(same.note(1, note_propose, 1, 2, 1, 7, "v").objections(), "");
}

TEST(Monitors, WhatIsLearnedWasAcceptedByAMajorityInOneBallot) {
    const auto learned = [](int decree, int round) {
        Story trace;
        trace.state(0, "paxos.members", 3).note(0, note_propose, 1, 1, 0, 7, "v").note(0, note_accepted, 1, 1, 0);
        trace.note(1, note_accepted, decree, round, 0);
        return trace.note(0, note_chosen, 1, 7, "v").note(2, note_chosen, 1, 7, "v").objections();
    };
    EXPECT_EQ(learned(1, 1), "");
    EXPECT_EQ(learned(1, 2), "paxos.chosen_by_majority: chosen by a minority");
    EXPECT_EQ(learned(2, 1), "paxos.chosen_by_majority: chosen by a minority");
}

TEST(Monitors, AllLearnOneValueAndItWasProposed) {
    Story trace;
    trace.note(0, note_propose, 1, 1, 0, 7, "v").note(0, note_chosen, 1, 7, "v").note(1, note_chosen, 1, 7, "v");
    EXPECT_EQ(trace.objections(), "");
    trace.note(1, note_propose, 1, 2, 1, 8, "w").note(2, note_chosen, 1, 8, "w");
    EXPECT_EQ(trace.objections(), "paxos.agreement: two values chosen");
    EXPECT_EQ(Story().note(0, note_chosen, 1, 7, "v").objections(), "paxos.nontriviality: value out of nowhere");
}

} // namespace
} // namespace orrery::paxos
