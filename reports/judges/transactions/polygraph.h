// Polygraph: the moments at which transactions begin and end, what is known of their order, and what follows from it.
//
// Serializability: a transaction has one moment. Snapshot isolation: it reads at its beginning and writes at its end,
// and of two that write the same key one ends before the other begins (Cerone, Bernardi & Gotsman 2015, the splitting
// of Biswas & Enea 2019). An order of all moments is asked for in which every transaction reads what was written last.
// Of two writers A and B of a key, and R who read it from A, either
//     A ends before B begins, and R begins before B ends, or
//     B ends before A begins, and all who read B's begin before A ends.
// What rules out one of the two makes the other an edge (Papadimitriou 1979; Cobra, Tan et al. 2020, prunes so). That
// is done here to the end, for all pairs at once: what reaches a moment is one number for each chain of transactions
// (chains.h), and of the writers in one chain only the last that reaches it needs to be looked at.
//
// Views ask for less, Adya's PL-2+: an order of each key's writers, so that no R reads from A while B, which comes
// after A, reaches R over reads and such orders. Then R does not come before B, and only the orders of writers are
// edges.
//
// Example: R reads x from A and y from B, and both wrote both. B reaches R, so B comes before A; A reaches R too, so A
// comes before B: a cycle.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/judges/transactions/chains.h"
#include "orrery/reports/judges/transactions/digraph.h"
#include "orrery/reports/judges/transactions/register_history.h"

namespace orrery::reports::judges::transactions {

// What an order must keep.
struct OrderPromise {
    bool snapshots = false; // else serial
    bool views = false;     // weaker: only who comes before others by reads and writes may not miss what these wrote
    bool sessions = false;  // each client's transactions in its order
    bool realtime = false;  // what had returned before another was invoked comes before it

    bool operator==(const OrderPromise&) const = default;
};

class Polygraph {
public:
    using Moment = Digraph::Place;
    enum class State : std::uint8_t { consistent, contradiction, too_large };

    // `known`: what else is known of the order of writers. The history outlives this.
    // `memory`: bytes for the clocks.
    Polygraph(const RegisterHistory& history, const OrderPromise& promise, const std::vector<WriterPair>& known,
              std::size_t memory, std::uint64_t& work);

    const RegisterHistory& history() const { return history_; }
    std::size_t moments() const { return graph_.places(); }
    Moment begin(Txn txn) const { return txn; }
    Moment end(Txn txn) const { return end_[txn]; }
    // Whose beginning or end it is; no_txn: a moment of time only.
    Txn transaction(Moment moment) const { return transaction_[moment]; }
    Digraph& graph() { return graph_; }

    // Adds all that follows from what is known.
    State saturate();
    // After a contradiction: edges that form a cycle.
    std::vector<Digraph::Edge> cycle() const { return graph_.cycle(work_); }

    void assume(const WriterPair& pair);
    // After saturate(): in some order of all moments, two writers of a key that follow each other and of which nothing
    // is known. At most `count_max`; none: the order of all writers is known.
    std::vector<WriterPair> unknown_neighbours(std::size_t count_max);
    std::size_t mark() const { return graph_.edges().size(); }
    // As it was at the mark; what followed is forgotten.
    void back_to(std::size_t mark);

private:
    void add_moments(const OrderPromise& promise);
    void add_realtime();
    void add_start_reads();
    void find_readers();
    bool make_chains();
    void reset_clocks();
    void spread_clocks(const std::vector<Moment>& order);
    bool add_consequences();
    bool add_start_consequences();
    bool consequences_of(const KeyWriters::Writer& writer, std::uint32_t key);
    bool order_writers(const KeyWriters::Writer& earlier, const KeyWriters::Writer& later, std::uint32_t key,
                       Txn reader);
    std::span<std::uint32_t> clock(Moment moment) {
        return {clocks_.data() + moment * chains_->count(), chains_->count()};
    }
    std::span<const Txn> readers(Version version) const {
        return {readers_.data() + reader_starts_[version], reader_starts_[version + 1] - reader_starts_[version]};
    }

    const RegisterHistory& history_;
    OrderPromise promise_;
    std::uint64_t& work_;
    std::vector<Moment> end_;
    std::vector<Txn> transaction_;
    Digraph graph_{0};
    std::optional<Chains> chains_;
    std::optional<KeyWriters> writers_;
    std::vector<RegisterRead> start_readers_; // of each key and chain the last one, which is its source here
    std::vector<Txn> readers_;                // of each version, of each chain the last one
    std::vector<std::uint32_t> reader_starts_;
    // Of each moment and chain: how far into the chain all comes before it, twice the turn, less one if only the
    // beginning does.
    std::vector<std::uint32_t> clocks_;
    std::vector<bool> changed_; // by moment, in the last spreading
    std::size_t spread_ = 0;    // so many edges have been followed
    bool too_large_ = false;
    bool cyclic_ = false; // without any choice
};

} // namespace orrery::reports::judges::transactions
