// JSON is parsed by nlohmann/json; here its errors get a place, and its numbers must be whole.
#include "orrery/reports/formats/json_value.h"

#include <algorithm>

namespace orrery::reports::formats {
namespace {

// Where brackets stand deeper than that, if anywhere. Those within strings are text.
std::optional<std::size_t> too_deep(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char each = text[at];
        if (quoted && each == '\\') ++at;
        if (each == '"') quoted = !quoted;
        if (quoted) continue;
        if (each == ']' || each == '}') --depth;
        if ((each == '[' || each == '{') && ++depth > depth_max) return at;
    }
    return {};
}

sim::Complaint expected_at_byte(std::string_view text, std::size_t byte, const std::string& what) {
    const std::string_view before = text.substr(0, byte);
    const auto line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    return expected_at(line, before.size() - (before.rfind('\n') + 1) + 1, what);
}

} // namespace

sim::Checked<Json> parse_json(std::string_view text) {
    if (const auto deep = too_deep(text)) return expected_at_byte(text, *deep, "values nested less deeply");
    // The parser takes a zero byte for the end, and would not see what stands behind it.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos) return expected_at_byte(text, zero, "JSON");
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        return expected_at_byte(text, std::max<std::size_t>(error.byte, 1) - 1, "JSON");
    } catch (const Json::exception&) {
        return expected_at(1, 1, "whole numbers of 64 bits"); // one like 1e999, and it does not say where
    }
}

Json json_of(const Value& value) {
    switch (value.kind()) {
    case Value::Kind::nil:
        return nullptr;
    case Value::Kind::boolean:
        return value.boolean();
    case Value::Kind::integer:
        return value.integer();
    case Value::Kind::text:
        return value.text();
    case Value::Kind::list: {
        Json list = Json::array();
        for (const Value& each : value.list()) list.push_back(json_of(each));
        return list;
    }
    case Value::Kind::map:
        break;
    }
    Json map = Json::object();
    for (const auto& [key, each] : value.map()) map[key.is_text() ? key.text() : key.rendered()] = json_of(each);
    return map;
}

bool value_of(const Json& json, Value& value) {
    if (json.is_null()) return value = Value(), true;
    if (json.is_boolean()) return value = Value(json.get<bool>()), true;
    if (json.is_string()) return value = Value(json.get<std::string>()), true;
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return false;
    if (json.is_number_integer()) return value = Value(json.get<std::int64_t>()), true;
    if (json.is_array()) {
        Value::List list;
        for (const Json& each : json)
            if (!value_of(each, list.emplace_back())) return false;
        return value = Value(std::move(list)), true;
    }
    if (!json.is_object()) return false;
    Value::Map map;
    for (const auto& [key, each] : json.items()) {
        map.emplace_back(Value(key), Value());
        if (!value_of(each, map.back().second)) return false;
    }
    return value = Value(std::move(map)), true;
}

Value any_value_of(const Json& json) {
    Value value;
    if (json.is_array()) {
        Value::List list;
        for (const Json& each : json) list.push_back(any_value_of(each));
        return list;
    }
    if (json.is_object()) {
        Value::Map map;
        for (const auto& [key, each] : json.items()) map.emplace_back(Value(key), any_value_of(each));
        return map;
    }
    return value_of(json, value) ? value : Value(json.dump());
}

void restore_numbers(Value& value) {
    if (!value.is_map()) return;
    Value::Map map = value.map();
    for (auto& [key, each] : map) {
        std::int64_t number = 0;
        if (key.is_text() && parse_integer(key.text(), number)) key = Value(number);
        restore_numbers(each);
    }
    value = Value(std::move(map));
}

} // namespace orrery::reports::formats
