// A recorded history, read from a file.
#pragma once

#include <string>
#include <variant>

#include "orrery/reports/history.h"

namespace orrery::scenarios::engine {

// `format`: the name of one that there is; empty: by content. Else one line that names the file, the
// place in it and what was expected there.
std::variant<reports::History, std::string> read_history(const std::string& file, const std::string& format = {});

} // namespace orrery::scenarios::engine
