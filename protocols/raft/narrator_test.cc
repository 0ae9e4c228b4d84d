// What is told of small stories of three servers, made by hand.
#include "orrery/protocols/raft/narrator.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {
namespace {

using sim::Observation;
using sim::Telling;
using Weight = Telling::Weight;

constexpr sim::NoteKind note_leader{"raft.leader", {"term", "last_index"}};
constexpr sim::NoteKind note_append{"raft.append", {"index", "term", "digest"}};
constexpr sim::NoteKind note_truncate{"raft.truncate", {"from"}};
constexpr sim::NoteKind note_shorter{"raft.shorter", {"last", "published"}};
constexpr sim::NoteKind note_restore{"raft.restore", {"index", "term"}};
constexpr sim::NoteKind note_commit{"raft.commit", {"index", "term", "digest"}};
constexpr sim::NoteKind note_apply{"raft.apply", {"index", "term", "digest"}};

std::int64_t digest(std::string_view command) { return raft::digest(sim::view_of(command)); }

// Commands are their own words.
class ToldStory {
public:
    ToldStory() {
        for (std::uint32_t host = 0; host < 3; ++host) boot(host);
        narrator_.learn(sim::view_of("x"));
    }
    // What a host does next is of another event.
    ToldStory& next() {
        ++event_;
        return *this;
    }
    ToldStory& boot(std::uint32_t host) {
        next();
        add(Observation::Kind::boot, host, {});
        return next();
    }
    template <class... Values>
    Telling note(std::uint32_t host, const sim::NoteKind& kind, Values... values) {
        const std::array<sim::Field, sizeof...(Values)> fields{sim::Field(values)...};
        Observation seen;
        seen.name = kind.name;
        seen.note = &kind;
        seen.fields = fields;
        return add(Observation::Kind::note, host, seen);
    }
    Telling state(std::uint32_t host, const char* key, sim::Field value) {
        Observation seen;
        seen.name = key;
        seen.fields = {&value, 1};
        return add(Observation::Kind::state, host, seen);
    }
    // As it leaves, or as it arrives.
    Telling send(Message::Kind kind, const Message& message) { return pass(Observation::Kind::send, kind, message); }
    Telling arrive(Message::Kind kind, const Message& message) {
        return pass(Observation::Kind::deliver, kind, message);
    }
    // A server that has only started: what it publishes of its empty disk.
    ToldStory& recover(std::uint32_t host, std::uint64_t term) {
        state(host, "raft.term", term);
        state(host, "raft.role", "follower");
        note(host, note_truncate, 1);
        return next();
    }

private:
    Telling pass(Observation::Kind kind, Message::Kind what, const Message& given) {
        constexpr static sim::Label labels[] = {
            {"raft.vote"}, {"raft.vote_reply"}, {"raft.append"}, {"raft.append_reply"}};
        Message message{what,         given.from,  given.to, given.term, given.success, given.index, given.index_term,
                        given.commit, given.round, {},       {}};
        for (const Entry& each : given.entries) message.entries.push_back(each.copy());
        const bool arrives = kind == Observation::Kind::deliver;
        const sim::Bytes bytes = replication::datagram_of({.format = 2, .known = 2, .cluster = 0}, message);
        Observation seen;
        seen.peer = arrives ? message.from : message.to;
        seen.label = &labels[static_cast<std::size_t>(what)];
        seen.message = 1000 + event_;
        seen.bytes = bytes.view();
        return add(kind, arrives ? message.to : message.from, seen);
    }
    Telling add(Observation::Kind kind, std::uint32_t host, Observation seen) {
        constexpr static const char* names[] = {"s0", "s1", "s2"};
        seen.kind = kind;
        seen.host = host;
        seen.host_name = names[host];
        seen.event = event_;
        return narrator_.tell(seen);
    }

    Narrator narrator_{[](sim::ByteView command) { return std::string(sim::text_of(command)); }};
    std::uint64_t event_ = 1;
};

Message from_to(Member from, Member to, Term term) {
    Message message;
    message.from = from;
    message.to = to;
    message.term = term;
    return message;
}

Message with_end(Message message, Index index, Term term) {
    message.index = index;
    message.index_term = term;
    return message;
}

TEST(Narrator, TellsOfEntriesWhichCommandTheyHoldAndWhichIsThereAlready) {
    ToldStory story;
    story.recover(0, 0);
    story.state(0, "raft.role", "leader");
    EXPECT_EQ(story.note(0, note_append, 1, 1, digest("")).words, "appends entry 1 of term 1: empty");
    const Telling more = story.note(0, note_append, 2, 1, digest("x"));
    EXPECT_EQ(more.words, "appends entry 1 of term 1: empty; entry 2 of term 1: x");
    EXPECT_TRUE(more.replaces);
    EXPECT_EQ(more.weight, Weight::usual);
    const Telling again = story.next().note(0, note_append, 3, 1, digest("x"));
    EXPECT_EQ(again.words, "appends entry 3 of term 1: x (the same command as entry 2)");
    EXPECT_FALSE(again.replaces);
    EXPECT_EQ(again.weight, Weight::telling);
    EXPECT_EQ(story.next().note(0, note_append, 4, 1, digest("unknown")).words, "appends entry 4 of term 1: a command");
}

TEST(Narrator, TellsWhatIsGoneAfterARestart) {
    ToldStory story;
    story.recover(0, 0);
    story.state(0, "raft.term", 3);
    story.note(0, note_append, 1, 2, digest("x"));
    story.note(0, note_append, 2, 3, digest(""));
    story.boot(0);
    EXPECT_EQ(story.state(0, "raft.term", 3).weight, Weight::usual); // so far all is as it was
    const Telling empty = story.note(0, note_truncate, 1);
    EXPECT_EQ(empty.words, "finds on its disk term 3, and in its log nothing. Gone is entry 1 of term 2: x; entry 2 "
                           "of term 3: empty");
    EXPECT_EQ(empty.weight, Weight::telling);
    const Telling part = story.note(0, note_append, 1, 2, digest("x"));
    EXPECT_EQ(part.words,
              "finds on its disk term 3, and in its log entry 1 of term 2: x. Gone is entry 2 of term 3: empty");
    EXPECT_TRUE(part.replaces);
    const Telling whole = story.note(0, note_append, 2, 3, digest(""));
    EXPECT_EQ(whole.words, "finds on its disk term 3, and in its log entry 1 of term 2: x; entry 2 of term 3: empty");
    EXPECT_EQ(whole.weight, Weight::usual);
    story.boot(0);
    EXPECT_EQ(story.state(0, "raft.term", 1).weight, Weight::telling);
}

// s0 has committed two entries; s1 gets a snapshot of them, and one more entry behind it.
TEST(Narrator, WhatASnapshotStandsForIsNotGone) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    for (std::uint32_t index = 1; index <= 2; ++index) story.note(0, note_append, index, 1, digest("x"));
    for (std::uint32_t index = 1; index <= 2; ++index) story.note(0, note_commit, index, 1, digest("x"));
    story.next().state(1, "raft.term", 1);
    const Telling taken = story.note(1, note_restore, 2, 1);
    EXPECT_EQ(taken.words, "takes over a snapshot up to entry 2 of term 1");
    EXPECT_EQ(taken.weight, Weight::usual);
    EXPECT_EQ(story.next().note(1, note_append, 3, 1, digest("")).words, "writes entry 3 of term 1: empty");
    EXPECT_EQ(story.next().note(1, note_shorter, 2, 3).words,
              "cuts its log off behind entry 2: entry 3 of term 1: empty is gone");
    story.next().note(1, note_append, 3, 1, digest(""));
    story.boot(1);
    story.state(1, "raft.term", 1);
    const Telling lost = story.note(1, note_restore, 2, 1);
    EXPECT_EQ(lost.words, "finds on its disk term 1, a snapshot up to entry 2 of term 1, and in its log nothing. Gone "
                          "is entry 3 of term 1: empty");
    EXPECT_EQ(lost.weight, Weight::telling);
    EXPECT_EQ(story.note(1, note_truncate, 3), lost);
    const Telling whole = story.note(1, note_append, 3, 1, digest(""));
    EXPECT_EQ(whole.words, "finds on its disk term 1, a snapshot up to entry 2 of term 1, and in its log entry 3 of "
                           "term 1: empty");
    EXPECT_EQ(whole.weight, Weight::usual);
    EXPECT_EQ(story.next().note(1, note_restore, 3, 1).weight, Weight::routine); // it had that
}

TEST(Narrator, TellsOfAVoteHowTheLogsCompareAndWhomElseItWasGiven) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    story.note(1, note_append, 1, 1, digest("x"));
    story.next().state(0, "raft.term", 2);
    EXPECT_EQ(story.state(0, "raft.role", "candidate").words, "stands for election in term 2: votes for itself");
    EXPECT_EQ(story.send(Message::Kind::vote, from_to(0, 1, 2)).weight, Weight::routine);
    Message granted = from_to(1, 0, 2);
    granted.success = true;
    story.next();
    const Telling told = story.send(Message::Kind::vote_reply, granted);
    EXPECT_EQ(told.words,
              "gives its vote in term 2; s0's log ends with nothing, and what s1 wrote with entry 1 of term 1");
    EXPECT_EQ(told.weight, Weight::telling); // the paper forbids it
    EXPECT_EQ(story.arrive(Message::Kind::vote_reply, granted), told);
    EXPECT_EQ(story.next().note(0, note_leader, 2, 0).words, "leads term 2, by the votes of s0, s1");
    story.send(Message::Kind::vote, with_end(from_to(2, 1, 2), 1, 1));
    granted.to = 2;
    story.next();
    EXPECT_EQ(story.send(Message::Kind::vote_reply, granted).words,
              "gives its vote in term 2; both logs end with entry 1 of term 1; in the same term it had voted for s0");
}

TEST(Narrator, AVoteBetweenEqualLogsAndAHeartbeatAreRoutine) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    story.send(Message::Kind::vote, from_to(0, 1, 1));
    Message granted = from_to(1, 0, 1);
    granted.success = true;
    story.next();
    EXPECT_EQ(story.send(Message::Kind::vote_reply, granted).weight, Weight::routine);
    EXPECT_EQ(story.arrive(Message::Kind::append, from_to(0, 1, 1)).weight, Weight::routine);
    Message entries = from_to(0, 1, 1);
    entries.entries.push_back({1, sim::Bytes("x")});
    const Telling told = story.arrive(Message::Kind::append, entries);
    EXPECT_EQ(told.words, "append in term 1, after nothing: entry 1 of term 1: x; committed is up to 0");
    EXPECT_EQ(told.weight, Weight::detail);
    story.note(1, note_append, 1, 1, digest("x"));
    EXPECT_EQ(story.arrive(Message::Kind::append, entries).weight, Weight::routine);         // it has it
    EXPECT_EQ(story.arrive(Message::Kind::append, from_to(0, 1, 1)).weight, Weight::detail); // it is behind the log
}

TEST(Narrator, TellsWhatACandidateHasLostAndWhatALeaderRemoves) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    story.note(0, note_append, 1, 1, digest("x"));
    EXPECT_EQ(story.arrive(Message::Kind::vote, from_to(0, 1, 2)).words,
              "asks for its vote in term 2; its log ends with nothing, although it had written entry 1 of term 1: x");
    EXPECT_EQ(story.next().note(0, note_truncate, 1).words, "removes from its log entry 1 of term 1: x");
    EXPECT_EQ(story.next().note(0, note_truncate, 1).weight, Weight::routine);
}

TEST(Narrator, TellsWhatAServerCutsOffWithoutPuttingAnythingInItsPlace) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    story.note(0, note_append, 1, 1, digest("x"));
    story.note(0, note_append, 2, 1, digest("y"));
    const Telling told = story.next().note(0, note_shorter, 1, 2);
    EXPECT_EQ(told.words, "cuts its log off behind entry 1: entry 2 of term 1: a command is gone");
    EXPECT_EQ(told.weight, Weight::telling);
    EXPECT_EQ(story.next().note(0, note_shorter, 1, 2).weight, Weight::routine); // known
    story.note(0, note_append, 2, 1, digest("y"));
    Message empty = from_to(1, 0, 1);
    empty.index = empty.index_term = 1;
    story.arrive(Message::Kind::append, empty);
    EXPECT_EQ(story.next().note(0, note_shorter, 1, 2).words,
              "cuts its log off behind entry 1, where what s1 sent last ends: entry 2 of term 1: a command is gone");
}

TEST(Narrator, TellsTheFirstCommitOfAnEntryAndWhoAppliesAnother) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    story.state(0, "raft.term", 3);
    story.state(0, "raft.role", "leader");
    story.note(0, note_append, 1, 1, digest("x"));
    EXPECT_EQ(story.next().note(0, note_commit, 1, 1, digest("x")).words,
              "commits entry 1 of term 1, while it leads term 3");
    EXPECT_EQ(story.note(0, note_apply, 1, 1, digest("x")).weight, Weight::routine);
    story.next().note(1, note_append, 1, 2, digest(""));
    EXPECT_EQ(story.next().note(1, note_commit, 1, 2, digest("")).weight, Weight::routine);
    EXPECT_EQ(story.note(1, note_apply, 1, 2, digest("")).words,
              "commits and applies entry 1 of term 2: empty; s0 had applied entry 1 of term 1: x");
}

// A vote that was not durable, and an entry that was acknowledged before it was.
TEST(Narrator, TellsWhatHadBeenPromisedOfWhatIsGone) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    story.state(1, "raft.term", 1);
    story.send(Message::Kind::vote, from_to(0, 1, 1));
    Message granted = from_to(1, 0, 1);
    granted.success = true;
    story.send(Message::Kind::vote_reply, granted);
    story.note(1, note_append, 1, 1, digest("x"));
    granted.index = 1;
    EXPECT_EQ(story.send(Message::Kind::append_reply, granted).words, "acknowledges entry 1");
    story.boot(1);
    story.state(1, "raft.term", 0);
    EXPECT_EQ(story.note(1, note_truncate, 1).words,
              "finds on its disk term 0, and in its log nothing. Gone is term 1, with its vote for s0; entry 1 of term "
              "1: x, which it had told s0 to have");
}

TEST(Narrator, TellsOnceWhichCommandAnEntryHoldsAndWhetherAClientAskedForIt) {
    ToldStory story;
    for (std::uint32_t host = 0; host < 3; ++host) story.recover(host, 0);
    Message entries = from_to(0, 1, 1);
    entries.entries.push_back({1, sim::Bytes("x")});
    entries.entries.push_back({1, sim::Bytes("y")});
    EXPECT_EQ(
        story.arrive(Message::Kind::append, entries).words,
        "append in term 1, after nothing: entry 1 of term 1: x; entry 2 of term 1: y (as no client asked for it); "
        "committed is up to 0");
    story.state(0, "raft.role", "leader");
    story.note(0, note_append, 1, 1, digest("x"));
    story.note(0, note_append, 2, 1, digest("y"));
    EXPECT_EQ(story.arrive(Message::Kind::append, entries).words,
              "append in term 1, after nothing: entries 1..2 of term 1; committed is up to 0");
}

} // namespace
} // namespace orrery::raft
