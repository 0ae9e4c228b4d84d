// Cycles are looked for from the worst class to the mildest, so that each is named by the least that makes it.
#include "orrery/reports/judges/transactions/cycles.h"

#include <algorithm>
#include <optional>

#include "orrery/reports/judges/transactions/component.h"

namespace orrery::reports::judges::transactions {

std::string class_of(const Cycle& cycle) {
    std::size_t rw = 0;
    bool wr = false;
    bool adjacent = false;
    Relations met = 0;
    for (std::size_t place = 0; place < cycle.size(); ++place) {
        const Relation relation = cycle[place].relation;
        met |= just(relation);
        rw += relation == Relation::rw;
        wr = wr || relation == Relation::wr;
        adjacent = adjacent || (relation == Relation::rw && cycle[(place + 1) % cycle.size()].relation == Relation::rw);
    }
    const std::string name = rw == 0    ? (wr ? "G1c" : "G0")
                             : rw == 1  ? "G-single"
                             : adjacent ? "G2-item"
                                        : "G-nonadjacent";
    return name + ((met & just(Relation::realtime)) != 0  ? "-realtime"
                   : (met & just(Relation::process)) != 0 ? "-process"
                                                          : "");
}

namespace {

void keep(std::vector<Cycle>& found, const std::optional<Cycle>& cycle) {
    if (!cycle) return;
    const auto same = [&](const Cycle& other) { return class_of(other) == class_of(*cycle); };
    const auto known = std::find_if(found.begin(), found.end(), same);
    if (known == found.end())
        found.push_back(*cycle);
    else if (cycle->size() < known->size())
        *known = *cycle;
}

void search(const Component& component, Relations order, std::vector<Cycle>& found) {
    const Relations ww = just(Relation::ww) | order;
    const Relations reads = ww | just(Relation::wr);
    const std::size_t before = found.size();
    keep(found, component.through(Relation::ww, ww));
    keep(found, component.through(Relation::wr, reads));
    keep(found, component.through_one_rw(reads));
    keep(found, component.without_two_rw_in_a_row(reads));
    keep(found, component.through_two_rw(reads));
    if (found.size() == before) keep(found, component.any());
}

} // namespace

std::vector<Cycle> find_cycles(const Graph& graph, Relations order, std::uint64_t& work) {
    const Relations all = just(Relation::ww) | just(Relation::wr) | just(Relation::rw);
    std::vector<Cycle> found;
    // The less is needed for a cycle, the more it rules out.
    for (const Relations allowed : {Relations{0}, just(Relation::process), just(Relation::realtime)})
        if ((allowed & ~order) == 0)
            for (const Component& each : components_with_cycles(graph, all | allowed, work))
                search(each, allowed, found);
    return found;
}

} // namespace orrery::reports::judges::transactions
