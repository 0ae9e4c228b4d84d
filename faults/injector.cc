// Onset and end are events of the world, named by the fault: the first is number 0, the end number 1, and an
// onset that comes later than its trigger number 2.
#include "orrery/faults/injector.h"

namespace orrery::faults {
namespace {

constexpr std::uint32_t event_first = 0;
constexpr std::uint32_t event_end = 1;
constexpr std::uint32_t event_onset = 2;

} // namespace

sim::Problem Injector::arm(const Plan& plan) {
    CHECK(!armed_);
    HostNames names;
    for (sim::world::HostIndex i = 0; i < world_.host_count(); ++i) names.push_back(world_.host(i).spec.name);
    if (sim::Problem problem = problem_of(plan, names, kinds_)) return problem;
    armed_ = true;
    plan_ = plan;
    for (const Fault& fault : plan_.faults) {
        ++world_.efficacy(fault.id).armed;
        const Kind& kind = kinds_.of(fault);
        if (kind.strikes_message())
            world_.strike(message_of(fault.trigger), kind.strike(fault), fault.id,
                          [this, &fault] { return strikes(fault); });
        else
            watch(fault);
    }
    return std::nullopt;
}

// The world keeps what is given it here, and calls it only while a run goes on: the injector may be destroyed
// before the world is.
void Injector::watch(const Fault& fault) {
    const Trigger& trigger = fault.trigger;
    const auto any = static_cast<sim::world::HostIndex>(world_.host_count());
    const auto onset = [this, &fault, any] { begin(fault, any); };
    const auto later = [this, &fault, onset] {
        world_.schedule_fault(world_.now() + fault.trigger.after, fault.id, event_onset, onset);
    };
    // At a point the fault begins before the task goes on, so without a further event.
    const auto at_once = [onset, later, waits = trigger.after.count() > 0] { waits ? later() : onset(); };
    switch (trigger.kind) {
    case Trigger::Kind::at:
        world_.schedule_fault(trigger.time + trigger.after, fault.id, event_first, onset);
        break;
    case Trigger::Kind::effect:
        world_.watch_effect(world_.find_host(trigger.host), trigger.effect, trigger.nth, fault.id, later);
        break;
    case Trigger::Kind::message:
        world_.watch_message(message_of(trigger), fault.id, at_once);
        break;
    case Trigger::Kind::point:
        world_.watch_point({host_or_any(trigger.host), sim::name_hash(trigger.name), trigger.nth}, fault.id, at_once);
        break;
    case Trigger::Kind::state:
        world_.watch_state({sim::name_hash(trigger.name), trigger.value, trigger.nth, trigger.after}, fault.id,
                           [this, &fault](sim::world::HostIndex host) { begin(fault, host); });
        break;
    }
}

sim::world::MessageWatch Injector::message_of(const Trigger& trigger) const {
    CHECK(trigger.kind == Trigger::Kind::message);
    return {host_or_any(trigger.host), host_or_any(trigger.peer), sim::name_hash(trigger.name), trigger.nth,
            trigger.since};
}

sim::world::HostIndex Injector::host_or_any(const std::string& name) const {
    const auto any = static_cast<sim::world::HostIndex>(world_.host_count());
    if (name.empty()) return any;
    const sim::world::HostIndex host = world_.find_host(name);
    CHECK(host < any); // the plan fits
    return host;
}

Hosts Injector::resolve(const Fault& fault, sim::world::HostIndex triggering) const {
    const Target& target = fault.target;
    Hosts hosts;
    if (target.kind == Target::Kind::selector && triggering < world_.host_count() && target.key == fault.trigger.name &&
        target.value == fault.trigger.value)
        return {triggering};
    for (sim::world::HostIndex i = 0; i < world_.host_count(); ++i) {
        switch (target.kind) {
        case Target::Kind::everyone:
            hosts.push_back(i);
            break;
        case Target::Kind::selector:
            // Of several - two leaders of different terms - the first by index.
            if (hosts.empty() && world_.host(i).is_up() && world_.state_of(i, target.key) == target.value)
                hosts.push_back(i);
            break;
        case Target::Kind::link:
            break; // below, in its order
        case Target::Kind::hosts:
            for (const std::string& name : target.hosts)
                if (world_.host(i).spec.name == name) hosts.push_back(i);
            break;
        }
    }
    if (target.kind == Target::Kind::link)
        hosts = {world_.find_host(target.hosts[0]), world_.find_host(target.hosts[1])};
    return hosts;
}

void Injector::begin(const Fault& fault, sim::world::HostIndex triggering) {
    if (healed_) return;
    CHECK(!active_.contains(fault.id)); // a trigger is met once
    Hosts hosts = resolve(fault, triggering);
    if (hosts.empty() || !kinds_.of(fault).begin(world_, fault, hosts)) return;
    ++world_.efficacy(fault.id).fired;
    std::string text = print(fault, kinds_);
    if (fault.target.kind == Target::Kind::selector) text += " (" + world_.host(hosts[0]).spec.name + ")";
    world_.announce(fault.id, true, text);
    active_[fault.id] = {&fault, std::move(hosts)};
    if (fault.duration.count() > 0)
        world_.schedule_fault(world_.now() + fault.duration, fault.id, event_end, [this, id = fault.id] { end(id); });
}

void Injector::end(sim::world::FaultId id) {
    const auto found = active_.find(id);
    if (found == active_.end()) return; // the heal has ended it
    const auto& [fault, hosts] = found->second;
    kinds_.of(*fault).end(world_, *fault, hosts);
    world_.announce(id, false, print(*fault, kinds_));
    active_.erase(found);
}

bool Injector::strikes(const Fault& fault) {
    if (healed_) return false;
    ++world_.efficacy(fault.id).fired;
    const std::string text = print(fault, kinds_);
    world_.announce(fault.id, true, text);
    world_.announce(fault.id, false, text); // it is over with the message
    return true;
}

void Injector::heal_all() {
    healed_ = true;
    // An event of its own, so that what restarts is named by the heal and not by whatever ran last.
    world_.schedule_fault(world_.now(), 0, 0, [this] {
        while (!active_.empty()) end(active_.begin()->first);
        for (sim::world::HostIndex i = 0; i < world_.host_count(); ++i) world_.restart(i, 0);
    });
}

} // namespace orrery::faults
