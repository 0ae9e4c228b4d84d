// Sockets: the ports of one process, and the datagrams that wait there.
#pragma once

#include <utility>
#include <vector>

#include "orrery/sim/env.h"
#include "orrery/sim/tasks.h"
#include "orrery/sim/world/parts.h"

namespace orrery::sim::world {

class Sockets {
public:
    Sockets(Parts& parts, HostIndex host, Tasks& tasks) : parts_(parts), host_(host), tasks_(tasks) {}
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;
    ~Sockets(); // what waits in them goes

    // --- the calls of Env; a slot is one that bind gave, and is not closed ---
    Result<std::uint32_t> bind(std::uint64_t port);
    Status send(std::uint32_t slot, Address to, const Label& label, Bytes&& bytes);
    Result<Datagram> receive(std::uint32_t slot, Deadline deadline);
    std::uint64_t port(std::uint32_t slot) const { return mailboxes_[slot].port; }
    void close(std::uint32_t slot);

    // --- for streams ---
    std::uint64_t take_ephemeral_port() { return ephemeral_++; }
    static constexpr std::uint32_t none = UINT32_MAX;
    // The slot that is bound to the port, or none.
    std::uint32_t slot_of(std::uint64_t port) const;

    // --- for the loop ---
    // A datagram has come. Whoever waits for it goes on, within this call.
    [[gnu::always_inline]] void deliver(Event* event) {
        Mailbox* found = nullptr;
        for (Mailbox& box : mailboxes_) {
            if (box.port != event->ports.to) continue;
            if (TaskState* receiver = std::exchange(box.receiver, nullptr)) [[likely]] {
                box.arrived = event;
                tasks_.ready(*receiver);
                return;
            }
            found = &box;
            break;
        }
        queue(found, event);
    }

private:
    static constexpr std::size_t queue_max = 4096;
    static constexpr std::uint64_t port_ephemeral = 49'152;

    struct Mailbox {
        std::uint64_t port = 0; // 0: the slot is free
        TaskState* receiver = nullptr;
        Event* arrived = nullptr; // handed to the receiver that waited
        EventQueue queue;
    };
    void queue(Mailbox* box, Event* event);

    Parts& parts_;
    HostIndex host_;
    Tasks& tasks_;
    std::vector<Mailbox> mailboxes_;
    std::uint64_t ephemeral_ = port_ephemeral;
};

} // namespace orrery::sim::world
