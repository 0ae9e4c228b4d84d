// What the kinds share that spoil some messages of a link: the rate is the fault, and which messages it hits are
// draws of those messages. The links are the target's own one, or all to and from the target's hosts.
#pragma once

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {

template <class Act>
void for_each_link(sim::world::World& world, const Fault& fault, const Hosts& hosts, Act act) {
    if (fault.target.kind == Target::Kind::link) {
        CHECK(hosts.size() == 2);
        act(hosts[0], hosts[1]);
        return;
    }
    std::vector<bool> touched(world.host_count(), false);
    for (const sim::world::HostIndex host : hosts) touched[host] = true;
    for (sim::world::HostIndex from = 0; from < world.host_count(); ++from)
        for (sim::world::HostIndex to = 0; to < world.host_count(); ++to)
            if (from != to && (touched[from] || touched[to])) act(from, to);
}

// `delay`: how much longer a message that is hit takes, at most; for kinds that delay.
inline bool begin_rate(sim::world::World& world, const Fault& fault, const Hosts& hosts, sim::world::RuleKind rate,
                       sim::Duration delay = {}) {
    const auto probability = fault.parameters.get<sim::Ratio>("probability");
    for_each_link(world, fault, hosts, [&](sim::world::HostIndex from, sim::world::HostIndex to) {
        world.add_rule(from, to, {rate, probability, delay, fault.id});
    });
    return !hosts.empty();
}

inline void end_rates(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for_each_link(world, fault, hosts, [&](sim::world::HostIndex from, sim::world::HostIndex to) {
        world.remove_rules(from, to, fault.id);
    });
}

inline Parameter rate_probability() { return Parameter::probability("probability", {1, 10}); }

inline void draw_rate(Fault& fault, Draw& draw, const Targets& targets) {
    if (draw("everyone", 3) != 0)
        fault.target.kind = Target::Kind::everyone;
    else
        draw_one(fault, draw, targets);
    // Mild, or so strong that most exchanges are left half done.
    const std::uint64_t least = draw("mild", 3) == 0 ? 1 : 9;
    fault.parameters.set("probability", sim::Ratio{least + draw("strength", 8), 20});
}

} // namespace orrery::faults
