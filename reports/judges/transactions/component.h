// Component: one strongly connected component of the dependencies, with its transactions numbered anew, and
// the cycles of each kind that lie in it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/judges/transactions/graph.h"

namespace orrery::reports::judges::transactions {

class Component {
public:
    // Of each kind, how many edges are tried for the shortest cycle through them.
    static constexpr std::size_t tried_max = 64;

    Component(const Graph& whole, const std::vector<Txn>& members, Relations relations, std::uint64_t& work);

    using Found = std::optional<std::vector<Dependency>>;
    // Through an edge of this relation, and else over `others`.
    Found through(Relation relation, Relations others) const;
    // Through one rw edge, and else over `others`.
    Found through_one_rw(Relations others) const;
    // Through any number of rw edges, of which no two follow each other; between them over `others`.
    Found without_two_rw_in_a_row(Relations others) const;
    // Through at least two rw edges.
    Found through_two_rw(Relations others) const;
    // There always is one.
    Found any() const;

private:
    using Path = std::vector<Dependency>;
    std::optional<Path> path(const Graph& graph, Relations relations, Txn from, Txn to, std::size_t edges_max) const;
    Found shortest(const std::vector<Dependency>& edges, const Graph& graph, Relations relations, Txn from_shift,
                   Txn to_shift) const;
    std::vector<Dependency> edges_of(Relation relation) const;
    std::vector<Dependency> rw_closed_over(Relations others) const;
    Path original(Path path) const;

    std::vector<Txn> members_; // sorted
    Relations relations_;
    Graph graph_; // of the relations, within
    std::uint64_t& work_;
};

// Those of more than one transaction, in the order of their first ones.
std::vector<Component> components_with_cycles(const Graph& graph, Relations relations, std::uint64_t& work);

} // namespace orrery::reports::judges::transactions
