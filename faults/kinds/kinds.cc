// The list of kinds, and what all of them share.
#include <algorithm>

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {

#define KIND(name) const Kind& kind_##name();
#include "orrery/faults/kinds/kinds.def"
#undef KIND

const KindList& standard_kinds() {
#define KIND(name) &kind_##name(),
    static const KindList all({
#include "orrery/faults/kinds/kinds.def"
    });
#undef KIND
    return all;
}

Fault Kind::fault(sim::world::FaultId id) const {
    CHECK(id > 0);
    Fault made;
    made.id = id;
    made.kind = name;
    made.parameters = Parameters(parameters);
    return made;
}

Targets Kind::among(const Targets& targets) const {
    Targets struck = targets;
    if (strikes_disks) struck.hosts = targets.disks;
    if (strikes_members) struck.hosts = targets.members;
    return struck;
}

const Parameter* Kind::find(std::string_view parameter) const {
    for (const Parameter& each : parameters)
        if (each.name == parameter) return &each;
    return nullptr;
}

KindList::KindList(std::vector<const Kind*> kinds) : kinds_(std::move(kinds)) {
    for (const Kind* kind : kinds_) {
        CHECK(kind->strikes_message() == (kind->draw == nullptr));
        CHECK(kind->strikes_message() == (kind->begin == nullptr));
        CHECK(kind->strikes_message() == (kind->end == nullptr));
        CHECK(find(kind->name) == kind); // no other has its name
    }
}

KindList KindList::with(const Kind& kind) const {
    std::vector<const Kind*> more = kinds_;
    more.push_back(&kind);
    return KindList(std::move(more));
}

const Kind* KindList::find(std::string_view name) const {
    for (const Kind* kind : kinds_)
        if (kind->name == name) return kind;
    return nullptr;
}

const Kind& KindList::of(const Fault& fault) const {
    const Kind* kind = find(fault.kind);
    CHECK(kind != nullptr);
    return *kind;
}

std::vector<std::string> KindList::names() const {
    std::vector<std::string> all;
    for (const Kind* kind : kinds_) all.push_back(kind->name);
    return all;
}

std::vector<std::string> KindList::drawn_names() const {
    std::vector<std::string> drawn;
    for (const Kind* kind : kinds_)
        if (!kind->strikes_message()) drawn.push_back(kind->name);
    return drawn;
}

void draw_one(Fault& fault, Draw& draw, const Targets& targets) {
    CHECK(!targets.hosts.empty());
    if (!targets.key.empty() && draw("selector", 2) == 0) {
        fault.target = {Target::Kind::selector, {}, targets.key, targets.value};
        return;
    }
    fault.target = {Target::Kind::hosts, {targets.hosts[draw("host", targets.hosts.size())]}, {}, {}};
}

void draw_some(Fault& fault, Draw& draw, const HostNames& hosts, std::size_t most) {
    CHECK(!hosts.empty());
    CHECK(most > 0);
    HostNames rest = hosts;
    const std::uint64_t count = 1 + draw("count", std::min(most, hosts.size()));
    fault.target = {Target::Kind::hosts, {}, {}, {}};
    while (fault.target.hosts.size() < count) {
        const auto at = rest.begin() + static_cast<std::ptrdiff_t>(draw("some", rest.size()));
        fault.target.hosts.push_back(*at);
        rest.erase(at);
    }
    std::sort(fault.target.hosts.begin(), fault.target.hosts.end());
}

} // namespace orrery::faults
