// A failed run once more, recorded this time: what every view of it is made from.
#pragma once

#include <optional>

#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::engine {

// Nothing if the run dies, so that all that is known of it is in its summary.
std::optional<Summary> recorded(const Summary& failed, const Limits& limits = {});

} // namespace orrery::scenarios::engine
