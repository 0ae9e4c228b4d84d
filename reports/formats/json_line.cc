// The line is gone through once more beside its JSON, only to see where its fields stand.
#include "orrery/reports/formats/json_line.h"

namespace orrery::reports::formats {
namespace {

// The place behind the value, or the name, that begins at `at`. The line is known to be JSON.
std::size_t step_over(std::string_view line, std::size_t at) {
    int depth = 0;
    bool quoted = false;
    for (; at < line.size(); ++at) {
        const char each = line[at];
        if (quoted && each == '\\') ++at;
        if (each == '"') quoted = !quoted;
        if (quoted) continue;
        if (depth == 0 && (each == ',' || each == ':' || each == '}')) return at;
        if (each == '{' || each == '[') ++depth;
        if (each == '}' || each == ']') --depth;
    }
    return line.size();
}

} // namespace

std::vector<LineField> fields_of(std::string_view line) {
    constexpr const char* blanks = " \t\r";
    std::vector<LineField> fields;
    std::size_t at = line.find('{') + 1;
    while ((at = line.find('"', at)) != std::string_view::npos) {
        const std::size_t colon = step_over(line, at);
        const std::size_t value = std::min(line.find_first_not_of(blanks, colon + 1), line.size());
        fields.push_back({line.substr(at + 1, line.rfind('"', colon) - at - 1), at + 1, value + 1});
        at = step_over(line, value);
    }
    return fields;
}

} // namespace orrery::reports::formats
