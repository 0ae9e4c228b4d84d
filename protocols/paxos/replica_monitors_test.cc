// Each property, with a trace made by hand to which the monitor objects, and one like it to which it does not.
#include "orrery/protocols/paxos/replica_monitors.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/monitor_story_test.h"

namespace orrery::paxos {
namespace {

constexpr sim::NoteKind said_leads{"paxos.leader", {"round", "member", "slot"}};
constexpr sim::NoteKind said_promises{"paxos.log.promise", {"round", "member"}};
constexpr sim::NoteKind said_proposes{"paxos.log.propose", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind said_accepts{"paxos.log.accept", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind said_learns{"paxos.log.learn", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind said_recovers{"paxos.log.recover", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind said_applies{"paxos.log.chosen", {"slot", "digest"}};

constexpr sim::NoteKind said_member{"paxos.log.member", {"member"}};
constexpr sim::NoteKind said_members{"paxos.log.members", {"slot", "window", "voters"}};
constexpr sim::NoteKind said_read{"paxos.log.read", {"read"}};
constexpr sim::NoteKind said_answer{"paxos.log.answer", {"read", "slot"}};

using ReplicaStory = replication::MonitorStory<replica_monitors>;

ReplicaStory& of_three(ReplicaStory& story) { return story.state(0, "paxos.members", 3); }

TEST(ReplicaMonitors, APromiseIsKeptInAllSlots) {
    EXPECT_EQ(ReplicaStory()
                  .note(0, said_promises, 2, 1)
                  .note(1, said_promises, 1, 0)
                  .note(0, said_accepts, 7, 2, 1, 5)
                  .objections(),
              "");
    EXPECT_EQ(ReplicaStory().note(0, said_promises, 2, 1).note(0, said_promises, 2, 0).objections(),
              "paxos.log.promise: promise forgotten");
    EXPECT_EQ(ReplicaStory().note(0, said_promises, 2, 1).note(0, said_accepts, 7, 2, 0, 5).objections(),
              "paxos.log.promise: accepted below its promise");
    EXPECT_EQ(ReplicaStory().note(0, said_accepts, 7, 2, 1, 5).note(0, said_accepts, 8, 1, 0, 6).objections(),
              "paxos.log.promise: accepted below its promise"); // who accepts has promised as much
    EXPECT_EQ(ReplicaStory().note(0, said_promises, 2, 1).note(0, said_learns, 7, 1, 0, 5).objections(),
              ""); // it was told
}

TEST(ReplicaMonitors, ABallotProposesOneValueASlot) {
    EXPECT_EQ(ReplicaStory().note(0, said_proposes, 1, 1, 0, 5).note(0, said_proposes, 2, 1, 0, 6).objections(), "");
    EXPECT_EQ(ReplicaStory().note(0, said_proposes, 1, 1, 0, 5).note(0, said_proposes, 1, 1, 0, 6).objections(),
              "paxos.log.ballot: two values in one ballot");
}

TEST(ReplicaMonitors, ABallotIsLedByOneMemberInOneLife) {
    EXPECT_EQ(ReplicaStory().note(0, said_leads, 1, 0, 0).note(1, said_leads, 1, 1, 0).objections(), "");
    EXPECT_EQ(ReplicaStory().note(0, said_leads, 1, 0, 0).note(1, said_leads, 1, 0, 0).objections(),
              "paxos.log.ballot: ballot led twice");
    EXPECT_EQ(ReplicaStory().note(0, said_leads, 1, 0, 0).boot(0).note(0, said_leads, 1, 0, 0).objections(),
              "paxos.log.ballot: ballot led twice");
}

TEST(ReplicaMonitors, WhatIsChosenIsProposedByEveryHigherBallot) {
    const auto story = [](std::uint32_t other, const sim::NoteKind& how, int digest) {
        ReplicaStory trace;
        of_three(trace)
            .note(0, said_proposes, 4, 1, 0, 5)
            .note(0, said_accepts, 4, 1, 0, 5)
            .note(other, how, 4, 1, 0, 5);
        return trace.note(1, said_proposes, 4, 2, 1, digest).objections();
    };
    EXPECT_EQ(story(0, said_accepts, 6), ""); // one of three is no majority
    EXPECT_EQ(story(2, said_learns, 6), "");  // nor is one that was told
    EXPECT_EQ(story(2, said_accepts, 5), "");
    EXPECT_EQ(story(2, said_accepts, 6), "paxos.log.chosen_value_kept: another value proposed");
    EXPECT_EQ(story(2, said_recovers, 6), "paxos.log.chosen_value_kept: another value proposed");
}

TEST(ReplicaMonitors, WhatIsAppliedIsChosenAndTheSameEverywhere) {
    ReplicaStory trace;
    of_three(trace).note(0, said_accepts, 4, 1, 0, 5).note(2, said_accepts, 4, 1, 0, 5).note(0, said_applies, 4, 5);
    EXPECT_EQ(trace.note(1, said_applies, 4, 5).objections(), "");
    EXPECT_EQ(trace.note(2, said_applies, 4, 6).objections(), "paxos.log.agreement: two values chosen");
    ReplicaStory apart; // a majority, but not in one ballot
    of_three(apart).note(0, said_accepts, 4, 1, 0, 5).note(2, said_accepts, 4, 2, 1, 5);
    EXPECT_EQ(apart.note(0, said_applies, 4, 5).objections(), "paxos.log.agreement: not chosen");
}

// From slot 8 + 4 on members 1 and 2 decide, and before that all three.
ReplicaStory& of_two_later(ReplicaStory& story) {
    of_three(story);
    for (std::uint32_t host = 0; host < 3; ++host) story.note(host, said_member, host);
    return story.note(0, said_members, 8, 4, "1 2");
}

TEST(ReplicaMonitors, AMajorityIsOfThoseWhoDecideInTheSlot) {
    const auto story = [](std::uint32_t other, int slot) {
        ReplicaStory trace;
        of_two_later(trace).note(1, said_accepts, slot, 1, 0, 5).note(other, said_accepts, slot, 1, 0, 5);
        return trace.note(1, said_applies, slot, 5).objections();
    };
    EXPECT_EQ(story(0, 11), "");
    EXPECT_EQ(story(0, 12), "paxos.log.agreement: not chosen"); // one of two
    EXPECT_EQ(story(2, 12), "");
    ReplicaStory kept; // of one that has left nothing is to be kept
    of_two_later(kept).note(0, said_accepts, 12, 1, 0, 5).note(1, said_accepts, 12, 1, 0, 5);
    kept.note(1, said_accepts, 8, 2, 1, 4).note(2, said_accepts, 8, 2, 1, 4);
    EXPECT_EQ(kept.note(1, said_proposes, 12, 2, 1, 6).objections(), "");
}

TEST(ReplicaMonitors, AllLearnTheSameVoters) {
    ReplicaStory trace;
    EXPECT_EQ(of_two_later(trace).note(1, said_members, 8, 4, "1 2").objections(), "");
    EXPECT_EQ(trace.note(2, said_members, 8, 4, "0 1").objections(), "paxos.log.agreement: two sets of voters");
}

TEST(ReplicaMonitors, NothingIsProposedBehindTheWindow) {
    const auto story = [](std::uint32_t other) {
        ReplicaStory trace;
        of_two_later(trace).note(1, said_accepts, 5, 1, 0, 5).note(other, said_accepts, 5, 1, 0, 5);
        return trace.note(0, said_proposes, 9, 1, 0, 6).objections();
    };
    EXPECT_EQ(story(2), "");
    EXPECT_EQ(story(1), "paxos.log.window: proposed too far");
}

TEST(ReplicaMonitors, AReadMissesNothingThatWasKnownBeforeItBegan) {
    const auto story = [](bool is_known_before, int slot) {
        ReplicaStory trace;
        of_three(trace).note(0, said_accepts, 4, 1, 0, 5).note(2, said_accepts, 4, 1, 0, 5);
        if (is_known_before) trace.note(0, said_applies, 4, 5);
        trace.note(1, said_read, 1);
        if (!is_known_before) trace.note(0, said_applies, 4, 5);
        return trace.note(1, said_answer, 1, slot).objections();
    };
    EXPECT_EQ(story(true, 4), "");
    EXPECT_EQ(story(false, 3), "");
    EXPECT_EQ(story(true, 3), "paxos.log.read: stale read");
}

} // namespace
} // namespace orrery::paxos
