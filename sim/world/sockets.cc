#include "orrery/sim/world/sockets.h"

#include <algorithm>

namespace orrery::sim::world {
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

// Nobody listens, or too much waits already: lost.
void Sockets::queue(Mailbox* box, Event* event) {
    if (box != nullptr && box->queue.size() < queue_max)
        box->queue.push(event);
    else
        parts_.network.drop_unreceived(event);
}

} // namespace orrery::sim::world
