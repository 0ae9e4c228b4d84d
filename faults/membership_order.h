// What a fault of kind reconfigure tells a scenario's operator: who is to be a member from now on. It comes as a
// datagram at `port` of every host that listens there, 1 ms after the fault has begun or ended. What to do about it is
// the operator's, as the world knows no cluster:
//
//     auto orders = env.bind(faults::MembershipOrder::port);
//     const auto datagram = orders->receive();
//     const auto order = sim::decode<faults::MembershipOrder>(datagram->bytes); // bring it about
//
// An order holds all members, so the last one counts, and one that was missed does no harm.
#pragma once

#include <string>
#include <vector>

#include "orrery/sim/codec.h"

namespace orrery::faults {

struct MembershipOrder {
    static constexpr std::uint64_t port = 7;

    std::string role;
    std::vector<std::uint32_t> places; // of the members in the role, sorted; at least one

    static constexpr auto members() {
        return std::tuple{sim::member("role", &MembershipOrder::role), sim::member("places", &MembershipOrder::places)};
    }
};

} // namespace orrery::faults
