// Every field of a verdict that holds a place, once.
#include "orrery/reports/judges/places.h"

#include "orrery/sim/check.h"

namespace orrery::reports::judges {

void renumber(Verdict& verdict, const std::vector<std::size_t>& places) {
    const auto one = [&](std::size_t& place) {
        CHECK(place < places.size());
        place = places[place];
    };
    const auto all = [&](std::vector<std::size_t>& operations) {
        for (std::size_t& each : operations) one(each);
    };
    all(verdict.certificate);
    for (Anomaly& each : verdict.anomalies) all(each.operations);
    if (verdict.counterexample) {
        Counterexample& found = *verdict.counterexample;
        all(found.operations);
        all(found.order);
        one(found.unpassable);
        for (auto& [earlier, later] : found.edges) {
            one(earlier);
            one(later);
        }
        for (auto& end : found.dead_ends)
            for (auto& refusal : end.refusals) one(refusal.operation);
    }
    if (verdict.blocked) {
        all(verdict.blocked->window);
        if (verdict.blocked->deepest) one(*verdict.blocked->deepest);
    }
}

} // namespace orrery::reports::judges
