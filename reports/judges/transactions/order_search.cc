// Depth first over the order of pairs of writers; what was assumed is taken back by forgetting the newest edges.
#include "orrery/reports/judges/transactions/order_search.h"

#include <algorithm>
#include <utility>

#include "orrery/reports/judges/transactions/schedule.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {
namespace {

class Search {
public:
    Search(const RegisterHistory& history, const OrderPromise& promise, const std::vector<WriterPair>& known,
           const SearchLimits& limits, std::uint64_t& work)
        : history_(history), promise_(promise), work_(work), work_max_(work + limits.work),
          polygraph_(history, promise, known, limits.memory, work) {}

    OrderSearch run() {
        while (true) {
            switch (polygraph_.saturate()) {
            case Polygraph::State::too_large:
                made_.outcome = OrderSearch::Outcome::too_large;
                return std::move(made_);
            case Polygraph::State::contradiction:
                note_cycle();
                if (!turn_back()) {
                    made_.outcome = OrderSearch::Outcome::impossible;
                    return std::move(made_);
                }
                break;
            case Polygraph::State::consistent:
                if (try_schedule()) return std::move(made_);
                break;
            }
            if (work_ > work_max_) {
                made_.outcome = OrderSearch::Outcome::out_of_budget;
                return std::move(made_);
            }
        }
    }

private:
    struct Choice {
        std::size_t mark = 0;
        WriterPair pair;
    };

    // Either it is done, or one more choice was made.
    bool try_views() {
        const std::size_t mark = polygraph_.mark();
        const std::vector<WriterPair> all = polygraph_.unknown_neighbours(SIZE_MAX);
        for (const WriterPair& each : all) polygraph_.assume(each);
        if (polygraph_.saturate() == Polygraph::State::consistent && polygraph_.unknown_neighbours(1).empty()) {
            made_.outcome = OrderSearch::Outcome::exists;
            return true;
        }
        CHECK(!all.empty()); // nothing was added, and it was consistent
        polygraph_.back_to(mark);
        ++made_.choices;
        open_.push_back({mark, all.front()});
        polygraph_.assume(all.front());
        return false;
    }
    bool try_schedule() {
        if (promise_.views) return try_views();
        const Schedule made = schedule(polygraph_, work_);
        if (!made.stuck) {
            CHECK(explains(history_, promise_, polygraph_, made.order));
            made_.outcome = OrderSearch::Outcome::exists;
            return true;
        }
        ++made_.choices;
        open_.push_back({polygraph_.mark(), *made.stuck});
        polygraph_.assume(*made.stuck);
        return false;
    }
    // The newest choice the other way, for good within those before it. False if there is none.
    bool turn_back() {
        if (open_.empty()) return false;
        const Choice last = open_.back();
        open_.pop_back();
        polygraph_.back_to(last.mark);
        polygraph_.assume({last.pair.key, last.pair.later, last.pair.earlier});
        return true;
    }
    void note_cycle() {
        std::vector<Txn> transaction;
        for (Polygraph::Moment each = 0; each < polygraph_.moments(); ++each)
            transaction.push_back(polygraph_.transaction(each));
        const std::vector<Dependency> cycle = dependencies_of(polygraph_.cycle(), transaction, history_);
        for (const Dependency& each : cycle) {
            made_.concerned.push_back(each.from);
            if (each.shown_by != no_txn) made_.concerned.push_back(each.shown_by);
        }
        std::sort(made_.concerned.begin(), made_.concerned.end());
        made_.concerned.erase(std::unique(made_.concerned.begin(), made_.concerned.end()), made_.concerned.end());
        made_.cycle = cycle;
    }

    const RegisterHistory& history_;
    OrderPromise promise_;
    std::uint64_t& work_;
    std::uint64_t work_max_;
    Polygraph polygraph_;
    OrderSearch made_;
    std::vector<Choice> open_; // of which the other way was not tried yet
};

Dependency dependency_of(const Digraph::Edge& edge, Txn from, Txn to, const RegisterHistory& history) {
    const std::uint32_t key = edge.why.key;
    const auto written = [&](Txn txn) {
        const RegisterWrite* write = history.write_of(txn, key);
        return write == nullptr ? no_version : write->version;
    };
    const auto read = [&](Txn txn) {
        for (const RegisterRead& each : history.reads.of(txn))
            if (each.key == key && each.source == from) return each.version;
        return no_version;
    };
    switch (edge.why.kind) {
    case Because::Kind::part:
    case Because::Kind::order:
        return {from, to, Relation::process};
    case Because::Kind::read:
        return {from, to, Relation::wr, read(to), read(to)};
    case Because::Kind::start:
        return {from, to, Relation::rw, no_version, written(to)};
    case Because::Kind::version:
        return {from, to, Relation::ww, written(from), written(to), edge.why.reader};
    case Because::Kind::overwrite:
        return {from, to, Relation::rw, written(edge.why.reader), written(to)};
    }
    return {};
}

} // namespace

OrderSearch search_order(const RegisterHistory& history, const OrderPromise& promise,
                         const std::vector<WriterPair>& known, const SearchLimits& limits, std::uint64_t& work) {
    return Search(history, promise, known, limits, work).run();
}

std::vector<Dependency> dependencies_of(const std::vector<Digraph::Edge>& cycle, const std::vector<Txn>& transaction,
                                        const RegisterHistory& history) {
    // Begins at a transaction, so that time lies between two.
    std::size_t first = 0;
    while (transaction[cycle[first].from] == no_txn) ++first;
    std::vector<Dependency> made;
    Txn from = transaction[cycle[first].from];
    for (std::size_t count = 0; count < cycle.size(); ++count) {
        const Digraph::Edge& edge = cycle[(first + count) % cycle.size()];
        const Txn to = transaction[edge.to];
        if (to == no_txn || to == from) continue;
        const bool in_time = transaction[edge.from] == no_txn;
        made.push_back(in_time ? Dependency{from, to, Relation::realtime} : dependency_of(edge, from, to, history));
        from = to;
    }
    return made;
}

} // namespace orrery::reports::judges::transactions
