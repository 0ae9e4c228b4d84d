// Jepsen's operations as JSON: one array of objects, or objects one after the other, a line each or not. The text is
// cut into its objects first, so that each error has its line, and so that the whole never stands in memory twice.
#include <algorithm>

#include "orrery/reports/formats/jepsen.h"
#include "orrery/reports/formats/json_objects.h"
#include "orrery/reports/formats/json_value.h"

namespace orrery::reports::formats {
namespace {

// What an operation is made of; no other field is looked at.
constexpr std::string_view operation_fields[] = {"process", "type", "f", "value", "key", "index", "time"};

Value operation_of(const Json& json) {
    Value::Map map;
    for (const std::string_view name : operation_fields)
        for (const std::string& spelled : {std::string(name), ":" + std::string(name)})
            if (const auto found = json.find(spelled); found != json.end()) {
                map.emplace_back(name, any_value_of(*found));
                restore_numbers(map.back().second);
                break;
            }
    return map;
}

ReadResult read_objects(std::string_view text, const ReadOptions& options, JepsenReading reading) {
    JepsenEntries entries(options, reading);
    const auto add = [&](const Json& json, Place place) { return entries.add(operation_of(json), place); };
    if (auto error = add_each(text, add)) return *std::move(error);
    return entries.finish();
}

} // namespace

ReadResult read_json(std::string_view text, const ReadOptions& options) { return read_objects(text, options, {}); }

ReadResult read_json_observed(std::string_view text, const ReadOptions& options) {
    return read_objects(text, options, {.swaps_compared = true});
}

} // namespace orrery::reports::formats
