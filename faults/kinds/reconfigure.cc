// An operator changes who belongs to a cluster: hosts are to be members no more, and when the fault ends they are to be
// members again. One fault takes members away and gives them back; one that ends as another begins replaces them; with
// the selector it is the leader that has to go. Of a cluster that would keep fewer than `least` members nobody is
// taken.
//
// The world knows no cluster. It is the operator who brings it about, as membership_order.h says.
#include <algorithm>

#include "orrery/faults/kinds/kind.h"
#include "orrery/faults/membership_order.h"

namespace orrery::faults {
namespace {

constexpr sim::Label label_order{"operator.order"};
// By then an operator that was restarted at the same time listens again.
constexpr sim::Duration order_takes{1'000'000};
constexpr std::uint32_t event_begun = event_of_kind;
constexpr std::uint32_t event_ended = event_of_kind + 1;

// One host, or any of those that can be spared.
void draw(Fault& fault, Draw& draw, const Targets& targets) {
    const std::size_t least = targets.members_least;
    fault.parameters.set("least", static_cast<std::int64_t>(least));
    const std::size_t spared = targets.hosts.size() > least ? targets.hosts.size() - least : 0;
    if (spared < 2 || draw("single", 2) == 0) {
        draw_one(fault, draw, targets);
        return;
    }
    HostNames rest = targets.hosts;
    const std::uint64_t count = 1 + draw("count", spared);
    fault.target.kind = Target::Kind::hosts;
    while (fault.target.hosts.size() < count) {
        const auto at = rest.begin() + static_cast<std::ptrdiff_t>(draw("member", rest.size()));
        fault.target.hosts.push_back(*at);
        rest.erase(at);
    }
    std::sort(fault.target.hosts.begin(), fault.target.hosts.end());
}

MembershipOrder order_for(const sim::world::World& world, const std::string& role) {
    MembershipOrder order{role, {}};
    for (sim::world::HostIndex i = 0; i < world.host_count(); ++i) {
        const sim::world::Host& host = world.host(i);
        if (host.spec.role == role && host.absences.empty()) order.places.push_back(host.spec.index);
    }
    return order;
}

// It says how things stand when it is given, not when it was made.
void order_later(sim::world::World& world, sim::world::FaultId fault, std::uint32_t event, std::string role) {
    world.schedule_fault(world.now() + order_takes, fault, event, [&world, fault, role = std::move(role)] {
        const sim::Bytes order = sim::encode(order_for(world, role));
        for (sim::world::HostIndex i = 0; i < world.host_count(); ++i)
            if (world.tell(i, MembershipOrder::port, label_order, order.copy())) ++world.efficacy(fault).effective;
    });
}

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    const std::string role = world.host(hosts.front()).spec.role;
    std::size_t members = order_for(world, role).places.size();
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
    order_later(world, fault.id, event_begun, role);
    return true;
}

void end(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for (const sim::world::HostIndex host : hosts) world.take_back(host, fault.id);
    order_later(world, fault.id, event_ended, world.host(hosts.front()).spec.role);
}

} // namespace

const Kind& kind_reconfigure() {
    static const Kind kind{.name = "reconfigure",
                           .effective = "an operator was told",
                           .parameters = {Parameter::number("least", 1, 1, 1000)},
                           .strikes_members = true,
                           .draw = draw,
                           .begin = begin,
                           .end = end};
    return kind;
}

} // namespace orrery::faults
