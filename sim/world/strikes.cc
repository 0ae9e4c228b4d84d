// Counting what leaves, and keeping what was done to it.
#include "orrery/sim/world/strikes.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace orrery::sim::world {

Strikes::Counter& Strikes::counter(const MessageWatch& which) {
    std::vector<Counter>& all = counters_[which.label];
    for (Counter& each : all)
        if (each.from == which.from && each.to == which.to && each.since == which.since) return each;
    return all.emplace_back(Counter{which.from, which.to, which.since});
}

void Strikes::add(const MessageWatch& which, Armed armed) {
    CHECK(which.nth > 0);
    CHECK(armed.begins != nullptr);
    Counter& counting = counter(which);
    CHECK(counting.count == 0); // else messages have left uncounted
    counting.strikes.emplace(which.nth, std::move(armed));
}

const std::vector<const Strikes::Armed*>& Strikes::message_leaves(const Event& event, WorldTime now) {
    CHECK(event.label != nullptr);
    due_.clear();
    const HostIndex from = event.passage.from;
    const HostIndex to = event.host;
    if (is_recording_) note_departure(event, now);
    const auto found = counters_.find(event.label->hash);
    if (found == counters_.end()) return due_;
    for (Counter& each : found->second) {
        if (each.from != any && each.from != from) continue;
        if (each.to != any && each.to != to) continue;
        if (now < each.since) continue;
        ++each.count;
        const auto [first, last] = each.strikes.equal_range(each.count);
        for (auto strike = first; strike != last; ++strike) due_.push_back(&strike->second);
    }
    return due_;
}

void Strikes::note_departure(const Event& event, WorldTime now) {
    const WorldTime since = WorldTime{} + std::chrono::floor<std::chrono::milliseconds>(now - WorldTime{});
    Departures& departures = departures_[{event.passage.from, event.host, event.label->hash}];
    if (departures.since != since) departures.count_since = 0;
    departures.since = since;
    UnderWay& message = under_way_[event.id];
    message.nth = ++departures.count;
    message.since = since;
    message.nth_since = ++departures.count_since;
}

void Strikes::record(const Event& event, const Strike& strike, FaultId fault, WorldTime now) {
    CHECK(is_recording_);
    CHECK(event.label != nullptr);
    const auto found = under_way_.find(event.id);
    if (found == under_way_.end()) return; // a segment that had come to a host that was down
    const UnderWay message = found->second;
    if (strike.kind == RuleKind::loss && event.kind == EventKind::deliver) under_way_.erase(found);
    if (message.nth == 0) { // a twin, which no plan can name: without it, its message was not doubled
        if (message.doubling != SIZE_MAX) struck_[message.doubling].nth = 0;
        return;
    }
    struck_.push_back({fault, strike, event.passage.from, event.host, std::string(event.label->name), message.nth,
                       message.since, message.nth_since, now, event.id});
}

void Strikes::record_twin(const Event& event, std::uint64_t twin) {
    CHECK(is_recording_);
    UnderWay message;
    const bool is_recorded = !struck_.empty() && struck_.back().event == event.id; // else a strike that is not recorded
    if (is_recorded) message.doubling = struck_.size() - 1;
    under_way_[twin] = message;
}

std::vector<StruckMessage> Strikes::take_struck() {
    std::erase_if(struck_, [](const StruckMessage& struck) { return struck.nth == 0; });
    return std::exchange(struck_, {});
}

} // namespace orrery::sim::world
