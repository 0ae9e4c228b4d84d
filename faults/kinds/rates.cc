// Links that lose, double or delay some of their messages. The rate is the fault; which messages
// it hits are draws of theirs.
#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {
namespace {

template <class Act>
void for_each_link(sim::world::World& world, const Fault& fault, const Hosts& hosts, Act act) {
    if (fault.target.kind == Target::Kind::link) {
        act(hosts[0], hosts[1]);
        return;
    }
    std::vector<bool> touched(world.host_count(), false);
    for (const sim::world::HostIndex host : hosts) touched[host] = true;
    for (sim::world::HostIndex from = 0; from < world.host_count(); ++from)
        for (sim::world::HostIndex to = 0; to < world.host_count(); ++to)
            if (from != to && (touched[from] || touched[to])) act(from, to);
}

template <sim::world::RuleKind kind>
bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for_each_link(world, fault, hosts, [&](sim::world::HostIndex from, sim::world::HostIndex to) {
        world.add_rule(from, to, {kind, fault.parameters.probability, fault.parameters.delay, fault.id});
    });
    return !hosts.empty();
}

void end(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for_each_link(world, fault, hosts, [&](sim::world::HostIndex from, sim::world::HostIndex to) {
        world.remove_rules(from, to, fault.id);
    });
}

void draw_rate(Fault& fault, Draw& draw, const Strikable& strikable) {
    if (draw("everyone", 3) != 0)
        fault.target.kind = Target::Kind::everyone;
    else
        draw_one(fault, draw, strikable);
    // Mild, or so strong that most exchanges are left half done.
    const std::uint64_t least = draw("mild", 3) == 0 ? 1 : 9;
    fault.parameters.probability = {least + draw("strength", 8), 20};
}

void draw_delay(Fault& fault, Draw& draw, const Strikable& strikable) {
    draw_rate(fault, draw, strikable);
    fault.parameters.delay = draw.between("delay", sim::Duration{1'000'000}, sim::Duration{500'000'000});
}

} // namespace

const Kind kind_loss{"loss", "a message was lost", "probability", true, draw_rate, begin<sim::world::RuleKind::loss>,
                     end};
const Kind kind_duplication{"duplication",
                            "a message was doubled",
                            "probability",
                            true,
                            draw_rate,
                            begin<sim::world::RuleKind::duplication>,
                            end};
const Kind kind_delay{
    "delay", "a message was delayed", "probability, delay", true, draw_delay, begin<sim::world::RuleKind::delay>, end};

} // namespace orrery::faults
