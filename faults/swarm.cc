// Every draw is keyed by (kind, ordinal): no kind's plan depends on another's, and a kind that is added at the end
// of the list moves none of those before it.
#include "orrery/faults/swarm.h"

#include <algorithm>

#include "orrery/faults/kinds/kind.h"

namespace orrery::faults {
namespace {

constexpr sim::Duration storm_least{200'000'000};
constexpr sim::Duration storm_most{4'000'000'000};

struct Storm {
    sim::Duration begin{};
    sim::Duration width{};
    std::uint64_t office = 1; // faults that wait for a leader wait for this one or a few later
};

// Half of the seeds have storms. A bug that needs three faults within the time of an election is
// not found by faults that lie seconds apart.
std::vector<Storm> draw_storms(sim::Chance& chance, std::uint32_t most, sim::Duration horizon) {
    std::vector<Storm> storms;
    Draw whole(chance, "storm", 0);
    if (most == 0 || whole("present", 2) == 0) return storms;
    const std::uint64_t count = 1 + whole("count", most);
    for (std::uint32_t ordinal = 1; ordinal <= count; ++ordinal) {
        Draw draw(chance, "storm", ordinal);
        const sim::Duration begin = draw.between("begin", sim::Duration{0}, horizon);
        const sim::Duration width = draw.between("width", storm_least, storm_most);
        storms.push_back({begin, std::min(width, horizon - begin), 1 + draw("office", 6)});
    }
    return storms;
}

sim::Duration draw_start(Draw& draw, const std::vector<Storm>& storms, sim::Duration horizon) {
    if (storms.empty() || draw("calm", 4) == 0) return draw.between("start", sim::Duration{0}, horizon);
    const Storm& storm = storms[draw("storm", storms.size())];
    return storm.begin + draw.between("start", sim::Duration{0}, storm.width);
}

// Short ones are as likely as long ones: each halving of the longest has the same share.
sim::Duration draw_length(Draw& draw, const Profile& profile) {
    const std::uint64_t halvings = draw("halvings", 8);
    return draw.between("length", profile.shortest, std::max(profile.longest / (1 << halvings), profile.shortest));
}

// Some faults that strike one host begin at what it does rather than at a time: at an effect -
// between a write and its sync, after the first of three sends - or when it comes into office.
void draw_trigger(Fault& fault, Draw& draw, const std::vector<Storm>& storms) {
    const bool selected = fault.target.kind == Target::Kind::selector;
    const bool single = fault.target.kind == Target::Kind::hosts && fault.target.hosts.size() == 1;
    if ((!selected && !single) || draw("trigger", 2) != 0) return;
    const std::uint64_t scale = draw("scale", 10);
    const auto after =
        sim::Duration{scale == 0 ? 0 : 1'000'000 * static_cast<std::int64_t>(draw("after", 1u << scale))};
    if (selected) {
        std::uint64_t nth = 1 + draw("office", storms.empty() ? 8 : 4);
        if (!storms.empty()) nth += storms[draw("storm", storms.size())].office - 1;
        fault.trigger = {.kind = Trigger::Kind::state,
                         .name = fault.target.key,
                         .value = fault.target.value,
                         .nth = nth,
                         .after = after};
        return;
    }
    const auto effect = static_cast<sim::world::EffectKind>(draw("which", sim::world::effect_kinds));
    const std::uint64_t doublings = draw("doublings", 8);
    const std::uint64_t nth = 1 + draw("nth", std::uint64_t{16} << doublings);
    fault.trigger = {.kind = Trigger::Kind::effect,
                     .host = fault.target.hosts.front(),
                     .effect = effect,
                     .nth = nth,
                     .after = after};
}

} // namespace

Plan draw_plan(const Profile& profile, std::uint64_t seed, const Targets& targets, sim::Duration horizon,
               const KindList& kinds) {
    for (const Budget& budget : profile.budgets) {
        CHECK(kinds.find(budget.kind) != nullptr);
        CHECK(!kinds.find(budget.kind)->strikes_message()); // problem_of(profile) has seen to both
    }
    sim::Chance chance(sim::mix(seed, sim::name_hash("swarm")));
    const std::vector<Storm> storms = draw_storms(chance, profile.storms, horizon);
    Plan plan;
    sim::world::FaultId hundred = 0;
    for (const Kind* kind : kinds) {
        hundred += 100;
        const std::uint32_t most = profile.count(kind->name);
        CHECK(most <= Profile::count_max);
        const Targets struck = kind->among(targets);
        if (most == 0 || struck.hosts.empty()) continue;
        Draw whole(chance, kind->name, 0);
        if (whole("present", 4) == 0) continue;
        const std::uint64_t count = (1 + whole("count", most)) * (storms.empty() ? 1 : 2);
        for (std::uint32_t ordinal = 1; ordinal <= count; ++ordinal) {
            Draw draw(chance, kind->name, ordinal);
            Fault fault = kind->fault(hundred + ordinal);
            const sim::Duration start = draw_start(draw, storms, horizon);
            const sim::Duration length = draw_length(draw, profile);
            fault.trigger.time = {start.count()};
            fault.duration = std::max(std::min(length, horizon - start), sim::Duration{1});
            kind->draw(fault, draw, struck);
            draw_trigger(fault, draw, storms);
            plan.faults.push_back(std::move(fault));
        }
    }
    return plan;
}

} // namespace orrery::faults
