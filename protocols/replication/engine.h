// An engine: a consensus protocol as its Node drives it. It holds the pure core of the protocol, keeps on the disk what
// must not be forgotten, and puts what comes out of the core into the log in the node's words: commands to apply, in
// order, and answers to reads.
//
// One task calls open, then round, again and again. The calls that do not suspend may come from other tasks while a
// round waits for the disk; what they bring is taken up by the next round, for which the node asks at once.
#pragma once

#include <optional>

#include "orrery/protocols/replication/members.h"
#include "orrery/protocols/replication/state_machine.h"
#include "orrery/sim/env.h"

namespace orrery::replication {

// Where a proposal stands in the log. What is applied at `index` is that proposal if it has the same ticket.
struct Place {
    Index index = 0;
    std::uint64_t ticket = 0; // raft: the term of its entry
};

// What the machine does next.
struct Step {
    enum class Kind : std::uint8_t {
        command,
        nothing, // the log has an entry here that is none of the machine's
        restore, // `bytes` is a snapshot of the machine after `index`
        passed,  // as `nothing`, and so was all before it: this replica keeps no state
    };
    Kind kind = Kind::nothing;
    Index index = 0;
    std::uint64_t ticket = 0;
    sim::ByteView bytes{}; // valid until the engine is called again
};

// The machine may answer the read once it has applied up to `index`; or it never may.
struct ReadAnswer {
    std::uint64_t read = 0; // as begin_read named it
    Index index = 0;
    bool is_refused = false;
};

// Where a command is that was forwarded. Nowhere: the leader did not take it; a copy of the request may yet find it
// willing.
struct Forwarded {
    std::uint64_t request = 0; // as forward named it
    std::optional<Place> place;
};

enum class Reconfigured : std::uint8_t {
    done,       // they are the voters, and that is committed
    under_way,  // ask again: a change is being made, or another must end first
    not_leader, // nothing was done
    impossible, // nothing was done: these could lose what is committed
};

class Engine {
public:
    virtual ~Engine() = default;

    // --- suspending, by the one task ---
    // Recovers from the disk. False if that failed, or if what it holds cannot be used, of which there is a note.
    virtual bool open() = 0;
    // Feeds the core with what has come, makes durable what it decided, and sends. False: the disk failed, or the task
    // was cancelled, or the process is dead; the engine is not called again.
    virtual bool round(sim::Socket& socket) = 0;

    // --- suspending, by a task of its own; rounds go on meanwhile ---
    // The machine's state after `applied`, which is the last step that was taken when this is called. It is written and
    // made durable; from then on it is sent to members that are behind, and the log before it goes. One at a time.
    virtual void keep_snapshot(Index applied, sim::Bytes state) = 0;

    // --- at once ---
    // A datagram came. False if it is none of a member's to this one: it is dropped.
    virtual bool receive(const sim::Datagram& datagram) = 0;
    // `count` ticks have passed. Only between rounds.
    virtual void tick(std::uint32_t count) = 0;
    // After so many ticks there is something to do; at least 1.
    virtual std::uint32_t ticks_until_due() const = 0;
    // The next step of the machine, once each and in order of the log; empty: none yet. Only between rounds.
    virtual std::optional<Step> next() = 0;
    // Empty if this does not lead, or cannot take more for now.
    virtual std::optional<Place> propose(sim::Bytes command) = 0;
    // Asks whoever leads to propose it. A name for the request, not used before in this boot; 0, and nothing has
    // happened: this protocol or its options do not have that, or nobody else is known to lead.
    virtual std::uint64_t forward(sim::ByteView) { return 0; }
    virtual std::optional<Forwarded> next_forwarded() { return std::nullopt; }
    // A name for the read, not used before in this boot; 0 if nobody is known who could answer it.
    virtual std::uint64_t begin_read() = 0;
    virtual std::optional<ReadAnswer> next_answer() = 0;
    // The machine has taken so many steps since the last snapshot that another would spare something.
    virtual bool is_snapshot_wanted() const = 0;
    // Brings the cluster nearer to where these members, and no others, are its voters. At least one, sorted.
    virtual Reconfigured reconfigure(const std::vector<Member>& voters) = 0;
    // Begins to hand leadership over to that member. False: this does not lead, or cannot, or it is that member itself.
    virtual bool transfer(Member to) = 0;
    virtual bool is_leader() const = 0;
    // Empty: none is known.
    virtual std::optional<Member> leader() const = 0;
    virtual const std::vector<sim::Address>& members() const = 0;
};

} // namespace orrery::replication
