#include "orrery/sim/world/sockets.h"

#include <algorithm>

namespace orrery::sim::world {
namespace {

constexpr std::size_t datagram_max = 65'507; // bytes: what UDP over IPv4 carries

} // namespace

Sockets::~Sockets() {
    for (Mailbox& box : mailboxes_) {
        while (Event* event = box.queue.pop()) parts_.kernel.drop(event);
        if (box.arrived != nullptr) parts_.kernel.drop(box.arrived);
    }
}

std::uint32_t Sockets::slot_of(std::uint64_t port) const {
    for (std::size_t i = 0; i < mailboxes_.size(); ++i)
        if (mailboxes_[i].port == port) return static_cast<std::uint32_t>(i);
    return none;
}

Result<std::uint32_t> Sockets::bind(std::uint64_t port) {
    if (port == 0) {
        while (slot_of(ephemeral_) != none) ++ephemeral_;
        port = ephemeral_++;
    } else if (slot_of(port) != none) {
        return Error::address_in_use;
    }
    std::uint32_t slot = slot_of(0);
    if (slot == none) {
        slot = static_cast<std::uint32_t>(mailboxes_.size());
        mailboxes_.emplace_back();
    }
    Mailbox& box = mailboxes_[slot];
    CHECK(box.queue.empty());
    CHECK(box.receiver == nullptr);
    box.port = port;
    return slot;
}

void Sockets::close(std::uint32_t slot) {
    Mailbox& box = mailboxes_[slot];
    CHECK(box.port != 0);
    CHECK(box.receiver == nullptr); // a task that waits in a socket that another closes: a bug of the program
    while (Event* event = box.queue.pop()) parts_.kernel.drop(event);
    box.port = 0;
}

Status Sockets::send(std::uint32_t slot, Address to, const Label& label, Bytes&& bytes) {
    if (bytes.size() > datagram_max) return Error::too_large;
    parts_.network.send(host_, mailboxes_[slot].port, to, label, std::move(bytes));
    return success();
}

// Nobody listens, or too much waits already: lost.
void Sockets::queue(Mailbox* box, Event* event) {
    if (box != nullptr && box->queue.size() < queue_max)
        box->queue.push(event);
    else
        parts_.network.drop_unreceived(event);
}

Result<Datagram> Sockets::receive(std::uint32_t slot, Deadline deadline) {
    TaskState& task = tasks_.running();
    if (task.cancelled) [[unlikely]] {
        task.cancelled = false;
        return Error::cancelled;
    }
    Event* event = mailboxes_[slot].queue.pop();
    if (event == nullptr) {
        CHECK(mailboxes_[slot].receiver == nullptr); // one receiver a socket
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
