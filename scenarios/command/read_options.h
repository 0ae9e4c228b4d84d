// What check is told about files beyond what they say themselves: where objects start, by which words operations go,
// and whose order counts.
#pragma once

#include <string_view>

#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/command/values.h"

namespace orrery::scenarios::command {

// "10", "nil", ":a", "{\"a\":1000}": EDN, or JSON.
Expected parse_initial(std::string_view text, reports::formats::ReadOptions& options);
// "write=write-set,read=read-set-all": the model's word, then the file's.
Expected parse_names(std::string_view text, reports::formats::ReadOptions& options);
// "lines" or "time".
Expected parse_order(std::string_view text, reports::formats::ReadOptions& options);

} // namespace orrery::scenarios::command
