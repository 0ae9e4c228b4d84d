// An operator changes who belongs to a cluster: hosts are to be members no more, and when the fault ends they are to be
// members again. One fault takes members away and gives them back; one that ends as another begins replaces them; with
// the selector it is the leader that has to go. Of a cluster that would keep fewer than `least` members nobody is
// taken.
//
// The world knows no cluster. It is the operator who brings it about, as operator_order.h says.
#include <algorithm>

#include "orrery/faults/kinds/operator.h"

namespace orrery::faults {
namespace {

constexpr std::uint32_t event_begun = event_of_kind;
constexpr std::uint32_t event_ended = event_of_kind + 1;

// One host, or any of those that can be spared.
void draw(Fault& fault, Draw& draw, const Targets& targets) {
    const std::size_t least = targets.members_least;
    fault.parameters.set("least", static_cast<std::int64_t>(least));
    const std::size_t spared = targets.hosts.size() > least ? targets.hosts.size() - least : 0;
    if (spared < 2 || draw("single", 2) == 0)
        draw_one(fault, draw, targets);
    else
        draw_some(fault, draw, targets.hosts, spared);
}

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    const std::string role = world.host(hosts.front()).spec.role;
    std::size_t members = members_order(world, role).places.size();
    bool is_change = false;
    for (const sim::world::HostIndex host : hosts) {
        if (world.host(host).spec.role != role) return false; // of two clusters
        if (!world.host(host).absences.empty()) continue;
        is_change = true;
        --members;
    }
    const auto least = static_cast<std::size_t>(fault.parameters.get<std::int64_t>("least"));
    if (!is_change || members < least) return false;
    for (const sim::world::HostIndex host : hosts) world.leave_out(host, fault.id);
    tell_operators(world, fault.id, event_begun, [&world, role] { return members_order(world, role); });
    return true;
}

void end(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for (const sim::world::HostIndex host : hosts) world.take_back(host, fault.id);
    tell_operators(world, fault.id, event_ended,
                   [&world, role = world.host(hosts.front()).spec.role] { return members_order(world, role); });
}

} // namespace

const Kind& kind_reconfigure() {
    static const Kind kind{.name = "reconfigure",
                           .effective = "an operator was told",
                           .begins = "one of its hosts is a member, and at least `least` members are left",
                           .parameters = {Parameter::number("least", 1, 1, 1000)},
                           .strikes_members = true,
                           .draw = draw,
                           .begin = begin,
                           .end = end};
    return kind;
}

} // namespace orrery::faults
