// What faults tell a scenario's operator, the one who can say to a cluster what only a person would: who is a member,
// and that a machine will be taken down. It comes as a datagram at `port` of every host that listens there, 1 ms after
// what it is about. What to do is the operator's, as the world knows no cluster:
//
//     auto orders = env.bind(faults::OperatorOrder::port);
//     const auto datagram = orders->receive();
//     const auto order = sim::decode<faults::OperatorOrder>(datagram->bytes); // bring it about
#pragma once

#include <string>
#include <vector>

#include "orrery/sim/codec.h"

namespace orrery::faults {

// By this state an operator says whom it has made the members: words_of their places, or something else while it is at
// work. Who takes a machine away for good
// waits until these are those that are wanted, as no cluster survives the loss of one disk after another without time
// to recover.
inline constexpr std::string_view operator_members = "operator.members";
inline std::string words_of(const std::vector<std::uint32_t>& places) {
    std::string words;
    for (const std::uint32_t place : places) words += (words.empty() ? "" : " ") + std::to_string(place);
    return words;
}

struct OperatorOrder {
    static constexpr std::uint64_t port = 7;
    enum class Kind : std::uint8_t {
        members, // these are to be members from now on, and no others: so the last one counts, and a lost one does no
                 // harm
        drain,   // these will be down soon, and should have nothing to do by then
    };

    Kind kind{};
    std::string role;
    std::vector<std::uint32_t> places; // in the role, sorted; at least one

    static constexpr auto members() {
        return std::tuple{sim::member("kind", &OperatorOrder::kind), sim::member("role", &OperatorOrder::role),
                          sim::member("places", &OperatorOrder::places)};
    }
};

} // namespace orrery::faults
