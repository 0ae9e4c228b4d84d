// A machine is lost together with its disk. When the fault ends another one stands at its address, with nothing on its
// disk. An operator is told of both, as by `reconfigure`: the lost one is a member no more, the new one is to be one.
//
// A cluster that agrees survives this one machine at a time, and the next only when the members are again those that
// are wanted: so the fault does not begin before an operator has said so (operator_order.h).
#include <algorithm>

#include "orrery/faults/kinds/operator.h"

namespace orrery::faults {
namespace {

constexpr std::uint32_t event_lost = event_of_kind;
constexpr std::uint32_t event_replaced = event_of_kind + 1;

void draw(Fault& fault, Draw& draw, const Targets& targets) {
    fault.parameters.set("least", static_cast<std::int64_t>(targets.members_least));
    draw_one(fault, draw, targets);
}

bool is_settled(const sim::world::World& world, const std::string& members) {
    for (sim::world::HostIndex i = 0; i < world.host_count(); ++i)
        if (world.host(i).is_up() && world.state_of(i, operator_members) == members) return true;
    return false;
}

void tell(sim::world::World& world, const Fault& fault, std::uint32_t event, sim::world::HostIndex host) {
    tell_operators(world, fault.id, event,
                   [&world, role = world.host(host).spec.role] { return members_order(world, role); });
}

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    const sim::world::HostIndex lost = hosts.front();
    const std::vector<std::uint32_t> members = members_order(world, world.host(lost).spec.role).places;
    const auto least = static_cast<std::size_t>(fault.parameters.get<std::int64_t>("least"));
    const bool is_member = std::binary_search(members.begin(), members.end(), world.host(lost).spec.index);
    if (hosts.size() != 1 || !is_member || members.size() <= least || !is_settled(world, words_of(members)))
        return false;
    if (world.host(lost).booting) return false;
    world.leave_out(lost, fault.id);
    world.crash(lost, fault.id, sim::world::CrashMode::process);
    world.lose_disk(lost, fault.id);
    tell(world, fault, event_lost, lost);
    return true;
}

void end(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    world.take_back(hosts.front(), fault.id);
    world.restart(hosts.front(), fault.id);
    tell(world, fault, event_replaced, hosts.front());
}

} // namespace

const Kind& kind_replace() {
    static const Kind kind{.name = "replace",
                           .effective = "a process with work was destroyed, a disk was lost, or an operator was told",
                           .begins = "its host is a member, of more than `least`, and an operator says by the state "
                                     "operator.members that those who are wanted are the members",
                           .parameters = {Parameter::number("least", 1, 1, 1000)},
                           .strikes_members = true,
                           .draw = draw,
                           .begin = begin,
                           .end = end};
    return kind;
}

} // namespace orrery::faults
