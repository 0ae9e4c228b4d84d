// A set of hosts is cut off from all others: a minority, a majority, a single one; both ways or
// one; from everybody, or only from some: then others still reach both sides. What was affected is
// dropped or held until the heal.
#include <algorithm>

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {
namespace {

template <class Act>
void for_each_cut(sim::world::World& world, const Fault& fault, const Hosts& inside, Act act) {
    if (fault.target.kind == Target::Kind::link) {
        act(inside[0], inside[1]);
        return;
    }
    for (sim::world::HostIndex other = 0; other < world.host_count(); ++other) {
        if (std::find(inside.begin(), inside.end(), other) != inside.end()) continue;
        const std::vector<std::string>& from = fault.parameters.from;
        if (!from.empty() && std::find(from.begin(), from.end(), world.host(other).spec.name) == from.end()) continue;
        for (const sim::world::HostIndex host : inside) {
            if (fault.parameters.direction != Direction::in) act(host, other);
            if (fault.parameters.direction != Direction::out) act(other, host);
        }
    }
}

} // namespace

const Kind kind_cut{
    "cut",
    "a message was lost or held",
    "hold, direction, from",
    true,
    [](Fault& fault, Draw& draw, const Strikable& strikable) {
        const std::vector<std::string>& hosts = strikable.hosts;
        const std::uint64_t shape = draw("shape", 3);
        if (shape == 0) {
            draw_one(fault, draw, strikable);
        } else {
            // A rotation of the hosts, cut below or above the middle.
            const std::uint64_t first = draw("host", hosts.size());
            const std::size_t count = shape == 1 ? hosts.size() / 2 : hosts.size() / 2 + 1;
            fault.target.kind = Target::Kind::hosts;
            for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
                fault.target.hosts.push_back(hosts[(first + i) % hosts.size()]);
        }
        // From clients too, from its own kind only, or from a single one.
        const std::uint64_t extent = draw("extent", 4);
        if (extent == 1) fault.parameters.from = hosts;
        if (extent == 2) fault.parameters.from = {hosts[draw("other", hosts.size())]};
        fault.parameters.hold = draw("hold", 3) == 0;
        const std::uint64_t way = draw("direction", 4);
        fault.parameters.direction = way == 0 ? Direction::in : way == 1 ? Direction::out : Direction::both;
    },
    [](sim::world::World& world, const Fault& fault, const Hosts& hosts) {
        const auto mode = fault.parameters.hold ? sim::world::CutMode::hold : sim::world::CutMode::drop;
        for_each_cut(world, fault, hosts, [&](sim::world::HostIndex from, sim::world::HostIndex to) {
            world.cut(from, to, mode, fault.id);
        });
        return !hosts.empty();
    },
    [](sim::world::World& world, const Fault& fault, const Hosts& hosts) {
        for_each_cut(world, fault, hosts,
                     [&](sim::world::HostIndex from, sim::world::HostIndex to) { world.heal(from, to, fault.id); });
    }};

} // namespace orrery::faults
