// Chains: transactions in rows in each of which every one surely comes before the next; each stands in one row.
//
// What reaches a transaction can then be said with one number a row: how far into it. Clients make the first rows;
// whoever begins a row may continue another of which he read the last, so that many short rows become few.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "orrery/reports/judges/transactions/register_history.h"

namespace orrery::reports::judges::transactions {

class Chains {
public:
    // `sessions`: the order of each client counts. `order`: committed transactions, each after those that it read from
    // and, if sessions count, after its client's earlier ones.
    Chains(const RegisterHistory& history, bool sessions, std::span<const Txn> order);

    std::size_t count() const { return count_; }
    std::uint32_t chain(Txn txn) const { return chain_[txn]; }
    // In its chain, from 1.
    std::uint32_t turn(Txn txn) const { return turn_[txn]; }

private:
    std::vector<std::uint32_t> chain_;
    std::vector<std::uint32_t> turn_;
    std::uint32_t count_ = 0;
};

// Who wrote each key, in rows of one chain each, by turn.
class KeyWriters {
public:
    struct Writer {
        Txn txn = 0;
        std::uint32_t turn = 0;
        Version version = no_version;
    };
    struct Row {
        std::uint32_t chain = 0;
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
    };

    KeyWriters(const RegisterHistory& history, const Chains& chains);

    std::span<const Row> rows(std::uint32_t key) const {
        return {rows_.data() + starts_[key], starts_[key + 1] - starts_[key]};
    }
    std::span<const Writer> writers(const Row& row) const { return {all_.data() + row.begin, row.end - row.begin}; }
    // The last of a row whose turn is above the one and at most the other; nullptr: none.
    const Writer* latest(const Row& row, std::uint32_t above, std::uint32_t turn) const;
    const Writer* latest(const Row& row, std::uint32_t turn) const { return latest(row, 0, turn); }

private:
    std::vector<Writer> all_;
    std::vector<std::uint32_t> turns_; // of all_, close together: they are searched most of the time
    std::vector<Row> rows_;
    std::vector<std::uint32_t> starts_; // by key
};

} // namespace orrery::reports::judges::transactions
