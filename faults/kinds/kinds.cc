// The list of kinds.
#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {

const std::vector<const Kind*>& kinds() {
    static const std::vector<const Kind*> all = {&kind_crash, &kind_power,       &kind_pause, &kind_cut,
                                                 &kind_loss,  &kind_duplication, &kind_delay};
    return all;
}

const Kind* find_kind(std::string_view name) {
    for (const Kind* kind : kinds())
        if (kind->name == name) return kind;
    return nullptr;
}

// Half of the time whom the selector finds, if the scenario has one: most bugs are near it.
void draw_one(Fault& fault, Draw& draw, const Strikable& strikable) {
    CHECK(!strikable.hosts.empty());
    if (!strikable.key.empty() && draw("selector", 2) == 0) {
        fault.target = {Target::Kind::selector, {}, strikable.key, strikable.value};
        return;
    }
    fault.target = {Target::Kind::hosts, {strikable.hosts[draw("host", strikable.hosts.size())]}, {}, {}};
}

} // namespace orrery::faults
