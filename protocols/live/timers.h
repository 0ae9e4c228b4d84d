// Timers: when each task that waits with a deadline gives up. A binary heap in which every timer knows its place, so
// that one of many can be withdrawn: most deadlines never come.
#pragma once

#include <cstdint>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "orrery/sim/check.h"

namespace orrery::sim {
struct TaskState;
}

namespace orrery::live {

struct Timer {
    std::int64_t at = 0;      // on the monotonic clock
    std::uint64_t number = 0; // equal times: in the order of their making
    sim::TaskState* task = nullptr;
    std::size_t place = 0;
};

class Timers {
public:
    bool empty() const { return heap_.empty(); }
    const Timer& first() const {
        CHECK(!heap_.empty());
        return *heap_.front();
    }
    // Stays where it is until it is withdrawn.
    Timer& add(std::int64_t at, sim::TaskState& task) {
        std::unique_ptr<Timer> timer;
        if (free_.empty()) {
            timer = std::make_unique<Timer>();
        } else {
            timer = std::move(free_.back());
            free_.pop_back();
        }
        *timer = {at, ++made_, &task, heap_.size()};
        heap_.push_back(std::move(timer));
        return *rise(heap_.size() - 1);
    }
    void withdraw(const Timer& timer) {
        const std::size_t place = timer.place;
        CHECK(place < heap_.size());
        CHECK(heap_[place].get() == &timer);
        swap(place, heap_.size() - 1);
        free_.push_back(std::move(heap_.back()));
        heap_.pop_back();
        if (place == heap_.size()) return;
        rise(place);
        sink(place);
    }

private:
    bool is_before(std::size_t a, std::size_t b) const {
        return std::tie(heap_[a]->at, heap_[a]->number) < std::tie(heap_[b]->at, heap_[b]->number);
    }
    void swap(std::size_t a, std::size_t b) {
        std::swap(heap_[a], heap_[b]);
        heap_[a]->place = a;
        heap_[b]->place = b;
    }
    Timer* rise(std::size_t place) {
        for (; place > 0 && is_before(place, (place - 1) / 2); place = (place - 1) / 2) swap(place, (place - 1) / 2);
        return heap_[place].get();
    }
    void sink(std::size_t place) {
        while (true) {
            std::size_t least = place;
            for (const std::size_t child : {2 * place + 1, 2 * place + 2})
                if (child < heap_.size() && is_before(child, least)) least = child;
            if (least == place) return;
            swap(place, least);
            place = least;
        }
    }

    std::vector<std::unique_ptr<Timer>> heap_;
    std::vector<std::unique_ptr<Timer>> free_;
    std::uint64_t made_ = 0;
};

} // namespace orrery::live
