// A topological sort; what it leaves over lies on cycles or behind them, and the shortest cycle is the evidence.
#include "orrery/reports/judges/sessions/precedence.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::sessions {

std::vector<Precedence::Edge> Precedence::sorted() const {
    std::vector<Edge> edges = edges_;
    std::stable_sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.from < b.from; });
    return edges;
}

std::vector<std::size_t> Precedence::starts() const {
    std::vector<std::size_t> starts(count_ + 1, 0);
    for (const Edge& each : edges_) {
        CHECK(each.from < count_);
        CHECK(each.to < count_);
        ++starts[each.from + 1];
    }
    for (std::uint32_t node = 0; node < count_; ++node) starts[node + 1] += starts[node];
    return starts;
}

// Kahn (1962): whatever has nothing before it any more comes next.
std::vector<std::uint32_t> Precedence::order() const {
    const std::vector<Edge> edges = sorted();
    const std::vector<std::size_t> starts = this->starts();
    std::vector<std::uint32_t> before(count_, 0);
    for (const Edge& each : edges) ++before[each.to];
    std::vector<std::uint32_t> order;
    for (std::uint32_t node = 0; node < count_; ++node)
        if (before[node] == 0) order.push_back(node);
    for (std::size_t next = 0; next < order.size(); ++next)
        for (std::size_t edge = starts[order[next]]; edge < starts[order[next] + 1]; ++edge)
            if (--before[edges[edge].to] == 0) order.push_back(edges[edge].to);
    CHECK(order.size() <= count_); // each node once
    return order;
}

// What the order leaves out lies on cycles or behind them. From a few of these, the shortest way back.
std::vector<Precedence::Edge> Precedence::cycle() const {
    std::vector<bool> ordered(count_, false);
    for (const std::uint32_t each : order()) ordered[each] = true;
    const std::vector<Edge> edges = sorted();
    const std::vector<std::size_t> starts = this->starts();
    std::vector<Edge> best;
    std::uint32_t tried = 0;
    for (std::uint32_t root = 0; root < count_ && tried < 64; ++root) {
        if (ordered[root]) continue;
        std::vector<const Edge*> by(count_, nullptr);
        std::vector<std::uint32_t> queue{root};
        for (std::size_t next = 0; next < queue.size() && by[root] == nullptr; ++next)
            for (std::size_t edge = starts[queue[next]]; edge < starts[queue[next] + 1]; ++edge) {
                if (by[edges[edge].to] != nullptr) continue;
                by[edges[edge].to] = &edges[edge];
                queue.push_back(edges[edge].to);
            }
        if (by[root] == nullptr) continue;
        ++tried;
        std::vector<Edge> cycle;
        for (std::uint32_t at = root; cycle.empty() || at != root; at = by[at]->from)
            cycle.insert(cycle.begin(), *by[at]);
        CHECK(cycle.size() <= count_);
        CHECK(cycle.front().from == root);
        if (best.empty() || cycle.size() < best.size()) best = std::move(cycle);
    }
    return best;
}

} // namespace orrery::reports::judges::sessions
