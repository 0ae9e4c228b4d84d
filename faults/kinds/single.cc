#include "orrery/faults/kinds/single.h"

namespace orrery::faults {

Fault single_fault(sim::world::FaultId id, const sim::world::StruckMessage& struck, const HostNames& hosts) {
    CHECK(struck.from < hosts.size());
    CHECK(struck.to < hosts.size());
    Fault fault;
    switch (struck.strike.kind) {
    case sim::world::RuleKind::loss:
        fault = kind_lost().fault(id);
        break;
    case sim::world::RuleKind::duplication:
        fault = kind_doubled().fault(id);
        fault.parameters.set("twin", std::int64_t{struck.strike.twin});
        break;
    case sim::world::RuleKind::delay:
        fault = kind_late().fault(id);
        fault.parameters.set("delay", struck.strike.longer);
        break;
    }
    fault.trigger.kind = Trigger::Kind::message;
    fault.trigger.host = hosts[struck.from];
    fault.trigger.peer = hosts[struck.to];
    fault.trigger.name = struck.label;
    fault.trigger.nth = struck.nth;
    return fault;
}

} // namespace orrery::faults
