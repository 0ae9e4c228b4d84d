#include "orrery/protocols/paxos/replica_words.h"

#include <algorithm>

#include "orrery/protocols/replication/wire.h"

namespace orrery::paxos {
namespace {

// What a promise says that was accepted.
std::string accepted_words(const ReplicaMessage& message) {
    const auto has_ballot = [](const Accepted& each) { return !each.ballot.is_none(); };
    const auto count = std::count_if(message.entries.begin(), message.entries.end(), has_ballot);
    std::string text = count == 0 ? "nothing accepted" : std::to_string(count) + " accepted";
    text += " above slot " + std::to_string(std::max(message.slot, message.chosen + 1) - 1);
    return message.next == 0 ? text : text + ", more from slot " + std::to_string(message.next);
}

std::string describe_replica(sim::ByteView bytes) {
    using enum ReplicaMessage::Kind;
    const auto message = replication::message_of<ReplicaMessage>(bytes);
    if (!message) return "malformed";
    const std::string in = ballot_text(message->ballot) + ": ";
    const std::string up_to = ", chosen up to " + std::to_string(message->chosen);
    switch (message->kind) {
    case prepare:
        return in + "promise, from slot " + std::to_string(message->slot) + " on";
    case promise:
        return in + "promised, " + accepted_words(*message) + up_to;
    case accept:
        return in + "accept " + slots_text(message->slot, message->entries.size()) + up_to;
    case accepted:
        return in + "accepted " + slots_text(message->slot, message->next - message->slot);
    case refuse:
        if (message->slot > 0) return "you decide nowhere from slot " + std::to_string(message->slot) + " on";
        return in + "is promised, yours is below";
    case heartbeat:
        return in + "I lead" + up_to;
    case heartbeat_reply:
        return in + "you lead";
    case learn:
        return "what was chosen from slot " + std::to_string(message->slot) + " on?";
    case chosen:
        if (message->entries.empty()) return "you decide, from slot " + std::to_string(message->slot) + " on" + up_to;
        return "chosen: " + slots_text(message->slot, message->entries.size());
    case snapshot:
        return "the state after slot " + std::to_string(message->slot) + ", bytes " + std::to_string(message->offset) +
               " to " + std::to_string(message->offset + message->data.size()) + " of " +
               std::to_string(message->total);
    }
    return in;
}

constexpr sim::Label replica_labels[] = {
    {"paxos.log.prepare", describe_replica},         {"paxos.log.promise", describe_replica},
    {"paxos.log.accept", describe_replica},          {"paxos.log.accepted", describe_replica},
    {"paxos.log.refuse", describe_replica},          {"paxos.log.heartbeat", describe_replica},
    {"paxos.log.heartbeat_reply", describe_replica}, {"paxos.log.learn", describe_replica},
    {"paxos.log.chosen", describe_replica},          {"paxos.log.snapshot", describe_replica}};
static_assert(std::size(replica_labels) == static_cast<std::size_t>(ReplicaMessage::last_kind) + 1);

} // namespace

const sim::Label& label_of(ReplicaMessage::Kind kind) {
    CHECK(kind <= ReplicaMessage::last_kind);
    return replica_labels[static_cast<std::size_t>(kind)];
}

std::string ballot_text(const Ballot& ballot) {
    return "ballot " + std::to_string(ballot.round) + "." + std::to_string(ballot.member);
}

std::string slots_text(Slot first, std::size_t count) {
    if (count == 0) return "nothing";
    if (count == 1) return "slot " + std::to_string(first);
    return "slots " + std::to_string(first) + " to " + std::to_string(first + count - 1);
}

} // namespace orrery::paxos
