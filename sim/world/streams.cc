#include "orrery/sim/world/streams.h"

#include <algorithm>
#include <utility>

namespace orrery::sim::world {

std::uint32_t Streams::hold(Connection& connection, std::uint8_t end) {
    std::size_t number = 0;
    while (number < slots_.size() && slots_[number].connection != nullptr) ++number;
    if (number == slots_.size()) slots_.emplace_back();
    slots_[number] = {&connection, end, nullptr, nullptr};
    connection.ends[end].owner = this;
    connection.ends[end].slot = static_cast<std::uint32_t>(number);
    return static_cast<std::uint32_t>(number);
}

Streams::Listener& Streams::listener(std::uint32_t socket) {
    if (listeners_.size() <= socket) listeners_.resize(std::size_t{socket} + 1);
    return listeners_[socket];
}

bool Streams::wait_in(std::uint32_t number, TaskState* Slot::*role, TaskState& task, Deadline deadline) {
    CHECK(slot(number).*role == nullptr); // one reader and one writer a stream
    slots_[number].*role = &task;
    const bool is_ready = tasks_.wait(task, Waiting::stream, deadline);
    slots_[number].*role = nullptr;
    return is_ready;
}

Result<std::uint32_t> Streams::connect(Address to, Deadline deadline) {
    TaskState& task = tasks_.running();
    if (Tasks::take_cancellation(task)) return Error::cancelled;
    if (to.host == 0 || to.host > parts_.hosts.size()) return Error::refused;
    const Address from = Parts::address_of(host_).at(sockets_.take_ephemeral_port());
    Connection& connection = parts_.connections.open(*this, host_, from, to);
    const std::uint32_t number = hold(connection, 0);
    StreamEnd& mine = connection.ends[0];
    while (!mine.established && !mine.broken) {
        if (wait_in(number, &Slot::writer, task, deadline)) continue;
        mine.broken = true; // what comes later meets a reset
        mine.failure = task.outcome;
    }
    if (!mine.broken) return number;
    const Error why = mine.failure;
    close(number);
    return why;
}

Result<std::uint32_t> Streams::accept(std::uint32_t socket, Deadline deadline) {
    TaskState& task = tasks_.running();
    if (Tasks::take_cancellation(task)) return Error::cancelled;
    while (listener(socket).backlog.empty()) {
        CHECK(listener(socket).acceptor == nullptr); // one acceptor a socket
        listener(socket).acceptor = &task;
        const bool is_ready = tasks_.wait(task, Waiting::stream, deadline);
        listener(socket).acceptor = nullptr;
        if (!is_ready) return task.outcome;
    }
    std::vector<std::uint32_t>& backlog = listener(socket).backlog;
    const std::uint32_t number = backlog.front();
    backlog.erase(backlog.begin());
    return number;
}

bool Streams::take_connection(Connection& connection) {
    const std::uint32_t socket = sockets_.slot_of(connection.ends[1].address.port);
    if (socket == Sockets::none) return false;
    Listener& to = listener(socket);
    if (to.backlog.size() >= backlog_max) return false;
    to.backlog.push_back(hold(connection, 1));
    if (TaskState* acceptor = std::exchange(to.acceptor, nullptr)) tasks_.ready(*acceptor);
    return true;
}

// Those who wait look again. A task may close the stream when it goes on, so each is looked up anew.
void Streams::connection_changed(Connection& connection, std::uint8_t end) {
    const std::uint32_t number = connection.ends[end].slot;
    for (TaskState* Slot::*role : {&Slot::reader, &Slot::writer}) {
        const bool is_held = slots_[number].connection == &connection && slots_[number].end == end;
        if (!is_held) return;
        if (TaskState* waiting = std::exchange(slots_[number].*role, nullptr)) tasks_.ready(*waiting);
    }
}

Result<Bytes> Streams::read(std::uint32_t number, std::size_t size_max, Deadline deadline) {
    CHECK(size_max > 0);
    TaskState& task = tasks_.running();
    if (Tasks::take_cancellation(task)) return Error::cancelled;
    StreamEnd& mine = slot(number).mine();
    while (mine.unread() == 0) {
        if (mine.broken) return mine.failure;
        if (mine.finished_in) return Bytes{};
        if (!wait_in(number, &Slot::reader, task, deadline)) return task.outcome;
    }
    return parts_.connections.read(*slot(number).connection, slot(number).end, size_max);
}

Status Streams::write(std::uint32_t number, ByteView bytes, const Label& label, Deadline deadline) {
    TaskState& task = tasks_.running();
    if (Tasks::take_cancellation(task)) return Error::cancelled;
    StreamEnd& mine = slot(number).mine();
    while (true) {
        if (mine.broken) return mine.failure;
        if (mine.finished_out) return Error::closed;
        bytes = bytes.subspan(parts_.connections.write(*slot(number).connection, slot(number).end, bytes, label));
        if (bytes.empty()) return success();
        if (!wait_in(number, &Slot::writer, task, deadline)) return task.outcome;
    }
}

Status Streams::shutdown(std::uint32_t number) {
    const StreamEnd& mine = slot(number).mine();
    if (mine.broken) return mine.failure;
    parts_.connections.finish(*slot(number).connection, slot(number).end);
    return success();
}

Address Streams::peer(std::uint32_t number) const {
    CHECK(number < slots_.size());
    const Slot& of = slots_[number];
    CHECK(of.connection != nullptr);
    return of.connection->ends[1 - of.end].address;
}

void Streams::close(std::uint32_t number) {
    CHECK(slot(number).reader == nullptr); // a task waits in a stream that another closes: a bug of the program
    CHECK(slot(number).writer == nullptr);
    const Slot closed = std::exchange(slots_[number], {});
    parts_.connections.finish(*closed.connection, closed.end);
    parts_.connections.leave(*closed.connection, closed.end);
}

void Streams::close_backlog(std::uint32_t socket) {
    CHECK(listener(socket).acceptor == nullptr);
    for (const std::uint32_t waiting : std::exchange(listener(socket).backlog, {})) {
        parts_.connections.reset(*slot(waiting).connection, slot(waiting).end, Error::reset, true);
        close(waiting);
    }
}

void Streams::drop_all(bool is_heard) {
    for (Slot& each : slots_) {
        if (each.connection == nullptr) continue;
        const Slot dropped = std::exchange(each, {});
        StreamEnd& mine = dropped.mine();
        mine.owner = nullptr; // its tasks hear of nothing any more
        if (is_heard && mine.established)
            parts_.connections.reset(*dropped.connection, dropped.end, Error::reset, true);
        mine.broken = true;
        parts_.connections.leave(*dropped.connection, dropped.end);
    }
}

} // namespace orrery::sim::world
