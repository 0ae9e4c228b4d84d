// The loop, and what faults and clients do to hosts.
#include "orrery/sim/world/world.h"

#include <algorithm>

#include "orrery/sim/world/process.h"

namespace orrery::sim::world {
namespace {

std::unique_ptr<order::Policy> policy_of(const WorldOptions& options) {
    std::unique_ptr<order::Policy> policy;
    CHECK(order::make_policy(options.policy, options.seed, options.slack, policy));
    return policy;
}

NetworkOptions network_of(const WorldOptions& options) {
    return {options.latency_min, options.latency_max, options.uneven_links, options.user_timeout};
}

} // namespace

Parts::Parts(WorldOptions of)
    : options(std::move(of)), kernel(Chance(options.seed, options.overrides, options.fixed), policy_of(options)),
      stacks(options.stacks == nullptr ? own_stacks : *options.stacks), observers(kernel), watches(kernel, hosts),
      network(kernel, observers, watches, network_of(options)), connections(kernel, observers, network, hosts) {
    CHECK(options.sync_max >= options.sync_min);
    CHECK(options.drift_max >= 0);
}

World::World(WorldOptions options) : parts_(std::move(options)), reseeds_(parts_.options.reseeds) {
    std::stable_sort(reseeds_.begin(), reseeds_.end(),
                     [](const Reseed& a, const Reseed& b) { return a.time < b.time; });
    attentive_ = !reseeds_.empty();
    prepare_switching();
}

World::~World() {
    parts_.observers.close();
    for (Host& host : parts_.hosts)
        if (host.is_up()) dispose(host, false);
}

HostIndex World::add_host(HostSpec spec) {
    CHECK(!booted_); // hosts move while they are added
    Host& host = parts_.hosts.emplace_back();
    host.index = static_cast<HostIndex>(parts_.hosts.size() - 1);
    host.spec = std::move(spec);
    parts_.roles[host.spec.role].push_back(Parts::address_of(host.index));
    parts_.network.attach(parts_.hosts);
    parts_.kernel.trace().resize(parts_.hosts.size());
    return host.index;
}

HostIndex World::find_host(std::string_view name) const {
    for (const Host& host : parts_.hosts)
        if (host.spec.name == name) return host.index;
    return static_cast<HostIndex>(parts_.hosts.size());
}

Env& World::env(HostIndex index) {
    CHECK(host(index).is_up());
    return *host(index).process;
}

void World::boot_all() {
    CHECK(!booted_);
    booted_ = true;
    Kernel& kernel = parts_.kernel;
    for (Host& host : parts_.hosts) {
        host.boot_name = host.spec.name + "@boot";
        kernel.begin_root(mix(name_hash("boot"), name_hash(host.spec.name)));
        if (const std::int64_t most = parts_.options.drift_max; most > 0) {
            const auto width = static_cast<std::uint64_t>(2 * most + 1);
            host.drift = static_cast<std::int64_t>(kernel.draw("drift", width, host.index)) - most;
        }
        host.booting = true;
        Event* event = kernel.make(EventKind::boot, host.index, host.index);
        event->origin = kernel.running();
        event->time = 0;
        kernel.put_fixed(event);
    }
    kernel.begin_root(0);
    plan_stop();
}

// --- the loop ----------------------------------------------------------------------------------------

[[gnu::always_inline]] inline void World::run_deliver(Event* event, Host& host) {
    if (!event->arrived && !parts_.network.arrives(event)) [[unlikely]]
        return;
    if (parts_.observers.messages_are_watched()) [[unlikely]]
        parts_.observers.observe_message(Observation::Kind::deliver, *event, host, event->passage.from);
    if (host.process == nullptr) [[unlikely]]
        parts_.network.drop_unreceived(event);
    else
        host.process->deliver(event);
}

[[gnu::always_inline]] inline void World::run_task(Event* event) {
    TaskState& task = *event->task;
    const EventKind kind = event->kind;
    parts_.kernel.drop(event);
    switch (kind) {
    case EventKind::timer:
        CHECK(task.timer == event);
        task.timer = nullptr;
        task.tasks->time_out(task);
        return;
    case EventKind::disk:
    case EventKind::point:
        CHECK(task.timer == event);
        task.timer = nullptr;
        task.tasks->resume(task);
        return;
    case EventKind::operation:
        task.permit = true;
        break;
    default:
        break;
    }
    CHECK(task.wake == event);
    task.wake = nullptr;
    task.tasks->turn(task);
}

[[gnu::always_inline]] inline void World::run(Event* event) {
    Host& host = parts_.hosts[event->host];
    if ((host.is_paused() || host.busy_until > event->time) && event->kind != EventKind::fault) [[unlikely]] {
        if (defer(event)) return;
    }
    if (attentive_) [[unlikely]]
        attend(*event);
    parts_.kernel.begin(*event);
    switch (event->kind) {
    case EventKind::deliver:
        run_deliver(event, host);
        break;
    case EventKind::wake:
    case EventKind::timer:
    case EventKind::disk:
    case EventKind::point:
    case EventKind::operation:
        run_task(event);
        break;
    case EventKind::segment:
        parts_.connections.arrive(event);
        break;
    case EventKind::boot:
        run_boot(event);
        break;
    case EventKind::fault:
        parts_.watches.run(event);
        break;
    }
    if (parts_.burial_due) [[unlikely]]
        bury();
}

void World::plan_stop() { event_stop_ = std::min(parts_.options.events_max, trace().next_checkpoint()); }

// The end has an entry of its own behind everything at that place: an event popped and put back would have moved
// the agenda beyond what is still to be put before it.
bool World::run_until(WorldTime end) {
    CHECK(booted_);
    Kernel& kernel = parts_.kernel;
    Entry horizon;
    horizon.place = end.nanoseconds;
    horizon.priority = UINT32_MAX;
    horizon.id = UINT64_MAX;
    kernel.put_horizon(horizon);
    while (!stopped_) {
        if (kernel.events() >= event_stop_) [[unlikely]] {
            if (budget_spent()) break;
            kernel.trace().checkpoint(kernel.events(), kernel.now());
            plan_stop();
        }
        Entry* entry = kernel.next(horizon);
        if (entry == &horizon) [[unlikely]]
            break;
        Event* const event = static_cast<Event*>(entry);
        if (Kernel::is_early(*event)) [[unlikely]]
            run_early(event);
        else
            run(event);
    }
    if (horizon.is_queued()) {
        kernel.withdraw_horizon(horizon); // stopped, or the budget is spent
        return false;
    }
    if (!stopped_) kernel.arrive(end.nanoseconds);
    return !stopped_;
}

// A timer that was withdrawn since it was put there. Its task may wait until later by now.
void World::run_early(Event* timer) {
    if (parts_.kernel.put_early(timer)) return;
    CHECK(timer->task->resting == timer);
    timer->task->resting = nullptr;
    parts_.kernel.drop(timer);
}

// What is rarely due at the beginning of an event.
void World::attend(const Event& event) {
    parts_.kernel.arrive(event.time);
    while (!reseeds_.empty() && reseeds_.front().time <= now()) {
        parts_.kernel.chance().reseed(reseeds_.front().salt);
        reseeds_.erase(reseeds_.begin());
    }
    attentive_ = !reseeds_.empty() || event_hook_;
    if (event_hook_) event_hook_(event);
}

// A paused host handles nothing until it goes on; one that computes, nothing until it is done.
bool World::defer(Event* event) {
    Host& host = parts_.hosts[event->host];
    CHECK(event->kind != EventKind::fault); // faults begin and end on time
    if (event->kind == EventKind::deliver && !event->arrived) {
        // It arrives now, whenever it will be handled: later cuts do not concern it.
        if (!parts_.network.is_plain()) {
            parts_.kernel.begin_arrival(*event);
            if (!parts_.network.arrives(event)) return true;
        }
    }
    event->arrived = true;
    if (host.is_paused()) {
        host.deferred.push(event);
        for (const FaultId fault : host.pauses) ++efficacy(fault).effective;
        return true;
    }
    if (host.busy_until <= now().nanoseconds || host.busy_until <= event->time) return false;
    event->time = host.busy_until;
    parts_.kernel.put(event);
    return true;
}

void World::run_boot(Event* event) {
    Host& host = parts_.hosts[event->host];
    parts_.kernel.drop(event);
    CHECK(!host.is_up());
    CHECK(host.booting);
    CHECK(!host.boot_name.empty());
    host.booting = false;
    const auto offset = static_cast<std::int64_t>(parts_.kernel.draw("clock", 1'000'000'000'000, host.index));
    host.clock.set(now(), offset, host.drift, host.wall_error);
    host.busy_until = 0;
    host.boot = name_hash(host.boot_name);
    host.process = std::make_unique<Process>(parts_, host);
    if (parts_.observers.is_watched()) {
        Observation seen = parts_.observers.observation(Observation::Kind::boot, host);
        seen.name = host.boot_name;
        parts_.observers.observe(seen);
    }
    host.process->start();
    if (!host.unanswered.empty()) parts_.connections.answer_unanswered(host);
}

// --- faults ------------------------------------------------------------------------------------------

void World::watch_message(const MessageWatch& watch, FaultId fault, std::function<void()> act) {
    parts_.observers.watch_messages();
    parts_.watches.watch(watch, fault, std::move(act));
}

void World::strike(const MessageWatch& which, const Strike& strike, FaultId fault, std::function<bool()> begins) {
    CHECK(!booted_); // every message since the start is counted
    parts_.network.strike(which, strike, fault, std::move(begins));
}

void World::record_struck() {
    CHECK(!booted_);
    parts_.network.record_struck();
}

void World::record_points() {
    CHECK(!booted_);
    parts_.watches.record_points();
}

// Processes that died by themselves - a failed CHECK, an exception - go like crashed ones.
void World::bury() {
    parts_.burial_due = false;
    for (Host& host : parts_.hosts)
        if (host.is_up() && host.process->is_dying()) dispose(host, true);
}

// `is_heard`: the peers of its streams hear of it.
void World::dispose(Host& host, bool is_heard) {
    CHECK(host.is_up());
    if (parts_.observers.is_watched()) {
        Observation seen = parts_.observers.observation(Observation::Kind::crash, host);
        seen.name = host.boot_name;
        parts_.observers.observe(seen);
    }
    // What came for its tasks while it was paused goes with them; datagrams stay.
    for (std::size_t left = host.deferred.size(); left > 0; --left) {
        Event* event = host.deferred.pop();
        if (event->task == nullptr) {
            host.deferred.push(event);
            continue;
        }
        void*& place = event->task->timer == event ? event->task->timer : event->task->wake;
        CHECK(place == event);
        place = nullptr;
        parts_.kernel.drop(event);
    }
    host.process->kill(is_heard);
    host.process.reset();
    host.states.clear();
    host.busy_until = 0;
    CHECK(host.streams == nullptr);
}

void World::crash(HostIndex index, FaultId fault, CrashMode mode) {
    Host& target = host(index);
    if (!target.is_up()) return;
    parts_.kernel.trace().add(index, mix(name_hash("crash"), fault), static_cast<std::uint64_t>(now().nanoseconds));
    if (target.process->has_work()) ++efficacy(fault).effective;
    dispose(target, mode == CrashMode::process);
    if (mode == CrashMode::process) return;
    const PowerLoss loss{[this, index](Site site, std::uint64_t n) { return parts_.kernel.draw(site, n, index); },
                         mode == CrashMode::power_torn};
    efficacy(fault).effective += target.disk.lose_unsynced(loss);
}

void World::restart(HostIndex index, FaultId fault) {
    Host& target = host(index);
    if (target.is_up() || target.booting) return;
    target.booting = true;
    target.boot_name = target.spec.name + "@crash" + std::to_string(fault);
    Event* event = parts_.kernel.make(EventKind::boot, index, index);
    event->time = now().nanoseconds;
    parts_.kernel.put_fixed(event);
}

void World::lose_disk(HostIndex index, FaultId fault) {
    Host& target = host(index);
    CHECK(!target.is_up());
    CHECK(!target.booting);
    if (target.disk.bytes_used() > 0) ++efficacy(fault).effective;
    parts_.kernel.trace().add(index, mix(name_hash("disk"), fault), static_cast<std::uint64_t>(now().nanoseconds));
    target.disk = Disk{};
}

bool World::tell(HostIndex index, std::uint64_t port, const Label& label, Bytes bytes) {
    Host& target = host(index);
    if (!target.is_up() || !target.process->listens_at(port)) return false;
    parts_.network.send(index, port, address(index).at(port), label, std::move(bytes));
    return true;
}

void World::pause(HostIndex index, FaultId fault) {
    Host& target = host(index);
    target.pauses.push_back(fault);
    ++target.pauses_count;
    CHECK(target.pauses_count == target.pauses.size());
    CHECK(target.is_paused());
}

void World::resume(HostIndex index, FaultId fault) {
    Host& target = host(index);
    const auto found = std::find(target.pauses.begin(), target.pauses.end(), fault);
    if (found == target.pauses.end()) return;
    target.pauses.erase(found);
    --target.pauses_count;
    CHECK(target.pauses_count == target.pauses.size());
    if (target.is_paused()) return;
    // They keep the order in which they came: one nanosecond apart.
    std::int64_t time = now().nanoseconds;
    while (Event* event = target.deferred.pop()) {
        event->time = ++time;
        parts_.kernel.put(event);
    }
}

// --- clients -----------------------------------------------------------------------------------------

void World::begin_operation(HostIndex index, std::uint64_t number, WorldTime time, Task handle) {
    CHECK(host(index).is_up());
    TaskState* task = host(index).process->find(handle);
    CHECK(task != nullptr);
    Kernel& kernel = parts_.kernel;
    if (task->wake != nullptr) kernel.withdraw(static_cast<Event*>(task->wake));
    const std::uint64_t root = mix(name_hash("operation"), name_hash(host(index).spec.name), number);
    Event* event = kernel.make_named(EventKind::operation, index, root, 0, root);
    event->task = task;
    event->time = std::max(time, now()).nanoseconds;
    task->wake = event;
    kernel.put(event);
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

void World::set_event_hook(std::function<void(const Event& event)> hook) {
    event_hook_ = std::move(hook);
    attentive_ = true;
}

} // namespace orrery::sim::world
