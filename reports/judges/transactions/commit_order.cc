// One pass over the reads of each transaction makes the edges; a topological order is the answer.
#include "orrery/reports/judges/transactions/commit_order.h"

#include <algorithm>

#include "orrery/reports/judges/transactions/chains.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {
namespace {

using Why = Because::Kind;

// A value of each key that all transactions use one after the other.
class Marks {
public:
    explicit Marks(std::size_t keys) : of_(keys) {}
    Txn* find(std::uint32_t key, std::uint64_t round) { return of_[key].round == round ? &of_[key].txn : nullptr; }
    void set(std::uint32_t key, std::uint64_t round, Txn txn) { of_[key] = {round, txn}; }

private:
    struct Mark {
        std::uint64_t round = UINT64_MAX;
        Txn txn = no_txn;
    };
    std::vector<Mark> of_;
};

class Maker {
public:
    // The start is one more place, the last.
    Maker(const RegisterHistory& history, bool sessions, std::size_t memory, std::uint64_t& work)
        : history_(history), sessions_(sessions), memory_(memory), start_(static_cast<Txn>(history.size())),
          graph_(history.size() + 1), marks_(history.transactions.keys.size()), first_read_(history.size(), no_txn),
          work_(work) {}

    CommitOrder run(WeakLevel level, const std::vector<WriterPair>& pairs) {
        add_known();
        CommitOrder made;
        if (level == WeakLevel::read_committed)
            for (Txn txn = 0; txn < history_.size(); ++txn) order_by_steps(txn);
        if (level == WeakLevel::read_atomic) order_by_visibility();
        if (level == WeakLevel::causal) {
            const std::vector<Txn> known = graph_.order();
            if (known.size() == graph_.places()) made.too_large = !order_by_causality(known);
        }
        for (const WriterPair& each : pairs) graph_.add(each.earlier, each.later, {Why::version, each.key});
        work_ += graph_.edges().size();
        if (graph_.order().size() < graph_.places()) {
            made.too_large = false;
            made.cycle = without_start(graph_.cycle(work_));
        }
        return made;
    }

private:
    void add_known() {
        graph_.reserve(2 * history_.reads.size() + history_.size());
        for (Txn txn = 0; txn < history_.size(); ++txn)
            for (const RegisterRead& each : history_.reads.of(txn))
                if (each.source != no_txn) graph_.add(each.source, txn, {Why::read, each.key});
        if (sessions_)
            for (const auto& session : history_.sessions)
                for (std::size_t place = 1; place < session.size(); ++place)
                    graph_.add(session[place - 1], session[place], {Why::order});
    }
    // `seen` wrote the key that `reader` read from `source`.
    void seen_before(Txn seen, const RegisterRead& read, Txn reader) {
        if (seen == read.source || seen == reader) return;
        if (read.source == no_txn) graph_.add(start_, seen, {Why::start, read.key, reader});
        graph_.add(seen, read.source == no_txn ? start_ : read.source, {Why::version, read.key, reader});
    }

    // Who had seen a write and yet read the start comes before that write, in place of the start.
    std::vector<Digraph::Edge> without_start(std::vector<Digraph::Edge> cycle) {
        for (const Digraph::Edge& each : cycle) {
            if (each.to != start_) continue;
            const Txn reader = each.why.reader;
            const auto known = [](const Digraph::Edge& edge) {
                return edge.why.kind == Why::read || edge.why.kind == Why::order;
            };
            std::vector<Digraph::Edge> made = graph_.path(each.from, reader, known, work_);
            CHECK(!made.empty()); // it had seen it
            made.push_back({reader, each.from, {Why::start, each.why.key}});
            return made;
        }
        return cycle;
    }

    // From the last step to the first, so that of each key the read that comes next is at hand.
    void order_by_steps(Txn txn) {
        const auto reads = history_.reads.of(txn);
        std::vector<std::uint32_t> keys; // read later
        for (std::uint32_t place = 0; place < reads.size(); ++place)
            if (reads[place].source != no_txn && first_read_[reads[place].source] != txn) {
                first_read_[reads[place].source] = txn;
                met_.push_back({reads[place].source, place});
            }
        for (auto place = static_cast<std::uint32_t>(reads.size()); place-- > 0;) {
            const RegisterRead& read = reads[place];
            const Txn* next = marks_.find(read.key, txn);
            if (next != nullptr && *next != place && read.source != no_txn) seen_before(read.source, reads[*next], txn);
            if (!met_.empty() && met_.back().place == place) {
                order_against_later(txn, read.source, reads, keys);
                met_.pop_back();
            }
            if (next == nullptr) keys.push_back(read.key);
            marks_.set(read.key, txn, place);
        }
        CHECK(met_.empty()); // every first read was passed
    }
    // `seen` against each key that is read later; from the side that is shorter.
    void order_against_later(Txn txn, Txn seen, std::span<const RegisterRead> reads,
                             const std::vector<std::uint32_t>& keys) {
        const auto writes = history_.writes.of(seen);
        work_ += std::min(writes.size(), keys.size());
        if (writes.size() <= keys.size()) {
            for (const RegisterWrite& each : writes)
                if (const Txn* next = marks_.find(each.key, txn)) seen_before(seen, reads[*next], txn);
            return;
        }
        for (const std::uint32_t key : keys)
            if (history_.write_of(seen, key) != nullptr) seen_before(seen, reads[*marks_.find(key, txn)], txn);
    }

    void order_by_visibility() {
        for (Txn txn = 0; txn < history_.size(); ++txn) order_by_reads(txn);
        if (!sessions_) return;
        std::uint64_t round = history_.size();
        for (const auto& session : history_.sessions) {
            ++round;
            for (const Txn txn : session) {
                for (const RegisterRead& each : history_.reads.of(txn))
                    if (const Txn* last = marks_.find(each.key, round)) seen_before(*last, each, txn);
                for (const RegisterWrite& each : history_.writes.of(txn)) marks_.set(each.key, round, txn);
            }
        }
    }
    void order_by_reads(Txn txn) {
        const auto reads = history_.reads.of(txn);
        const auto first = history_.first.of(txn);
        for (std::uint32_t place = 0; place < first.size(); ++place) marks_.set(first[place].key, txn, place);
        for (const RegisterRead& read : reads) {
            if (read.source == no_txn || first_read_[read.source] == txn) continue;
            first_read_[read.source] = txn;
            const auto writes = history_.writes.of(read.source);
            work_ += std::min(writes.size(), first.size());
            if (writes.size() <= first.size()) {
                for (const RegisterWrite& each : writes)
                    if (const Txn* other = marks_.find(each.key, txn)) seen_before(read.source, first[*other], txn);
                continue;
            }
            for (const RegisterRead& other : first)
                if (history_.write_of(read.source, other.key) != nullptr) seen_before(read.source, other, txn);
        }
    }

    bool order_by_causality(std::span<const Txn> known);

    struct Met { // a transaction, and at which step it was read from first
        Txn source = no_txn;
        std::uint32_t place = 0;
    };

    const RegisterHistory& history_;
    bool sessions_;
    std::size_t memory_;
    Txn start_;
    Digraph graph_;
    Marks marks_;
    std::vector<Txn> first_read_; // of each transaction: who read from it last, among those passed
    std::vector<Met> met_;
    std::uint64_t& work_;
};

// The causal past of transactions as a number for each chain, kept only while somebody still asks for it.
class Pasts {
public:
    Pasts(std::size_t transactions, std::size_t chains, std::size_t memory)
        : chains_(chains), words_max_(memory / sizeof(std::uint32_t)), users_(transactions), slot_(transactions) {}

    void use(Txn txn) { ++users_[txn]; }
    // False if there would be too many at once.
    bool make(Txn txn) {
        if (free_.empty()) {
            if (words_.size() + chains_ > words_max_) return false;
            free_.push_back(static_cast<std::uint32_t>(chains_ == 0 ? 0 : words_.size() / chains_));
            words_.resize(words_.size() + chains_);
        }
        slot_[txn] = free_.back();
        free_.pop_back();
        std::fill(of(txn).begin(), of(txn).end(), 0);
        return true;
    }
    std::span<std::uint32_t> of(Txn txn) { return {words_.data() + slot_[txn] * chains_, chains_}; }
    void join(Txn txn, Txn cause) {
        const auto into = of(txn);
        const auto from = of(cause);
        for (std::size_t chain = 0; chain < chains_; ++chain) into[chain] = std::max(into[chain], from[chain]);
    }
    void drop(Txn txn) {
        if (--users_[txn] == 0) free_.push_back(static_cast<std::uint32_t>(slot_[txn]));
    }

private:
    std::size_t chains_;
    std::size_t words_max_;
    std::vector<std::uint32_t> words_;
    std::vector<std::uint32_t> users_;
    std::vector<std::size_t> slot_;
    std::vector<std::uint32_t> free_;
};

bool Maker::order_by_causality(std::span<const Txn> known) {
    std::vector<Txn> order;
    for (const Txn txn : known)
        if (txn != start_ && history_.committed[txn]) order.push_back(txn);
    const Chains chains(history_, sessions_, order);
    const KeyWriters writers(history_, chains);
    Pasts pasts(history_.size(), chains.count(), memory_);
    std::vector<std::uint32_t> none(chains.count(), 0);
    const std::span<std::uint32_t> nobody = none; // what the start has seen
    std::vector<Txn> before(history_.size(), no_txn);
    if (sessions_)
        for (const auto& session : history_.sessions)
            for (std::size_t place = 1; place < session.size(); ++place) before[session[place]] = session[place - 1];
    for (const Txn txn : order) {
        pasts.use(txn);
        if (before[txn] != no_txn) pasts.use(before[txn]);
        for (const RegisterRead& each : history_.reads.of(txn))
            if (each.source != no_txn) pasts.use(each.source);
    }
    for (const Txn txn : order) {
        if (!pasts.make(txn)) return false;
        if (before[txn] != no_txn) pasts.join(txn, before[txn]);
        for (const RegisterRead& each : history_.reads.of(txn))
            if (each.source != no_txn) pasts.join(txn, each.source);
        const auto past = pasts.of(txn);
        for (const RegisterRead& each : history_.first.of(txn)) {
            work_ += writers.rows(each.key).size();
            const auto of_source = each.source == no_txn ? nobody : pasts.of(each.source);
            for (const KeyWriters::Row& row : writers.rows(each.key)) {
                if (past[row.chain] <= of_source[row.chain]) continue; // the source had seen all of them
                const KeyWriters::Writer* seen = writers.latest(row, of_source[row.chain], past[row.chain]);
                if (seen != nullptr) seen_before(seen->txn, each, txn);
            }
        }
        past[chains.chain(txn)] = chains.turn(txn);
        if (before[txn] != no_txn) pasts.drop(before[txn]);
        for (const RegisterRead& each : history_.reads.of(txn))
            if (each.source != no_txn) pasts.drop(each.source);
        pasts.drop(txn);
    }
    return true;
}

} // namespace

CommitOrder commit_order(const RegisterHistory& history, WeakLevel level, bool sessions,
                         const std::vector<WriterPair>& known, std::size_t memory, std::uint64_t& work) {
    return Maker(history, sessions, memory, work).run(level, known);
}

std::string_view pattern_of(WeakLevel level, const std::vector<Digraph::Edge>& cycle) {
    const auto inferred = std::count_if(cycle.begin(), cycle.end(), [](const Digraph::Edge& each) {
        return each.why.kind == Why::version || each.why.kind == Why::start;
    });
    if (inferred == 0) return "CyclicCO";
    switch (level) {
    case WeakLevel::read_committed:
        return inferred == 1 ? "NonMonoReadCO" : "NonMonoReadCM";
    case WeakLevel::read_atomic:
        return inferred == 1 ? "FracturedReadCO" : "FracturedReadCM";
    case WeakLevel::causal:
        return inferred == 1 ? "COConflictCM" : "ConflictCM";
    }
    return {};
}

} // namespace orrery::reports::judges::transactions
