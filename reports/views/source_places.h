// Where the operations of a verdict stand in the file that they were read from, in the file's own numbers.
#pragma once

#include <string>

#include "orrery/reports/history.h"

namespace orrery::reports::views {

// "line 8", or "index 7, line 8" of a source that numbers its operations. Empty if nobody knows.
std::string source_place(const History& history, std::size_t entry);
// Of both ends: "lines 1 to 8", "index 0 to 7, lines 1 to 8"; of an operation that never returned, of its beginning.
std::string source_places(const History& history, const Call& call);

} // namespace orrery::reports::views
