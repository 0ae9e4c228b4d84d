// Jepsen's operations as lines of text, a column each: PROCESS :type :f VALUE, with tabs or spaces between.
//
//     history.txt    0	:invoke	:write	1
//     a run's log    INFO  jepsen.util - 0	:invoke	:write	1
//                    2025-06-23 13:09:52,409{GMT}	INFO	[jepsen worker 0] jepsen.util: 0	:invoke	:write
//                    1
//
// In a log stand other lines too, also those of several lines; they are counted. A line is an operation if it comes
// from jepsen.util and has a process, or a type; it must be a whole one then. What stands behind the value is an
// error or a time.
//
// In a log registers start at nil, and a compare-and-swap that failed is an observation: the state was
// not `from`. In history.txt both are as in Jepsen's EDN. A failed read says nothing and is dropped.
#include <algorithm>
#include <array>

#include "orrery/reports/formats/edn_value.h"
#include "orrery/reports/formats/jepsen.h"

namespace orrery::reports::formats {
namespace {

constexpr std::string_view between_columns = " \t";
constexpr std::string_view writer = "jepsen.util";

// What stands behind its name; nothing if the line is not one of jepsen.util's.
std::optional<std::string_view> behind_writer(std::string_view line) {
    const std::size_t at = line.find(writer);
    if (at == std::string_view::npos) return {};
    std::string_view rest = line.substr(at + writer.size());
    if (rest.empty() || (rest[0] != ' ' && rest[0] != ':' && rest[0] != '\t')) return {}; // jepsen.util$something
    if (rest[0] == ':') rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(between_columns), rest.size()));
    if (rest.starts_with("- ")) rest.remove_prefix(2);
    return rest;
}

// Process, type and f; empty where there is none. `rest` begins behind them afterwards.
std::array<std::string_view, 3> columns_of(std::string_view& rest) {
    std::array<std::string_view, 3> columns;
    for (std::string_view& each : columns) {
        rest.remove_prefix(std::min(rest.find_first_not_of(between_columns), rest.size()));
        each = rest.substr(0, rest.find_first_of(between_columns));
        rest.remove_prefix(each.size());
    }
    return columns;
}

bool looks_like_operation(std::string_view rest) {
    const auto [process, type, f] = columns_of(rest);
    return is_type(type) || (is_process(process) && type.starts_with(':'));
}

sim::Complaint stops_within(std::size_t number, std::string_view line) {
    return expected_at(number, line.size() + 1, "the end of the line: the file stops within it");
}

// `cut`: the file may stop within the line.
sim::Problem read_operation(std::string_view line, std::string_view rest, std::size_t number, bool cut,
                            JepsenEntries& entries) {
    const auto column = [&](std::string_view part) { return static_cast<std::size_t>(part.data() - line.data()) + 1; };
    const auto [process, type, f] = columns_of(rest);
    if (!is_process(process)) return expected_at(number, column(process), "a process number");
    if (!is_type(type) && process != ":nemesis")
        return expected_at(number, column(type), ":invoke, :ok, :fail or :info");
    if (f.size() < 2 && process != ":nemesis") return expected_at(number, column(f), ":f, a word");
    Value value;
    EdnReader reader(rest);
    const bool ends = reader.at_end();
    if (ends && cut) return stops_within(number, line); // without a value it would say that nothing was seen
    if (!ends && !reader.read(value))
        return moved_to({static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(column(rest))}, reader.error());
    std::int64_t id = 0;
    const Value who = parse_integer(process, id) ? Value(id) : Value(process);
    return entries.add_tuple({who, Value(type), Value(f), std::move(value)}, {static_cast<std::uint32_t>(number), 1});
}

// The line with every digit as 0: what two lines of a log have in common.
std::string shape_of(std::string_view line) {
    std::string shape(line);
    for (char& each : shape)
        if (each >= '0' && each <= '9') each = '0';
    return shape;
}

} // namespace

bool is_operation_of_log(std::string_view line) {
    const auto rest = behind_writer(line);
    return rest && looks_like_operation(*rest);
}

bool is_operation_of_history_txt(std::string_view line) {
    std::string_view rest = line;
    const auto [process, type, f] = columns_of(rest);
    return is_process(process) && is_type(type);
}

ReadResult read_jepsen_log(std::string_view text, const ReadOptions& options) {
    JepsenEntries entries(options, {.swaps_compared = true, .nil_is_read = true, .starts_at_nil = true});
    Lines lines(text);
    std::string_view line;
    std::string shape; // of the last operation
    while (lines.next(line)) {
        const bool last = lines.at_end() && !text.ends_with('\n');
        if (const auto rest = behind_writer(line); rest && looks_like_operation(*rest)) {
            if (auto error = read_operation(line, *rest, lines.number(), last, entries)) return *std::move(error);
            shape = shape_of(line);
            continue;
        }
        if (last && !line.empty() && shape.starts_with(shape_of(line))) return stops_within(lines.number(), line);
        if (!line.empty()) entries.skip("other line");
    }
    ReadResult history = entries.finish();
    if (history && history->initial) history->model = "cas-register"; // nothing but reads, writes and swaps
    return history;
}

ReadResult read_history_txt(std::string_view text, const ReadOptions& options) {
    JepsenEntries entries(options, {});
    Lines lines(text);
    std::string_view line;
    while (lines.next(line)) {
        const std::size_t begin = line.find_first_not_of(between_columns);
        if (begin == std::string_view::npos) continue;
        const bool last = lines.at_end() && !text.ends_with('\n');
        if (auto error = read_operation(line, line.substr(begin), lines.number(), last, entries))
            return *std::move(error);
    }
    return entries.finish();
}

} // namespace orrery::reports::formats
