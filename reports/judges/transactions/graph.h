// Graph: which transaction must come before which, and why.
//
// Dependencies after Adya (1999): ww, the next version of what it wrote; wr, a read of what it wrote; rw, the
// next version of what it read. Order: process, the same client's next; realtime, it had returned before the
// other was invoked.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "orrery/reports/judges/transactions/transactions.h"

namespace orrery::reports::judges::transactions {

enum class Relation : std::uint8_t { ww, wr, rw, process, realtime };
using Relations = std::uint8_t; // a bit for each
constexpr Relations just(Relation relation) { return static_cast<Relations>(1u << static_cast<unsigned>(relation)); }

struct Dependency {
    Txn from = 0;
    Txn to = 0;
    Relation relation = Relation::ww;
    Version earlier = no_version; // ww: written, then overwritten by `later`; rw: read; else of no meaning
    Version later = no_version;   // wr: what was read
    // ww that no read of its own shows: who read `later` although it comes after `earlier`. no_txn: not known so.
    Txn shown_by = no_txn;
};

class Graph {
public:
    explicit Graph(std::size_t nodes) : nodes_(nodes) {}
    // Loops are left out.
    void add(const Dependency& dependency) {
        if (dependency.from != dependency.to) edges_.push_back(dependency);
    }
    // Sorts the edges by where they start, then by relation and where they end. Before the rest is used.
    void finish();

    std::size_t size() const { return nodes_; }
    std::span<const Dependency> from(Txn txn) const {
        return {edges_.data() + starts_[txn], starts_[txn + 1] - starts_[txn]};
    }
    std::span<const Dependency> edges() const { return edges_; }

private:
    std::size_t nodes_;
    std::vector<Dependency> edges_;
    std::vector<std::size_t> starts_;
};

// Strongly connected components over the edges of some relations: of each transaction the number of its own.
// Numbered so that every edge leads to a component of the same number or a smaller one. Tarjan (1972), without
// recursion.
std::vector<std::uint32_t> components(const Graph& graph, Relations relations);

// Adds the order of each client's own transactions, and the transitive reduction of real time.
void add_process_order(const Transactions& transactions, Graph& graph);
void add_realtime_order(const Transactions& transactions, Graph& graph);

} // namespace orrery::reports::judges::transactions
