// One datagram arrives twice; a stream never shows it. The twin has a latency of its own, which its number draws.
#include "orrery/faults/kinds/single.h"

namespace orrery::faults {
namespace {

sim::world::Strike strike(const Fault& fault) {
    const auto twin = static_cast<std::uint32_t>(fault.parameters.get<std::int64_t>("twin"));
    return {sim::world::RuleKind::duplication, {}, twin};
}

} // namespace

const Kind& kind_doubled() {
    static const Kind kind{.name = "doubled",
                           .effective = "the message was doubled",
                           .parameters = {Parameter::number("twin", 0, 0, 9999)},
                           .strike = strike};
    return kind;
}

} // namespace orrery::faults
