// Onset and end are events of the world, named by the fault.
#include "orrery/faults/injector.h"

namespace orrery::faults {

std::optional<std::string> Injector::objection(const Fault& fault) const {
    const std::string name = "f" + std::to_string(fault.id);
    for (const std::string& host : fault.target.hosts)
        if (world_.find_host(host) == world_.host_count())
            return name + ": expected a host of this scenario, got '" + host + "'";
    if (fault.trigger.kind == Trigger::Kind::at) return std::nullopt;
    if (fault.trigger.kind != Trigger::Kind::effect)
        return name + ": expected a trigger at= or effect=; those by message, point and state do not run yet";
    if (world_.find_host(fault.trigger.host) == world_.host_count())
        return name + ": expected a host of this scenario, got '" + fault.trigger.host + "'";
    return std::nullopt;
}

std::optional<std::string> Injector::arm(const Plan& plan) {
    for (const Fault& fault : plan.faults)
        if (std::optional<std::string> wrong = objection(fault)) return wrong;
    plan_ = plan;
    for (const Fault& fault : plan_.faults) {
        ++world_.efficacy(fault.id).armed;
        const auto act = [this, &fault] { begin(fault); };
        if (fault.trigger.kind == Trigger::Kind::at) {
            world_.schedule_fault(fault.trigger.time, fault.id, 0, act);
        } else {
            const auto effect = fault.trigger.name == "send"    ? sim::EffectKind::send
                                : fault.trigger.name == "write" ? sim::EffectKind::write
                                                                : sim::EffectKind::sync;
            world_.watch_effect(world_.find_host(fault.trigger.host), effect, fault.trigger.nth, fault.id, act);
        }
    }
    return std::nullopt;
}

Hosts Injector::resolve(const Target& target) const {
    Hosts hosts;
    for (sim::HostIndex i = 0; i < world_.host_count(); ++i) {
        switch (target.kind) {
        case Target::Kind::everyone: hosts.push_back(i); break;
        case Target::Kind::selector:
            // Of several - two leaders of different terms - the first by index.
            if (hosts.empty() && world_.host(i).is_up() && world_.state_of(i, target.key) == target.value)
                hosts.push_back(i);
            break;
        case Target::Kind::hosts:
            for (const std::string& name : target.hosts)
                if (world_.host(i).spec.name == name) hosts.push_back(i);
            break;
        }
    }
    return hosts;
}

void Injector::begin(const Fault& fault) {
    if (healed_) return;
    const Hosts hosts = resolve(fault.target);
    if (hosts.empty() || !find_kind(fault.kind)->begin(world_, fault, hosts)) return;
    ++world_.efficacy(fault.id).fired;
    std::string text = print(fault);
    if (fault.target.kind == Target::Kind::selector) text += " (" + world_.host(hosts[0]).spec.name + ")";
    world_.announce(fault.id, true, text);
    active_[fault.id] = {&fault, hosts};
    if (fault.duration.count() > 0)
        world_.schedule_fault(world_.now() + fault.duration, fault.id, 1, [this, id = fault.id] { end(id); });
}

void Injector::end(sim::FaultId id) {
    const auto found = active_.find(id);
    if (found == active_.end()) return;
    const Fault& fault = *found->second.first;
    find_kind(fault.kind)->end(world_, fault, found->second.second);
    world_.announce(id, false, print(fault));
    active_.erase(found);
}

void Injector::heal_all() {
    healed_ = true;
    while (!active_.empty()) end(active_.begin()->first);
    for (sim::HostIndex i = 0; i < world_.host_count(); ++i) world_.restart(i, 0);
}

} // namespace orrery::faults
