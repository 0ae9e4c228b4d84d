// An entry that was not read from a file has no line.
#include "orrery/reports/views/source_places.h"

#include "orrery/sim/check.h"

namespace orrery::reports::views {
namespace {

// "line 8", "lines 1 to 8".
std::string from_to(std::string_view one, std::string_view many, std::uint64_t from, std::uint64_t to) {
    if (from == to) return std::string(one) + " " + std::to_string(from);
    return std::string(many) + " " + std::to_string(from) + " to " + std::to_string(to);
}

std::string places(const History& history, const Entry& from, const Entry& to) {
    if (from.place.line == 0 || to.place.line == 0) return {};
    const std::string lines = from_to("line", "lines", from.place.line, to.place.line);
    return history.source.numbered ? from_to("index", "index", from.index, to.index) + ", " + lines : lines;
}

} // namespace

std::string source_place(const History& history, std::size_t entry) {
    CHECK(entry < history.entries.size());
    return places(history, history.entries[entry], history.entries[entry]);
}

std::string source_places(const History& history, const Call& call) {
    const std::size_t end = call.return_entry.value_or(call.invoke_entry);
    CHECK(call.invoke_entry < history.entries.size());
    CHECK(end < history.entries.size());
    return places(history, history.entries[call.invoke_entry], history.entries[end]);
}

} // namespace orrery::reports::views
