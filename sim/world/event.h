// Event: everything that happens is one of these, with an identity that survives edits elsewhere.
//
// id = mix(cause, kind and target, ordinal among the cause's children of that kind and target). No
// counter outside of the running event enters it, so removing a fault renames nothing that the
// fault did not cause.
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/chance.h"
#include "orrery/sim/types.h"
#include "orrery/sim/world/agenda.h"

namespace orrery::sim::world {

using HostIndex = std::uint32_t;
// The number of a fault in its plan, from 1; 0: no fault.
using FaultId = std::uint32_t;

enum class EventKind : std::uint8_t { boot, deliver, wake, timer, segment, fault, operation, disk };

struct TaskState;
struct Connection;
enum class Segment : std::uint8_t;

struct alignas(64) Event : Entry {
    std::int64_t time = 0; // when it is to happen; runs late by at most the slack
    std::uint64_t cause = 0;
    std::uint64_t origin = 0;
    EventKind kind{};
    bool affected = false;       // its link was cut when it was sent
    bool arrived = false;        // deliver: it waits at its host, beyond what links can do to it
    Segment segment{};           // segment: which
    std::uint8_t end = 0;        // segment: the receiving end of the connection, 0 or 1
    HostIndex host = 0;          // where it happens
    HostIndex from = 0;          // deliver, segment: the sender
    std::uint32_t operation = 0; // deliver, segment: the sender's operation under which it was sent; 0: none
    std::uint64_t port = 0;      // deliver: the receiver's; segment: amount; fault: index of its action
    std::uint64_t from_port = 0; // deliver: the sender's; segment: its number in its direction
    std::uint64_t cuts = 0;      // deliver, segment: the link's cut epoch when it was sent
    TaskState* task = nullptr;
    const Label* label = nullptr;
    Connection* connection = nullptr;
    Bytes bytes;
};
static_assert(sizeof(Event) == 192, "three cache lines");

// Events in slabs with a free list; addresses are stable and never shown.
class EventPool {
public:
    EventPool() = default;
    EventPool(const EventPool&) = delete;
    EventPool& operator=(const EventPool&) = delete;
    ~EventPool() {
        for (Event* slab : slabs_) delete[] slab;
    }
    Event* take() {
        if (free_ == nullptr) [[unlikely]]
            grow();
        Event* event = free_;
        free_ = static_cast<Event*>(event->next);
        event->priority = 1;
        event->affected = false;
        event->arrived = false;
        event->task = nullptr;
        return event;
    }
    void give(Event* event) {
        event->bytes.reset();
        event->next = free_;
        free_ = event;
    }
    std::size_t capacity() const { return slabs_.size() * slab_size; }

private:
    static constexpr std::size_t slab_size = 256;
    void grow() {
        auto* slab = new Event[slab_size];
        slabs_.push_back(slab);
        for (std::size_t i = slab_size; i-- > 0;) {
            slab[i].next = free_;
            free_ = &slab[i];
        }
    }
    std::vector<Event*> slabs_;
    Event* free_ = nullptr;
};

// How often each key was asked within the running event: ordinals of children, counts of sites.
// Keys are hashes: their low bits choose the cell. Cleared in O(1) by a new epoch.
class Ordinals {
public:
    void clear() {
        ++epoch_;
        used_ = 0;
        first_count_ = 0;
    }
    // Most events ask with one key: it has a place of its own.
    [[gnu::always_inline]] std::uint32_t next(std::uint64_t key) {
        if (first_count_ == 0) [[likely]] {
            first_key_ = key;
            first_count_ = 1;
            return 0;
        }
        if (key == first_key_) return first_count_++;
        return next_of_others(key);
    }

private:
    struct Cell {
        std::uint64_t key = 0;
        std::uint64_t epoch = 0;
        std::uint32_t count = 0;
    };
    std::uint32_t next_of_others(std::uint64_t key) {
        std::size_t index = key & mask_;
        while (true) {
            Cell& cell = cells_[index];
            if (cell.epoch != epoch_) {
                cell = {key, epoch_, 1};
                if (++used_ * 2 > mask_) [[unlikely]]
                    grow();
                return 0;
            }
            if (cell.key == key) return cell.count++;
            index = (index + 1) & mask_;
        }
    }
    void grow() {
        std::vector<Cell> old(2 * cells_.size());
        old.swap(cells_);
        mask_ = cells_.size() - 1;
        for (const Cell& cell : old) {
            if (cell.epoch != epoch_) continue;
            std::size_t index = cell.key & mask_;
            while (cells_[index].epoch == epoch_) index = (index + 1) & mask_;
            cells_[index] = cell;
        }
    }
    std::uint64_t first_key_ = 0;
    std::uint32_t first_count_ = 0;
    std::uint64_t epoch_ = 1;
    std::size_t used_ = 0;
    std::size_t mask_ = 63;
    std::vector<Cell> cells_ = std::vector<Cell>(64);
};

// A first-in first-out list of events through Entry::next.
class EventQueue {
public:
    bool empty() const { return first_ == nullptr; }
    std::size_t size() const { return size_; }
    void push(Event* event) {
        event->next = nullptr;
        if (first_ == nullptr)
            first_ = event;
        else
            last_->next = event;
        last_ = event;
        ++size_;
    }
    Event* pop() {
        Event* event = first_;
        if (event == nullptr) return nullptr;
        first_ = static_cast<Event*>(event->next);
        --size_;
        return event;
    }

private:
    Event* first_ = nullptr;
    Event* last_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace orrery::sim::world
