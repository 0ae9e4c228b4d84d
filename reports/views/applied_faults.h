// AppliedFaults: the faults of a run that took effect, with their times and their actual targets. A selector
// like raft.role=leader says nothing until one knows who was the leader then.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/trace/row.h"
#include "orrery/reports/views/style.h"

namespace orrery::reports::views {

// What a run knows of one fault of its plan.
struct AppliedFault {
    std::uint64_t fault = 0;
    std::string line;            // as in the plan
    std::uint64_t effective = 0; // how often it took effect
};

// A line of a plan, "f402 cut target=raft.role=leader at=3879ms for=772ms", without the times: those
// of its beginning and end are known better. A host in parentheses at its end is the actual target.
std::string without_times(std::string_view line);
// One line a fault that took effect, in the order in which they began; what began after `until` is
// only counted.
std::string applied_faults(const std::vector<AppliedFault>& all, const trace::Recording& recording,
                           sim::WorldTime until, const Style& style);

} // namespace orrery::reports::views
