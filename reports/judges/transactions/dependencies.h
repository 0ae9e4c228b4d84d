// Dependencies: what the reads of transactions say of the order of their writes, and the anomalies that show at once.
//
// lists.cc and registers.cc each make them in their way. An unknown transaction counts as committed once
// something that it wrote was read.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/judges/transactions/graph.h"
#include "orrery/reports/judges/transactions/register_history.h"
#include "orrery/reports/judges/transactions/transactions.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges::transactions {

struct Dependencies {
    Graph graph;
    std::vector<Anomaly> anomalies; // those that need no cycle; their operations are calls of the history
    std::string ambiguous{};        // not empty: two writes that cannot be told apart, and nothing else is known
};

// Lists that are appended to: the longest read of a key is the order of its versions (Kingsbury & Alvaro,
// Elle, VLDB 2020, section 4.2).
Dependencies list_dependencies(const Transactions& transactions);
// Lists as registers whose writers are mostly known in their order: what was read last of each is the order of all that
// was read, and it comes before what nobody read. There are no anomalies in it.
struct ListWriters {
    explicit ListWriters(const Transactions& transactions) : history(transactions) {}
    RegisterHistory history;
    std::vector<WriterPair> known;
    bool unordered = false; // several appended to one list what nobody read
};
ListWriters list_writers(const Transactions& transactions);

// Registers: versions are ordered only where a transaction reads one and writes the next, and after the
// start (the same, section 4.3). Never wrong, and part of the truth: order_search.h has the rest.
Dependencies register_dependencies(const RegisterHistory& history);

// The writer of each version; no_txn: it was never written. `ambiguous` becomes a sentence if two did.
struct Writers {
    std::vector<Txn> of;         // by version
    std::vector<bool> is_final;  // by version: its writer wrote no later one under the same key
    std::vector<bool> committed; // by transaction
    std::string ambiguous{};
};
Writers writers_of(const Transactions& transactions);

} // namespace orrery::reports::judges::transactions
