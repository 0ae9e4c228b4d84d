// Damaged messages of both protocols, and what a replica does with one that is whole and says anything.
#include "orrery/protocols/damaged_bytes_test.h"
#include "orrery/protocols/paxos/replica.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::paxos {
namespace {

Ballot any_ballot(Damage& damage) {
    Ballot ballot;
    ballot.round = damage.number();
    ballot.member = static_cast<Member>(damage.below(4));
    return ballot;
}

ReplicaMessage any_replica_message(Damage& damage) {
    ReplicaMessage message;
    message.kind =
        static_cast<ReplicaMessage::Kind>(damage.below(static_cast<std::uint64_t>(ReplicaMessage::last_kind) + 1));
    message.from = static_cast<Member>(damage.number());
    message.to = static_cast<Member>(damage.number());
    message.ballot = any_ballot(damage);
    message.slot = damage.number();
    message.next = damage.number();
    message.chosen = damage.number();
    message.round = damage.number();
    message.offset = damage.number();
    message.total = damage.number();
    for (std::uint64_t more = damage.below(4); more > 0; --more)
        message.entries.push_back({any_ballot(damage), sim::Bytes(damage.text())});
    if (damage.below(2) == 0) message.data = sim::Bytes(damage.text());
    return message;
}

TEST(Fuzzed, AnyDatagramIsAMessageOrNone) {
    for (const replication::Format format : {replication::Format{1}, replication::Format{2}})
        expect_values_or_nothing(
            [&](Damage& damage) {
                return replication::datagram_of({format, 2, damage.number()}, any_replica_message(damage));
            },
            [](sim::ByteView bytes) -> std::optional<sim::Bytes> {
                const auto message = replication::message_of<ReplicaMessage>(bytes);
                if (!message) return std::nullopt;
                return replication::datagram_of(*replication::header_of(bytes), *message);
            });
}

TEST(Fuzzed, AnyMessageOfTheSynodIsOneOrNone) {
    expect_values_or_nothing(
        [](Damage& damage) {
            Message message;
            message.kind = static_cast<Message::Kind>(damage.below(6));
            message.from = static_cast<Member>(damage.number());
            message.decree = damage.number();
            message.ballot = any_ballot(damage);
            message.other = any_ballot(damage);
            message.value = damage.text();
            return sim::encode(message);
        },
        [](sim::ByteView bytes) -> std::optional<sim::Bytes> {
            const auto message = sim::decode<Message>(bytes);
            return message ? std::optional(sim::encode(*message)) : std::nullopt;
        });
}

} // namespace
} // namespace orrery::paxos
