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
    static constexpr std::size_t datagram_max = 65'507; // bytes: what UDP over IPv4 carries
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

// In line: most events of most runs are these two.
[[gnu::always_inline]] inline Status Sockets::send(std::uint32_t slot, Address to, const Label& label, Bytes&& bytes) {
    if (bytes.size() > datagram_max) return Error::too_large;
    parts_.network.send(host_, mailboxes_[slot].port, to, label, std::move(bytes));
    return success();
}

[[gnu::always_inline]] inline Result<Datagram> Sockets::receive(std::uint32_t slot, Deadline deadline) {
    TaskState& task = tasks_.running();
    if (task.cancelled) [[unlikely]] {
        task.cancelled = false;
        return Error::cancelled;
    }
    Event* event = mailboxes_[slot].queue.pop();
    if (event == nullptr) {
        if (deadline.at <= Monotonic{}) return Error::timed_out; // no clock shows less
        CHECK(mailboxes_[slot].receiver == nullptr);             // one receiver a socket
        mailboxes_[slot].receiver = &task;
        const bool is_ready = tasks_.wait(task, Waiting::receive, deadline);
        mailboxes_[slot].receiver = nullptr;
        if (!is_ready) return task.outcome;
        event = std::exchange(mailboxes_[slot].arrived, nullptr);
        CHECK(event != nullptr);
    }
    Datagram datagram{{event->passage.from + std::uint64_t{1}, event->ports.from}, std::move(event->bytes)};
    parts_.kernel.drop(event);
    return datagram;
}

} // namespace orrery::sim::world
