// Messages that have come and wait for their turn. Each is decoded in a place of an earlier one, whose memory it takes
// over: in the steady state nothing is allocated, and nothing is made or destroyed.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "orrery/sim/check.h"

namespace orrery::replication {

template <class Message>
class Inbox {
public:
    // One more, at the end. It holds whatever it held before.
    Message& add() {
        if (count_ == places_.size()) places_.emplace_back();
        return places_[count_++];
    }
    void remove_last() {
        CHECK(count_ > 0);
        --count_;
    }
    // After a crowd its places are not kept.
    void clear() {
        if (count_ > places_kept) places_.clear();
        count_ = 0;
    }
    std::size_t size() const { return count_; }
    Message* begin() { return places_.data(); }
    Message* end() { return places_.data() + count_; }
    void swap(Inbox& other) {
        places_.swap(other.places_);
        std::swap(count_, other.count_);
    }

private:
    static constexpr std::size_t places_kept = 16;
    std::vector<Message> places_;
    std::size_t count_ = 0; // of them are taken
};

} // namespace orrery::replication
