// A row grows at its end only, so that one look at the last of a row decides.
#include "orrery/reports/judges/transactions/chains.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {

Chains::Chains(const RegisterHistory& history, bool sessions, std::span<const Txn> order)
    : chain_(history.size(), 0), turn_(history.size(), 0) {
    std::vector<Txn> before(history.size(), no_txn); // the client's
    std::vector<bool> continued(history.size(), false);
    if (sessions)
        for (const auto& session : history.sessions)
            for (std::size_t place = 1; place < session.size(); ++place) {
                before[session[place]] = session[place - 1];
                continued[session[place - 1]] = true; // it belongs to its client's next
            }
    const auto follow = [&](Txn txn, Txn last) {
        CHECK(turn_[last] != 0); // it stands earlier in the order
        chain_[txn] = chain_[last];
        turn_[txn] = turn_[last] + 1;
        continued[last] = true;
    };
    for (const Txn txn : order) {
        if (before[txn] != no_txn) {
            follow(txn, before[txn]);
            continue;
        }
        Txn last = no_txn;
        for (const RegisterRead& each : history.reads.of(txn)) {
            if (each.source == no_txn || continued[each.source]) continue;
            last = each.source;
            if (history.write_of(txn, each.key) != nullptr) break;
        }
        if (last != no_txn) {
            follow(txn, last);
            continue;
        }
        chain_[txn] = count_++;
        turn_[txn] = 1;
    }
}

KeyWriters::KeyWriters(const RegisterHistory& history, const Chains& chains) {
    const std::size_t keys = history.transactions.keys.size();
    std::vector<std::uint32_t> next(keys + 1, 0);
    for (Txn txn = 0; txn < history.size(); ++txn)
        for (const RegisterWrite& each : history.writes.of(txn)) ++next[each.key + 1];
    for (std::size_t key = 0; key < keys; ++key) next[key + 1] += next[key];
    const std::vector<std::uint32_t> ends(next.begin() + 1, next.end());
    all_.resize(history.writes.size());
    for (Txn txn = 0; txn < history.size(); ++txn)
        for (const RegisterWrite& each : history.writes.of(txn))
            all_[next[each.key]++] = {txn, chains.turn(txn), each.version};
    starts_.reserve(keys + 1);
    std::uint32_t begin = 0;
    for (std::size_t key = 0; key < keys; begin = ends[key], ++key) {
        starts_.push_back(static_cast<std::uint32_t>(rows_.size()));
        std::sort(all_.begin() + begin, all_.begin() + ends[key], [&](const Writer& a, const Writer& b) {
            const std::uint32_t one = chains.chain(a.txn);
            const std::uint32_t other = chains.chain(b.txn);
            return one != other ? one < other : a.turn < b.turn;
        });
        for (std::uint32_t each = begin; each < ends[key]; ++each) {
            const std::uint32_t chain = chains.chain(all_[each].txn);
            if (each == begin || rows_.back().chain != chain) rows_.push_back({chain, each, each});
            rows_.back().end = each + 1;
        }
    }
    starts_.push_back(static_cast<std::uint32_t>(rows_.size()));
    turns_.reserve(all_.size());
    for (const Writer& each : all_) turns_.push_back(each.turn);
}

// A binary search without branches, for where it goes next cannot be foretold; most often there is none, and then no
// writer is looked at.
const KeyWriters::Writer* KeyWriters::latest(const Row& row, std::uint32_t above, std::uint32_t turn) const {
    CHECK(row.begin < row.end);
    const std::uint32_t* at = turns_.data() + row.begin;
    if (*at > turn) return nullptr;
    for (std::uint32_t left = row.end - row.begin; left > 1;) {
        const std::uint32_t half = left / 2;
        at += at[half] <= turn ? half : 0;
        left -= half;
    }
    if (*at <= above) return nullptr;
    return &all_[static_cast<std::size_t>(at - turns_.data())];
}

} // namespace orrery::reports::judges::transactions
