// One message arrives later, by exactly `delay`.
#include "orrery/faults/kinds/single.h"

namespace orrery::faults {
namespace {

sim::world::Strike strike(const Fault& fault) {
    return {sim::world::RuleKind::delay, fault.parameters.get<sim::Duration>("delay")};
}

} // namespace

const Kind& kind_late() {
    static const Kind kind{.name = "late",
                           .effective = "the message was delayed",
                           .parameters = {Parameter::required_duration("delay", "50ms")},
                           .strike = strike};
    return kind;
}

} // namespace orrery::faults
