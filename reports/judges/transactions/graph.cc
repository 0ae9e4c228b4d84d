// Edges are stored by their source; components are found without recursion, for histories are long.
#include "orrery/reports/judges/transactions/graph.h"

#include <algorithm>
#include <map>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {

void Graph::finish() {
    starts_.assign(nodes_ + 1, 0);
    for (const Dependency& each : edges_) {
        CHECK(each.from < nodes_);
        CHECK(each.to < nodes_);
        ++starts_[each.from + 1];
    }
    for (std::size_t node = 0; node < nodes_; ++node) starts_[node + 1] += starts_[node];
    std::vector<Dependency> sorted(edges_.size());
    std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
    for (const Dependency& each : edges_) sorted[next[each.from]++] = each;
    edges_.swap(sorted);
    for (std::size_t node = 0; node < nodes_; ++node)
        std::sort(edges_.begin() + static_cast<std::ptrdiff_t>(starts_[node]),
                  edges_.begin() + static_cast<std::ptrdiff_t>(starts_[node + 1]),
                  [](const Dependency& a, const Dependency& b) {
                      return std::tuple(a.relation, a.to, a.earlier, a.later) <
                             std::tuple(b.relation, b.to, b.earlier, b.later);
                  });
}

namespace {

// One search of Tarjan's, with a stack of its own in place of the machine's.
class Tarjan {
public:
    Tarjan(const Graph& graph, Relations relations)
        : graph_(graph), relations_(relations), index_(graph.size(), 0), low_(graph.size(), 0),
          component_(graph.size(), unknown) {}

    std::vector<std::uint32_t> run() {
        for (Txn root = 0; root < graph_.size(); ++root)
            if (index_[root] == 0) search(root);
        CHECK(open_.empty()); // every transaction is in one component
        return std::move(component_);
    }

private:
    static constexpr std::uint32_t unknown = UINT32_MAX;
    struct Frame {
        Txn txn = 0;
        std::size_t edge = 0;
    };

    void enter(Txn txn) {
        index_[txn] = low_[txn] = ++count_;
        open_.push_back(txn);
        frames_.push_back({txn, 0});
    }
    void search(Txn root) {
        enter(root);
        while (!frames_.empty()) {
            Frame& frame = frames_.back();
            const auto edges = graph_.from(frame.txn);
            if (frame.edge == edges.size()) {
                leave(frame.txn);
                continue;
            }
            const Dependency& edge = edges[frame.edge++];
            if ((relations_ & just(edge.relation)) == 0) continue;
            if (index_[edge.to] == 0)
                enter(edge.to);
            else if (component_[edge.to] == unknown)
                low_[frame.txn] = std::min(low_[frame.txn], index_[edge.to]);
        }
    }
    void leave(Txn txn) {
        frames_.pop_back();
        if (!frames_.empty()) low_[frames_.back().txn] = std::min(low_[frames_.back().txn], low_[txn]);
        if (low_[txn] != index_[txn]) return;
        Txn member = no_txn;
        while (member != txn) {
            CHECK(!open_.empty());
            member = open_.back();
            open_.pop_back();
            component_[member] = components_;
        }
        ++components_;
    }

    const Graph& graph_;
    Relations relations_;
    std::vector<std::uint32_t> index_; // from 1; 0: not met yet
    std::vector<std::uint32_t> low_;
    std::vector<std::uint32_t> component_;
    std::vector<Txn> open_;
    std::vector<Frame> frames_;
    std::uint32_t count_ = 0;
    std::uint32_t components_ = 0;
};

bool has_order(const Transaction& txn) { return txn.outcome == Call::Outcome::ok; }

} // namespace

std::vector<std::uint32_t> components(const Graph& graph, Relations relations) {
    return Tarjan(graph, relations).run();
}

void add_process_order(const Transactions& transactions, Graph& graph) {
    std::map<std::int64_t, Txn> latest;
    for (Txn txn = 0; txn < transactions.all.size(); ++txn) {
        const Transaction& each = transactions.all[txn];
        if (each.outcome == Call::Outcome::fail) continue;
        const auto [before, first] = latest.try_emplace(each.process, txn);
        if (!first) graph.add({before->second, txn, Relation::process});
        before->second = txn;
    }
}

// In the order of time, the transactions that have returned and that no other one of these follows are those
// from which an edge leads to the next that is invoked. Equal stamps are concurrent: invocations come first.
void add_realtime_order(const Transactions& transactions, Graph& graph) {
    std::vector<Txn> by_return;
    for (Txn txn = 0; txn < transactions.all.size(); ++txn)
        if (has_order(transactions.all[txn])) by_return.push_back(txn);
    std::stable_sort(by_return.begin(), by_return.end(),
                     [&](Txn a, Txn b) { return transactions.all[a].returned < transactions.all[b].returned; });
    std::vector<Txn> latest;
    std::size_t returned = 0;
    for (Txn txn = 0; txn < transactions.all.size(); ++txn) {
        const Transaction& each = transactions.all[txn];
        for (; returned < by_return.size() && transactions.all[by_return[returned]].returned < each.invoked;
             ++returned) {
            const Transaction& last = transactions.all[by_return[returned]];
            std::erase_if(latest, [&](Txn other) { return transactions.all[other].returned < last.invoked; });
            latest.push_back(by_return[returned]);
        }
        if (each.outcome == Call::Outcome::fail) continue;
        for (const Txn before : latest) graph.add({before, txn, Relation::realtime});
    }
}

} // namespace orrery::reports::judges::transactions
