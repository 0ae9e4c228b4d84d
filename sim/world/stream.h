// Connection: the two ends of a stream, and what travels between them.
//
// A segment of either direction carries a number; an end takes them in that order, whatever the
// agenda did to their times, so a stream is never reordered. Each end grants its peer how many bytes
// it may send in all: a window of fixed size beyond what was read, so that buffers are bounded and a
// slow reader holds the writer back. A cut holds segments until it heals; one that is held past the
// user timeout breaks the stream for its sender. A crash of a process resets its streams, which the
// peer hears of; a loss of power is silent, and the peer hears of it from the next boot.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "orrery/sim/world/event.h"

namespace orrery::sim::world {

class Process;

enum class Segment : std::uint8_t { connect, accepted, data, window, finish, reset, timeout };

struct StreamEnd {
    static constexpr std::uint64_t window = 64 * 1024; // bytes in flight and unread
    static constexpr std::size_t segment_max = 16 * 1024;

    // --- who ---
    HostIndex host = 0;
    Address address{};          // as the peer sees it
    Process* process = nullptr; // null before it is accepted, after close, and after the process died
    TaskState* reader = nullptr;
    TaskState* writer = nullptr; // also the one that connects
    bool broken = false;
    Error failure{}; // why, once broken: reset, refused, timed_out

    // --- towards this end ---
    std::vector<std::uint8_t> received;
    std::size_t read = 0;                  // how much of `received` was read
    std::uint64_t granted = window;        // what the peer was told it may send in all
    std::uint64_t taken = 0;               // bytes read in all
    bool finished_in = false;              // the peer half-closed, and all before that has arrived
    std::uint64_t expected = 0;            // number of the next segment
    std::map<std::uint64_t, Event*> early; // segments that came before their turn

    // --- away from this end ---
    bool established = false;
    bool finished_out = false;
    std::uint64_t sent = 0;
    std::uint64_t may_send = window;
    std::uint64_t numbered = 0; // segments sent
    std::int64_t last_place = 0;

    std::size_t unread() const { return received.size() - read; }
};

struct Connection {
    std::uint64_t id = 0;
    StreamEnd ends[2];          // 0 connected, 1 accepted
    std::uint32_t segments = 0; // on the agenda, held, or early: the connection lives as long as one does
};

// A process's hold on one end.
struct StreamSlot {
    Connection* connection = nullptr; // null: the slot is free
    std::uint8_t end = 0;
};

} // namespace orrery::sim::world
