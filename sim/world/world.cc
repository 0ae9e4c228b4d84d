// The loop, the making and running of events, and what faults do to hosts.
#include "orrery/sim/world/world.h"

#include <algorithm>

#include "orrery/sim/world/process.h"

namespace orrery::sim::world {

World::World(WorldOptions options)
    : options_(std::move(options)), chance_(options_.seed, options_.overrides), reseeds_(options_.reseeds) {
    CHECK(options_.latency_min.count() > 0);
    CHECK(options_.latency_max >= options_.latency_min);
    CHECK(order::make_policy(options_.policy, options_.seed, options_.slack, policy_));
    std::stable_sort(reseeds_.begin(), reseeds_.end(),
                     [](const Reseed& a, const Reseed& b) { return a.time < b.time; });
    latency_span_ = static_cast<std::uint64_t>((options_.latency_max - options_.latency_min).count()) + 1;
    attentive_ = !reseeds_.empty();
    prepare_switching();
}

World::~World() {
    watched_ = false; // that a world ends is nobody's crash
    for (auto& host : hosts_)
        if (host->is_up()) dispose(*host, false);
}

HostIndex World::add_host(HostSpec spec) {
    CHECK(events_ == 0);
    auto host = std::make_unique<Host>();
    host->index = static_cast<HostIndex>(hosts_.size());
    host->spec = std::move(spec);
    hosts_.push_back(std::move(host));
    trace_.resize(hosts_.size());
    return hosts_.back()->index;
}

HostIndex World::find_host(std::string_view name) const {
    for (const auto& host : hosts_)
        if (host->spec.name == name) return host->index;
    return static_cast<HostIndex>(hosts_.size());
}

Env& World::env(HostIndex index) {
    CHECK(host(index).is_up());
    return *host(index).process;
}

void World::boot_all() {
    for (auto& host : hosts_) {
        host->boot_name = host->spec.name + "@boot";
        running_ = mix(name_hash("boot"), name_hash(host->spec.name));
        ordinals_.clear();
        if (options_.drift_max > 0) {
            const auto width = static_cast<std::uint64_t>(2 * options_.drift_max + 1);
            host->drift = static_cast<std::int64_t>(draw_here("drift", width)) - options_.drift_max;
        }
        Event* event = make(EventKind::boot, host->index, host->index);
        event->origin = running_;
        event->time = 0;
        put_fixed(event);
    }
    running_ = 0;
    event_stop_ = std::min(options_.events_max, trace_.next_checkpoint());
}

void World::displace(Event* event) {
    const order::Place place = policy_->place(event->id);
    // That is when it happens: else how late it is would hang on whatever happened just before, elsewhere.
    event->time += place.offset;
    event->place = event->time;
    event->priority = place.priority;
}

void World::put_fixed(Event* event) {
    event->place = event->time;
    event->priority = 0;
    agenda_.put(*event);
}

[[gnu::always_inline]] inline void World::run_deliver(Event* event) {
    if (!network_.is_plain() && !event->arrived) [[unlikely]] {
        if (!arrive_faulty(event)) return;
    }
    Host& host = *hosts_[event->host];
    if (messages_watched_) [[unlikely]]
        observe_message(Observation::Kind::deliver, *event, event->host, event->from);
    if (host.process == nullptr) [[unlikely]]
        drop_unreceived(event);
    else
        host.process->deliver(event);
}

[[gnu::always_inline]] inline void World::run(Event* event) {
    const Host& host = *hosts_[event->host];
    if (event->kind != EventKind::fault && (host.is_paused() || host.busy_until > event->time)) [[unlikely]] {
        if (defer(event)) return;
    }
    begin(*event);
    switch (event->kind) {
    case EventKind::deliver:
        run_deliver(event);
        break;
    case EventKind::wake:
    case EventKind::timer:
    case EventKind::disk:
    case EventKind::operation:
        run_task(event);
        break;
    case EventKind::segment:
        run_segment(event);
        break;
    case EventKind::boot:
        run_boot(event);
        break;
    case EventKind::fault:
        run_fault(event);
        break;
    }
    if (burial_due_) [[unlikely]]
        bury();
}

// The end has an entry of its own behind everything at that place: an event popped and put back would
// have moved the agenda beyond what is still to be put before it.
bool World::run_until(WorldTime end) {
    Entry horizon;
    horizon.place = end.nanoseconds;
    horizon.priority = UINT32_MAX;
    horizon.id = UINT64_MAX;
    agenda_.put(horizon);
    while (!stopped_) {
        if (events_ >= event_stop_) [[unlikely]] {
            if (budget_spent()) break;
            trace_.checkpoint(events_, now_);
            event_stop_ = std::min(options_.events_max, trace_.next_checkpoint());
        }
        Entry* entry = agenda_.pop();
        if (entry == &horizon) [[unlikely]]
            break;
        run(static_cast<Event*>(entry));
    }
    if (horizon.is_queued()) {
        agenda_.cancel(horizon); // stopped, or the budget is spent
        return false;
    }
    if (!stopped_ && now_ < end) now_ = end;
    return !stopped_;
}

void World::attend(const Event& event) {
    while (!reseeds_.empty() && reseeds_.front().time <= now_) {
        chance_.reseed(reseeds_.front().salt);
        reseeds_.erase(reseeds_.begin());
    }
    attentive_ = !reseeds_.empty() || event_hook_;
    if (event_hook_) event_hook_(event.id);
}

// A paused host handles nothing until it goes on; one that computes, nothing until it is done.
bool World::defer(Event* event) {
    Host& host = *hosts_[event->host];
    if (event->kind == EventKind::deliver && !event->arrived && !network_.is_plain()) {
        // It arrives now, whenever it will be handled: later cuts do not concern it.
        now_.nanoseconds = std::max(now_.nanoseconds, event->time);
        running_ = event->id;
        origin_ = event->origin;
        if (!arrive_faulty(event)) return true;
    }
    event->arrived = true;
    if (host.is_paused()) {
        host.deferred.push(event);
        for (const FaultId fault : host.pauses) ++efficacy_[fault].effective;
        return true;
    }
    if (host.busy_until <= now_.nanoseconds || host.busy_until <= event->time) return false;
    event->time = host.busy_until;
    put(event);
    return true;
}

// Processes that died by themselves - a failed CHECK, an exception - go like crashed ones.
void World::bury() {
    burial_due_ = false;
    for (auto& host : hosts_)
        if (host->is_up() && host->process->is_dying()) dispose(*host, true);
}

void World::run_boot(Event* event) {
    Host& host = *hosts_[event->host];
    drop(event);
    CHECK(!host.is_up());
    host.booting = false;
    const auto offset = static_cast<std::int64_t>(draw_here("clock", 1'000'000'000'000));
    host.clock.set(now_, offset, host.drift, host.wall_error);
    host.busy_until = 0;
    host.boot = name_hash(host.boot_name);
    host.process = std::make_unique<Process>(*this, host);
    if (is_watched()) {
        Observation seen = observation(Observation::Kind::boot, host);
        seen.name = host.boot_name;
        observe(seen);
    }
    host.process->start();
    if (!host.unanswered.empty()) answer_unanswered(host);
}

void World::run_task(Event* event) {
    TaskState& task = *event->task;
    Process& process = *task.process;
    if (event->kind == EventKind::timer) {
        task.timer = nullptr;
        drop(event);
        process.time_out(task);
        return;
    }
    if (event->kind == EventKind::disk) {
        task.timer = nullptr;
        drop(event);
        process.disk_done(task);
        return;
    }
    task.wake = nullptr;
    if (event->kind == EventKind::operation) task.permit = true;
    drop(event);
    process.wake_by_event(task);
}

void World::run_fault(Event* event) {
    const std::size_t action = event->port;
    drop(event);
    const std::function<void()> act = std::move(actions_[action]);
    actions_[action] = nullptr;
    act();
}

void World::schedule_fault(WorldTime time, FaultId fault, std::uint32_t ordinal, std::function<void()> act) {
    Event* event = pool_.take();
    event->kind = EventKind::fault;
    event->host = 0;
    event->id = mix(name_hash("fault"), fault, ordinal);
    event->cause = running_;
    event->origin = mix(name_hash("fault"), fault);
    event->port = actions_.size();
    event->time = std::max(time, now_).nanoseconds;
    actions_.push_back(std::move(act));
    put_fixed(event);
}

void World::watch_effect(HostIndex index, EffectKind kind, std::uint64_t nth, FaultId fault,
                         std::function<void()> act) {
    // The fault begins as an event of its own, right after the one that had the effect.
    host(index).watches.push_back(
        {kind, nth, [this, fault, run = std::move(act)] { schedule_fault(now_, fault, 0, run); }});
}

void World::meet_watches(Host& host, EffectKind kind, std::uint64_t count) {
    for (std::size_t i = 0; i < host.watches.size(); ++i)
        if (host.watches[i].kind == kind && host.watches[i].nth == count) host.watches[i].act();
}

// `tell`: the peers of its streams hear of it.
void World::dispose(Host& host, bool tell) {
    if (is_watched()) {
        Observation seen = observation(Observation::Kind::crash, host);
        seen.name = host.boot_name;
        observe(seen);
    }
    // What came for its tasks while it was paused goes with them; datagrams stay.
    for (std::size_t left = host.deferred.size(); left > 0; --left) {
        Event* event = host.deferred.pop();
        if (event->task == nullptr) {
            host.deferred.push(event);
            continue;
        }
        (event->task->timer == event ? event->task->timer : event->task->wake) = nullptr;
        drop(event);
    }
    host.process->drop_streams(tell);
    host.process->kill(host.spec.disposal);
    host.process.reset();
    host.states.clear();
    host.busy_until = 0;
}

void World::crash(HostIndex index, FaultId fault, CrashMode mode) {
    Host& target = host(index);
    if (!target.is_up()) return;
    trace_.add(index, mix(name_hash("crash"), fault), static_cast<std::uint64_t>(now_.nanoseconds));
    if (target.process->has_work()) ++efficacy_[fault].effective;
    dispose(target, mode == CrashMode::process);
    if (mode == CrashMode::process) return;
    const PowerLoss loss{[this](Site site, std::uint64_t n) { return draw_here(site, n); },
                         mode == CrashMode::power_torn};
    efficacy_[fault].effective += target.disk.lose_unsynced(loss);
}

void World::restart(HostIndex index, FaultId fault) {
    Host& target = host(index);
    if (target.is_up() || target.booting) return;
    target.booting = true;
    target.boot_name = target.spec.name + "@crash" + std::to_string(fault);
    Event* event = make(EventKind::boot, index, index);
    event->time = now_.nanoseconds;
    put_fixed(event);
}

void World::pause(HostIndex index, FaultId fault) { host(index).pauses.push_back(fault); }

void World::resume(HostIndex index, FaultId fault) {
    Host& target = host(index);
    const auto found = std::find(target.pauses.begin(), target.pauses.end(), fault);
    if (found == target.pauses.end()) return;
    target.pauses.erase(found);
    if (target.is_paused()) return;
    // They keep the order in which they came: one nanosecond apart.
    std::int64_t time = now_.nanoseconds;
    while (Event* event = target.deferred.pop()) {
        event->time = ++time;
        put(event);
    }
}

void World::begin_operation(HostIndex index, std::uint64_t number, WorldTime time, Task handle) {
    TaskState* task = host(index).process->find(handle);
    CHECK(task != nullptr);
    withdraw(task->wake);
    Event* event = pool_.take();
    event->kind = EventKind::operation;
    event->host = index;
    event->id = mix(name_hash("operation"), name_hash(host(index).spec.name), number);
    event->cause = 0;
    event->origin = event->id;
    event->task = task;
    event->time = std::max(time, now_).nanoseconds;
    task->wake = event;
    put(event);
}

void World::send_under(HostIndex index, std::uint32_t operation) {
    Host& sender = host(index);
    sender.operation = operation;
    if (sender.reaches.size() <= operation) sender.reaches.resize(std::size_t{operation} + 1);
}

bool World::reached_nobody(HostIndex index, std::uint32_t operation) const {
    const std::vector<Reach>& reaches = host(index).reaches;
    return operation < reaches.size() && reaches[operation].sent == reaches[operation].lost;
}

void World::add_monitor(std::unique_ptr<Monitor> monitor) {
    monitor->object_to = [this](Finding finding) { report(std::move(finding)); };
    if (monitor->hears_messages()) message_monitors_.push_back(monitor.get());
    messages_watched_ = messages_watched_ || monitor->hears_messages();
    monitors_.push_back(std::move(monitor));
    watched_ = true;
}

void World::set_event_hook(std::function<void(std::uint64_t event)> hook) {
    event_hook_ = std::move(hook);
    attentive_ = true;
}

void World::set_recorder(std::function<void(const Observation&)> recorder) {
    recorder_ = std::move(recorder);
    watched_ = true;
    messages_watched_ = true;
}

void World::report(Finding finding) {
    if (finding.event == 0) finding.event = running_;
    finding.time = now_;
    finding.sequence = events_;
    findings_.push_back(std::move(finding));
}

Observation World::observation(Observation::Kind kind, const Host& host) const {
    Observation seen;
    seen.kind = kind;
    seen.time = now_;
    seen.event = running_;
    seen.origin = origin_;
    seen.host = host.index;
    seen.host_name = host.spec.name;
    seen.boot = host.boot;
    return seen;
}

void World::observe(Observation& seen) {
    for (const auto& monitor : monitors_) monitor->observe(seen);
    if (recorder_) recorder_(seen);
}

void World::announce(FaultId fault, bool begins, std::string_view text) {
    if (!is_watched()) return;
    Observation seen;
    seen.kind = begins ? Observation::Kind::fault_begin : Observation::Kind::fault_end;
    seen.time = now_;
    seen.event = running_;
    seen.boot = fault;
    seen.name = text;
    observe(seen);
}

} // namespace orrery::sim::world
