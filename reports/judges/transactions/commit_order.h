// Commit order: read-committed, read-atomic and causal consistency of transactions on registers, decided.
//
// Each level asks for one order of all transactions in which a transaction comes after those it read from and after its
// client's earlier ones. Besides, let T read a key from A while B wrote it too. Then B comes before A if T had seen B:
//   read-committed  T had read another write of B before, step by step
//   read-atomic     T reads any write of B, or B is an earlier one of its client
//   causal          B is in the causal past of T: it reaches T over reads and clients
// (Biswas & Enea, OOPSLA 2019). What makes B come before A does not depend on the order itself, so there is such an
// order if and only if all these edges have no cycle. They are made as in AWDIT (Møldrup & Pavlogiannis, PLDI 2025):
// of the seen writers of a key only the last of each client matters, so read-committed and read-atomic take n^1.5
// steps and causal n times the clients.
//
// Example: T reads x from A and y from B, and both wrote both. Each comes before the other: the read is fractured.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "orrery/reports/judges/transactions/digraph.h"
#include "orrery/reports/judges/transactions/register_history.h"

namespace orrery::reports::judges::transactions {

enum class WeakLevel : std::uint8_t { read_committed, read_atomic, causal };

struct CommitOrder {
    bool too_large = false;           // causal: the past of all transactions at once takes more than the memory
    std::vector<Digraph::Edge> cycle; // places are transactions; empty: there is an order
};
// `known`: what else is known of the order of writers. `memory`: bytes for what transactions have seen.
CommitOrder commit_order(const RegisterHistory& history, WeakLevel level, bool sessions,
                         const std::vector<WriterPair>& known, std::size_t memory, std::uint64_t& work);

// What Plume (Liu et al., OOPSLA 2024) calls a cycle that a level forbids.
std::string_view pattern_of(WeakLevel level, const std::vector<Digraph::Edge>& cycle);

} // namespace orrery::reports::judges::transactions
