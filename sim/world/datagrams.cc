// Datagrams: departure, what faults of links do to them, arrival, and the calls of Env about them.
#include <algorithm>
#include <memory>

#include "orrery/sim/world/process.h"
#include "orrery/sim/world/world.h"

namespace orrery::sim::world {

// A function of the seed and the two hosts: links keep no state for it.
std::uint64_t World::span_of_link(HostIndex from, HostIndex to) {
    return 1 + chance_.draw(mix(link_sites::slowest.hash, from, to), link_sites::slowest, 0, latency_span_);
}

[[gnu::always_inline]] inline void World::send(HostIndex from, std::uint64_t from_port, Address to, const Label& label,
                                               Bytes&& bytes) {
    Host& sender = *hosts_[from];
    count_effect(sender, EffectKind::send);
    if (to.host == 0 || to.host > hosts_.size()) [[unlikely]]
        return; // nobody there: into the void
    const auto target = static_cast<HostIndex>(to.host - 1);
    Event* event = make(EventKind::deliver, target, to.host << 20 ^ to.port);
    event->from = from;
    event->from_port = from_port;
    event->port = to.port;
    event->cuts = 0; // of a link that no fault has touched
    event->label = &label;
    event->time = std::max(now_.nanoseconds, sender.busy_until) + latency(event->id, from, target, 0);
    trace_.add(from, event->id, label.hash ^ Trace::hash_bytes(bytes.data(), bytes.size()));
    std::construct_at(&event->bytes, std::move(bytes)); // an event from the pool holds none
    event->operation = sender.operation;
    if (event->operation != 0) [[unlikely]]
        ++sender.reaches[event->operation].sent;
    if (messages_watched_) [[unlikely]]
        observe_message(Observation::Kind::send, *event, from, target);
    if (!network_.is_plain()) [[unlikely]] {
        if (Link* link = network_.find(from, target)) {
            depart_faulty(event, *link);
            return;
        }
    }
    put(event);
}

void World::observe_message(Observation::Kind kind, const Event& event, HostIndex host, HostIndex peer) {
    Observation seen = observation(kind, *hosts_[host]);
    seen.peer = peer;
    seen.name = event.label->name;
    seen.message = event.id;
    seen.label = event.label;
    seen.bytes = event.bytes.view();
    for (Monitor* monitor : message_monitors_) monitor->observe(seen);
    if (recorder_) recorder_(seen);
}

void World::depart_faulty(Event* event, Link& link) {
    event->cuts = link.epoch_of_departure();
    event->affected = link.is_cut();
    std::uint32_t count = 0;
    for (const Rate& rate : link.rates) {
        switch (rate.kind) {
        case RateKind::loss:
            if (!chance_.happens(event->id, link_sites::loss, count, rate.probability)) break;
            lose(event, rate.fault);
            return;
        case RateKind::delay:
            if (!chance_.happens(event->id, link_sites::delay, count, rate.probability)) break;
            delay(*event, rate, count);
            break;
        case RateKind::duplication:
            if (!chance_.happens(event->id, link_sites::duplication, count, rate.probability)) break;
            Event* twin = pool_.take();
            twin->kind = EventKind::deliver;
            twin->host = event->host;
            twin->id = mix(event->id, name_hash("twin"), count);
            twin->cause = event->cause;
            twin->origin = event->origin;
            twin->from = event->from;
            twin->from_port = event->from_port;
            twin->port = event->port;
            twin->label = event->label;
            twin->cuts = event->cuts;
            twin->affected = event->affected;
            twin->bytes = event->bytes.copy();
            twin->time = now_.nanoseconds + latency(twin->id, event->from, event->host, 0);
            twin->operation = event->operation;
            if (twin->operation != 0) ++hosts_[twin->from]->reaches[twin->operation].sent;
            ++efficacy_[rate.fault].effective;
            put(twin);
            break;
        }
        ++count;
    }
    put(event);
}

void World::delay(Event& event, const Rate& rate, std::uint32_t count) {
    const auto width = static_cast<std::uint64_t>(rate.delay_max.count()) + 1;
    const std::uint64_t longer = chance_.draw(event.id, link_sites::delay_length, count, width);
    event.time += static_cast<std::int64_t>(longer);
    if (longer > 0) ++efficacy_[rate.fault].effective;
}

void World::lose(Event* event, FaultId fault) {
    ++efficacy_[fault].effective;
    if (messages_watched_) observe_message(Observation::Kind::lose, *event, event->from, event->host);
    drop_unreceived(event);
}

// Nobody has seen it, and nobody will.
void World::drop_unreceived(Event* event) {
    if (event->operation != 0) ++hosts_[event->from]->reaches[event->operation].lost;
    drop(event);
}

// False: the message was taken care of and does not arrive now.
bool World::arrive_faulty(Event* event) {
    Link* link = network_.find(event->from, event->host);
    if (link == nullptr) return true;
    if (!event->affected && event->cuts == link->epoch) return true;
    if (link->dropped.number > event->cuts) {
        lose(event, link->dropped.fault);
        return false;
    }
    ++efficacy_[link->latest().fault].effective;
    if (link->is_cut()) {
        link->held.push_back(event);
        return false;
    }
    // The cut came and went while it was on its way: it sets out anew.
    event->affected = false;
    event->cuts = link->epoch;
    event->time =
        now_.nanoseconds + latency(event->id, event->from, event->host, static_cast<std::uint32_t>(link->epoch));
    put(event);
    return false;
}

void World::cut(HostIndex from, HostIndex to, CutMode mode, FaultId fault) {
    network_.cut(from, to, {mode, fault});
    if (mode != CutMode::drop) return;
    // Datagrams that wait for a heal are on their way still: this cut meets them, and they are lost.
    Link& link = *network_.find(from, to);
    std::vector<Event*> segments;
    for (Event* event : std::exchange(link.held, {})) {
        if (event->kind == EventKind::segment)
            segments.push_back(event);
        else
            lose(event, fault);
    }
    link.held = std::move(segments);
}

void World::heal(HostIndex from, HostIndex to, FaultId fault) {
    if (!network_.heal(from, to, fault)) return;
    Link& link = *network_.find(from, to);
    for (Event* event : std::exchange(link.held, {})) {
        if (event->kind == EventKind::segment) {
            depart_segment(event, static_cast<std::uint32_t>(link.epoch));
            continue;
        }
        event->affected = false;
        event->cuts = link.epoch;
        event->time = now_.nanoseconds + latency(event->id, from, to, static_cast<std::uint32_t>(link.epoch));
        put(event);
    }
}

void World::add_rate(HostIndex from, HostIndex to, RateKind kind, Ratio probability, Duration delay_max,
                     FaultId fault) {
    CHECK(probability.denominator > 0);
    network_.add_rate(from, to, {kind, probability, delay_max, fault});
}

void World::remove_rates(HostIndex from, HostIndex to, FaultId fault) { network_.remove_rates(from, to, fault); }

Status Process::socket_send(std::uint32_t slot, Address to, const Label& label, Bytes&& bytes) {
    if (dead_) return Error::dead;
    if (bytes.size() > World::datagram_max) return Error::too_large;
    world_.send(host_.index, mailboxes_[slot].port, to, label, std::move(bytes));
    return success();
}

// Nobody listens, or too much waits already: lost.
void Process::queue_datagram(Mailbox* box, Event* event) {
    if (box != nullptr && box->queue.size() < mailbox_max)
        box->queue.push(event);
    else
        world_.drop_unreceived(event);
}

Result<Datagram> Process::socket_receive(std::uint32_t slot, Deadline deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    TaskState& task = *running_;
    if (task.cancelled) [[unlikely]] {
        task.cancelled = false;
        return Error::cancelled;
    }
    Event* event = mailboxes_[slot].queue.pop();
    if (event == nullptr) {
        CHECK(mailboxes_[slot].receiver == nullptr); // one receiver a socket
        mailboxes_[slot].receiver = &task;
        const bool well = wait(task, Waiting::receive, deadline);
        mailboxes_[slot].receiver = nullptr;
        if (!well) return task.outcome;
        event = std::exchange(mailboxes_[slot].arrived, nullptr);
    }
    Datagram datagram{{event->from + std::uint64_t{1}, event->from_port}, std::move(event->bytes)};
    world_.drop(event);
    return datagram;
}

} // namespace orrery::sim::world
