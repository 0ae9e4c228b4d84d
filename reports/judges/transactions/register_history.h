// RegisterHistory: of transactions on registers, who read which key from whom, and who wrote it.
//
// Only committed transactions are in it: those that are ok, and unknown ones of which somebody read a write. An unknown
// one that nobody read may be left out of every order, so it says nothing. What is wrong without any order is found on
// the way: reads of values that were never written, were aborted, were overwritten by their own writer, or contradict
// the transaction itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "orrery/reports/judges/transactions/transactions.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges::transactions {

// A read of what another transaction wrote, or of what was there from the start (source: no_txn).
struct RegisterRead {
    std::uint32_t key = 0;
    Txn source = no_txn;
    Version version = no_version;
};
// The last write of a transaction under a key.
struct RegisterWrite {
    std::uint32_t key = 0;
    Version version = no_version;
};

// A list for each transaction, all of them in one.
template <class Item>
class PerTransaction {
public:
    void reserve(std::size_t transactions, std::size_t items) {
        ends_.reserve(transactions);
        items_.reserve(items);
    }
    void push(const Item& item) { items_.push_back(item); }
    void close() { ends_.push_back(static_cast<std::uint32_t>(items_.size())); }
    std::span<Item> last() {
        const std::uint32_t begin = ends_.empty() ? 0 : ends_.back();
        return {items_.data() + begin, items_.size() - begin};
    }
    std::span<const Item> of(Txn txn) const {
        const std::uint32_t begin = txn == 0 ? 0 : ends_[txn - 1];
        return {items_.data() + begin, ends_[txn] - begin};
    }
    std::size_t size() const { return items_.size(); }

private:
    std::vector<Item> items_;
    std::vector<std::uint32_t> ends_;
};

struct RegisterHistory {
    explicit RegisterHistory(const Transactions& all) : transactions(all) {}

    const Transactions& transactions;
    std::vector<bool> committed;            // by transaction; the lists of the others are empty
    PerTransaction<RegisterRead> reads;     // in the order of the steps; not those of its own writes
    PerTransaction<RegisterRead> first;     // of each key the first of them, by key
    PerTransaction<RegisterWrite> writes;   // by key
    std::vector<std::vector<Txn>> sessions; // committed ones of each client, in its order
    std::vector<Anomaly> anomalies;         // their operations are calls of the history
    bool own_write_missed = false;          // some transaction did not read what it had written last itself
    std::string ambiguous;                  // not empty: two writes that cannot be told apart, and nothing is known

    std::size_t size() const { return transactions.all.size(); }
    // nullptr: it does not write the key.
    const RegisterWrite* write_of(Txn txn, std::uint32_t key) const;
    const RegisterRead* read_of(Txn txn, std::uint32_t key) const;
};

// Of two writers of a key, which one comes first.
struct WriterPair {
    std::uint32_t key = 0;
    Txn earlier = 0;
    Txn later = 0;
};

RegisterHistory register_history(const Transactions& transactions);

} // namespace orrery::reports::judges::transactions
