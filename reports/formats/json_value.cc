#include "orrery/reports/formats/json_value.h"

namespace orrery::reports::formats {

Json json_of(const Value& value) {
    switch (value.kind()) {
    case Value::Kind::nil: return nullptr;
    case Value::Kind::boolean: return value.boolean();
    case Value::Kind::integer: return value.integer();
    case Value::Kind::text: return value.text();
    case Value::Kind::list: {
        Json list = Json::array();
        for (const Value& each : value.list()) list.push_back(json_of(each));
        return list;
    }
    case Value::Kind::map: break;
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

} // namespace orrery::reports::formats
