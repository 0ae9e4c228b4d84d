// Connections: streams between hosts - ordered bytes, bounded buffers, half-close, reset.
//
// A segment of either direction carries a number; an end takes them in that order, whatever the agenda did to their
// times, so a stream is never reordered. Each end grants its peer how many bytes it may send in all: a window of
// fixed size beyond what was read, so that buffers are bounded and a slow reader holds the writer back. A cut holds
// segments until it heals; one that is held past the user timeout breaks the stream for its sender. A crash of a
// process resets its streams, and the peer hears of it; a loss of power is silent, and the peer hears of it from the
// next boot.
//
//     ends[0]  connect ->              ends[1]  at most 64 KiB in flight and unread:
//              <- accepted                      may_send = 65536
//              data (n bytes) ->                sent += n; when half of the window was read: <- window (granted)
//              finish ->                        no more in this direction
//
// Nothing here waits: reading takes what is there, writing takes what the window admits, and the owner of an end is
// called when its state changed. Suspended tasks are one kind of owner (Streams); a program that polls is another.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "orrery/sim/world/network.h"

namespace orrery::sim::world {

enum class Segment : std::uint8_t { connect, accepted, data, window, finish, reset, timeout };

struct Connection;

// Who holds ends of connections: a process.
class ConnectionOwner {
public:
    virtual ~ConnectionOwner() = default;
    // A peer connects to a port of this host. False: nobody listens there, or too many wait already.
    virtual bool take_connection(Connection& connection) = 0;
    // Something arrived at its end, or it broke. The end may be left within this call.
    virtual void connection_changed(Connection& connection, std::uint8_t end) = 0;
};

struct StreamEnd {
    static constexpr std::uint64_t window = 64 * 1024; // bytes in flight and unread
    static constexpr std::size_t segment_max = 16 * 1024;

    // --- who ---
    HostIndex host = 0;
    Address address{};                // as the peer sees it
    ConnectionOwner* owner = nullptr; // null before it is accepted, after close, and after the process died
    std::uint32_t slot = 0;           // the owner's own name for it
    bool broken = false;
    Error failure{}; // why, once broken: reset, refused, timed_out

    // --- towards this end ---
    std::vector<std::uint8_t> received;
    std::size_t read = 0;                  // how much of `received` was read
    std::uint64_t granted = window;        // what the peer knows it may send in all
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
    std::size_t room() const { return static_cast<std::size_t>(may_send - sent); }
};

struct Connection {
    std::uint64_t id = 0;
    StreamEnd ends[2];          // 0 connected, 1 accepted
    std::uint32_t segments = 0; // on the agenda, held, or early: the connection lives as long as one does
};

class Connections {
public:
    Connections(Kernel& kernel, Observers& observers, Network& network, std::vector<Host>& hosts);
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    // --- for owners ---
    // A connection from `from`, an address of `host`, sets out to `to`, which must name a host of this world.
    Connection& open(ConnectionOwner& owner, HostIndex host, Address from, Address to);
    // At most `size_max` bytes of what has arrived; tells the peer of a new window when half of the old one is free.
    Bytes read(Connection& connection, std::uint8_t end, std::size_t size_max);
    // As much as the window admits, in segments; returns how many bytes that was. Counts as an effect of the host.
    std::size_t write(Connection& connection, std::uint8_t end, ByteView bytes, const Label& label);
    // Half-close. Once is enough.
    void finish(Connection& connection, std::uint8_t end);
    // The end breaks; `is_sent`: the peer hears of it.
    void reset(Connection& connection, std::uint8_t end, Error why, bool is_sent);
    // The owner lets go of its end: the connection may be gone afterwards.
    void leave(Connection& connection, std::uint8_t end);

    // --- for the network ---
    // A segment leaves, for the `departure`th time, behind everything that left before it in its direction.
    void depart(Event* event, std::uint64_t departure);
    // A segment waits, at a link or at a host that is down: its sender gives up when it is not there by then.
    void watch_held(const Event& held);

    // --- for the loop ---
    // A segment has come to its host, beyond what links do to it.
    void arrive(Event* event);
    // A host that is up again knows nothing of its former streams: what came for them meanwhile is answered.
    void answer_unanswered(Host& host);

    std::size_t count() const { return connections_.size(); }

private:
    void send(Connection& connection, std::uint8_t end, Segment segment, const Label* label, Bytes&& bytes,
              std::uint64_t amount, bool refused = false);
    void time_out(Event* event);
    void take(Event* event);
    void take_at_end(Connection& connection, std::uint8_t end, const Event& event);
    void end_segment(Event* event);
    void forget_if_over(Connection& connection);

    Kernel& kernel_;
    Observers& observers_;
    Network& network_;
    std::vector<Host>& hosts_;
    std::map<std::uint64_t, std::unique_ptr<Connection>> connections_; // by id
};

} // namespace orrery::sim::world
