// What is known of one server of a trace: what it holds, what it has promised, and what it was sent.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "orrery/reports/paper/raft_trace.h"

namespace orrery::reports::paper {

using Index = std::uint64_t;
using Term = std::uint64_t;

// Entries behind a snapshot.
struct Log {
    Point snapshot{};
    std::vector<Entry> entries{};

    Index last_index() const { return snapshot.index + entries.size(); }
    Term last_term() const { return entries.empty() ? snapshot.term : entries.back().term; }
    bool holds(Index index) const { return index > snapshot.index && index <= last_index(); }
    const Entry& at(Index index) const { return entries[index - snapshot.index - 1]; }
    // 0: not known.
    Term term(Index index) const {
        if (index == snapshot.index) return snapshot.term;
        return holds(index) ? at(index).term : 0;
    }
    void cut_behind(Index index) {
        if (index < last_index()) entries.resize(std::max(index, snapshot.index) - snapshot.index);
    }
};

// AppendEntries, as it was received.
struct Append {
    std::string leader;
    Term term = 0;
    Point previous{};
    std::vector<Entry> entries{};
    Index commit = 0;

    Index last_index() const { return previous.index + entries.size(); }
};

struct VoteRequest {
    Point last{};
    bool was_new_enough = false; // at some time since it came
};

// An entry somebody may have: with the term of the one before it, for it is accepted behind that only.
using Link = std::tuple<Term, std::int64_t, Term>; // term, digest, previous term

struct Server {
    Term term = 0;
    Term spoken_term = 0; // the highest in which it has said or shown anything
    Index commit = 0;
    Log log{};
    Index stable = 0;                                       // up to there the log is durable
    Term campaigned = 0;                                    // in this boot
    Term led = 0;                                           // in this boot
    Term followed_term = 0;                                 // the highest in which it was sent AppendEntries
    std::map<Term, std::string> votes{};                    // that it gave
    std::map<Term, std::set<std::string>> votes_received{}; // of whom
    std::map<std::pair<Term, std::string>, VoteRequest> requests{};
    std::vector<Append> appends{};
    std::map<Term, Index> told_committed{};                      // by the leader of each term
    std::vector<std::pair<Term, Point>> snapshots{};             // that it was sent
    std::map<Index, std::set<Link>> links{};                     // that it was sent
    std::map<Term, std::map<std::string, Index>> acknowledged{}; // to it as a leader: by whom, up to where
};

} // namespace orrery::reports::paper
