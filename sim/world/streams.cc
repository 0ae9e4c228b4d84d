// Segments on their way: departure, what faults of links do to them, arrival in order.
#include <algorithm>

#include "orrery/sim/world/process.h"
#include "orrery/sim/world/stream.h"
#include "orrery/sim/world/world.h"

namespace orrery::sim::world {
namespace {

constexpr std::int64_t retransmission = 200'000'000; // nanoseconds until a lost segment is sent again

constexpr Label segment_labels[] = {{"stream.connect"}, {"stream.accepted"}, {"stream.data"},   {"stream.window"},
                                    {"stream.finish"},  {"stream.reset"},    {"stream.timeout"}};

} // namespace

Connection& World::open_connection(Process& process, Address from, Address to) {
    auto made = std::make_unique<Connection>();
    Connection& connection = *made;
    const std::uint64_t key = child_key(EventKind::segment, mix(to.host, to.port));
    connection.id = child_id(key, ordinals_.next(key));
    connection.ends[0].host = process.host().index;
    connection.ends[0].address = from;
    connection.ends[0].process = &process;
    connection.ends[1].host = static_cast<HostIndex>(to.host - 1);
    connection.ends[1].address = to;
    connections_[connection.id] = std::move(made);
    return connection;
}

// The end's process lets go of it: closed, or dead.
void World::leave_connection(Connection& connection, std::uint8_t end) {
    StreamEnd& mine = connection.ends[end];
    mine.process = nullptr;
    mine.reader = mine.writer = nullptr;
    mine.received.clear();
    mine.read = 0;
    for (auto& [number, event] : std::exchange(mine.early, {})) end_segment(event);
    forget_if_over(connection);
}

void World::forget_if_over(Connection& connection) {
    if (connection.segments > 0 || connection.ends[0].process != nullptr || connection.ends[1].process != nullptr)
        return;
    connections_.erase(connection.id);
}

void World::end_segment(Event* event) {
    --event->connection->segments;
    drop(event);
}

// From `end` to its peer. `amount`: of a window, the bytes that the peer may send in all.
void World::send_segment(Connection& connection, std::uint8_t end, Segment segment, const Label* label, Bytes&& bytes,
                         std::uint64_t amount) {
    StreamEnd& mine = connection.ends[end];
    const HostIndex target = connection.ends[1 - end].host;
    Event* event = make(EventKind::segment, target, mix(connection.id, end));
    event->segment = segment;
    event->end = static_cast<std::uint8_t>(1 - end);
    event->from = mine.host;
    event->port = amount;
    event->from_port = mine.numbered++;
    event->label = label != nullptr ? label : &segment_labels[static_cast<std::size_t>(segment)];
    event->connection = &connection;
    ++connection.segments;
    trace_.add(mine.host, event->id, event->label->hash ^ amount ^ Trace::hash_bytes(bytes.data(), bytes.size()));
    event->bytes = std::move(bytes);
    Host& sender = *hosts_[mine.host];
    event->operation = sender.operation;
    if (event->operation != 0) ++sender.reaches[event->operation].sent;
    if (messages_watched_) observe_message(Observation::Kind::send, *event, mine.host, target);
    depart_segment(event, 0);
}

// `count`: which departure of this segment it is.
void World::depart_segment(Event* event, std::uint32_t count) {
    Host& sender = *hosts_[event->from];
    event->affected = false;
    event->cuts = 0;
    event->time = std::max(now_.nanoseconds, sender.busy_until) + latency(event->id, event->from, event->host, count);
    if (Link* link = network_.find(event->from, event->host)) {
        event->cuts = link->epoch;
        event->affected = link->is_cut();
        delay_segment(event, *link);
    }
    place_segment(event);
}

// A loss is a retransmission, a delay a delay; a stream never shows a duplication.
void World::delay_segment(Event* event, const Link& link) {
    std::uint32_t number = 0;
    for (const Rate& rate : link.rates) {
        const std::uint32_t count = number++;
        if (rate.kind == RateKind::loss && chance_.happens(event->id, link_sites::loss, count, rate.probability)) {
            event->time += retransmission;
            ++efficacy_[rate.fault].effective;
        }
        if (rate.kind == RateKind::delay && chance_.happens(event->id, link_sites::delay, count, rate.probability)) {
            const auto most = static_cast<std::uint64_t>(rate.delay_max.count()) + 1;
            event->time += static_cast<std::int64_t>(chance_.draw(event->id, link_sites::delay_length, count, most));
            ++efficacy_[rate.fault].effective;
        }
    }
}

// Behind everything that left before it in its direction.
void World::place_segment(Event* event) {
    StreamEnd& sender = event->connection->ends[1 - event->end];
    event->time = std::max(event->time, sender.last_place + 1);
    sender.last_place = event->time;
    put(event);
}

// Whoever sent it gives up when it has not arrived by then.
void World::watch_segment(const Event& held) {
    Connection& connection = *held.connection;
    Event* event = make(EventKind::segment, held.from, mix(connection.id, held.from_port));
    event->segment = Segment::timeout;
    event->end = static_cast<std::uint8_t>(1 - held.end);
    event->from = held.from;
    event->from_port = held.from_port;
    event->connection = &connection;
    event->label = &segment_labels[static_cast<std::size_t>(Segment::timeout)];
    event->time = (now_ + options_.user_timeout).nanoseconds;
    ++connection.segments;
    put(event);
}

// False: the segment was taken care of and does not arrive now.
bool World::segment_passes(Event* event) {
    Link* link = network_.find(event->from, event->host);
    if (link == nullptr || (!event->affected && event->cuts == link->epoch)) return true;
    ++efficacy_[link->latest().fault].effective;
    if (!link->is_cut()) {
        depart_segment(event, static_cast<std::uint32_t>(link->epoch)); // the cut came and went
        return false;
    }
    link->held.push_back(event);
    watch_segment(*event);
    return false;
}

void World::run_segment(Event* event) {
    Connection& connection = *event->connection;
    if (event->segment == Segment::timeout) {
        const StreamEnd& peer = connection.ends[1 - event->end];
        const bool arrived = peer.expected > event->from_port;
        if (!arrived && connection.ends[event->end].process != nullptr)
            break_stream(connection, event->end, Error::reset, true);
        end_segment(event);
        forget_if_over(connection);
        return;
    }
    if (!network_.is_plain() && !segment_passes(event)) return;
    Host& host = *hosts_[event->host];
    if (!host.is_up()) {
        watch_segment(*event);
        host.unanswered.push_back(event);
        return;
    }
    StreamEnd& mine = connection.ends[event->end];
    mine.early[event->from_port] = event;
    while (!mine.early.empty() && mine.early.begin()->first == mine.expected) {
        Event* next = mine.early.begin()->second;
        mine.early.erase(mine.early.begin());
        ++mine.expected;
        take_segment(next);
    }
    forget_if_over(connection);
}

// In its turn. The event keeps the connection alive until the end.
void World::take_segment(Event* event) {
    Connection& connection = *event->connection;
    StreamEnd& mine = connection.ends[event->end];
    Host& host = *hosts_[event->host];
    if (messages_watched_) observe_message(Observation::Kind::deliver, *event, event->host, event->from);
    if (event->segment == Segment::connect && host.is_up()) {
        if (host.process->take_connection(connection)) {
            mine.established = true;
            send_segment(connection, event->end, Segment::accepted, nullptr, {}, 0);
        } else {
            send_segment(connection, event->end, Segment::reset, nullptr, {}, 1);
        }
    } else if (mine.process != nullptr) {
        mine.process->take_segment(connection, event->end, *event);
    } else if (event->segment == Segment::data || event->segment == Segment::accepted) {
        send_segment(connection, event->end, Segment::reset, nullptr, {}, 0); // nobody is there any more
    }
    end_segment(event);
}

// `tell`: the peer hears of it.
void World::break_stream(Connection& connection, std::uint8_t end, Error why, bool tell) {
    StreamEnd& mine = connection.ends[end];
    if (mine.broken) return;
    mine.broken = true;
    mine.failure = why;
    if (tell) send_segment(connection, end, Segment::reset, nullptr, {}, 0);
    if (mine.process != nullptr) mine.process->wake_stream(mine);
}

// A host that is up again knows nothing of its former streams.
void World::answer_unanswered(Host& host) {
    for (Event* event : std::exchange(host.unanswered, {})) {
        event->time = now_.nanoseconds;
        put(event);
    }
}

} // namespace orrery::sim::world
