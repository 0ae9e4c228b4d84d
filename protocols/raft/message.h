// The messages of Raft (Ongaro and Ousterhout, 2014, figure 2) and what they carry. A pre-vote asks for a vote that is
// not given yet (section 9.6 of Ongaro's dissertation): its term is the one before that in which it would campaign. By
// timeout_now a leader hands over to a member that has its whole log (section 3.10).
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/sim/codec.h"
#include "orrery/sim/env.h"

namespace orrery::raft {

using Index = std::uint64_t;  // of an entry, from 1; 0: before the first
using Term = std::uint64_t;   // from 1; 0: none yet
using Member = std::uint32_t; // place in the cluster, from 0

struct Entry {
    Term term = 0;
    sim::Bytes command; // empty: the no-op that opens a term

    Entry copy() const { return {term, command.copy()}; }
    static constexpr auto members() {
        return std::tuple{sim::member("term", &Entry::term), sim::member("command", &Entry::command)};
    }
};

struct Message {
    // On the wire by their numbers: a new one goes to the end.
    enum class Kind : std::uint8_t { vote, vote_reply, append, append_reply, pre_vote, pre_vote_reply, timeout_now };
    static constexpr Kind last_kind = Kind::timeout_now;

    Kind kind{};
    Member from = 0;
    Member to = 0;
    Term term = 0;
    bool success = false;    // replies: granted, appended; vote: the leader asked for this campaign
    Index index = 0;         // vote, pre_vote: last index; append: previous index; append_reply: last index that
                             // agrees, or on failure the index from which the leader should look for agreement
    Term index_term = 0;     // term of that entry: vote, pre_vote, append, and a failed append_reply
    Index commit = 0;        // append
    std::uint64_t round = 0; // append, pre_vote and their replies: which sending it was
    std::vector<Entry> entries;

    static constexpr auto members() {
        return std::tuple{sim::member("kind", &Message::kind),
                          sim::member("from", &Message::from),
                          sim::member("to", &Message::to),
                          sim::member("term", &Message::term),
                          sim::member("success", &Message::success),
                          sim::member("index", &Message::index),
                          sim::member("index_term", &Message::index_term),
                          sim::member("commit", &Message::commit),
                          sim::member("round", &Message::round),
                          sim::member("entries", &Message::entries)};
    }
};

// What must be durable besides the log.
struct HardState {
    Term term = 0;
    std::uint32_t vote = 0; // member + 1; 0: none
    bool operator==(const HardState&) const = default;
};

} // namespace orrery::raft
