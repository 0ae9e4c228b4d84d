// The messages of Raft (Ongaro and Ousterhout, 2014, figure 2) and what they carry. A pre-vote asks for a vote that is
// not given yet (section 9.6 of Ongaro's dissertation): its term is the one before that in which it would campaign. By
// timeout_now a leader hands over to a member that has its whole log (section 3.10). A snapshot goes in chunks, which
// are answered one by one (chapter 5).
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "orrery/protocols/raft/configuration.h"
#include "orrery/protocols/raft/types.h"
#include "orrery/sim/codec.h"
#include "orrery/sim/env.h"
#include "orrery/sim/hash.h"

namespace orrery::raft {

struct Entry {
    // On the wire and on disks by their numbers.
    enum class Kind : std::uint8_t {
        command,       // for the state machine; empty: the no-op that opens a term
        configuration, // an encoded Configuration, which nobody applies
        position,      // a command that others hold, and its digest in 8 bytes: what a witness has of it
    };
    static constexpr Kind last_kind = Kind::position;
    Term term = 0;
    sim::Bytes command;
    Kind kind = Kind::command;

    Entry copy() const { return {term, command.copy(), kind}; }
    static constexpr auto members() {
        return std::tuple{sim::member("term", &Entry::term), sim::member("kind", &Entry::kind),
                          sim::member("command", &Entry::command)};
    }
};

// By which notes and traces tell commands apart.
inline std::int64_t digest(sim::ByteView command) { return static_cast<std::int64_t>(sim::hash_bytes(command)); }
inline std::int64_t digest(const Entry& entry) {
    if (entry.kind == Entry::Kind::position) return sim::decode<std::int64_t>(entry.command).value_or(0);
    return digest(entry.command);
}

// What a witness gets of an entry.
inline Entry position_of(const Entry& entry) {
    if (entry.kind != Entry::Kind::command || entry.command.empty()) return entry.copy();
    return {entry.term, sim::encode(digest(entry)), Entry::Kind::position};
}

// A piece of a snapshot, which is a file of bytes that mean nothing to the core.
struct Chunk {
    Configuration configuration; // as of the snapshot's last entry
    std::uint64_t offset = 0;    // in bytes, of the first one here; in a reply: how many the member holds
    std::uint64_t total = 0;     // bytes of the whole snapshot
    sim::Bytes data;

    static constexpr auto members() {
        return std::tuple{sim::member("configuration", &Chunk::configuration), sim::member("offset", &Chunk::offset),
                          sim::member("total", &Chunk::total), sim::member("data", &Chunk::data)};
    }
};

struct Message {
    // On the wire by their numbers: a new one goes to the end.
    enum class Kind : std::uint8_t {
        vote,
        vote_reply,
        append,
        append_reply,
        pre_vote,
        pre_vote_reply,
        timeout_now,
        snapshot,
        snapshot_reply,
        read,
        read_reply,
        propose, // since format 2: one command, which the leader is to append
        propose_reply,
    };
    static constexpr Kind last_kind = Kind::propose_reply;
    // That a format of the wire has: see replication/wire.h.
    static constexpr Kind last_kind_of(std::uint8_t format) { return format == 1 ? Kind::read_reply : last_kind; }

    Kind kind{};
    Member from = 0;
    Member to = 0;
    Term term = 0;
    bool success = false;    // replies: granted, appended, may read; vote: the leader asked for this campaign
    Index index = 0;         // vote, pre_vote: last index; append: previous index; append_reply: last index that
                             // agrees, or on failure the index from which the leader should look for agreement;
                             // snapshot and its reply: last index in it; read_reply: what is to be applied first;
                             // propose_reply: where it is appended
    Term index_term = 0;     // term of that entry: vote, pre_vote, append, snapshot, propose_reply, and a failed
                             // append_reply
    Index commit = 0;        // append
    std::uint64_t round = 0; // append, pre_vote, snapshot, read, propose and their replies: which sending it was
    std::vector<Entry> entries;
    std::optional<Chunk> chunk; // snapshot and its reply

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
                          sim::member("entries", &Message::entries),
                          sim::member("chunk", &Message::chunk)};
    }
};

inline bool holds_positions(const Message& message) {
    const auto is_position = [](const Entry& entry) { return entry.kind == Entry::Kind::position; };
    return std::any_of(message.entries.begin(), message.entries.end(), is_position);
}

// What must be durable besides the log.
struct HardState {
    Term term = 0;
    std::uint32_t vote = 0; // member + 1; 0: none
    bool operator==(const HardState&) const = default;
};

// The end of a snapshot: the last entry in it, and who belonged to the cluster by then.
struct Mark {
    Index index = 0; // 0: there is no snapshot, and the rest means nothing
    Term term = 0;
    Configuration configuration;

    static constexpr auto members() {
        return std::tuple{sim::member("index", &Mark::index), sim::member("term", &Mark::term),
                          sim::member("configuration", &Mark::configuration)};
    }
};

} // namespace orrery::raft
