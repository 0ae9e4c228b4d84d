// Kahn's order (1962); what it leaves over holds every cycle, and breadth-first search finds a short one.
#include "orrery/reports/judges/transactions/digraph.h"

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {

std::vector<Digraph::Place> Digraph::order() {
    starts_.assign(places_ + 1, 0);
    left_.assign(places_, 0);
    for (const Edge& each : edges_) {
        ++starts_[each.from + 1];
        ++left_[each.to];
    }
    for (std::size_t place = 0; place < places_; ++place) starts_[place + 1] += starts_[place];
    by_from_.resize(edges_.size());
    std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
    for (std::uint32_t each = 0; each < edges_.size(); ++each) by_from_[next[edges_[each].from]++] = each;
    std::vector<Place> order;
    order.reserve(places_);
    for (Place place = 0; place < places_; ++place)
        if (left_[place] == 0) order.push_back(place);
    for (std::size_t done = 0; done < order.size(); ++done)
        for (const std::uint32_t each : from(order[done]))
            if (--left_[edges_[each].to] == 0) order.push_back(edges_[each].to);
    CHECK(order.size() <= places_);
    return order;
}

std::vector<Digraph::Edge> Digraph::cycle(std::uint64_t& work) const {
    constexpr std::size_t tried_max = 32;
    // From a place on no order one goes back over such places until one is met again: that one is on a cycle.
    std::vector<Place> before(places_, UINT32_MAX);
    for (const Edge& each : edges_)
        if (left_[each.from] != 0 && left_[each.to] != 0) before[each.to] = each.from;
    std::vector<std::uint32_t> met(places_, 0);
    std::vector<Edge> best;
    std::uint32_t tried = 0;
    for (Place place = 0; place < places_ && tried < tried_max; ++place) {
        if (left_[place] == 0 || met[place] != 0) continue;
        ++tried;
        Place at = place;
        for (; met[at] == 0; at = before[at]) {
            met[at] = tried;
            CHECK(before[at] != UINT32_MAX); // an edge that is left leads here
        }
        if (met[at] != tried) continue;
        std::vector<Edge> found = path(
            at, at, [&](const Edge& edge) { return left_[edge.to] != 0; }, work);
        if (best.empty() || found.size() < best.size()) best = std::move(found);
    }
    CHECK(!best.empty());
    return best;
}

} // namespace orrery::reports::judges::transactions
