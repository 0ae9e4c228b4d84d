// The names of rows and the words in which they are told.
#include "orrery/reports/trace/row.h"

#include <algorithm>
#include <iterator>

namespace orrery::reports::trace {
namespace {

constexpr std::string_view names[] = {"boot",        "crash",     "note",   "state", "send", "deliver", "lose",
                                      "fault_begin", "fault_end", "invoke", "ok",    "fail", "info"};
static_assert(std::size(names) == kinds);

} // namespace

Field field(std::string name, std::int64_t number) { return {std::move(name), std::to_string(number), number}; }
Field field(std::string name, std::string text) { return {std::move(name), std::move(text)}; }

Field field_of(std::string_view name, const sim::Field& value) {
    if (value.is_text || value.is_beyond) return field(std::string(name), sim::to_text(value));
    return field(std::string(name), value.integer);
}

std::string_view name(Row::Kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<Row::Kind> row_kind(std::string_view name) {
    const auto* const found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) return std::nullopt;
    return static_cast<Row::Kind>(found - std::begin(names));
}

const Field* Row::find(std::string_view field) const {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const Field& each) { return each.name == field; });
    return found == fields.end() ? nullptr : &*found;
}

std::string Row::words() const {
    if (is_message()) return content;
    std::string text;
    for (const Field& each : fields) {
        if (!text.empty()) text += ' ';
        if (kind == Kind::note) text += each.name + "=";
        text += each.text;
    }
    return text;
}

} // namespace orrery::reports::trace
