// Containers: linearizability without a search, for queues, stacks, priority queues and sets whose values are all
// different.
//
// Each value then has one lifetime: it is put in by one operation and taken out by at most one. A violation shows in
// a few lifetimes that cannot be together, and is shown by their operations; otherwise an order is built. When
// neither is certain - values that came twice, operations of other kinds, unknown ones that may have taken any
// value - the question is left to the search. The idea of judging such objects by their values: Henzinger,
// Sezgin, Vafeiadis, "Aspect-Oriented Linearizability Proofs", 2013; Bouajjani, Emmi, Enea, Hamza, "On Reducing
// Linearizability to State Reachability", 2015; that it takes O(n log n): Abdulla and others, "Efficient
// Linearizability Monitoring", 2025. How it is done here is our own, with the reasons beside it; for its proof
// stand the certificates, the search that checks every violation, and the property tests.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "orrery/reports/models/container_effects.h"
#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable::containers {

struct Contained {
    enum class Outcome : std::uint8_t { found, impossible, unclear };

    Outcome outcome = Outcome::unclear;
    std::vector<std::uint32_t> order{}; // found: without unknown operations whose effect no other saw
    // impossible: these alone are, ascending; and leaving out the others could not make them so.
    std::vector<std::uint32_t> core{};
};

// Operations are numbered by their place in `effects`.
Contained decide_container(std::span<const models::Interval> intervals, const models::ContainerEffects& effects);

// The same for one discipline each. All but a set that only grows are decided by the lifetimes of their values.
class Lifetimes;
Contained order_queue(const Lifetimes& lifetimes);
Contained order_stack(const Lifetimes& lifetimes);
Contained order_priority_queue(const Lifetimes& lifetimes);
Contained order_growing_set(std::span<const models::Interval> intervals, const models::ContainerEffects& effects);

} // namespace orrery::reports::judges::linearizable::containers
