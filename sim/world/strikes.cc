// Counting what leaves, and keeping what was done to it.
#include "orrery/sim/world/strikes.h"

#include <algorithm>
#include <utility>

namespace orrery::sim::world {

Strikes::Counter& Strikes::counter(HostIndex from, HostIndex to, std::uint64_t label) {
    std::vector<Counter>& all = counters_[label];
    for (Counter& each : all)
        if (each.from == from && each.to == to) return each;
    return all.emplace_back(Counter{from, to});
}

void Strikes::add(const MessageWatch& which, Armed armed) {
    CHECK(which.nth > 0);
    CHECK(armed.begins != nullptr);
    Counter& counting = counter(which.from, which.to, which.label);
    CHECK(counting.count == 0); // else messages have left uncounted
    counting.strikes.emplace(which.nth, std::move(armed));
}

const std::vector<const Strikes::Armed*>& Strikes::message_leaves(const Event& event) {
    CHECK(event.label != nullptr);
    due_.clear();
    const HostIndex from = event.passage.from;
    const HostIndex to = event.host;
    if (is_recording_) (void)counter(from, to, event.label->hash);
    const auto found = counters_.find(event.label->hash);
    if (found == counters_.end()) return due_;
    for (Counter& each : found->second) {
        if (each.from != any && each.from != from) continue;
        if (each.to != any && each.to != to) continue;
        ++each.count;
        if (is_recording_ && each.from == from && each.to == to) under_way_[event.id].nth = each.count;
        const auto [first, last] = each.strikes.equal_range(each.count);
        for (auto strike = first; strike != last; ++strike) due_.push_back(&strike->second);
    }
    return due_;
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
    struck_.push_back(
        {fault, strike, event.passage.from, event.host, std::string(event.label->name), message.nth, now, event.id});
}

void Strikes::record_twin(const Event& event, std::uint64_t twin) {
    CHECK(is_recording_);
    UnderWay message;
    const bool is_recorded = !struck_.empty() && struck_.back().event == event.id; // else a strike doubled it
    if (is_recorded) message.doubling = struck_.size() - 1;
    under_way_[twin] = message;
}

std::vector<StruckMessage> Strikes::take_struck() {
    std::erase_if(struck_, [](const StruckMessage& struck) { return struck.nth == 0; });
    return std::exchange(struck_, {});
}

} // namespace orrery::sim::world
