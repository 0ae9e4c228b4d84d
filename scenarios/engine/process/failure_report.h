// A failure report: a failed run once more, recorded this time, as the struct from which every view of it is made.
#pragma once

#include <optional>

#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::engine {

// Nothing if the run dies, so that all that is known of it is in its summary.
std::optional<reports::views::Failure> failure_report(const Summary& failed, const Limits& limits = {});

} // namespace orrery::scenarios::engine
