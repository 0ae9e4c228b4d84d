// What strikes, rules and cuts do to messages, at departure and at arrival.
#include "orrery/sim/world/network.h"

#include <algorithm>

#include "orrery/sim/world/connections.h"

namespace orrery::sim::world {

Network::Network(Kernel& kernel, Observers& observers, Watches& watches, const NetworkOptions& options)
    : kernel_(kernel), observers_(observers), watches_(watches), options_(options) {
    CHECK(options_.latency_min.count() > 0);
    CHECK(options_.latency_max >= options_.latency_min);
    CHECK(options_.user_timeout.count() > 0);
    span_ = static_cast<std::uint64_t>((options_.latency_max - options_.latency_min).count()) + 1;
}

// A function of the seed and the two hosts: links keep no state for it.
std::uint64_t Network::span_of_link(HostIndex from, HostIndex to) {
    return 1 + kernel_.chance().draw(mix(link_sites::slowest.hash, from, to), link_sites::slowest, 0, span_);
}

void Network::show_sent(const Event& event) {
    observers_.observe_message(Observation::Kind::send, event, hosts_[event.passage.from], event.host);
    if (watches_.has_messages()) watches_.message_sent(event.passage.from, event.host, *event.label);
}

void Network::depart(Event* event, std::uint64_t departure) {
    CHECK(is_segment(*event));
    event->affected = false;
    event->passage.cuts = 0;
    event->time = hosts_[event->passage.from].local_time(kernel_.now().nanoseconds) + latency(*event, departure);
    if (!is_plain_) CHECK(pass(event, departure)); // nothing takes a segment away
}

// What faults do to a message as it leaves: single strikes, once, then the rules of its link. False: it is lost.
bool Network::pass(Event* event, std::uint64_t departure) {
    const Link* link = find(event->passage.from, event->host);
    if (link != nullptr) remember_cuts(*event, *link);
    twins_.clear();
    if (departure == 0 && !obey_strikes(event)) return false;
    return link == nullptr || obey_rules(event, *link, departure > 0);
}

// A stream waits for every cut to heal, so it remembers all there were.
void Network::remember_cuts(Event& event, const Link& link) {
    event.passage.cuts = is_segment(event) ? link.epoch : link.epoch_of_departure();
    event.affected = link.is_cut();
    CHECK(event.passage.cuts <= link.epoch);
}

bool Network::obey_strikes(Event* event) {
    bool goes_on = true;
    for (const Strikes::Armed* armed : strikes_.message_leaves(*event, kernel_.now())) {
        // All of them begin, although nothing more can be done to a message that is lost.
        if (!armed->begins() || !goes_on) continue;
        record(*event, armed->strike, armed->fault);
        goes_on = obey(event, armed->strike, armed->fault);
    }
    return goes_on;
}

// `again`: what leaves again after a cut is recorded as a whole, when its new time is known.
bool Network::obey_rules(Event* event, const Link& link, bool again) {
    std::uint32_t number = 0;
    for (const Rule& rule : link.rules) {
        const std::optional<Strike> strike = hit(*event, rule, number++);
        if (!strike) continue;
        if (!again) record(*event, *strike, rule.fault);
        if (!obey(event, *strike, rule.fault)) return false;
    }
    return true;
}

// What a rule does to a message, by draws of the message's own; nothing if it lets it be.
std::optional<Strike> Network::hit(const Event& event, const Rule& rule, std::uint32_t number) {
    Chance& chance = kernel_.chance();
    switch (rule.kind) {
    case RuleKind::loss:
        if (!chance.happens(event.id, link_sites::loss, number, rule.probability)) return std::nullopt;
        break;
    case RuleKind::duplication:
        if (is_segment(event)) return std::nullopt; // its stream would not show it
        if (!chance.happens(event.id, link_sites::duplication, number, rule.probability)) return std::nullopt;
        break;
    case RuleKind::delay: {
        if (!chance.happens(event.id, link_sites::delay, number, rule.probability)) return std::nullopt;
        const auto lengths = static_cast<std::uint64_t>(rule.delay_max.count()) + 1;
        const std::uint64_t longer = chance.draw(event.id, link_sites::delay_length, number, lengths);
        if (longer == 0) return std::nullopt;
        return Strike{RuleKind::delay, Duration{static_cast<std::int64_t>(longer)}};
    }
    }
    return Strike{rule.kind, {}, rule.kind == RuleKind::duplication ? number : 0};
}

// False: it is lost.
bool Network::obey(Event* event, const Strike& strike, FaultId fault) {
    switch (strike.kind) {
    case RuleKind::loss:
        if (!is_segment(*event)) {
            lose(event, fault);
            return false;
        }
        event->time += retransmission;
        break;
    case RuleKind::duplication:
        if (is_segment(*event)) return true;
        double_datagram(*event, strike.twin);
        break;
    case RuleKind::delay:
        event->time += strike.longer.count();
        break;
    }
    took_effect(fault);
    return true;
}

// The number names the twin. A message that is doubled by a strike and by a rule has two of different names.
void Network::double_datagram(const Event& event, std::uint32_t number) {
    while (std::find(twins_.begin(), twins_.end(), number) != twins_.end()) ++number;
    twins_.push_back(number);
    Event* twin = kernel_.make_twin(event, number);
    twin->time = kernel_.now().nanoseconds + latency(*twin, 0);
    if (twin->passage.operation != 0) hosts_[twin->passage.from].reach_sent(twin->passage.operation);
    if (strikes_.is_recording()) strikes_.record_twin(event, twin->id);
    kernel_.put(twin);
}

void Network::lose(Event* event, FaultId fault) {
    took_effect(fault);
    if (observers_.messages_are_watched())
        observers_.observe_message(Observation::Kind::lose, *event, hosts_[event->passage.from], event->host);
    drop_unreceived(event);
}

void Network::drop_unreceived(Event* event) {
    if (event->passage.operation != 0) hosts_[event->passage.from].reach_lost(event->passage.operation);
    kernel_.drop(event);
}

bool Network::arrives_by_link(Event* event) {
    Link* link = find(event->passage.from, event->host);
    if (link == nullptr || (!event->affected && event->passage.cuts == link->epoch)) {
        strikes_.message_arrived(event->id);
        return true;
    }
    CHECK(event->passage.cuts <= link->epoch);
    if (!is_segment(*event) && link->dropped.number > event->passage.cuts) {
        record(*event, {RuleKind::loss}, link->dropped.fault);
        lose(event, link->dropped.fault);
        return false;
    }
    took_effect(link->latest().fault);
    if (link->is_cut())
        hold(event, *link);
    else
        depart_again(event, *link); // the cut came and went while it was on its way
    return false;
}

void Network::hold(Event* event, Link& link) {
    CHECK(link.is_cut());
    link.held.push_back(event);
    if (is_segment(*event)) connections_->watch_held(*event);
}

void Network::depart_again(Event* event, const Link& link) {
    CHECK(!link.is_cut());
    if (is_segment(*event)) {
        const std::int64_t before = event->time;
        connections_->depart(event, link.epoch);
        if (link.last.mode == CutMode::drop)
            record(*event, {RuleKind::delay, Duration{event->time - before}}, link.last.fault);
        return;
    }
    event->affected = false;
    event->passage.cuts = link.epoch;
    event->time = kernel_.now().nanoseconds + latency(*event, link.epoch);
    kernel_.put(event);
}

void Network::cut(HostIndex from, HostIndex to, CutMode mode, FaultId fault) {
    CHECK(from < hosts_.size());
    CHECK(to < hosts_.size());
    is_plain_ = false;
    Link& link = links_[{from, to}];
    const Cut layer{mode, fault, ++link.epoch};
    link.cuts.push_back(layer);
    link.last = layer;
    if (mode != CutMode::drop) return;
    link.dropped = layer;
    // Datagrams that wait for a heal are on their way still: this cut affects them, and they are lost.
    std::vector<Event*> segments;
    for (Event* event : std::exchange(link.held, {})) {
        if (is_segment(*event)) {
            segments.push_back(event);
            continue;
        }
        record(*event, {RuleKind::loss}, fault);
        lose(event, fault);
    }
    link.held = std::move(segments);
}

void Network::heal(HostIndex from, HostIndex to, FaultId fault) {
    Link* link = find(from, to);
    if (link == nullptr || !link->is_cut()) return;
    std::erase_if(link->cuts, [&](const Cut& cut) { return cut.fault == fault; });
    if (link->is_cut()) return;
    for (Event* event : std::exchange(link->held, {})) depart_again(event, *link);
}

void Network::add_rule(HostIndex from, HostIndex to, const Rule& rule) {
    CHECK(from < hosts_.size());
    CHECK(to < hosts_.size());
    CHECK(rule.probability.denominator > 0);
    CHECK(rule.probability.numerator <= rule.probability.denominator);
    CHECK(rule.delay_max.count() >= 0);
    is_plain_ = false;
    links_[{from, to}].rules.push_back(rule);
}

void Network::remove_rules(HostIndex from, HostIndex to, FaultId fault) {
    if (Link* link = find(from, to)) std::erase_if(link->rules, [&](const Rule& rule) { return rule.fault == fault; });
}

void Network::strike(const MessageWatch& which, const Strike& strike, FaultId fault, std::function<bool()> begins) {
    CHECK(which.from <= hosts_.size());
    CHECK(which.to <= hosts_.size());
    CHECK(strike.longer.count() >= 0);
    is_plain_ = false;
    MessageWatch counted = which;
    if (which.from == hosts_.size()) counted.from = Strikes::any;
    if (which.to == hosts_.size()) counted.to = Strikes::any;
    strikes_.add(counted, {strike, fault, std::move(begins)});
}

void Network::record_struck() {
    is_plain_ = false;
    strikes_.start_recording();
}

} // namespace orrery::sim::world
