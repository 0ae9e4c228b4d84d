#include "orrery/sim/world/watch.h"

#include <algorithm>

namespace orrery::sim::world {

void Watches::schedule(WorldTime time, FaultId fault, std::uint32_t ordinal, std::function<void()> act) {
    CHECK(act != nullptr);
    const std::uint64_t name = name_hash("fault");
    Event* event =
        kernel_.make_named(EventKind::fault, 0, mix(name, fault, ordinal), kernel_.running(), mix(name, fault));
    event->action = actions_.size();
    event->time = std::max(time, kernel_.now()).nanoseconds;
    actions_.push_back(std::move(act));
    kernel_.put_fixed(event);
}

void Watches::run(Event* event) {
    const std::size_t action = event->action;
    kernel_.drop(event);
    CHECK(action < actions_.size());
    const std::function<void()> act = std::move(actions_[action]);
    actions_[action] = nullptr;
    CHECK(act != nullptr);
    act();
}

void Watches::watch(HostIndex host, EffectKind kind, std::uint64_t nth, FaultId fault, std::function<void()> act) {
    CHECK(nth > 0);
    CHECK(host < hosts_.size());
    hosts_[host].is_watched = true;
    hosts_[host].watches.push_back(
        {kind, nth, [this, fault, run = std::move(act)] { schedule(kernel_.now(), fault, 0, run); }});
}

void Watches::watch(const MessageWatch& watch, FaultId fault, std::function<void()> act) {
    CHECK(watch.nth > 0);
    CHECK(watch.from <= hosts_.size());
    CHECK(watch.to <= hosts_.size());
    messages_.push_back({watch, {0, fault, std::move(act)}});
}

void Watches::message_sent(HostIndex from, HostIndex to, const Label& label) {
    for (auto& [watch, counting] : messages_) {
        if (watch.label != label.hash || kernel_.now() < watch.since) continue;
        if (!is_any(watch.from) && watch.from != from) continue;
        if (!is_any(watch.to) && watch.to != to) continue;
        if (++counting.count == watch.nth) schedule(kernel_.now(), counting.fault, 0, counting.act);
    }
}

void Watches::watch(const StateWatch& watch, FaultId fault, std::function<void(HostIndex)> act) {
    CHECK(watch.nth > 0);
    CHECK(watch.after.count() >= 0);
    states_.push_back({watch, {0, fault, std::move(act), std::vector<std::uint64_t>(hosts_.size(), 0)}});
}

void Watches::state_reported(const Host& host, const StateKey& key, const Field& value) {
    for (auto& [watch, counting] : states_) {
        if (watch.key != key.hash) continue;
        const bool has = to_text(value) == watch.value;
        const bool had = std::exchange(counting.had_in[host.index], has ? host.boot : 0) == host.boot;
        if (!has || had || ++counting.count != watch.nth) continue;
        schedule(kernel_.now() + watch.after, counting.fault, 0,
                 [act = counting.act, index = host.index] { act(index); });
    }
}

void Watches::watch(const PointWatch& watch, FaultId fault, std::function<void()> act) {
    CHECK(watch.nth > 0);
    CHECK(watch.host <= hosts_.size());
    points_.push_back({watch, {0, fault, std::move(act)}});
}

std::uint32_t Watches::point_reached(const Host& host, TaskState& task, const StateKey& name) {
    if (records_points_ && !points_reached_.contains(name.name)) points_reached_.emplace(name.name);
    std::uint32_t due = 0;
    for (auto& [watch, counting] : points_) {
        if (watch.name != name.hash) continue;
        if (!is_any(watch.host) && watch.host != host.index) continue;
        if (++counting.count != watch.nth) continue;
        if (due++ == 0) ++visits_counted_;
        schedule(kernel_.now(), counting.fault, 0, [this, act = counting.act, visit = visits_counted_] {
            act();
            pass(visit);
        });
    }
    if (due > 0) visits_.push_back({visits_counted_, host.index, host.boot, &task, task.handle(), due});
    return due;
}

// Makes the event by which the task goes on, unless a fault destroyed it, its wait has ended otherwise, or another
// fault is still to begin there. The event is the host's: a paused host has it wait.
void Watches::pass(std::uint64_t number) {
    const auto found =
        std::find_if(visits_.begin(), visits_.end(), [&](const Visit& each) { return each.number == number; });
    CHECK(found != visits_.end());
    CHECK(found->faults_due > 0);
    if (--found->faults_due > 0) return;
    const Visit visit = *found;
    visits_.erase(found);
    const Host& host = hosts_[visit.host];
    if (!host.is_up() || host.boot != visit.boot) return;
    TaskState& task = *visit.task;
    if (!task.alive || task.handle() != visit.handle || task.waiting != Waiting::point) return;
    if (task.cancelled) return; // the event by which it learns that is on the agenda
    if (task.timer != nullptr) kernel_.withdraw(static_cast<Event*>(task.timer));
    Event* event = kernel_.make(EventKind::point, visit.host, task.key);
    event->task = &task;
    event->time = kernel_.now().nanoseconds;
    task.timer = event;
    kernel_.put(event);
}

} // namespace orrery::sim::world
