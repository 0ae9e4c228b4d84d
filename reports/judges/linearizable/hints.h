// Hints: many systems say where an operation took effect - at an index of their log, at a revision. Then the order
// need not be found, only checked: in O(n), after sorting. A hint is never believed. An order that holds is as
// good as any other; one that does not says nothing, and the question goes on to the stages that use no hints.
// (What etcd's robustness tests do with revisions, and CHRONOS with a database's own timestamps.)
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/judges/linearizable/part.h"

namespace orrery::reports::judges::linearizable {

// The places of a part in the order of the hints: what changes the object, or says nothing of its effect, before
// what only looked at the same hint, else by invocation. Nothing if an operation that returned has none, or if this is
// no legal order. Unknown operations take effect if they have one.
std::optional<std::vector<std::uint32_t>> order_by_hints(const models::Operations& operations, const Part& part);

} // namespace orrery::reports::judges::linearizable
