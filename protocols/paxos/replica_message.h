// The messages of Multi-Paxos: the Synod run for the slots of a log, all by one ballot (Lamport, Paxos Made Simple,
// 2001, section 3). A ballot's member asks once for promises of all slots from some point on; what it proposes then
// takes one round trip.
#pragma once

#include <vector>

#include "orrery/protocols/paxos/message.h"

namespace orrery::paxos {

using Slot = std::uint64_t; // of the log, from 1; 0: before the first

// What an acceptor has accepted in a slot. Without a ballot: nothing.
struct Accepted {
    Ballot ballot{};
    sim::Bytes value{}; // empty: it fills a gap and means nothing to a state machine

    Accepted copy() const { return {ballot, value.copy()}; }
    static constexpr auto members() {
        return std::tuple{sim::member("ballot", &Accepted::ballot), sim::member("value", &Accepted::value)};
    }
};

struct ReplicaMessage {
    // On the wire by their numbers: a new one goes to the end.
    enum class Kind : std::uint8_t {
        prepare,         // promise me `ballot`, and say what you have accepted from `slot` on
        promise,         // the answer from `slot` on, up to `next`
        accept,          // `entries` from `slot` on, in `ballot`
        accepted,        // those from `slot` up to `next`
        refuse,          // `ballot` is promised; or you decide nowhere from `slot` on
        heartbeat,       // the leader of `ballot` is there
        heartbeat_reply, // and nothing higher is promised here
        learn,           // what was chosen in `slot` and after it?
        chosen,          // `entries`, from `slot` on; none: you decide who leads now, and should know
        snapshot,        // a piece of the state after `slot`: those before it are forgotten
    };
    static constexpr Kind last_kind = Kind::snapshot;
    // That a format of the wire has: see replication/wire.h.
    static constexpr Kind last_kind_of(std::uint8_t) { return last_kind; }

    Kind kind{};
    Member from = 0;
    Member to = 0;
    Ballot ballot{};
    Slot slot = 0;
    Slot next = 0;                   // promise: where the rest begins, 0: there is none; accepted: behind the last
    Slot chosen = 0;                 // up to there the sender knows what was chosen. What a promise holds begins above
    std::uint64_t round = 0;         // heartbeat and its reply: which one; learn: the snapshot of which it has a part;
                                     // accept: since when those who decide there do
    std::uint64_t offset = 0;        // learn: bytes that it has of that; snapshot: where `data` begins
    std::uint64_t total = 0;         // snapshot: all its bytes
    std::vector<Accepted> entries{}; // promise: no ballot where nothing was accepted
    sim::Bytes data{};

    static constexpr auto members() {
        return std::tuple{
            sim::member("kind", &ReplicaMessage::kind),       sim::member("from", &ReplicaMessage::from),
            sim::member("to", &ReplicaMessage::to),           sim::member("ballot", &ReplicaMessage::ballot),
            sim::member("slot", &ReplicaMessage::slot),       sim::member("next", &ReplicaMessage::next),
            sim::member("chosen", &ReplicaMessage::chosen),   sim::member("round", &ReplicaMessage::round),
            sim::member("offset", &ReplicaMessage::offset),   sim::member("total", &ReplicaMessage::total),
            sim::member("entries", &ReplicaMessage::entries), sim::member("data", &ReplicaMessage::data)};
    }
};

// Whether it promises nothing that must be durable: it may leave before the disk has what the core holds. A ballot is
// durable before it is used, so what is proposed in it may leave at once.
constexpr bool may_leave_at_once(ReplicaMessage::Kind kind) {
    using enum ReplicaMessage::Kind;
    return kind == accept || kind == heartbeat || kind == learn || kind == chosen || kind == snapshot;
}

// A number for each ballot.
constexpr std::uint64_t ticket_of(const Ballot& ballot) { return ballot.round << 6 | ballot.member; }

} // namespace orrery::paxos
