// Inside one strongly connected component: which transactions reach which, in bits.
#include "orrery/reports/judges/transactions/component.h"

#include <algorithm>
#include <map>
#include <set>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {

Component::Component(const Graph& whole, const std::vector<Txn>& members, Relations relations, std::uint64_t& work)
    : members_(members), relations_(relations), graph_(members.size()), work_(work) {
    for (Txn from = 0; from < members_.size(); ++from)
        for (Dependency each : whole.from(members_[from])) {
            const auto to = std::lower_bound(members_.begin(), members_.end(), each.to);
            if ((relations & just(each.relation)) == 0 || to == members_.end() || *to != each.to) continue;
            each.from = from;
            each.to = static_cast<Txn>(to - members_.begin());
            graph_.add(each);
        }
    graph_.finish();
    CHECK(std::is_sorted(members_.begin(), members_.end()));
}

// The fewest edges from one to the other, at most so many; of equally many, those that come first in the graph.
std::optional<Component::Path> Component::path(const Graph& graph, Relations relations, Txn from, Txn to,
                                               std::size_t edges_max) const {
    std::vector<const Dependency*> by(graph.size(), nullptr);
    std::vector<Txn> queue{from};
    std::size_t edges = 0; // to the one that is looked at
    std::size_t farther = 1;
    for (std::size_t next = 0; next < queue.size() && queue[next] != to; ++next) {
        if (next == farther) {
            ++edges;
            farther = queue.size();
        }
        if (edges == edges_max) break;
        for (const Dependency& each : graph.from(queue[next])) {
            ++work_;
            if ((relations & just(each.relation)) == 0 || each.to == from || by[each.to] != nullptr) continue;
            by[each.to] = &each;
            queue.push_back(each.to);
        }
    }
    if (from != to && by[to] == nullptr) return {};
    Path path;
    for (Txn at = to; at != from; at = by[at]->from) path.push_back(*by[at]);
    std::reverse(path.begin(), path.end());
    return path;
}

// Of the cycles that each edge closes with a path from its end back to its start, the shortest. In a graph of
// pairs the two stand at places that are shifted.
Component::Found Component::shortest(const std::vector<Dependency>& edges, const Graph& graph, Relations relations,
                                     Txn from_shift, Txn to_shift) const {
    Found best;
    const auto size = static_cast<Txn>(members_.size());
    for (const Dependency& edge : edges) {
        // Only a shorter one is of use, so once there is one the search stays close.
        const std::size_t back_max = best ? best->size() - 2 : SIZE_MAX;
        std::optional<Path> back = path(graph, relations, edge.to + to_shift, edge.from + from_shift, back_max);
        if (!back) continue;
        std::set<Txn> met;
        bool simple = true;
        for (Dependency& each : *back) {
            each.from %= size;
            each.to %= size;
            simple = met.insert(each.from).second && simple;
        }
        back->insert(back->begin(), edge);
        if (!simple) continue;
        CHECK(!best || back->size() < best->size());
        best = std::move(back);
        if (best->size() == 2) break;
    }
    if (best) best = original(std::move(*best));
    return best;
}

Component::Path Component::original(Path path) const {
    for (Dependency& each : path) {
        each.from = members_[each.from];
        each.to = members_[each.to];
    }
    return path;
}

std::vector<Dependency> Component::edges_of(Relation relation) const {
    std::vector<Dependency> edges;
    for (const Dependency& each : graph_.edges())
        if (each.relation == relation) edges.push_back(each);
    return edges;
}

namespace {

// So many of them, from all over.
std::vector<Dependency> spread(const std::vector<Dependency>& edges, std::size_t count) {
    if (edges.size() <= count) return edges;
    std::vector<Dependency> some;
    for (std::size_t each = 0; each < count; ++each) some.push_back(edges[each * edges.size() / count]);
    return some;
}

} // namespace

Component::Found Component::through(Relation relation, Relations others) const {
    const auto of = components(graph_, others);
    std::vector<Dependency> edges = edges_of(relation);
    std::erase_if(edges, [&](const Dependency& each) { return of[each.from] != of[each.to]; });
    return shortest(spread(edges, tried_max), graph_, others, 0, 0);
}

// The rw edges from whose end a path over `others` leads back to their start: of the first 64 that have any,
// and some from all over come first.
std::vector<Dependency> Component::rw_closed_over(Relations others) const {
    std::vector<Dependency> edges = edges_of(Relation::rw);
    const std::vector<Dependency> some = spread(edges, 64);
    edges.insert(edges.begin(), some.begin(), some.end());
    const auto of = components(graph_, others);
    // The members of each component of the condensation together, those that come before others first.
    std::vector<Txn> order(graph_.size());
    for (Txn each = 0; each < order.size(); ++each) order[each] = each;
    std::stable_sort(order.begin(), order.end(), [&](Txn a, Txn b) { return of[a] > of[b]; });
    std::vector<std::uint64_t> reached(graph_.size());
    std::vector<Dependency> closed;
    for (std::size_t first = 0; first < edges.size() && closed.empty(); first += 64) {
        const std::size_t count = std::min<std::size_t>(64, edges.size() - first);
        std::fill(reached.begin(), reached.end(), 0);
        for (std::size_t each = 0; each < count; ++each)
            reached[of[edges[first + each].to]] |= std::uint64_t{1} << each;
        for (const Txn txn : order) {
            if (reached[of[txn]] == 0) continue;
            for (const Dependency& each : graph_.from(txn)) {
                ++work_;
                if ((others & just(each.relation)) != 0) reached[of[each.to]] |= reached[of[txn]];
            }
        }
        for (std::size_t each = 0; each < count; ++each)
            if ((reached[of[edges[first + each].from]] >> each & 1) != 0) closed.push_back(edges[first + each]);
    }
    return closed;
}

Component::Found Component::through_one_rw(Relations others) const {
    return shortest(rw_closed_over(others), graph_, others, 0, 0);
}

Component::Found Component::without_two_rw_in_a_row(Relations others) const {
    const auto size = static_cast<Txn>(members_.size());
    Graph pairs(2 * members_.size()); // (transaction, came by rw): the second half came by rw
    for (Dependency each : graph_.edges()) {
        const bool rw = each.relation == Relation::rw;
        if (!rw && (others & just(each.relation)) == 0) continue;
        if (rw) each.to += size;
        pairs.add(each);
        if (rw) continue;
        each.from += size;
        pairs.add(each);
    }
    pairs.finish();
    const auto of = components(pairs, relations_);
    std::vector<Dependency> edges = edges_of(Relation::rw);
    std::erase_if(edges, [&](const Dependency& each) { return of[each.from] != of[each.to + size]; });
    return shortest(spread(edges, tried_max), pairs, relations_, 0, size);
}

Component::Found Component::through_two_rw(Relations others) const {
    const auto size = static_cast<Txn>(members_.size());
    Graph pairs(2 * members_.size()); // (transaction, met rw): the second half did
    for (Dependency each : graph_.edges()) {
        const bool rw = each.relation == Relation::rw;
        if (!rw && (others & just(each.relation)) == 0) continue;
        each.to += rw ? size : 0;
        pairs.add(each);
        each.from += size;
        each.to += rw ? 0 : size;
        pairs.add(each);
    }
    pairs.finish();
    return shortest(spread(edges_of(Relation::rw), tried_max), pairs, relations_, size, 0);
}

Component::Found Component::any() const { return shortest({graph_.edges()[0]}, graph_, relations_, 0, 0); }

std::vector<Component> components_with_cycles(const Graph& graph, Relations relations, std::uint64_t& work) {
    work += graph.edges().size();
    const auto of = components(graph, relations);
    std::vector<std::uint32_t> sizes(graph.size(), 0);
    for (const std::uint32_t each : of) ++sizes[each];
    std::map<std::uint32_t, std::vector<Txn>> members;
    std::vector<std::uint32_t> order;
    for (Txn txn = 0; txn < graph.size(); ++txn) {
        if (sizes[of[txn]] == 1) continue;
        if (members[of[txn]].empty()) order.push_back(of[txn]);
        members[of[txn]].push_back(txn);
    }
    std::vector<Component> found;
    for (const std::uint32_t each : order) found.emplace_back(graph, members[each], relations, work);
    return found;
}

} // namespace orrery::reports::judges::transactions
