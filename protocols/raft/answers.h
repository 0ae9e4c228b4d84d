// What a core hands to its owner.
#pragma once

#include "orrery/protocols/raft/message.h"

namespace orrery::raft {

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };

// How often rare paths were taken, so that a test can see that it took them.
struct Rare {
    std::uint64_t hints = 0; // conflict hints that spared a leader more than one step back
    Index withheld = 0;      // the last entry of an earlier term that a majority had and that was not committed
    std::uint64_t contradictions = 0; // messages that no member could send that keeps the rules
};

// Whether a change goes through a joint configuration, and who leaves that.
enum class Transition : std::uint8_t {
    automatic,      // only if it must, and the leader leaves by itself
    joint_implicit, // it does, and the leader leaves by itself
    joint_explicit, // it does, and a change of nothing leaves
};

enum class ChangeAnswer : std::uint8_t {
    appended,
    not_leader,
    hands_over,
    too_early,  // nothing of this term is committed yet
    under_way,  // the change before this one is not committed, or the joint configuration not left
    lags,       // one that is to be a voter has not enough of the log: it is to be a learner until it has
    impossible, // it changes nothing, or leaves no voters
    witnesses,  // those who have data would be no majority
};

// A state machine that has applied the entries up to `index` is new enough for the read; 0: it was refused.
struct ReadAnswer {
    std::uint64_t token = 0;
    Index index = 0;
};

// What became of a command that was forwarded: the entry that holds it, of which nobody knows yet whether it will be
// committed. 0: the leader did not take it; but it may, if the message comes there once more.
struct ForwardAnswer {
    std::uint64_t request = 0;
    Index index = 0;
    Term term = 0;
};

// A chunk that arrived, for the owner to write.
struct Piece {
    Index index = 0; // last in the snapshot
    Term term = 0;   // of that entry
    Chunk chunk;
};

// Whether it promises nothing that is in the sender's log: duty 3. A leader replicates while it writes (section 10.2.1
// of the dissertation).
bool leaves_early(const Message& message);

} // namespace orrery::raft
