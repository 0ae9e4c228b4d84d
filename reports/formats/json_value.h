// Values as JSON and back.
#pragma once

#include <nlohmann/json.hpp>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

using Json = nlohmann::ordered_json;

// What stands in a text, or what was expected at which of its bytes, from 1.
struct JsonError {
    std::size_t byte = 1;
    std::string expected;
};
std::variant<Json, JsonError> parse_json(std::string_view text);

Json json_of(const Value& value);
// False for what no history holds: fractions, numbers beyond 64 bits.
bool value_of(const Json& json, Value& value);

} // namespace orrery::reports::formats
