// A host stands still and goes on later, as if nothing had happened: garbage collection, a stopped
// virtual machine.
#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {

const Kind kind_pause{"pause",
                      "an event of the host had to wait",
                      "",
                      false,
                      draw_one,
                      [](sim::world::World& world, const Fault& fault, const Hosts& hosts) {
                          bool any = false;
                          for (const sim::world::HostIndex host : hosts) {
                              if (!world.host(host).is_up()) continue;
                              world.pause(host, fault.id);
                              any = true;
                          }
                          return any;
                      },
                      [](sim::world::World& world, const Fault& fault, const Hosts& hosts) {
                          for (const sim::world::HostIndex host : hosts) world.resume(host, fault.id);
                      }};

} // namespace orrery::faults
