// Onset and end are events of the world, named by the fault.
#include "orrery/faults/injector.h"

namespace orrery::faults {

// Begins faults when a state comes to have a value. Sees states only, and none is told once a run is
// over, so that the injector may go before the world that owns this.
class Injector::StateWatch final : public sim::Monitor {
public:
    explicit StateWatch(Injector& injector) : injector_(injector) {}
    void add(const Fault& fault) { waiting_.push_back({&fault, 0}); }
    std::string_view name() const override { return "faults.state"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind != sim::Observation::Kind::state) return;
        for (Waiting& each : waiting_) {
            const Trigger& trigger = each.fault->trigger;
            if (trigger.name != seen.name) continue;
            const bool has = sim::to_text(seen.fields[0]) == trigger.value;
            const bool had = std::exchange(each.had[{seen.host, seen.boot}], has);
            if (!has || had || ++each.count != trigger.nth) continue;
            injector_.world_.schedule_fault(
                injector_.world_.now() + trigger.after, each.fault->id, 0,
                [this, fault = each.fault, host = seen.host] { injector_.begin(*fault, host); });
        }
    }

private:
    struct Waiting {
        const Fault* fault = nullptr;
        std::uint64_t count = 0;
        std::map<std::pair<sim::world::HostIndex, std::uint64_t>, bool> had{}; // by host and boot
    };
    Injector& injector_;
    std::vector<Waiting> waiting_;
};

std::optional<std::string> Injector::objection(const Fault& fault) const {
    const std::string name = "f" + std::to_string(fault.id);
    for (const std::string& host : fault.target.hosts)
        if (world_.find_host(host) == world_.host_count())
            return name + ": expected a host of this scenario, got '" + host + "'";
    if (fault.target.kind == Target::Kind::link && !find_kind(fault.kind)->strikes_links)
        return name + ": expected hosts as the target of a " + fault.kind + ", got a link";
    for (const std::string& host : fault.parameters.from)
        if (world_.find_host(host) == world_.host_count())
            return name + ": expected a host of this scenario, got '" + host + "'";
    if (fault.trigger.kind == Trigger::Kind::at || fault.trigger.kind == Trigger::Kind::state) return std::nullopt;
    if (fault.trigger.kind != Trigger::Kind::effect)
        return name + ": expected a trigger at=, effect= or state=; those by message and point do not run yet";
    if (world_.find_host(fault.trigger.host) == world_.host_count())
        return name + ": expected a host of this scenario, got '" + fault.trigger.host + "'";
    return std::nullopt;
}

std::optional<std::string> Injector::arm(const Plan& plan) {
    for (const Fault& fault : plan.faults)
        if (std::optional<std::string> wrong = objection(fault)) return wrong;
    plan_ = plan;
    const auto nobody = static_cast<sim::world::HostIndex>(world_.host_count());
    auto states = std::make_unique<StateWatch>(*this);
    bool watches = false;
    for (const Fault& fault : plan_.faults) {
        ++world_.efficacy(fault.id).armed;
        const auto act = [this, &fault, nobody] { begin(fault, nobody); };
        if (fault.trigger.kind == Trigger::Kind::at) {
            world_.schedule_fault(fault.trigger.time + fault.trigger.after, fault.id, 0, act);
        } else if (fault.trigger.kind == Trigger::Kind::state) {
            states->add(fault);
            watches = true;
        } else {
            const auto effect = fault.trigger.name == "send"    ? sim::world::EffectKind::send
                                : fault.trigger.name == "write" ? sim::world::EffectKind::write
                                                                : sim::world::EffectKind::sync;
            const auto later = [this, &fault, act] {
                world_.schedule_fault(world_.now() + fault.trigger.after, fault.id, 2, act);
            };
            world_.watch_effect(world_.find_host(fault.trigger.host), effect, fault.trigger.nth, fault.id, later);
        }
    }
    if (watches) world_.add_monitor(std::move(states));
    return std::nullopt;
}

Hosts Injector::resolve(const Fault& fault, sim::world::HostIndex told) const {
    const Target& target = fault.target;
    Hosts hosts;
    if (target.kind == Target::Kind::selector && told < world_.host_count() && target.key == fault.trigger.name &&
        target.value == fault.trigger.value)
        return {told};
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

void Injector::begin(const Fault& fault, sim::world::HostIndex told) {
    if (healed_) return;
    const Hosts hosts = resolve(fault, told);
    if (hosts.empty() || !find_kind(fault.kind)->begin(world_, fault, hosts)) return;
    ++world_.efficacy(fault.id).fired;
    std::string text = print(fault);
    if (fault.target.kind == Target::Kind::selector) text += " (" + world_.host(hosts[0]).spec.name + ")";
    world_.announce(fault.id, true, text);
    active_[fault.id] = {&fault, hosts};
    if (fault.duration.count() > 0)
        world_.schedule_fault(world_.now() + fault.duration, fault.id, 1, [this, id = fault.id] { end(id); });
}

void Injector::end(sim::world::FaultId id) {
    const auto found = active_.find(id);
    if (found == active_.end()) return;
    const Fault& fault = *found->second.first;
    find_kind(fault.kind)->end(world_, fault, found->second.second);
    world_.announce(id, false, print(fault));
    active_.erase(found);
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
