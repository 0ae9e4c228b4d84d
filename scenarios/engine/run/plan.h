// The plan of a run: the one that the input brings, or else the one that its seed draws within the scenario's profile.
#pragma once

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

// The names of all hosts of a run.
faults::HostNames hosts_of(const RunInput& input);

// The hosts that faults may hit: those of the roles that the scenario's profile names; if it names none, all but
// clients. The profile has no problem.
faults::Targets targets_of(const RunInput& input);

// What is wrong with the plan that a run is given - by file, line and column if it was read from one - or else with
// the scenario's profile.
sim::Problem problem_of_faults(const RunInput& input);

// A pure function of the input, which has no problem of faults: who asks gets the plan that the run arms.
faults::Plan plan_of(const RunInput& input);

} // namespace orrery::scenarios::engine
