// Rounds: an order of the moments, clocks along it, and the edges that the clocks ask for, until there are no new ones.
#include "orrery/reports/judges/transactions/polygraph.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {

namespace {

using Why = Because::Kind;

} // namespace

Polygraph::Polygraph(const RegisterHistory& history, const OrderPromise& promise, const std::vector<WriterPair>& known,
                     std::size_t memory, std::uint64_t& work)
    : history_(history), promise_(promise), work_(work) {
    add_moments(promise);
    if (!make_chains()) {
        cyclic_ = true;
        return;
    }
    if (graph_.places() * chains_->count() > memory / sizeof(std::uint32_t)) {
        too_large_ = true;
        return;
    }
    find_readers();
    add_start_reads();
    for (const WriterPair& each : known) assume(each);
    reset_clocks();
}

void Polygraph::add_moments(const OrderPromise& promise) {
    const auto count = static_cast<Txn>(history_.size());
    Moment moments = count;
    end_.resize(count);
    for (Txn txn = 0; txn < count; ++txn) {
        transaction_.push_back(txn);
        end_[txn] = txn;
    }
    // Who only reads, or only writes, may as well do it at once.
    for (Txn txn = 0; promise.snapshots && txn < count; ++txn)
        if (!history_.first.of(txn).empty() && !history_.writes.of(txn).empty()) {
            transaction_.push_back(txn);
            end_[txn] = moments++;
        }
    graph_ = Digraph(moments);
    for (Txn txn = 0; txn < count; ++txn)
        if (end(txn) != begin(txn)) graph_.add(begin(txn), end(txn), {Why::part});
    for (Txn txn = 0; txn < count; ++txn)
        for (const RegisterRead& each : history_.first.of(txn))
            if (each.source != no_txn) graph_.add(end(each.source), begin(txn), {Why::read, each.key});
    if (promise.sessions)
        for (const auto& session : history_.sessions)
            for (std::size_t place = 1; place < session.size(); ++place)
                graph_.add(end(session[place - 1]), begin(session[place]), {Why::order});
    if (promise.realtime) add_realtime();
}

// A row of moments of time: one whenever something is invoked after something else has returned. A transaction comes
// before the first moment after its return, and after the last one before its invocation; equal stamps are concurrent.
void Polygraph::add_realtime() {
    const auto& all = history_.transactions.all;
    std::vector<Txn> by_return;
    for (Txn txn = 0; txn < all.size(); ++txn)
        if (history_.committed[txn] && all[txn].outcome == Call::Outcome::ok) by_return.push_back(txn);
    std::stable_sort(by_return.begin(), by_return.end(),
                     [&](Txn a, Txn b) { return all[a].returned < all[b].returned; });
    auto moment = static_cast<Moment>(transaction_.size());
    const Moment first = moment;
    std::vector<Digraph::Edge> edges;
    std::size_t returned = 0;
    for (Txn txn = 0; txn < all.size(); ++txn) {
        if (!history_.committed[txn]) continue;
        const std::size_t before = returned;
        while (returned < by_return.size() && all[by_return[returned]].returned < all[txn].invoked) ++returned;
        if (returned > before) {
            if (moment > first) edges.push_back({moment - 1, moment, {Why::part}});
            for (std::size_t each = before; each < returned; ++each)
                edges.push_back({end(by_return[each]), moment, {Why::order}});
            transaction_.push_back(no_txn);
            ++moment;
        }
        if (moment > first) edges.push_back({moment - 1, begin(txn), {Why::order}});
    }
    Digraph wider(moment);
    for (const Digraph::Edge& each : graph_.edges()) wider.add(each.from, each.to, each.why);
    for (const Digraph::Edge& each : edges) wider.add(each.from, each.to, each.why);
    graph_ = std::move(wider);
}

bool Polygraph::make_chains() {
    const std::vector<Moment> order = graph_.order();
    if (order.size() < graph_.places()) return false;
    std::vector<Txn> begun;
    for (const Moment each : order) {
        const Txn txn = transaction_[each];
        if (txn != no_txn && each == begin(txn) && history_.committed[txn]) begun.push_back(txn);
    }
    chains_.emplace(history_, promise_.sessions, begun);
    writers_.emplace(history_, *chains_);
    return true;
}

void Polygraph::find_readers() {
    struct Reader {
        Version version = no_version;
        std::uint32_t chain = 0;
        std::uint32_t turn = 0;
        Txn txn = no_txn;
    };
    std::vector<Reader> all;
    for (Txn txn = 0; txn < history_.size(); ++txn)
        for (const RegisterRead& each : history_.first.of(txn))
            if (each.source != no_txn) {
                const RegisterWrite* write = history_.write_of(each.source, each.key);
                CHECK(write != nullptr); // somebody read it from there
                all.push_back({write->version, chains_->chain(txn), chains_->turn(txn), txn});
            }
    std::sort(all.begin(), all.end(), [](const Reader& a, const Reader& b) {
        return std::tuple(a.version, a.chain, a.turn) < std::tuple(b.version, b.chain, b.turn);
    });
    Version filled = 0;
    for (std::size_t each = 0; each < all.size(); ++each) {
        const bool last = each + 1 == all.size() || all[each + 1].version != all[each].version ||
                          all[each + 1].chain != all[each].chain;
        if (!last) continue;
        for (; filled <= all[each].version; ++filled)
            reader_starts_.push_back(static_cast<std::uint32_t>(readers_.size()));
        readers_.push_back(all[each].txn);
    }
    for (; filled <= history_.transactions.versions.size(); ++filled)
        reader_starts_.push_back(static_cast<std::uint32_t>(readers_.size()));
}

// Whoever read a key as it started did so before anybody wrote it: of each chain the last reader, the first writer.
void Polygraph::add_start_reads() {
    struct Reader {
        std::uint32_t key = 0;
        std::uint32_t chain = 0;
        std::uint32_t turn = 0;
        Txn txn = no_txn;
    };
    std::vector<Reader> all;
    for (Txn txn = 0; txn < history_.size(); ++txn)
        for (const RegisterRead& each : history_.first.of(txn))
            if (each.source == no_txn) all.push_back({each.key, chains_->chain(txn), chains_->turn(txn), txn});
    std::sort(all.begin(), all.end(), [](const Reader& a, const Reader& b) {
        return std::tuple(a.key, a.chain, a.turn) < std::tuple(b.key, b.chain, b.turn);
    });
    for (std::size_t each = 0; each < all.size(); ++each) {
        const Reader& reader = all[each];
        if (each + 1 < all.size() && all[each + 1].key == reader.key && all[each + 1].chain == reader.chain) continue;
        start_readers_.push_back({reader.key, reader.txn});
        for (const KeyWriters::Row& row : writers_->rows(reader.key)) {
            const KeyWriters::Writer& first = writers_->writers(row).front();
            if (!promise_.views && first.txn != reader.txn)
                graph_.add(begin(reader.txn), end(first.txn), {Why::start, reader.key});
        }
    }
}

void Polygraph::reset_clocks() {
    clocks_.assign(graph_.places() * chains_->count(), 0);
    for (Txn txn = 0; txn < history_.size(); ++txn) {
        if (!history_.committed[txn]) continue;
        const std::uint32_t turn = chains_->turn(txn);
        clock(begin(txn))[chains_->chain(txn)] = 2 * turn - 1;
        clock(end(txn))[chains_->chain(txn)] = 2 * turn;
    }
    changed_.assign(graph_.places(), true);
    spread_ = 0;
}

void Polygraph::back_to(std::size_t mark) {
    graph_.keep(mark);
    reset_clocks();
}

void Polygraph::spread_clocks(const std::vector<Moment>& order) {
    const bool all = spread_ == 0;
    if (!all) std::fill(changed_.begin(), changed_.end(), false);
    for (const Moment moment : order) {
        const auto from = clock(moment);
        for (const std::uint32_t each : graph_.from(moment)) {
            if (!changed_[moment] && each < spread_) continue;
            const Moment next = graph_.edges()[each].to;
            const auto to = clock(next);
            bool grew = false;
            for (std::size_t chain = 0; chain < from.size(); ++chain) {
                grew = grew || from[chain] > to[chain];
                to[chain] = std::max(to[chain], from[chain]);
            }
            work_ += from.size();
            if (grew) changed_[next] = true;
        }
    }
    spread_ = graph_.edges().size();
}

Polygraph::State Polygraph::saturate() {
    if (too_large_) return State::too_large;
    if (cyclic_) return State::contradiction;
    while (true) {
        const std::vector<Moment> order = graph_.order();
        work_ += graph_.edges().size();
        if (order.size() < graph_.places()) return State::contradiction;
        spread_clocks(order);
        if (!add_consequences()) return State::consistent;
    }
}

bool Polygraph::add_consequences() {
    bool added = false;
    for (std::uint32_t key = 0; key < history_.transactions.keys.size(); ++key)
        for (const KeyWriters::Row& row : writers_->rows(key))
            for (const KeyWriters::Writer& each : writers_->writers(row)) {
                bool changed = changed_[begin(each.txn)] || changed_[end(each.txn)];
                for (const Txn reader : readers(each.version)) changed = changed || changed_[begin(reader)];
                if (changed) added = consequences_of(each, key) || added;
            }
    if (promise_.views) added = add_start_consequences() || added;
    return added;
}

// Whom a writer reaches may not have read the start.
bool Polygraph::add_start_consequences() {
    bool added = false;
    for (const RegisterRead& read : start_readers_) {
        const Txn reader = read.source;
        for (const KeyWriters::Row& row : writers_->rows(read.key)) {
            const KeyWriters::Writer& first = writers_->writers(row).front();
            if (first.txn == reader || clock(begin(reader))[row.chain] < 2 * first.turn) continue;
            graph_.add(begin(reader), end(first.txn), {Why::start, read.key});
            added = true;
        }
    }
    return added;
}

// Of each chain, the last writer that begins before this one ends, or ends before somebody who read this one begins.
bool Polygraph::consequences_of(const KeyWriters::Writer& writer, std::uint32_t key) {
    bool added = false;
    work_ += writers_->rows(key).size();
    for (const KeyWriters::Row& row : writers_->rows(key)) {
        std::uint32_t reach = (clock(end(writer.txn))[row.chain] + 1) / 2;
        if (row.chain == chains_->chain(writer.txn)) reach = std::min(reach, writer.turn - 1);
        Txn shows = no_txn;
        for (const Txn reader : readers(writer.version)) {
            std::uint32_t ended = clock(begin(reader))[row.chain] / 2;
            if (row.chain == chains_->chain(reader)) ended = std::min(ended, chains_->turn(reader) - 1);
            if (ended <= reach) continue;
            reach = ended;
            shows = reader;
        }
        const KeyWriters::Writer* last = writers_->latest(row, reach);
        if (last != nullptr && last->txn == writer.txn) {
            last = last == &writers_->writers(row).front() ? nullptr : last - 1;
            shows = no_txn;
        }
        if (last != nullptr) added = order_writers(*last, writer, key, shows) || added;
    }
    return added;
}

bool Polygraph::order_writers(const KeyWriters::Writer& earlier, const KeyWriters::Writer& later, std::uint32_t key,
                              Txn reader) {
    bool added = false;
    if (clock(begin(later.txn))[chains_->chain(earlier.txn)] < 2 * earlier.turn) {
        graph_.add(end(earlier.txn), begin(later.txn), {Why::version, key, reader});
        added = true;
    }
    for (const Txn each : readers(earlier.version)) {
        if (promise_.views || each == later.txn) continue;
        if (clock(end(later.txn))[chains_->chain(each)] >= 2 * chains_->turn(each) - 1) continue;
        graph_.add(begin(each), end(later.txn), {Why::overwrite, key, earlier.txn});
        added = true;
    }
    return added;
}

void Polygraph::assume(const WriterPair& pair) {
    const RegisterWrite* earlier = history_.write_of(pair.earlier, pair.key);
    CHECK(earlier != nullptr);
    graph_.add(end(pair.earlier), begin(pair.later), {Why::version, pair.key});
    CHECK(pair.earlier != pair.later);
    for (const Txn each : readers(earlier->version))
        if (!promise_.views && each != pair.later)
            graph_.add(begin(each), end(pair.later), {Why::overwrite, pair.key, pair.earlier});
}

std::vector<WriterPair> Polygraph::unknown_neighbours(std::size_t count_max) {
    std::vector<WriterPair> unknown;
    std::vector<const KeyWriters::Writer*> before(history_.transactions.keys.size(), nullptr);
    for (const Moment moment : graph_.order()) {
        const Txn txn = transaction_[moment];
        if (txn == no_txn || moment != end(txn)) continue;
        for (const RegisterWrite& each : history_.writes.of(txn)) {
            const KeyWriters::Writer* last = before[each.key];
            for (const KeyWriters::Row& row : writers_->rows(each.key))
                if (row.chain == chains_->chain(txn)) before[each.key] = writers_->latest(row, chains_->turn(txn));
            if (last == nullptr || clock(begin(txn))[chains_->chain(last->txn)] >= 2 * last->turn) continue;
            unknown.push_back({each.key, last->txn, txn});
            if (unknown.size() == count_max) return unknown;
        }
    }
    return unknown;
}

} // namespace orrery::reports::judges::transactions
