// One message is lost. A stream sends a lost segment again, after a while.
#include "orrery/faults/kinds/single.h"

namespace orrery::faults {

const Kind& kind_lost() {
    static const Kind kind{.name = "lost", .effective = "the message was lost", .strike = [](const Fault&) {
                               return sim::world::Strike{sim::world::RuleKind::loss};
                           }};
    return kind;
}

} // namespace orrery::faults
