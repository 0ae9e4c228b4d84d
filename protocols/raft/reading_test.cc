// Reads that a leader answers, as messages and notes show them: those that it may answer, and others like them.
#include <gtest/gtest.h>

#include "orrery/protocols/raft/message.h"
#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/replication/monitor_story_test.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::raft::reading_test {
namespace {

using Observed = sim::Observation::Kind;
using namespace std::chrono_literals;

constexpr sim::NoteKind start{"raft.start", {"member", "members", "term", "vote", "timeout", "sticky"}};
constexpr sim::NoteKind leases{"raft.leases", {"timeout", "tick"}};
constexpr sim::NoteKind configuration{"raft.configuration", {"voters", "outgoing", "learners", "since"}};
constexpr sim::NoteKind read_begins{"raft.read", {"read", "term", "leads"}};
constexpr sim::NoteKind read_answer{"raft.read_answer", {"read", "index", "term", "leads"}};
constexpr sim::NoteKind hand_over{"raft.hand_over", {"term", "to"}};
constexpr sim::NoteKind commit{"raft.commit", {"index", "term", "digest"}};

std::vector<sim::MonitorFactory> reading() { return {reading_monitor}; }

struct Story : replication::MonitorStory<reading> {
    explicit Story(int size = 3) {
        for (std::uint32_t host = 0; host < 3; ++host) note(host, start, host, size, 0, 0, 160'000'000, true);
    }
    Story& sends(std::uint64_t round, Term term = 1) {
        return tell_of(Observed::send, Message::Kind::append, 0, round, term);
    }
    Story& hears(Member member, std::uint64_t round, Term term = 1) {
        return tell_of(Observed::deliver, Message::Kind::append_reply, member, round, term);
    }
    Story& begins(int read) { return note(0, read_begins, read, 1, true), *this; }
    Story& answers(int read, int index = 5) { return note(0, read_answer, read, index, 1, true), *this; }
    Story& later(sim::Duration since_start) { return at(since_start), *this; }

private:
    Story& tell_of(Observed observed, Message::Kind kind, Member from, std::uint64_t round, Term term) {
        Message told;
        told.kind = kind;
        told.from = from;
        told.round = round;
        told.term = term;
        const sim::Bytes bytes = replication::datagram_of({2, 2, 0}, told);
        message(observed, 0, observed == Observed::send ? "raft.append" : "raft.append_reply", bytes);
        return *this;
    }
};

constexpr const char* unconfirmed = "raft.read_confirmed: read unconfirmed";

TEST(Reading, AMajorityAnswersWhatWasSentAfterTheReadBegan) {
    EXPECT_EQ(Story().sends(1).begins(1).sends(2).sends(3).hears(1, 2).answers(1).objections(), "");
    EXPECT_EQ(Story().begins(1).answers(1).objections(), unconfirmed);
    EXPECT_EQ(Story().sends(1).hears(1, 1).begins(1).sends(2).answers(1).objections(), unconfirmed);
    EXPECT_EQ(Story().sends(1).begins(1).sends(2).hears(1, 1).answers(1).objections(), unconfirmed);
    EXPECT_EQ(Story().sends(1).begins(1).answers(1, 0).objections(), ""); // refused
}

TEST(Reading, AnAnswerOfAnotherTermIsNone) {
    EXPECT_EQ(Story().begins(1).sends(1, 2).hears(1, 1, 2).answers(1).objections(), "");
    EXPECT_EQ(Story().begins(1).sends(1, 2).hears(1, 1, 1).answers(1).objections(), unconfirmed);
    EXPECT_EQ(Story().begins(1).sends(1, 2).hears(1, 1, 2).sends(1, 3).begins(2).answers(2).objections(), unconfirmed);
}

TEST(Reading, LearnersConfirmNothing) {
    const auto one_votes = [](const char* voters, Member member) {
        Story story;
        story.note(0, configuration, voters, "", "2", 0);
        return story.begins(1).sends(1).hears(member, 1).answers(1).objections();
    };
    EXPECT_EQ(one_votes("0 1", 1), "");
    EXPECT_EQ(one_votes("0 1", 2), unconfirmed);
    EXPECT_EQ(one_votes("0", 2), "");
}

TEST(Reading, ALeaseEndsBeforeThePromisesItRestsOn) {
    const auto after = [](sim::Duration passed) {
        Story story;
        story.note(0, leases, 160'000'000, 20'000'000);
        return story.sends(1).hears(1, 1).begins(1).later(passed).answers(1).objections();
    };
    EXPECT_EQ(after(0ms), "");
    EXPECT_EQ(after(131ms), "");
    EXPECT_EQ(after(132ms), unconfirmed);
}

TEST(Reading, AReadSeesWhatWasCommittedWhenItBegan) {
    const auto at_a_follower = [](int committed, int index) {
        Story story;
        story.note(2, commit, committed, 1, 0).note(1, read_begins, 1, 1, false).note(2, commit, 9, 1, 0);
        return story.note(1, read_answer, 1, index, 2, false).objections();
    };
    EXPECT_EQ(at_a_follower(4, 4), "");
    EXPECT_EQ(at_a_follower(4, 0), "");
    EXPECT_EQ(at_a_follower(4, 3), "raft.read_index: read of the past");
}

TEST(Reading, AReadDoesNotOutliveTheLeadershipInWhichItBegan) {
    const auto later = [](bool leads) {
        Story story;
        story.begins(1).sends(1, 3).hears(1, 1, 3);
        return story.note(0, read_answer, 1, 5, 3, leads).objections();
    };
    EXPECT_EQ(later(true), "raft.read_term: read outlived its leadership");
    EXPECT_EQ(later(false), ""); // deposed since
}

TEST(Reading, WhoCampaignsInTheNameOfALeaderWasAskedByIt) {
    const auto campaigns = [](bool is_named, std::int64_t asked_in, Member asked) {
        Story story;
        story.note(0, hand_over, asked_in, asked);
        Message vote;
        vote.kind = Message::Kind::vote;
        vote.from = 1;
        vote.term = 4;
        vote.success = is_named;
        return story.message(Observed::send, 1, "raft.vote", replication::datagram_of({2, 2, 0}, vote)).objections();
    };
    EXPECT_EQ(campaigns(true, 3, 1), "");
    EXPECT_EQ(campaigns(false, 2, 2), "");
    EXPECT_EQ(campaigns(true, 2, 1), "raft.asked_to_campaign: campaigned unasked");
    EXPECT_EQ(campaigns(true, 3, 2), "raft.asked_to_campaign: campaigned unasked");
}

TEST(Reading, OfPartOfAClusterNothingIsKnown) {
    EXPECT_EQ(Story(4).begins(1).answers(1).objections(), "");
    Story changed; // another configuration may be in force that is not told yet
    changed.note(0, configuration, "0 1 2", "", "", 0).note(0, configuration, "0 1", "", "", 7);
    EXPECT_EQ(changed.begins(1).answers(1).objections(), "");
}

// A trace may say anything.
TEST(Reading, AbsurdNumbersCostNothing) {
    for (const std::int64_t far : {std::int64_t{1} << 60, INT64_MAX, INT64_MIN, std::int64_t{0}, std::int64_t{-1}}) {
        Story story;
        story.note(0, start, far, far, far, far, far, far).note(0, leases, far, far);
        story.note(0, hand_over, far, far).note(1, commit, far, far, far).note(0, read_begins, far, far, far);
        story.note(0, read_answer, far, far, far, far);
    }
}

} // namespace
} // namespace orrery::raft::reading_test
