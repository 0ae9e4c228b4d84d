// The plan of a run: the one that the input brings, or else the one that its seed draws within the scenario's profile.
#pragma once

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

// What is wrong with the plan that the input brings, or with the profile of its scenario.
sim::Problem problem_of_faults(const RunInput& input);
// A pure function of the input: whoever asks gets the plan that the run arms.
faults::Plan plan_of(const RunInput& input);

} // namespace orrery::scenarios::engine
