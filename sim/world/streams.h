// Streams: the ends of connections that one process holds, and its tasks that wait in them. What a connection does
// stands in connections.h; here is who waits for it.
#pragma once

#include <vector>

#include "orrery/sim/env.h"
#include "orrery/sim/tasks.h"
#include "orrery/sim/world/sockets.h"

namespace orrery::sim::world {

class Streams final : public ConnectionOwner {
public:
    Streams(Parts& parts, HostIndex host, Tasks& tasks, Sockets& sockets)
        : parts_(parts), host_(host), tasks_(tasks), sockets_(sockets) {}
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;

    // --- the calls of Env; a slot is one that connect or accept gave, and is not closed ---
    Result<std::uint32_t> connect(Address to, Deadline deadline);
    Result<std::uint32_t> accept(std::uint32_t socket, Deadline deadline);
    Result<Bytes> read(std::uint32_t slot, std::size_t size_max, Deadline deadline);
    Status write(std::uint32_t slot, ByteView bytes, const Label& label, Deadline deadline);
    Status shutdown(std::uint32_t slot);
    Address peer(std::uint32_t slot) const;
    void close(std::uint32_t slot);
    // The socket goes: connections that nobody has accepted yet are reset.
    void close_backlog(std::uint32_t socket);

    // The process dies. `is_heard`: the peers hear of it; of a loss of power they cannot.
    void drop_all(bool is_heard);

    // --- ConnectionOwner ---
    bool take_connection(Connection& connection) override;
    void connection_changed(Connection& connection, std::uint8_t end) override;

private:
    static constexpr std::size_t backlog_max = 128;

    struct Slot {
        Connection* connection = nullptr; // null: the slot is free
        std::uint8_t end = 0;
        TaskState* reader = nullptr;
        TaskState* writer = nullptr; // also the one that connects
        StreamEnd& mine() const { return connection->ends[end]; }
    };
    // What comes to a socket.
    struct Listener {
        TaskState* acceptor = nullptr;
        std::vector<std::uint32_t> backlog; // slots of streams that nobody has accepted yet
    };
    std::uint32_t hold(Connection& connection, std::uint8_t end);
    Slot& slot(std::uint32_t number) {
        CHECK(number < slots_.size());
        CHECK(slots_[number].connection != nullptr);
        return slots_[number];
    }
    Listener& listener(std::uint32_t socket);
    // Waits as the slot's reader or writer. False: task.outcome says why not.
    bool wait_in(std::uint32_t number, TaskState* Slot::*role, TaskState& task, Deadline deadline);

    Parts& parts_;
    HostIndex host_;
    Tasks& tasks_;
    Sockets& sockets_;
    std::vector<Slot> slots_;
    std::vector<Listener> listeners_; // by slot of their socket
};

} // namespace orrery::sim::world
