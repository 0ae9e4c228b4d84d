// Order search: whether some order of all transactions keeps a promise (serializability or snapshot isolation, with the
// order of clients or of real time), decided.
//
// What follows without any choice is added first (polygraph.h), then an order is made (schedule.h). Where that gets
// stuck one pair of writers is ordered one way, and then the other, each time with all that follows from it. So every
// answer is exact; the search is exponential at worst and gives up after its budget. An order that is found is played
// once more by code that knows nothing of the search.
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/reports/judges/transactions/polygraph.h"

namespace orrery::reports::judges::transactions {

struct OrderSearch {
    enum class Outcome : std::uint8_t { exists, impossible, out_of_budget, too_large };
    Outcome outcome = Outcome::out_of_budget;
    std::uint64_t choices = 0; // that were made on the way
    // impossible: transactions each of which comes before the next, the last before the first; the reasons of inferred
    // edges hold if what was chosen before them does.
    std::vector<Dependency> cycle;
    std::vector<Txn> concerned; // in any cycle that was met
};

struct SearchLimits {
    std::uint64_t work = 0; // words looked at
    std::size_t memory = 0; // bytes for what comes before each moment
};
OrderSearch search_order(const RegisterHistory& history, const OrderPromise& promise,
                         const std::vector<WriterPair>& known, const SearchLimits& limits, std::uint64_t& work);

// A cycle of places as one of transactions: what lies between two moments of one transaction, or of time, is left out.
std::vector<Dependency> dependencies_of(const std::vector<Digraph::Edge>& cycle, const std::vector<Txn>& transaction,
                                        const RegisterHistory& history);

} // namespace orrery::reports::judges::transactions
