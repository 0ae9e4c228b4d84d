// The calls of Env about streams, and what arriving segments do to the tasks that wait in them.
#include <algorithm>
#include <utility>

#include "orrery/sim/world/process.h"
#include "orrery/sim/world/stream.h"

namespace orrery::sim::world {

std::uint32_t Process::hold(Connection& connection, std::uint8_t end) {
    std::size_t slot = 0;
    while (slot < streams_.size() && streams_[slot].connection != nullptr) ++slot;
    if (slot == streams_.size()) streams_.emplace_back();
    streams_[slot] = {&connection, end};
    return static_cast<std::uint32_t>(slot);
}

Result<Stream> Process::connect(Address to, Deadline deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    if (to.host == 0 || to.host > world_.host_count()) return Error::refused;
    TaskState& task = *running_;
    if (take_cancellation(task)) return Error::cancelled;
    Connection& connection = world_.open_connection(*this, identity_.address.at(ephemeral_++), to);
    const std::uint32_t slot = hold(connection, 0);
    StreamEnd& mine = connection.ends[0];
    world_.send_segment(connection, 0, Segment::connect, nullptr, {}, 0);
    while (!mine.established && !mine.broken) {
        mine.writer = &task;
        const bool well = wait(task, Waiting::stream, deadline);
        mine.writer = nullptr;
        if (well) continue;
        const Error why = task.outcome;
        mine.broken = true; // what comes later meets a reset
        stream_close(slot);
        return why;
    }
    if (!mine.broken) return Stream(*this, slot);
    const Error why = mine.failure;
    stream_close(slot);
    return why;
}

Result<Stream> Process::accept(Socket& socket, Deadline deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    TaskState& task = *running_;
    if (take_cancellation(task)) return Error::cancelled;
    const std::uint32_t box = socket.slot();
    while (mailboxes_[box].backlog.empty()) {
        CHECK(mailboxes_[box].acceptor == nullptr); // one acceptor a socket
        mailboxes_[box].acceptor = &task;
        const bool well = wait(task, Waiting::stream, deadline);
        mailboxes_[box].acceptor = nullptr;
        if (!well) return task.outcome;
    }
    std::vector<std::uint32_t>& backlog = mailboxes_[box].backlog;
    const std::uint32_t slot = backlog.front();
    backlog.erase(backlog.begin());
    return Stream(*this, slot);
}

// A peer connects. False: nobody listens at that port, or too many wait already.
bool Process::take_connection(Connection& connection) {
    for (Mailbox& box : mailboxes_) {
        if (box.port != connection.ends[1].address.port) continue;
        if (box.backlog.size() >= backlog_max) return false;
        connection.ends[1].process = this;
        box.backlog.push_back(hold(connection, 1));
        if (TaskState* acceptor = std::exchange(box.acceptor, nullptr)) ready(*acceptor);
        return true;
    }
    return false;
}

void Process::take_segment(Connection& connection, std::uint8_t end, Event& event) {
    StreamEnd& mine = connection.ends[end];
    switch (event.segment) {
    case Segment::accepted:
        mine.established = true;
        break;
    case Segment::data: {
        const ByteView bytes = event.bytes.view();
        mine.received.insert(mine.received.end(), bytes.begin(), bytes.end());
        CHECK(mine.unread() <= StreamEnd::window);
        break;
    }
    case Segment::window:
        mine.may_send = std::max(mine.may_send, event.port);
        break;
    case Segment::finish:
        mine.finished_in = true;
        break;
    case Segment::reset:
        if (mine.broken) return;
        mine.broken = true;
        mine.failure = event.port == 1 ? Error::refused : Error::reset;
        break;
    case Segment::connect:
    case Segment::timeout:
        CHECK(event.segment == Segment::accepted); // the world takes care of these
    }
    wake_stream(mine);
}

// Whoever waits looks again. A task may close the stream when it goes on, so each is looked up anew.
void Process::wake_stream(StreamEnd& end) {
    if (TaskState* reader = std::exchange(end.reader, nullptr)) ready(*reader);
    if (TaskState* writer = std::exchange(end.writer, nullptr)) ready(*writer);
}

Result<Bytes> Process::stream_read(std::uint32_t slot, std::size_t size_max, Deadline deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    CHECK(size_max > 0);
    TaskState& task = *running_;
    if (take_cancellation(task)) return Error::cancelled;
    const auto [connection, end] = streams_[slot];
    StreamEnd& mine = connection->ends[end];
    while (mine.unread() == 0) {
        if (mine.broken) return mine.failure;
        if (mine.finished_in) return Bytes{};
        CHECK(mine.reader == nullptr); // one reader a stream
        mine.reader = &task;
        const bool well = wait(task, Waiting::stream, deadline);
        mine.reader = nullptr;
        if (!well) return task.outcome;
    }
    const std::size_t count = std::min(size_max, mine.unread());
    Bytes bytes(ByteView(mine.received.data() + mine.read, count));
    mine.read += count;
    mine.taken += count;
    if (mine.read == mine.received.size()) {
        mine.received.clear();
        mine.read = 0;
    }
    // A new window is told once half of it is free: often enough never to stop a writer for good.
    if (mine.taken + StreamEnd::window >= mine.granted + StreamEnd::window / 2 && !mine.broken && !mine.finished_in) {
        mine.granted = mine.taken + StreamEnd::window;
        world_.send_segment(*connection, end, Segment::window, nullptr, {}, mine.granted);
    }
    return bytes;
}

Status Process::stream_write(std::uint32_t slot, ByteView bytes, const Label& label, Deadline deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    TaskState& task = *running_;
    if (take_cancellation(task)) return Error::cancelled;
    const auto [connection, end] = streams_[slot];
    StreamEnd& mine = connection->ends[end];
    while (true) {
        if (mine.broken) return mine.failure;
        if (mine.finished_out) return Error::closed;
        if (bytes.empty()) return success();
        const std::size_t room = static_cast<std::size_t>(mine.may_send - mine.sent);
        const std::size_t count = std::min({bytes.size(), room, StreamEnd::segment_max});
        if (count > 0) {
            world_.count_effect(host_, EffectKind::send);
            mine.sent += count;
            world_.send_segment(*connection, end, Segment::data, &label, Bytes(bytes.first(count)), 0);
            bytes = bytes.subspan(count);
            continue;
        }
        CHECK(mine.writer == nullptr); // one writer a stream
        mine.writer = &task;
        const bool well = wait(task, Waiting::stream, deadline);
        mine.writer = nullptr;
        if (!well) return task.outcome;
    }
}

Status Process::stream_shutdown(std::uint32_t slot) {
    if (dead_) return Error::dead;
    const auto [connection, end] = streams_[slot];
    StreamEnd& mine = connection->ends[end];
    if (mine.broken) return mine.failure;
    if (!std::exchange(mine.finished_out, true)) world_.send_segment(*connection, end, Segment::finish, nullptr, {}, 0);
    return success();
}

Address Process::stream_peer(std::uint32_t slot) const {
    const auto [connection, end] = streams_[slot];
    return connection->ends[1 - end].address;
}

void Process::stream_close(std::uint32_t slot) {
    if (dead_) return;
    const auto [connection, end] = std::exchange(streams_[slot], {});
    StreamEnd& mine = connection->ends[end];
    CHECK(mine.reader == nullptr);
    CHECK(mine.writer == nullptr);
    if (!mine.broken && !std::exchange(mine.finished_out, true))
        world_.send_segment(*connection, end, Segment::finish, nullptr, {}, 0);
    world_.leave_connection(*connection, end);
}

// The process dies. A crash closes its streams so that the peers hear of it; a loss of power cannot.
void Process::drop_streams(bool tell) {
    for (StreamSlot& slot : streams_) {
        if (slot.connection == nullptr) continue;
        const auto [connection, end] = std::exchange(slot, {});
        StreamEnd& mine = connection->ends[end];
        mine.reader = mine.writer = nullptr;
        mine.process = nullptr; // before the world tells anyone
        if (tell && mine.established) world_.break_stream(*connection, end, Error::reset, true);
        mine.broken = true;
        world_.leave_connection(*connection, end);
    }
}

} // namespace orrery::sim::world
