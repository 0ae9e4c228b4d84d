// The orders of containers.h, one function a discipline.
#pragma once

#include "orrery/reports/judges/linearizable/containers/lives.h"

namespace orrery::reports::judges {

Contained order_queue(const Lives& lives);
Contained order_stack(const Lives& lives);
Contained order_growing_set(std::span<const models::Interval> intervals, const models::Contents& contents);

} // namespace orrery::reports::judges
