// A host stands still and goes on later, as if nothing had happened: garbage collection, a stopped
// virtual machine.
#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {
namespace {

bool begin(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    bool any = false;
    for (const sim::world::HostIndex host : hosts) {
        if (!world.host(host).is_up()) continue;
        world.pause(host, fault.id);
        any = true;
    }
    return any;
}

void end(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for (const sim::world::HostIndex host : hosts) world.resume(host, fault.id);
}

} // namespace

const Kind& kind_pause() {
    static const Kind kind{
        .name = "pause", .effective = "an event of the host had to wait", .draw = draw_one, .begin = begin, .end = end};
    return kind;
}

} // namespace orrery::faults
