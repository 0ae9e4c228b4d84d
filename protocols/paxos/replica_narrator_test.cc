// What is told of small stories of replicas, made by hand.
#include "orrery/protocols/paxos/replica_narrator.h"

#include <gtest/gtest.h>

#include "orrery/protocols/paxos/replica_words.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::paxos {
namespace {

using Weight = sim::Telling::Weight;

constexpr sim::NoteKind told_promise{"paxos.log.promise", {"round", "member"}};
constexpr sim::NoteKind told_propose{"paxos.log.propose", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind told_accept{"paxos.log.accept", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind told_recover{"paxos.log.recover", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind told_chosen{"paxos.log.chosen", {"slot", "digest"}};

std::int64_t digest_of(std::string_view value) { return static_cast<std::int64_t>(sim::name_hash(value)); }

// Commands are their own words.
class ReplicaTold {
public:
    ReplicaTold() {
        for (const char* command : {"x", "y"}) narrator_.learn(sim::view_of(command));
    }
    template <class... Values>
    sim::Telling note(std::uint32_t host, const sim::NoteKind& kind, Values... values) {
        const std::array<sim::Field, sizeof...(Values)> fields{sim::Field(values)...};
        sim::Observation seen;
        seen.kind = sim::Observation::Kind::note;
        seen.host = host;
        seen.host_name = names[host];
        seen.event = host + 1;
        seen.name = kind.name;
        seen.note = &kind;
        seen.fields = fields;
        return narrator_.tell(seen);
    }
    sim::Telling send(const ReplicaMessage& message) {
        const sim::Bytes bytes = replication::datagram_of({.format = 2, .known = 2, .cluster = 0}, message);
        sim::Observation seen;
        seen.kind = sim::Observation::Kind::send;
        seen.label = &label_of(message.kind);
        seen.name = seen.label->name;
        seen.bytes = bytes;
        return narrator_.tell(seen);
    }

private:
    static constexpr const char* names[] = {"s0", "s1", "s2"};
    ReplicaNarrator narrator_{[](sim::ByteView command) { return std::string(sim::text_of(command)); }};
};

TEST(ReplicaNarrator, SaysWhatAProposalLeavesAside) {
    ReplicaTold told;
    EXPECT_EQ(told.note(0, told_propose, 4, 1, 0, digest_of("x")).words, "proposes in slot 4, ballot 1.0: x");
    EXPECT_EQ(told.note(1, told_accept, 4, 1, 0, digest_of("x")).words, "accepts in slot 4, ballot 1.0: x");
    const sim::Telling other = told.note(2, told_propose, 4, 2, 2, digest_of(""));
    EXPECT_EQ(other.words, "proposes in slot 4, ballot 2.2: nothing, though s1 has accepted x in ballot 1.0");
    EXPECT_EQ(other.weight, Weight::telling);
}

TEST(ReplicaNarrator, SaysWhichPromiseIsBroken) {
    ReplicaTold told;
    EXPECT_EQ(told.note(0, told_promise, 2, 1).words, "has promised ballot 2.1");
    EXPECT_EQ(told.note(0, told_accept, 4, 1, 0, digest_of("y")).words,
              "accepts in slot 4, ballot 1.0: y, though it has promised ballot 2.1");
    EXPECT_EQ(told.note(0, told_promise, 1, 2).words,
              "has promised ballot 1.2, and has forgotten that it had promised ballot 2.1");
}

TEST(ReplicaNarrator, SaysWhoKnowsAnotherValue) {
    ReplicaTold told;
    EXPECT_EQ(told.note(0, told_chosen, 4, digest_of("x")).weight, Weight::usual);
    EXPECT_EQ(told.note(1, told_chosen, 4, digest_of("x")).weight, Weight::routine);
    EXPECT_EQ(told.note(2, told_chosen, 4, digest_of("y")).words, "knows as chosen in slot 4: y, where s0 knows x");
}

TEST(ReplicaNarrator, TellsAStartAtOnce) {
    ReplicaTold told;
    EXPECT_FALSE(told.note(0, told_recover, 4, 1, 0, digest_of("x")).replaces);
    const sim::Telling both = told.note(0, told_recover, 5, 1, 0, digest_of("y"));
    EXPECT_EQ(both.words, "finds on its disk what it accepted in 2 slots, the last of them slot 5, ballot 1.0: y");
    EXPECT_TRUE(both.replaces);
}

TEST(ReplicaNarrator, TellsMessagesOfEachKindAndLearnsTheirValues) {
    ReplicaTold told;
    ReplicaMessage message;
    message.ballot = {3, 1};
    message.slot = 4;
    message.next = 5;
    message.entries.push_back({{3, 1}, sim::Bytes(std::string_view("z"))});
    for (std::uint8_t kind = 0; kind <= static_cast<std::uint8_t>(ReplicaMessage::last_kind); ++kind) {
        message.kind = static_cast<ReplicaMessage::Kind>(kind);
        EXPECT_NE(told.send(message).words, "") << static_cast<int>(kind);
    }
    message.kind = ReplicaMessage::Kind::accept;
    EXPECT_EQ(told.send(message).words, "ballot 3.1: accept slot 4, chosen up to 0");
    EXPECT_EQ(told.note(0, told_propose, 4, 3, 1, digest_of("z")).words, "proposes in slot 4, ballot 3.1: z");
}

} // namespace
} // namespace orrery::paxos
