// A recorded history, read from a file.
#pragma once

#include <string>

#include "orrery/reports/history.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine {

// `format`: the name of one that there is; empty: by content.
sim::Checked<reports::History> read_history(const std::string& file, const std::string& format = {});

} // namespace orrery::scenarios::engine
