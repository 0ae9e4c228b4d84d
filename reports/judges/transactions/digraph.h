// Digraph: places and edges between them, each edge with the reason why it is there. Edges are added in bulk; then the
// places are put in an order in which every edge leads forward, or a short cycle is found that forbids it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "orrery/reports/judges/transactions/graph.h"

namespace orrery::reports::judges::transactions {

// Why one place comes before another.
struct Because {
    enum class Kind : std::uint8_t {
        part,     // the beginning of a transaction before its end, or one moment before the next
        read,     // the other read what this one wrote under `key`
        order,    // of the same client, or of real time
        start,    // it read `key` as it started, and the other wrote it
        version,  // of `key`, its write came before the other's: `reader` shows it, or no_txn
        overwrite // it read `key` before the other overwrote what it had read
    };
    Kind kind = Kind::part;
    std::uint32_t key = 0;
    Txn reader = no_txn;
};

class Digraph {
public:
    using Place = std::uint32_t;
    struct Edge {
        Place from = 0;
        Place to = 0;
        Because why{};
    };

    explicit Digraph(std::size_t places) : places_(places) {}

    std::size_t places() const { return places_; }
    const std::vector<Edge>& edges() const { return edges_; }
    void reserve(std::size_t edges) { edges_.reserve(edges); }
    void add(Place from, Place to, Because why) { edges_.push_back({from, to, why}); }
    // Takes back all but the first `count` edges.
    void keep(std::size_t count) { edges_.resize(count); }

    // All places so that every edge leads forward; fewer than all if there is a cycle. Where there is a choice the
    // smaller place comes first when the choice is met.
    std::vector<Place> order();
    // After order() has found that there is one: a cycle, as edge after edge. Short, though perhaps not the shortest.
    std::vector<Edge> cycle(std::uint64_t& work) const;
    // A path of the fewest edges, over edges that `admitted` takes; empty if there is none, or if `from` is `to`.
    template <class Admitted>
    std::vector<Edge> path(Place from, Place to, Admitted admitted, std::uint64_t& work) const;

    // After order(): the edges that leave a place, as places in edges().
    std::span<const std::uint32_t> from(Place place) const {
        return {by_from_.data() + starts_[place], starts_[place + 1] - starts_[place]};
    }

private:
    std::size_t places_;
    std::vector<Edge> edges_;
    std::vector<std::uint32_t> starts_;
    std::vector<std::uint32_t> by_from_;
    std::vector<std::uint32_t> left_; // edges that lead to a place from places not in the order
};

template <class Admitted>
std::vector<Digraph::Edge> Digraph::path(Place from, Place to, Admitted admitted, std::uint64_t& work) const {
    constexpr std::uint32_t none = UINT32_MAX;
    std::vector<std::uint32_t> by(places_, none);
    std::vector<Place> queue{from};
    bool found = false;
    for (std::size_t next = 0; next < queue.size() && !found; ++next)
        for (const std::uint32_t each : this->from(queue[next])) {
            ++work;
            const Edge& edge = edges_[each];
            if (by[edge.to] != none || !admitted(edge)) continue;
            if (edge.to == from && to != from) continue;
            by[edge.to] = each;
            queue.push_back(edge.to);
            found = found || edge.to == to;
        }
    std::vector<Edge> path;
    if (!found) return path;
    for (Place at = to; path.empty() || at != from; at = path.back().from) path.push_back(edges_[by[at]]);
    return {path.rbegin(), path.rend()};
}

} // namespace orrery::reports::judges::transactions
