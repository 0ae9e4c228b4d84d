// The log in memory: all entries, from index 1, and which of them are already durable.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "orrery/protocols/raft/message.h"

namespace orrery::raft {

class Log {
public:
    Log() = default;
    explicit Log(std::vector<Entry> entries) : entries_(std::move(entries)), stable_(entries_.size()) {}

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
    void append(Entry entry) { entries_.push_back(std::move(entry)); }
    // Keeps the entries up to `index`.
    void truncate(Index index) {
        CHECK(index <= last_index());
        entries_.resize(index);
        stable_ = std::min(stable_, index);
    }
    // The last index up to `index` whose term is not above `bound`; 0 if there is none. Terms never
    // fall along a log, so whole terms that cannot agree are skipped at once.
    Index last_not_above(Index index, Term bound) const {
        while (index > 0 && term(index) > bound) --index;
        return index;
    }
    // Entries above it are not handed over to the disk yet; it falls when the log is truncated.
    Index stable() const { return stable_; }
    void set_stable(Index index) { stable_ = index; }

private:
    std::vector<Entry> entries_;
    Index stable_ = 0;
};

} // namespace orrery::raft
