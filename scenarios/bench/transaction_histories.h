// Histories of transactions on registers to measure the judge with, in the shapes of well-known benchmarks. Clients
// share one real store; each invokes, takes effect and returns at drawn turns, so all clients are concurrent and every
// history is strictly serializable, but for its stale transactions, one in `stale_every` (0: none): these do not see
// what was written last. Every value is written once.
#pragma once

#include <cstdint>

#include "orrery/reports/history.h"

namespace orrery::scenarios::bench {

// So many reads and writes, ten a transaction, of a thousand keys; most writes are blind.
reports::History register_history(std::uint64_t operations, std::uint64_t clients);
// TPC-C: orders of many items, payments, deliveries; nearly every write reads first, and some rows are hot.
reports::History tpcc_history(std::uint64_t transactions, std::uint64_t clients, std::uint64_t stale_every = 0);
// RUBiS, an auction site: bids, comments, new users and items, and much looking around.
reports::History rubis_history(std::uint64_t transactions, std::uint64_t clients, std::uint64_t stale_every = 0);
// Twitter: tweets and follows are blind writes, timelines read many users.
reports::History twitter_history(std::uint64_t transactions, std::uint64_t clients, std::uint64_t stale_every = 0);

} // namespace orrery::scenarios::bench
