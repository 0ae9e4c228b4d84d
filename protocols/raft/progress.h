// What a leader knows of one member and what it has under way to it. Source: the three states are those of etcd's raft.
//
// While a leader does not know where the logs agree it probes: one append at a time. Once they agree it replicates: it
// sends entry after entry without waiting, up to a window. A refusal then says that an append was lost or overtaken.
// The member keeps what came behind the gap (early.h), so the missing append alone is sent again. If its answer leaves
// some unanswered that went out before it, more is missing, and the leader sends all again from there; if it is refused
// itself, or there are refusals still after a heartbeat's time, the leader probes again. A member that needs entries
// which are only in the snapshot gets that, chunk by chunk.
//
// No clock is needed to notice what was lost. A heartbeat names the entry before the next to be sent: who has not
// got that far refuses it. And an answer to a later message means that the one before it is not worth waiting for.
#pragma once

#include <vector>

#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/types.h"
#include "orrery/sim/check.h"

namespace orrery::raft {

// The appends under way to one member, oldest first.
class InFlight {
public:
    std::size_t count() const { return sent_.size() - head_; }
    std::size_t bytes() const { return bytes_; }
    // When the oldest was sent; there must be one.
    std::uint64_t round() const {
        CHECK(count() > 0);
        return sent_[head_].round;
    }
    void add(Index last, std::size_t bytes, std::uint64_t round) {
        CHECK(count() == 0 || last > sent_.back().last);
        if (head_ == sent_.size()) clear();
        sent_.push_back({last, bytes, round});
        bytes_ += bytes;
    }
    // The member has what these brought.
    void remove_up_to(Index match) {
        while (head_ < sent_.size() && sent_[head_].last <= match) bytes_ -= sent_[head_++].bytes;
        if (head_ == sent_.size()) clear();
    }
    void clear() {
        sent_.clear();
        head_ = bytes_ = 0;
    }

private:
    struct Sent {
        Index last = 0;
        std::size_t bytes = 0;
        std::uint64_t round = 0;
    };
    std::vector<Sent> sent_;
    std::size_t head_ = 0; // those before it are answered
    std::size_t bytes_ = 0;
};

// How far a member is with the snapshot that ends with entry `index`. Offsets are in bytes.
struct SnapshotProgress {
    Index index = 0;
    std::uint64_t held = 0;   // that it says it holds
    std::uint64_t next = 0;   // offset of the next chunk to send
    std::uint64_t total = 0;  // of the whole; 0: not known before the first answer
    std::uint64_t round = 0;  // of the last chunk that was answered
    std::uint64_t since = 0;  // what was sent in this round or before went out before the last step back
    std::uint32_t waited = 0; // ticks since a chunk was sent
    bool is_lost = false;     // what was sent after `held` is to be sent again
};

struct Progress {
    enum class State : std::uint8_t { probe, replicate, snapshot };

    State state = State::probe;
    Index match = 0;
    Index next = 1;                // the next entry to send; while probing, the first of the append under way
    std::uint64_t probe = 0;       // round of that append; 0: there is none
    std::uint64_t since = 0;       // refusals of what was sent in this round or before are of no use any more
    std::uint64_t joined = 0;      // it became a member after this round; 0: it has been one all the time
    std::uint64_t answered = 0;    // the last round that it answered
    std::uint64_t answered_at = 0; // when that had been sent, in ticks of the leader; 0: never
    bool heard = false;            // it has answered since the leader last looked
    // These four are empty unless it replicates.
    InFlight in_flight;
    Index missing = 0;           // the member has a gap from there on, which is to be sent again; 0: none is known
    std::uint64_t filled = 0;    // round in which such a gap was sent again, unless that was answered
    std::uint64_t filled_at = 0; // in ticks of the leader
    SnapshotProgress snapshot;

    // An answer to what was sent before it became a member is one of its name's earlier life, in which it may have had
    // another disk: it says nothing of what this one holds. What names no round (0) is as doubtful.
    bool is_of_earlier_member(std::uint64_t round) const {
        return joined > 0 && round <= joined && !FLAW(raft_answers_of_earlier_member_count);
    }
    // What went out up to `round` is forgotten, and so are the answers to come.
    void become(State to, std::uint64_t round) {
        state = to;
        probe = missing = filled = filled_at = 0;
        since = round;
        in_flight.clear();
        CHECK(next > match);
    }
};

} // namespace orrery::raft
