// The orders of containers.h, one function a discipline.
#pragma once

#include "orrery/reports/judges/linearizable/containers/lifetimes.h"

namespace orrery::reports::judges::linearizable::containers {

Contained order_queue(const Lifetimes& lifetimes);
Contained order_stack(const Lifetimes& lifetimes);
Contained order_growing_set(std::span<const models::Interval> intervals, const models::ContainerEffects& effects);

} // namespace orrery::reports::judges::linearizable::containers
