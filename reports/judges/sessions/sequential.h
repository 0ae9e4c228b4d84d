// Sequential consistency (Lamport 1979): one order of all operations, each client's in its own order, in which
// an object that serves one at a time gives these results. Real time does not count, so keys cannot be judged
// apart. NP-complete (Gibbons & Korach 1997): a depth-first search over how far each client has come, with the
// states that were met at each such point, within the budget.
#pragma once

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::sessions {

Verdict judge_sequential(const Case& given);

// Linearizable, if each operation that only looks may have taken place up to so long before it began. The
// parameter is that time.
Verdict judge_bounded_staleness(const Case& given);

} // namespace orrery::reports::judges::sessions
