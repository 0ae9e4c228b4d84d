// Segments: made, sent in order, taken in order, and the ends that they change.
#include "orrery/sim/world/connections.h"

#include <algorithm>
#include <utility>

#include "orrery/sim/hash.h"

namespace orrery::sim::world {
namespace {

constexpr Label segment_labels[] = {{"stream.connect"}, {"stream.accepted"}, {"stream.data"},   {"stream.window"},
                                    {"stream.finish"},  {"stream.reset"},    {"stream.timeout"}};

const Label* label_of(Segment segment) { return &segment_labels[static_cast<std::size_t>(segment)]; }

} // namespace

Connections::Connections(Kernel& kernel, Observers& observers, Network& network, std::vector<Host>& hosts)
    : kernel_(kernel), observers_(observers), network_(network), hosts_(hosts) {
    network.attach(*this);
}

Connection& Connections::open(ConnectionOwner& owner, HostIndex host, Address from, Address to) {
    CHECK(to.host > 0);
    CHECK(to.host <= hosts_.size());
    const std::uint64_t key = Kernel::child_key(EventKind::segment, mix(to.host, to.port));
    const std::uint64_t id = kernel_.child_id(key, kernel_.next_ordinal(key));
    std::unique_ptr<Connection>& made = connections_[id];
    CHECK(made == nullptr);
    made = std::make_unique<Connection>();
    made->id = id;
    made->ends[0].host = host;
    made->ends[0].address = from;
    made->ends[0].owner = &owner;
    made->ends[1].host = static_cast<HostIndex>(to.host - 1);
    made->ends[1].address = to;
    send(*made, 0, Segment::connect, nullptr, {}, 0);
    return *made;
}

Bytes Connections::read(Connection& connection, std::uint8_t end, std::size_t size_max) {
    StreamEnd& mine = connection.ends[end];
    const std::size_t count = std::min(size_max, mine.unread());
    CHECK(count > 0);
    Bytes bytes(ByteView(mine.received.data() + mine.read, count));
    mine.read += count;
    mine.taken += count;
    CHECK(mine.taken <= mine.granted);
    if (mine.read == mine.received.size()) {
        mine.received.clear();
        mine.read = 0;
    }
    // Often enough never to stop a writer for good.
    if (mine.taken + StreamEnd::window >= mine.granted + StreamEnd::window / 2 && !mine.broken && !mine.finished_in) {
        mine.granted = mine.taken + StreamEnd::window;
        send(connection, end, Segment::window, nullptr, {}, mine.granted);
    }
    return bytes;
}

std::size_t Connections::write(Connection& connection, std::uint8_t end, ByteView bytes, const Label& label) {
    StreamEnd& mine = connection.ends[end];
    CHECK(!mine.broken);
    CHECK(!mine.finished_out);
    std::size_t written = 0;
    while (written < bytes.size()) {
        const std::size_t count = std::min({bytes.size() - written, mine.room(), StreamEnd::segment_max});
        if (count == 0) break;
        hosts_[mine.host].count_effect(EffectKind::send);
        mine.sent += count;
        CHECK(mine.sent <= mine.may_send);
        send(connection, end, Segment::data, &label, Bytes(bytes.subspan(written, count)), 0);
        written += count;
    }
    return written;
}

void Connections::finish(Connection& connection, std::uint8_t end) {
    StreamEnd& mine = connection.ends[end];
    if (mine.broken || std::exchange(mine.finished_out, true)) return;
    send(connection, end, Segment::finish, nullptr, {}, 0);
}

void Connections::reset(Connection& connection, std::uint8_t end, Error why, bool is_sent) {
    StreamEnd& mine = connection.ends[end];
    if (mine.broken) return;
    mine.broken = true;
    mine.failure = why;
    if (is_sent) send(connection, end, Segment::reset, nullptr, {}, 0);
    if (mine.owner != nullptr) mine.owner->connection_changed(connection, end);
}

void Connections::leave(Connection& connection, std::uint8_t end) {
    StreamEnd& mine = connection.ends[end];
    mine.owner = nullptr;
    mine.received.clear();
    mine.read = 0;
    for (auto& [number, event] : std::exchange(mine.early, {})) end_segment(event);
    forget_if_over(connection);
}

void Connections::forget_if_over(Connection& connection) {
    if (connection.segments > 0 || connection.ends[0].owner != nullptr || connection.ends[1].owner != nullptr) return;
    CHECK(connection.ends[0].early.empty());
    CHECK(connection.ends[1].early.empty());
    connections_.erase(connection.id);
}

void Connections::end_segment(Event* event) {
    CHECK(event->connection->segments > 0);
    --event->connection->segments;
    kernel_.drop(event);
}

// From `end` to its peer.
void Connections::send(Connection& connection, std::uint8_t end, Segment segment, const Label* label, Bytes&& bytes,
                       std::uint64_t amount, bool refused) {
    CHECK(end < 2);
    StreamEnd& mine = connection.ends[end];
    Host& sender = hosts_[mine.host];
    const HostIndex target = connection.ends[1 - end].host;
    Event* event = kernel_.make(EventKind::segment, target, mix(connection.id, end));
    event->segment = segment;
    event->end = static_cast<std::uint8_t>(1 - end);
    event->refused = refused;
    event->passage.from = mine.host;
    event->passage.operation = sender.operation;
    event->numbers = {amount, mine.numbered++};
    event->label = label != nullptr ? label : label_of(segment);
    event->connection = &connection;
    ++connection.segments;
    const std::uint64_t content = refused ? 1 : amount;
    kernel_.trace().add(mine.host, event->id, event->label->hash ^ content ^ hash_bytes(bytes));
    event->bytes = std::move(bytes);
    if (sender.operation != 0) sender.reach_sent(sender.operation);
    if (observers_.messages_are_watched()) network_.show_sent(*event);
    depart(event, 0);
}

void Connections::depart(Event* event, std::uint64_t departure) {
    network_.depart(event, departure);
    StreamEnd& sender = event->connection->ends[1 - event->end];
    event->time = std::max(event->time, sender.last_place + 1);
    sender.last_place = event->time;
    kernel_.put(event);
}

void Connections::watch_held(const Event& held) {
    Connection& connection = *held.connection;
    Event* event = kernel_.make(EventKind::segment, held.passage.from, mix(connection.id, held.numbers.number));
    event->segment = Segment::timeout;
    event->end = static_cast<std::uint8_t>(1 - held.end);
    event->passage.from = held.passage.from;
    event->numbers = {0, held.numbers.number};
    event->label = label_of(Segment::timeout);
    event->connection = &connection;
    event->time = (kernel_.now() + network_.options().user_timeout).nanoseconds;
    ++connection.segments;
    kernel_.put(event);
}

void Connections::time_out(Event* event) {
    Connection& connection = *event->connection;
    const StreamEnd& peer = connection.ends[1 - event->end];
    const bool has_arrived = peer.expected > event->numbers.number;
    if (!has_arrived && connection.ends[event->end].owner != nullptr) reset(connection, event->end, Error::reset, true);
    end_segment(event);
    forget_if_over(connection);
}

void Connections::arrive(Event* event) {
    if (event->segment == Segment::timeout) {
        time_out(event);
        return;
    }
    if (!network_.arrives(event)) return;
    Host& host = hosts_[event->host];
    if (!host.is_up()) {
        watch_held(*event);
        host.unanswered.push_back(event);
        return;
    }
    Connection& connection = *event->connection;
    StreamEnd& mine = connection.ends[event->end];
    CHECK(event->numbers.number >= mine.expected);
    mine.early[event->numbers.number] = event;
    while (!mine.early.empty() && mine.early.begin()->first == mine.expected) {
        Event* next = mine.early.begin()->second;
        mine.early.erase(mine.early.begin());
        ++mine.expected;
        take(next);
    }
    forget_if_over(connection);
}

// In its turn. The event keeps the connection alive until the end.
void Connections::take(Event* event) {
    Connection& connection = *event->connection;
    StreamEnd& mine = connection.ends[event->end];
    Host& host = hosts_[event->host];
    if (observers_.messages_are_watched())
        observers_.observe_message(Observation::Kind::deliver, *event, host, event->passage.from);
    if (event->segment == Segment::connect && host.is_up()) {
        CHECK(host.streams != nullptr);
        if (host.streams->take_connection(connection)) {
            mine.established = true;
            send(connection, event->end, Segment::accepted, nullptr, {}, 0);
        } else {
            send(connection, event->end, Segment::reset, nullptr, {}, 0, true);
        }
    } else if (mine.owner != nullptr) {
        take_at_end(connection, event->end, *event);
    } else if (event->segment == Segment::data || event->segment == Segment::accepted) {
        send(connection, event->end, Segment::reset, nullptr, {}, 0); // nobody is there any more
    }
    end_segment(event);
}

void Connections::take_at_end(Connection& connection, std::uint8_t end, const Event& event) {
    StreamEnd& mine = connection.ends[end];
    switch (event.segment) {
    case Segment::accepted:
        mine.established = true;
        break;
    case Segment::data: {
        const ByteView bytes = event.bytes.view();
        CHECK(!mine.finished_in);
        mine.received.insert(mine.received.end(), bytes.begin(), bytes.end());
        CHECK(mine.unread() <= StreamEnd::window);
        break;
    }
    case Segment::window:
        mine.may_send = std::max(mine.may_send, event.numbers.amount);
        break;
    case Segment::finish:
        mine.finished_in = true;
        break;
    case Segment::reset:
        if (mine.broken) return;
        mine.broken = true;
        mine.failure = event.refused ? Error::refused : Error::reset;
        break;
    case Segment::connect:
    case Segment::timeout:
        CHECK(event.segment == Segment::accepted); // taken care of before
    }
    mine.owner->connection_changed(connection, end);
}

void Connections::answer_unanswered(Host& host) {
    for (Event* event : std::exchange(host.unanswered, {})) {
        event->time = kernel_.now().nanoseconds;
        kernel_.put(event);
    }
}

} // namespace orrery::sim::world
