// Every draw is keyed by (kind, ordinal): no kind's plan depends on another's.
#include "orrery/faults/swarm.h"

#include <algorithm>

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {
Plan draw_plan(const Profile& profile, std::uint64_t seed, const Strikable& strikable, sim::Duration horizon) {
    sim::Chance chance(sim::mix(seed, sim::name_hash("swarm")));
    Plan plan;
    sim::FaultId hundred = 0;
    for (const Kind* kind : kinds()) {
        hundred += 100;
        const std::uint32_t most = profile.count(kind->name);
        const std::vector<std::string>& hosts = kind == &kind_power ? strikable.disks : strikable.hosts;
        CHECK(most < 100);
        if (most == 0 || hosts.empty()) continue;
        Draw whole(chance, kind->name, 0);
        if (whole("present", 4) == 0) continue;
        const std::uint64_t count = 1 + whole("count", most);
        for (std::uint32_t ordinal = 1; ordinal <= count; ++ordinal) {
            Draw draw(chance, kind->name, ordinal);
            Fault fault;
            fault.id = hundred + ordinal;
            fault.kind = kind->name;
            const sim::Duration start = draw.between("start", sim::Duration{0}, horizon);
            const sim::Duration length = draw.between("length", profile.shortest, profile.longest);
            fault.trigger.time = {start.count()};
            fault.duration = std::max(std::min(length, horizon - start), sim::Duration{1});
            kind->draw(fault, draw, hosts);
            plan.faults.push_back(std::move(fault));
        }
    }
    return plan;
}

} // namespace orrery::faults
