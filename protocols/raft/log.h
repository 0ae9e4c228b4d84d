// The log in memory: all entries, from index 1, and which of them are already durable.
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
    // As it was read from the disk: every entry is durable.
    explicit Log(std::vector<Entry> entries) : entries_(std::move(entries)), stable_(entries_.size()) {
        const auto falls = [](const Entry& a, const Entry& b) { return a.term > b.term; };
        CHECK(std::adjacent_find(entries_.begin(), entries_.end(), falls) == entries_.end() || sim::Flaw::any_on());
    }

    Index last_index() const { return entries_.size(); }
    Term last_term() const { return term(last_index()); }
    // 0 at index 0. The index must not be above the last.
    Term term(Index index) const {
        CHECK(index <= last_index());
        return index == 0 ? 0 : entries_[index - 1].term;
    }
    const Entry& entry(Index index) const {
        CHECK(index >= 1);
        CHECK(index <= last_index());
        return entries_[index - 1];
    }
    bool matches(Index index, Term expected) const { return index <= last_index() && term(index) == expected; }
    void append(Entry entry) {
        CHECK(entry.term > 0);
        CHECK(entry.term >= last_term() || sim::Flaw::any_on());
        entries_.push_back(std::move(entry));
    }
    // Keeps the entries up to `index`.
    void truncate(Index index) {
        CHECK(index <= last_index());
        entries_.resize(index);
        stable_ = std::min(stable_, index);
        CHECK(last_index() == index);
    }
    // The last index up to `index` whose term is not above `bound`; 0 if there is none. In the log of terms 1 2 2 4
    // that is 3 from index 4 with bound 3, and 1 with bound 1: since terms never fall, a whole term that cannot agree
    // is skipped at once.
    Index last_not_above(Index index, Term bound) const {
        CHECK(index <= last_index());
        while (index > 0 && term(index) > bound) --index;
        return index;
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
    Index stable_ = 0;
};

} // namespace orrery::raft
