// The log in memory: the entries after the newest snapshot, and which of them are already durable. What the snapshot
// holds is gone from here, except the index and the term of its last entry, by which the log goes on.
//
// Terms never fall along a log: a leader appends entries of its own term only, and that is above every term before it.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "orrery/protocols/raft/message.h"
#include "orrery/sim/flaw.h"

namespace orrery::raft {

class Log {
public:
    Log() = default;
    // As it was read from the disk: every entry is durable. The first follows the entry (index, term), the last one of
    // the newest snapshot.
    explicit Log(std::vector<Entry> entries, Index index = 0, Term term = 0)
        : entries_(std::move(entries)), snapshot_index_(index), snapshot_term_(term), stable_(last_index()) {
        const auto falls = [](const Entry& a, const Entry& b) { return a.term > b.term; };
        CHECK(std::adjacent_find(entries_.begin(), entries_.end(), falls) == entries_.end() || sim::Flaw::any_on());
        CHECK(entries_.empty() || entries_.front().term >= term || sim::Flaw::any_on());
        CHECK((index == 0) == (term == 0));
    }

    Index snapshot_index() const { return snapshot_index_; }
    Index first_index() const { return snapshot_index_ + 1; } // last_index() + 1 if there is no entry
    Index last_index() const { return snapshot_index_ + entries_.size(); }
    Term last_term() const { return entries_.empty() ? snapshot_term_ : entries_.back().term; }
    // 0 at index 0. The index must be that of an entry here or the last of the snapshot.
    Term term(Index index) const {
        CHECK(index >= snapshot_index_);
        CHECK(index <= last_index());
        return index == snapshot_index_ ? snapshot_term_ : entries_[index - snapshot_index_ - 1].term;
    }
    const Entry& entry(Index index) const {
        CHECK(index >= first_index());
        CHECK(index <= last_index());
        return entries_[index - snapshot_index_ - 1];
    }
    bool matches(Index index, Term expected) const {
        return index >= snapshot_index_ && index <= last_index() && term(index) == expected;
    }
    void append(Entry&& entry) {
        CHECK(entry.term > 0);
        CHECK(entry.term >= last_term() || sim::Flaw::any_on());
        entries_.push_back(std::move(entry));
    }
    // Keeps the entries up to `index`.
    void truncate(Index index) {
        CHECK(index >= snapshot_index_);
        CHECK(index <= last_index());
        entries_.resize(index - snapshot_index_);
        stable_ = std::min(stable_, index);
        CHECK(last_index() == index);
    }
    // A snapshot has the entries up to `index`.
    void compact(Index index) {
        const Index last = last_index();
        snapshot_term_ = term(index);
        entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(index - snapshot_index_));
        snapshot_index_ = index;
        stable_ = std::max(stable_, index);
        CHECK(last_index() == last);
    }
    // A snapshot takes the place of every entry.
    void restore(Index index, Term term) {
        CHECK(index > 0);
        entries_.clear();
        snapshot_index_ = stable_ = index;
        snapshot_term_ = term;
    }
    // The last index up to `index` whose term is not above `bound`; 0 if there is none here. In the log of terms 1 2 2
    // 4 that is 3 from index 4 with bound 3, and 1 with bound 1: since terms never fall, a whole term that cannot agree
    // is skipped at once.
    Index last_not_above(Index index, Term bound) const {
        CHECK(index <= last_index());
        while (index > snapshot_index_ && term(index) > bound) --index;
        return index < snapshot_index_ || term(index) > bound ? 0 : index;
    }
    // Entries up to this one are durable, or are at least in the disk's hands. It falls when the log is truncated.
    Index stable() const { return stable_; }
    void set_stable(Index index) {
        CHECK(index >= stable_);
        CHECK(index <= last_index());
        stable_ = index;
    }

private:
    std::vector<Entry> entries_;
    Index snapshot_index_ = 0;
    Term snapshot_term_ = 0;
    Index stable_ = 0;
};

} // namespace orrery::raft
