// Each rule, with messages made by hand that break it, and those like them that do not.
#include <gtest/gtest.h>

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/raft/words.h"
#include "orrery/protocols/replication/monitor_story_test.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::raft::exchange_test {
namespace {

using namespace std::chrono_literals;
using MessageKind = Message::Kind;

constexpr sim::NoteKind start{"raft.start", {"member", "members", "term", "vote", "timeout", "sticky"}};

std::vector<sim::MonitorFactory> exchange() { return {exchange_monitor}; }

// Members have the numbers of their hosts. `sticky`: leaders step down unheard.
struct Story : replication::MonitorStory<exchange> {
    explicit Story(bool sticky = true) {
        for (std::uint32_t host = 0; host < 3; ++host) note(host, start, host, 3, 0, 0, 160'000'000, sticky);
    }
    Story& pass(sim::Observation::Kind kind, Message message) {
        const bool sends = kind == sim::Observation::Kind::send;
        const sim::Bytes bytes = replication::datagram_of({2, 2, 0}, message);
        const auto& [host, peer] = sends ? std::pair{message.from, message.to} : std::pair{message.to, message.from};
        this->message(kind, host, peer, label_of(message.kind), bytes);
        return *this;
    }
    Story& sent(Message message) { return pass(sim::Observation::Kind::send, std::move(message)); }
    Story& came(Message message) { return pass(sim::Observation::Kind::deliver, std::move(message)); }
    Story& when(sim::Duration since_start) {
        at(since_start);
        return *this;
    }
};

Message of(MessageKind kind, Member from, Member to, Term term, bool success = false, std::uint64_t round = 0) {
    Message message;
    message.kind = kind;
    message.from = from;
    message.to = to;
    message.term = term;
    message.success = success;
    message.round = round;
    return message;
}
Message append(Member from, Member to, Term term, std::uint64_t round = 1) {
    return of(MessageKind::append, from, to, term, false, round);
}
Message append_reply(Member from, Member to, Term term, std::uint64_t round = 1) {
    return of(MessageKind::append_reply, from, to, term, true, round);
}

constexpr const char* kept = "raft.leader_kept: elects another";

TEST(Exchange, WhoHearsFromALeaderGivesNobodyElseItsVote) {
    const auto votes = [](bool sticky, sim::Duration at, bool leaders, Term heard) {
        Story story(sticky);
        story.when(1s).came(append(0, 1, heard)).when(1s + at).came(of(MessageKind::vote, 2, 1, 5, leaders));
        return story.sent(of(MessageKind::vote_reply, 1, 2, 5, true)).objections();
    };
    EXPECT_EQ(votes(true, 100ms, false, 4), kept);
    EXPECT_EQ(votes(true, 130ms, false, 4), ""); // that may be an election timeout, as it counts
    EXPECT_EQ(votes(true, 100ms, true, 4), "");  // the leader asked for it
    EXPECT_EQ(votes(true, 100ms, false, 5), ""); // it is the leader that it has voted for, once more
    EXPECT_EQ(votes(false, 100ms, false, 4), "");
    Story refused;
    refused.when(1s).came(append(0, 1, 4)).came(of(MessageKind::vote, 2, 1, 5));
    EXPECT_EQ(refused.sent(of(MessageKind::vote_reply, 1, 2, 5, false)).objections(), "");
    Story later; // the append came behind the question: it may have been answered before
    later.when(1s).came(of(MessageKind::vote, 2, 1, 5)).came(append(0, 1, 4));
    EXPECT_EQ(later.sent(of(MessageKind::vote_reply, 1, 2, 5, true)).objections(), "");
    Story stale; // of a term that is over
    stale.when(1s).came(of(MessageKind::vote, 0, 1, 5)).came(append(0, 1, 4)).came(of(MessageKind::vote, 2, 1, 6));
    EXPECT_EQ(stale.sent(of(MessageKind::vote_reply, 1, 2, 6, true)).objections(), "");
    Story stands; // for election, since before it handled the append
    stands.when(1s).came(append(0, 1, 4)).came(of(MessageKind::vote, 2, 1, 6)).sent(of(MessageKind::vote, 1, 2, 5));
    EXPECT_EQ(stands.sent(of(MessageKind::vote_reply, 1, 2, 6, true)).objections(), "");
    Story again; // it has restarted, and has promised nothing since
    again.when(1s).came(append(0, 1, 4)).boot(1).note(1, start, 1, 3, 4, 0, 160'000'000, true);
    again.came(of(MessageKind::vote, 2, 1, 5));
    EXPECT_EQ(again.sent(of(MessageKind::vote_reply, 1, 2, 5, true)).objections(), "");
    Story knows; // by its disk, that the term is over
    knows.when(1s).boot(1).note(1, start, 1, 3, 5, 0, 160'000'000, true);
    knows.came(append(0, 1, 4)).came(of(MessageKind::vote, 2, 1, 6));
    EXPECT_EQ(knows.sent(of(MessageKind::vote_reply, 1, 2, 6, true)).objections(), "");
}

TEST(Exchange, NorDoesItSayThatItWould) {
    const auto says = [](sim::Duration at, Term heard, std::uint64_t round, bool would) {
        Story story(false);
        story.when(1s).came(append(0, 1, heard)).when(1s + at).came(of(MessageKind::pre_vote, 2, 1, 4, false, 7));
        return story.sent(of(MessageKind::pre_vote_reply, 1, 2, 4, would, round)).objections();
    };
    EXPECT_EQ(says(100ms, 4, 7, true), kept);
    EXPECT_EQ(says(100ms, 3, 7, true), kept);
    EXPECT_EQ(says(100ms, 4, 7, false), "");
    EXPECT_EQ(says(130ms, 4, 7, true), "");
    EXPECT_EQ(says(100ms, 4, 6, true), ""); // that was an earlier question
    EXPECT_EQ(says(100ms, 5, 7, true), ""); // another rule
}

TEST(Exchange, ALeaderThatNoMajorityAnswersStepsDown) {
    const auto leads = [](bool sticky, sim::Duration pause, sim::Duration answered) {
        Story story(sticky);
        for (sim::Duration now = 1s; now <= 1s + 10 * pause; now += pause) {
            story.when(now).sent(append(0, 1, 4)).sent(append(0, 2, 4));
            if (now < 1s + answered) story.came(append_reply(1, 0, 4));
        }
        return story.objections();
    };
    const char* const unheard = "raft.leader_heard: leads unheard";
    EXPECT_EQ(leads(true, 50ms, 0ms), unheard);
    EXPECT_EQ(leads(false, 50ms, 0ms), "");
    EXPECT_EQ(leads(true, 40ms, 0ms), "");
    EXPECT_EQ(leads(true, 50ms, 100ms), "");
    EXPECT_EQ(leads(true, 50ms, 1s), "");
    Story stood; // still, and then goes on for a moment
    stood.when(1s).sent(append(0, 1, 4)).when(9s).sent(append(0, 1, 4));
    EXPECT_EQ(stood.when(9040ms).sent(append(0, 1, 4)).objections(), "");
}

TEST(Exchange, WhoAsksWhetherItWouldBeElectedIsAnswered) {
    const auto asks = [](Story& story, std::uint64_t round) {
        story.came(of(MessageKind::pre_vote, 2, 1, 3, false, round));
    };
    const auto answers = [](Story& story, std::uint64_t round) {
        story.sent(of(MessageKind::pre_vote_reply, 1, 2, 4, false, round));
    };
    const char* const none = "raft.pre_vote_answered: no answer";
    Story silent;
    asks(silent, 7);
    EXPECT_EQ(silent.came(append(0, 1, 4, 9)).sent(append_reply(1, 0, 4, 9)).objections(), none);
    Story answered;
    asks(answered, 7);
    answers(answered, 7);
    EXPECT_EQ(answered.came(append(0, 1, 4, 9)).sent(append_reply(1, 0, 4, 9)).objections(), "");
    Story behind; // the append was handled before
    behind.came(append(0, 1, 4, 9));
    asks(behind, 7);
    EXPECT_EQ(behind.sent(append_reply(1, 0, 4, 9)).objections(), "");
    EXPECT_EQ(behind.came(append(0, 1, 4, 10)).sent(append_reply(1, 0, 4, 10)).objections(), none);
    Story twice; // the append came, and it is the first of the two that is answered
    twice.came(append(0, 1, 4, 9));
    asks(twice, 7);
    EXPECT_EQ(twice.came(append(0, 1, 4, 9)).sent(append_reply(1, 0, 4, 9)).objections(), "");
    Story second;
    asks(second, 7);
    answers(second, 7);
    asks(second, 8);
    EXPECT_EQ(second.came(append(0, 1, 4, 9)).sent(append_reply(1, 0, 4, 9)).objections(), none);
    Story again; // what came before its restart it has forgotten
    asks(again, 7);
    again.boot(1).note(1, start, 1, 3, 4, 0, 160'000'000, true);
    EXPECT_EQ(again.came(append(0, 1, 4, 9)).sent(append_reply(1, 0, 4, 9)).objections(), "");
}

} // namespace
} // namespace orrery::raft::exchange_test
