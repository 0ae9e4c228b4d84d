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
    bool out_of_memory = false;       // undecided: that is why
};

// Above so many transactions what is likely is asked first.
constexpr std::size_t long_history = 256;
// A configuration of the budget is worth so many words looked at.
constexpr std::uint64_t words_per_configuration = 2'000;
LevelDecision decide_registers(const RegisterHistory& history, std::string_view model, const JudgeOptions& options,
                               std::uint64_t& work);
// Of a long history under snapshot isolation, serializability or a relative: whether an order of real time, or of each
// client, explains it. What a system most likely kept is found soon, and implies the rest; if not, nothing is known.
bool is_explained_in_time(const RegisterHistory& history, std::string_view model, const JudgeOptions& options,
                          std::uint64_t& work);

// Of lists, snapshot isolation and what is stronger, by the search: `known` is what reads show of the order of appends.
LevelDecision decide_lists(const RegisterHistory& history, std::string_view model, const std::vector<WriterPair>& known,
                           const JudgeOptions& options, std::uint64_t& work);
// Of lists, causal consistency.
LevelDecision decide_causal_lists(const RegisterHistory& history, const std::vector<WriterPair>& known,
                                  const JudgeOptions& options, std::uint64_t& work);

} // namespace orrery::reports::judges::transactions
