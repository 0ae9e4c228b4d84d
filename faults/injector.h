// Injector: arms a plan on a world, and takes everything back at the heal.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "orrery/faults/kinds/kind.h"
#include "orrery/faults/plan.h"

namespace orrery::faults {

class Injector {
public:
    explicit Injector(sim::world::World& world) : world_(world) {}
    Injector(const Injector&) = delete;
    Injector& operator=(const Injector&) = delete;

    // What is wrong with the plan for this world, if anything: nothing is armed then.
    std::optional<std::string> arm(const Plan& plan);
    // Ends all faults, restarts what is down, and lets none begin any more.
    void heal_all();

private:
    class StateWatch;
    // `told`: the host whose state triggered it, if one did; else host_count().
    void begin(const Fault& fault, sim::world::HostIndex told);
    void end(sim::world::FaultId id);
    Hosts resolve(const Fault& fault, sim::world::HostIndex told) const;
    std::optional<std::string> objection(const Fault& fault) const;

    sim::world::World& world_;
    Plan plan_;
    std::map<sim::world::FaultId, std::pair<const Fault*, Hosts>> active_;
    bool healed_ = false;
};

} // namespace orrery::faults
