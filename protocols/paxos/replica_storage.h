// Storage of a replica: what it has promised and accepted, as records of one journal, so that one sync makes all of a
// round durable.
//
// A record is a promise; what stands in a slot, in place of what stood there; or how far the log is known to be chosen.
// Each segment begins with the promise, so that those before it can go once a snapshot holds all their slots.
//
//     promised 1.0   slot 1: 1.0 v   slot 2: 1.0 w   chosen 1   promised 2.1   slot 2: 2.1 w
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "orrery/protocols/paxos/replica.h"
#include "orrery/protocols/replication/journal.h"
#include "orrery/sim/env.h"

namespace orrery::paxos {

class ReplicaStorage {
public:
    using Damage = replication::Journal::Damage;
    struct Recovered {
        ReplicaState state;
        std::uint64_t torn = 0;       // bytes after the last whole record: cut off
        std::optional<Damage> damage; // then there is nothing else, and nothing may be written
    };
    ReplicaStorage(sim::Env& env, std::string owner) : journal_(env, "paxos.replica", std::move(owner)) {}

    // `snapshot` is the slot of the newest. Errors, here and below: of the disk.
    sim::Result<Recovered> open(Slot snapshot);
    // Writes the promise if it is another than before, and what stands in those slots of the log; and on that occasion,
    // how far it is chosen. Durable after sync.
    sim::Status write(const Ballot& promised, Slot chosen, const SlotLog& log, std::span<const Unsaved> unsaved);
    sim::Status sync() { return journal_.sync(); }
    // A snapshot after `slot` is durable: what only says what was before may go.
    sim::Status drop(Slot slot);

private:
    struct Segment {
        std::uint64_t number = 0;
        Slot last = 0; // the highest of which it has a record
    };

    replication::Journal journal_;
    Ballot promised_{};
    Slot chosen_ = 0;
    std::vector<Segment> segments_;
};

} // namespace orrery::paxos
