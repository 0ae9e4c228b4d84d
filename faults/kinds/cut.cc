// A set of hosts is cut off from all others: a minority, a majority, a single one; both ways or
// one; from all, or only from some: then others still reach both sides. What was affected is
// dropped, or with `hold` held until the heal.
#include <algorithm>

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {
namespace {

// Seen from the hosts that are the target; the order is that of the parameter's choices.
enum class Direction : std::uint8_t { both, out, in };

void set_direction(Fault& fault, Direction direction) {
    fault.parameters.set("direction", Choice{static_cast<std::uint32_t>(direction)});
}

template <class Act>
void for_each_cut(sim::world::World& world, const Fault& fault, const Hosts& inside, Act act) {
    if (fault.target.kind == Target::Kind::link) {
        act(inside[0], inside[1]);
        return;
    }
    const HostNames& from = fault.parameters.get<HostNames>("from");
    const auto direction = static_cast<Direction>(fault.parameters.get<Choice>("direction").place);
    for (sim::world::HostIndex other = 0; other < world.host_count(); ++other) {
        if (std::find(inside.begin(), inside.end(), other) != inside.end()) continue;
        if (!from.empty() && std::find(from.begin(), from.end(), world.host(other).spec.name) == from.end()) continue;
        for (const sim::world::HostIndex host : inside) {
            if (direction != Direction::in) act(host, other);
            if (direction != Direction::out) act(other, host);
        }
    }
}

void draw(Fault& fault, Draw& draw, const Targets& targets) {
    const HostNames& hosts = targets.hosts;
    const std::uint64_t shape = draw("shape", 3);
    if (shape == 0) {
        draw_one(fault, draw, targets);
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
    if (extent == 1) fault.parameters.set("from", hosts);
    if (extent == 2) fault.parameters.set("from", HostNames{hosts[draw("other", hosts.size())]});
    fault.parameters.set("hold", draw("hold", 3) == 0);
    const std::uint64_t direction = draw("direction", 4);
    set_direction(fault, direction == 0 ? Direction::in : direction == 1 ? Direction::out : Direction::both);
}

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    const auto mode = fault.parameters.get<bool>("hold") ? sim::world::CutMode::hold : sim::world::CutMode::drop;
    for_each_cut(world, fault, hosts,
                 [&](sim::world::HostIndex from, sim::world::HostIndex to) { world.cut(from, to, mode, fault.id); });
    return !hosts.empty();
}

void end(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for_each_cut(world, fault, hosts,
                 [&](sim::world::HostIndex from, sim::world::HostIndex to) { world.heal(from, to, fault.id); });
}

} // namespace

const Kind& kind_cut() {
    static const Kind kind{.name = "cut",
                           .effective = "a message was lost or held",
                           .parameters = {Parameter::flag("hold"),
                                          Parameter::choice("direction", {"both", "out", "in"}),
                                          Parameter::host_names("from")}, // none: from all others
                           .strikes_links = true,
                           .draw = draw,
                           .begin = begin,
                           .end = end};
    return kind;
}

} // namespace orrery::faults
