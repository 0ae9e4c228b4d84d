// Injector: arms a plan on a world, and takes everything back at the heal. It sees faults only as events that
// the world runs for it: at a time, or when one of the world's watches is met.
#pragma once

#include <map>

#include "orrery/faults/kinds/kind.h"
#include "orrery/faults/plan.h"

namespace orrery::faults {

class Injector {
public:
    // World and kinds must outlive it.
    explicit Injector(sim::world::World& world, const KindList& kinds = standard_kinds())
        : world_(world), kinds_(kinds) {}
    Injector(const Injector&) = delete;
    Injector& operator=(const Injector&) = delete;

    // Once, when the world has all its hosts. What is wrong with the plan for this world, if anything: nothing
    // is armed then.
    sim::Problem arm(const Plan& plan);
    // Ends all faults, restarts what is down, and lets none begin any more.
    void heal_all();

private:
    struct Active {
        const Fault* fault = nullptr;
        Hosts hosts; // that it struck when it began
    };
    void watch(const Fault& fault);
    // `triggering`: the host whose state triggered it, if one did; else host_count().
    void begin(const Fault& fault, sim::world::HostIndex triggering);
    void end(sim::world::FaultId id);
    // The message leaves for which the fault waits. False: the heal has come before.
    bool strikes(const Fault& fault);
    Hosts resolve(const Fault& fault, sim::world::HostIndex triggering) const;
    sim::world::MessageWatch message_of(const Trigger& trigger) const;
    // An empty name is any host: host_count().
    sim::world::HostIndex host_or_any(const std::string& name) const;

    sim::world::World& world_;
    const KindList& kinds_;
    Plan plan_{};
    std::map<sim::world::FaultId, Active> active_{};
    bool armed_ = false;
    bool healed_ = false;
};

} // namespace orrery::faults
