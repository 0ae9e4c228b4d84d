// What a service asks of whatever replicates its commands, be it raft or paxos.
#pragma once

#include <vector>

#include "orrery/protocols/replication/state_machine.h"
#include "orrery/sim/env.h"

namespace orrery::replication {

struct Proposed {
    enum class Kind : std::uint8_t {
        applied,    // `result` is what the state machine returned
        not_leader, // it is not in the log and never will be; `leader` is set if one is known
        unknown,    // it may be in the log, or may come into it
    };
    Kind kind = Kind::unknown;
    sim::Bytes result{};
    sim::Address leader{};
};

class Replicator {
public:
    // Ends as soon as its tasks have had their turn; waits for nothing.
    virtual ~Replicator() = default;
    // Recovers from the disk and begins to take part. Suspends. False if the disk failed, what it holds cannot be used,
    // or the port is taken. Called once.
    virtual bool start() = 0;
    // Ends, and returns when the port is free. It does not start again.
    virtual void stop() = 0;
    // Suspends until the command is applied here, or nobody can tell any more whether it will be. Fails at once with
    // not_leader before start, after the end, and on a replica that does not lead.
    virtual Proposed propose(sim::Bytes command, sim::Deadline deadline) = 0;
    // Suspends until the machine of this replica has applied all that was acknowledged anywhere before the call: then
    // `applied`, and what the machine holds may be shown. Otherwise nothing has happened, whatever the kind.
    virtual Proposed read(sim::Deadline deadline) = 0;
    // Suspends until these members, by their places in the role, are the voters of the cluster and no others are:
    // `applied`. Fails as propose does. At least one; places beyond the role's are a bug (CHECK).
    virtual Proposed reconfigure(std::vector<std::uint32_t> voters, sim::Deadline deadline) = 0;
    // Begins to hand leadership over to that member of the role. False, and nothing has happened, if this does not
    // lead, or cannot; after true it may still come to nothing.
    virtual bool transfer(std::uint32_t to) = 0;
    virtual bool is_leader() const = 0;
};

} // namespace orrery::replication
