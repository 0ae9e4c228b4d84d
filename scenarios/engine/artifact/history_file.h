// A recorded history, read from a file.
#pragma once

#include <string>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/history.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine {

// `format`: the name of one that there is; empty: by content. `file` may be the folder in which Jepsen keeps a run.
sim::Checked<reports::History> read_history(const std::string& file, const std::string& format = {},
                                            const reports::formats::ReadOptions& options = {});

} // namespace orrery::scenarios::engine
