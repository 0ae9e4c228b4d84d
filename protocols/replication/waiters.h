// Who waits, by what they wait for: an index of the log, or the name of a read. Those that are waited for lie close
// together, as what was answered is waited for no more. So there is a place for each from the first to the last.
#pragma once

#include <cstdint>
#include <deque>

#include "orrery/sim/check.h"

namespace orrery::replication {

template <class Waiter>
class Waiters {
public:
    bool empty() const { return places_.empty(); }
    // Null if nobody waits for it.
    Waiter* find(std::uint64_t key) const {
        return key >= first_ && key - first_ < places_.size() ? places_[key - first_] : nullptr;
    }
    // In place of whoever waited for it. It outlives its stay here.
    void put(std::uint64_t key, Waiter* waiter) {
        CHECK(waiter != nullptr);
        if (places_.empty()) first_ = key;
        for (; first_ > key; --first_) places_.push_front(nullptr);
        while (key - first_ >= places_.size()) places_.push_back(nullptr);
        places_[key - first_] = waiter;
    }
    // If it waits for that still, and no other in its place.
    void remove(std::uint64_t key, const Waiter* waiter) {
        if (find(key) != waiter) return;
        places_[key - first_] = nullptr;
        for (; !places_.empty() && places_.front() == nullptr; ++first_) places_.pop_front();
    }
    // Each of those that wait, as visit(key, waiter), in order of the keys.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t i = 0; i < places_.size(); ++i)
            if (places_[i] != nullptr) visit(first_ + i, *places_[i]);
    }

private:
    std::deque<Waiter*> places_; // the first is not null
    std::uint64_t first_ = 0;
};

} // namespace orrery::replication
