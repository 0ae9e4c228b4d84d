// Values as JSON and back.
#pragma once

#include <nlohmann/json.hpp>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

using Json = nlohmann::ordered_json;

Json json_of(const Value& value);
// False for what no history holds: fractions, numbers beyond 64 bits.
bool value_of(const Json& json, Value& value);

} // namespace orrery::reports::formats
