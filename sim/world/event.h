// Event: everything that happens is one of these, with an identity that survives edits elsewhere.
//
// id = mix(cause, kind and target, ordinal among the cause's children of that kind and target). No
// counter outside of the running event enters it, so removing a fault renames nothing that the
// fault did not cause.
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/types.h"
#include "orrery/sim/world/agenda.h"

namespace orrery::sim {
struct TaskState;
} // namespace orrery::sim

namespace orrery::sim::world {

using HostIndex = std::uint32_t;
// The number of a fault in its plan, from 1; 0: no fault.
using FaultId = std::uint32_t;

enum class EventKind : std::uint8_t { boot, deliver, wake, timer, segment, fault, operation, disk, point };

struct Connection;
enum class Segment : std::uint8_t;

// A message that is on its way to a host, or waits there: a datagram or a segment of a stream.
struct Passage {
    HostIndex from = 0;          // the sender
    std::uint32_t operation = 0; // of the sender, under which it was sent; 0: none
    std::uint64_t cuts = 0;      // how often the link had been cut when it was sent
};
struct DatagramPorts {
    std::uint64_t to;
    std::uint64_t from;
};
struct SegmentNumbers {
    std::uint64_t amount; // window: bytes that the peer may send in all
    std::uint64_t number; // its place in its direction; timeout: of the segment it watches
};

struct alignas(64) Event : Entry {
    // --- the first cache line, with Entry: what the loop asks of every event ---
    std::int64_t time = 0; // when it is to happen; runs late by at most the slack
    EventKind kind{};
    bool affected = false; // message: its link was cut when it was sent
    bool arrived = false;  // message: it waits at its host, beyond what links can do to it
    Segment segment{};     // segment: which
    std::uint8_t end = 0;  // segment: the receiving end of the connection, 0 or 1
    bool refused = false;  // segment reset: nobody listens there
    HostIndex host = 0;    // where it happens
    // --- the second ---
    std::uint64_t cause = 0;
    std::uint64_t origin = 0;
    Passage passage{}; // message
    union {            // by kind
        DatagramPorts ports{};
        SegmentNumbers numbers;
        std::uint64_t action; // fault: index among those to be run
    };
    TaskState* task = nullptr;    // wake, timer, disk, point, operation: whose
    const Label* label = nullptr; // message
    // --- the third ---
    Connection* connection = nullptr; // segment
    Bytes bytes;                      // message
};
static_assert(sizeof(Event) == 192, "three cache lines");

// Events in slabs with a free list; addresses are stable and never shown. What it gives holds no bytes, and else
// whatever it held before: the kernel sets every field.
class EventPool {
public:
    EventPool() = default;
    EventPool(const EventPool&) = delete;
    EventPool& operator=(const EventPool&) = delete;
    ~EventPool() {
        for (Event* slab : slabs_) delete[] slab;
    }
    [[gnu::always_inline]] Event* take() {
        if (free_ == nullptr) [[unlikely]]
            grow();
        Event* event = free_;
        free_ = static_cast<Event*>(event->next);
        return event;
    }
    [[gnu::always_inline]] void give(Event* event) {
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
