// Swarm: draws a plan for a seed from a profile - first which kinds this seed has at all, then how
// many and how strong, then when and where (after Groce et al., Swarm Testing, ISSTA 2012).
#pragma once

#include "orrery/faults/plan.h"
#include "orrery/faults/profile.h"

namespace orrery::faults {

// Faults begin before `horizon`, and end by it. The profile's budgets name kinds of the list.
Plan draw_plan(const Profile& profile, std::uint64_t seed, const Targets& targets, sim::Duration horizon,
               const KindList& kinds = standard_kinds());

} // namespace orrery::faults
