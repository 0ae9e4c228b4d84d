// The log of an acceptor in memory: what it has accepted in each slot. It begins after a snapshot, and may have gaps.
#pragma once

#include <deque>
#include <utility>

#include "orrery/protocols/paxos/replica_message.h"

namespace orrery::paxos {

class SlotLog {
public:
    // Empty, after `offset`.
    explicit SlotLog(Slot offset) : offset_(offset) {}

    Slot offset() const { return offset_; } // up to here all is forgotten
    Slot last() const { return offset_ + entries_.size(); }
    bool has(Slot slot) const { return slot > offset_ && slot <= last() && !at(slot).ballot.is_none(); }
    // No ballot: a gap.
    const Accepted& at(Slot slot) const {
        CHECK(slot > offset_);
        CHECK(slot <= last());
        return entries_[slot - offset_ - 1];
    }
    // No ballot: nothing was accepted there. Of what is forgotten nobody may ask.
    Ballot ballot(Slot slot) const { return slot > last() ? Ballot{} : at(slot).ballot; }
    void put(Slot slot, Accepted accepted) {
        CHECK(slot > offset_);
        CHECK(!accepted.ballot.is_none());
        if (slot > last()) entries_.resize(slot - offset_);
        entries_[slot - offset_ - 1] = std::move(accepted);
    }
    // Forgets all up to `slot`.
    void forget(Slot slot) {
        CHECK(slot >= offset_);
        while (offset_ < slot && !entries_.empty()) {
            entries_.pop_front();
            ++offset_;
        }
        offset_ = slot;
    }

private:
    Slot offset_;
    std::deque<Accepted> entries_{};
};

} // namespace orrery::paxos
