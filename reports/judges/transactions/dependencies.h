// Dependencies: what the reads of transactions say of the order of their writes, and the anomalies that show at once.
//
// lists.cc and registers.cc each make them in their way. An unknown transaction counts as committed once
// something that it wrote was read.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/judges/transactions/graph.h"
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
// Registers: versions are ordered only where a transaction reads one and writes the next, and after the
// initial one (the same, section 4.3). Weaker, but never wrong.
Dependencies register_dependencies(const Transactions& transactions, bool initial_known);

// The writer of each version; no_txn: it was never written. `ambiguous` becomes a sentence if two did.
struct Writers {
    std::vector<Txn> of;         // by version
    std::vector<bool> is_final;  // by version: its writer wrote no later one under the same key
    std::vector<bool> committed; // by transaction
    std::string ambiguous{};
};
Writers writers_of(const Transactions& transactions);

} // namespace orrery::reports::judges::transactions
