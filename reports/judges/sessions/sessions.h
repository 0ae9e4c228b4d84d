// Session guarantees (Terry et al. 1994) and causal consistency, of registers under keys whose values are all
// different.
//
// A promise is a set of edges between writes that every replica must apply in one order: there is such an
// order exactly if the edges make no cycle (Viotti & Vukolic 2016, with what a client saw as small as it can
// be). Linear in operations, but for causal: operations times clients.
#pragma once

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::sessions {

// read-your-writes: a client's read shows its own earlier writes, or what came after them.
// monotonic-reads: or what it read before.
// monotonic-writes: monotonic reads, and each client's writes come in its order.
// writes-follow-reads: monotonic reads, and a write comes after what its client had read.
// The judge's name says which.
Verdict judge_session(const Case& given);

// Causal convergence: one order of the writes to each key in which every read shows the latest of those that
// causally precede it. Decided by the bad patterns of Bouajjani et al. (2017): reads from nowhere, cycles of
// causality, reads of what was overwritten in their past, cycles of conflicts.
Verdict judge_causal(const Case& given);

} // namespace orrery::reports::judges::sessions
