// What the kinds that tell an operator share.
#pragma once

#include <utility>

#include "orrery/faults/kinds/kind.h"
#include "orrery/faults/operator_order.h"

namespace orrery::faults {

// An order reaches the operators so much later: by then one that was restarted at the same time listens again.
inline constexpr sim::Duration order_takes{1'000'000};

// Makes an event that shows `order`, as it is then, to every host that listens, and counts these. `event`: from
// event_of_kind.
template <class Order>
void tell_operators(sim::world::World& world, sim::world::FaultId fault, std::uint32_t event, Order order) {
    static constexpr sim::Label label{"operator.order"};
    world.schedule_fault(world.now() + order_takes, fault, event, [&world, fault, order = std::move(order)] {
        const sim::Bytes bytes = sim::encode(order());
        for (sim::world::HostIndex i = 0; i < world.host_count(); ++i)
            if (world.tell(i, OperatorOrder::port, label, bytes.copy())) ++world.efficacy(fault).effective;
    });
}

// Those of a role of whom no fault wants that they are no members.
inline OperatorOrder members_order(const sim::world::World& world, const std::string& role) {
    OperatorOrder order{OperatorOrder::Kind::members, role, {}};
    for (sim::world::HostIndex i = 0; i < world.host_count(); ++i) {
        const sim::world::Host& host = world.host(i);
        if (host.spec.role == role && host.absences.empty()) order.places.push_back(host.spec.index);
    }
    return order;
}

} // namespace orrery::faults
