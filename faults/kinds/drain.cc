// A machine is taken down for a while - a new kernel, a new version - and an operator was told `notice` before, so that
// what it leads can be led by another. The fault begins with the notice; its end starts what is down.
#include "orrery/faults/kinds/crashing.h"
#include "orrery/faults/kinds/operator.h"

namespace orrery::faults {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t event_told = event_of_kind;
constexpr std::uint32_t event_down = event_of_kind + 1;

void draw(Fault& fault, Draw& draw, const Targets& targets) {
    draw_one(fault, draw, targets);
    const sim::Duration notice = draw.between("notice", milliseconds(300), milliseconds(1000));
    fault.parameters.set("notice", notice);
    fault.duration += notice; // it is down for as long as it was drawn
}

OperatorOrder drain_order(const sim::world::World& world, const Hosts& hosts) {
    OperatorOrder order{OperatorOrder::Kind::drain, world.host(hosts.front()).spec.role, {}};
    for (const sim::world::HostIndex host : hosts)
        if (world.host(host).spec.role == order.role) order.places.push_back(world.host(host).spec.index);
    return order;
}

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    Hosts noticed = hosts;
    std::erase_if(noticed, [&](sim::world::HostIndex host) { return !world.host(host).is_up(); });
    if (noticed.empty()) return false;
    for (const sim::world::HostIndex host : noticed) world.give_notice(host, fault.id);
    tell_operators(world, fault.id, event_told, [&world, noticed] { return drain_order(world, noticed); });
    const sim::WorldTime down = world.now() + fault.parameters.get<sim::Duration>("notice");
    world.schedule_fault(down, fault.id, event_down, [&world, noticed, id = fault.id] {
        for (const sim::world::HostIndex host : noticed)
            if (world.withdraw_notice(host, id)) world.crash(host, id, sim::world::CrashMode::process);
    });
    return true;
}

// One that ends before its notice is over takes nothing down.
void end(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for (const sim::world::HostIndex host : hosts)
        if (!world.withdraw_notice(host, fault.id)) world.restart(host, fault.id);
}

} // namespace

const Kind& kind_drain() {
    static const Kind kind{
        .name = "drain",
        .effective = "an operator was told, or a process with work was destroyed",
        .parameters = {Parameter::duration("notice", milliseconds(500), milliseconds(1), length_max)},
        .strikes_members = true,
        .draw = draw,
        .begin = begin,
        .end = end};
    return kind;
}

} // namespace orrery::faults
