// An object of JSON that stands in a line, read strictly by a list of rules: a misspelt field is an error where it
// stands, not a field that is missing.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/reports/formats/json_value.h"
#include "orrery/sim/text.h"

namespace orrery::reports::formats {

// A field of the object in a line: JSON values know what they are, but not where they stood. Columns count from 1.
struct LineField {
    std::string_view name;
    std::size_t column = 1;
    std::size_t value_column = 1;
};

// Of a line that is known to be an object of JSON.
std::vector<LineField> fields_of(std::string_view line);

// What a field may hold, and where that goes; `read` is false if it holds anything else.
template <class Target>
struct LineRule {
    std::string_view name;
    bool needed;
    std::string_view holds;
    bool (*read)(const Json& json, Target& target);
};

// The first thing that is wrong with the object in line `number`, if anything. `rules`: an array of them.
template <class Rules, class Target>
sim::Problem read_line(const Rules& rules, std::string_view line, std::size_t number, Target& target) {
    const auto wrong = [number](std::size_t column, std::string expected) {
        return expected_at(number, column, std::move(expected));
    };
    const sim::Checked<Json> parsed = parse_json(line);
    if (!parsed) return moved_to({static_cast<std::uint32_t>(number), 1}, parsed.complaint());
    const Json& json = *parsed;
    if (!json.is_object()) return wrong(1, "a JSON object");
    std::array<bool, std::tuple_size_v<Rules>> seen{};
    for (const LineField& field : fields_of(line)) {
        const auto rule =
            std::find_if(rules.begin(), rules.end(), [&](const auto& each) { return each.name == field.name; });
        if (rule == rules.end()) {
            std::vector<std::string_view> known;
            for (const auto& each : rules) known.push_back(each.name);
            return wrong(field.column, "one of the fields " + sim::join(known));
        }
        bool& before = seen[static_cast<std::size_t>(rule - rules.begin())];
        if (before) return wrong(field.column, std::string(rule->name) + " once");
        before = true;
        if (!rule->read(json.at(std::string(rule->name)), target))
            return wrong(field.value_column, std::string(rule->name) + " with " + std::string(rule->holds));
    }
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].needed && !seen[i])
            return wrong(line.rfind('}') + 1,
                         "a field " + std::string(rules[i].name) + " with " + std::string(rules[i].holds));
    return std::nullopt;
}

} // namespace orrery::reports::formats
