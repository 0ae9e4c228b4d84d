// Who waits, by what they wait for: an index of the log, or the name of a read. Both grow by one from one to the next
// and are answered from the first on, so the place of one is guessed before it is searched.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace orrery::replication {

template <class Waiter>
class Waiters {
public:
    // Null if nobody waits for it.
    Waiter* find(std::uint64_t key) const {
        const std::size_t place = place_of(key);
        return place < waiting_.size() && waiting_[place].first == key ? waiting_[place].second : nullptr;
    }
    // In place of whoever waited for it. It is not null, and outlives its stay here.
    void put(std::uint64_t key, Waiter* waiter) {
        const std::size_t place = place_of(key);
        if (place < waiting_.size() && waiting_[place].first == key)
            waiting_[place].second = waiter;
        else
            waiting_.insert(waiting_.begin() + static_cast<std::ptrdiff_t>(place), {key, waiter});
    }
    // If it waits for that still, and no other in its place.
    void remove(std::uint64_t key, Waiter* waiter) {
        const std::size_t place = place_of(key);
        if (place < waiting_.size() && waiting_[place] == std::pair{key, waiter})
            waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
    }
    auto begin() const { return waiting_.begin(); }
    auto end() const { return waiting_.end(); }

private:
    // Of it, or of the first behind it.
    std::size_t place_of(std::uint64_t key) const {
        if (waiting_.empty() || key > waiting_.back().first) return waiting_.size();
        const std::uint64_t guess = key - std::min(key, waiting_.front().first);
        if (guess < waiting_.size() && waiting_[guess].first == key) return guess;
        const auto before = [](const auto& each, std::uint64_t wanted) { return each.first < wanted; };
        return static_cast<std::size_t>(std::lower_bound(waiting_.begin(), waiting_.end(), key, before) -
                                        waiting_.begin());
    }

    std::deque<std::pair<std::uint64_t, Waiter*>> waiting_; // by the keys
};

} // namespace orrery::replication
