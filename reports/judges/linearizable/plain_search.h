// Plain search: the second opinion on a violation. Wing & Gong's search over all operations with a
// memory of (done, state) and no reduction at all, short enough to be seen to be right; only for a
// few operations.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/models/machine.h"
#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable {

inline constexpr std::size_t plain_operations_max = 20;

// Whether there is a legal order of these operations, with any of the unknown ones. Nothing if there
// are more than plain_operations_max of them or the search needs more than `budget` configurations.
std::optional<bool> linearizable_plainly(const std::vector<models::Interval>& intervals,
                                         const std::vector<std::uint32_t>& classes, models::Machine& machine,
                                         std::uint64_t budget);

} // namespace orrery::reports::judges::linearizable
