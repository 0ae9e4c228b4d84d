// Levels: what decides each consistency model of transactions on registers, and what shows that one is broken.
//
//   read-uncommitted                        values are written before they are read, and nobody overwrites in a circle
//   read-committed, read-atomic, causal     commit_order.h, with the order of clients; decided
//   consistent-view                         order_search.h over views; decided within a budget
//   snapshot isolation, serializability     order_search.h, alone or with the order of clients or of real time;
//                                           decided within a budget
//   repeatable-read                         serializability: without predicates Adya's PL-2.99 forbids the same cycles
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/reports/judges/transactions/order_search.h"
#include "orrery/reports/judges/transactions/register_history.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges::transactions {

struct LevelDecision {
    Verdict::Outcome outcome = Verdict::Outcome::passed;
    std::vector<Anomaly> anomalies{}; // violated: what shows it
    std::string reason{};             // undecided: why
};

// `budget` in configurations, of which each is worth `words_per_configuration` words looked at.
constexpr std::uint64_t words_per_configuration = 2'000;
LevelDecision decide_registers(const RegisterHistory& history, std::string_view model, std::uint64_t budget,
                               std::uint64_t& work);

// Of lists, snapshot isolation and what is stronger, by the search: `known` is what reads show of the order of appends.
LevelDecision decide_lists(const RegisterHistory& history, std::string_view model, const std::vector<WriterPair>& known,
                           std::uint64_t budget, std::uint64_t& work);
// Of lists, causal consistency.
LevelDecision decide_causal_lists(const RegisterHistory& history, const std::vector<WriterPair>& known,
                                  std::uint64_t& work);

} // namespace orrery::reports::judges::transactions
