// Values as JSON and back.
#pragma once

#include <nlohmann/json.hpp>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

using Json = nlohmann::ordered_json;

sim::Checked<Json> parse_json(std::string_view text);

Json json_of(const Value& value);
// False for what no history holds: fractions, numbers beyond 64 bits.
bool value_of(const Json& json, Value& value);
// As what other tools record: numbers that are not whole, or beyond 64 bits, become texts.
Value any_value_of(const Json& json);
// Keys of maps are always texts in JSON; those that are digits stand for numbers: {"0": 100} is {0 100}.
void restore_numbers(Value& value);

} // namespace orrery::reports::formats
