// Seven fields a line, an operation each: client op a b out call ret. op is r, w or c; -1 is the
// empty register; out ? is an unknown result, and ret is -1 then. call and ret are ranks.
#include <algorithm>
#include <array>
#include <optional>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {
namespace {

using Fields = std::array<std::string_view, 7>;

bool split(std::string_view line, Fields& fields) {
    for (std::string_view& field : fields) {
        const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
        const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
        field = line.substr(begin, end - begin);
        line.remove_prefix(end);
        if (field.empty()) return false;
    }
    return line.find_first_not_of(" \t") == std::string_view::npos;
}

Value number_or_nil(std::int64_t number) { return number == -1 ? Value() : Value(number); }

struct Line {
    Entry call;
    std::optional<Entry> ret;
};

// Nothing if the fields make an operation, else what was expected of which.
std::optional<std::pair<std::size_t, std::string>> parse(const Fields& fields, Line& line) {
    std::int64_t client = 0;
    std::array<std::int64_t, 7> numbers{};
    for (const std::size_t place : {0u, 2u, 3u, 5u, 6u})
        if (!parse_integer(fields[place], numbers[place])) return std::pair(place, std::string("a whole number"));
    client = numbers[0];
    const bool unknown = fields[4] == "?";
    if (!unknown && !parse_integer(fields[4], numbers[4]))
        return std::pair(std::size_t{4}, std::string("a whole number or ?"));
    if (fields[1] == "c" && numbers[4] != 0 && numbers[4] != 1)
        return std::pair(std::size_t{4}, std::string("0, 1 or ?: whether it was equal"));
    if (fields[1] != "r" && fields[1] != "w" && fields[1] != "c")
        return std::pair(std::size_t{1}, std::string("r, w or c"));
    line.call.process = client;
    line.call.time = {numbers[5]};
    Value result;
    if (fields[1] == "r") {
        line.call.f = "read";
        result = number_or_nil(numbers[4]);
    } else if (fields[1] == "w") {
        line.call.f = "write";
        line.call.value = number_or_nil(numbers[2]);
    } else {
        line.call.f = "cas";
        line.call.value = Value(Value::List{number_or_nil(numbers[2]), number_or_nil(numbers[3])});
        result = Value(numbers[4] == 1);
    }
    if (unknown) return std::nullopt;
    if (numbers[6] < numbers[5]) return std::pair(std::size_t{6}, std::string("a return after the call"));
    line.ret = Entry{Entry::Type::ok, client, line.call.f, {}, result, {numbers[6]}, 0};
    return std::nullopt;
}

} // namespace

ReadResult read_plain(std::string_view text, const ReadOptions&) {
    History history;
    history.model = "cas-register";
    history.initial = Value();
    Lines lines(text);
    std::string_view line;
    while (lines.next(line)) {
        if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#')) continue;
        Fields fields;
        if (!split(line, fields)) return expected_at(lines.number(), 1, "seven fields: client op a b out call ret");
        Line parsed;
        if (const auto wrong = parse(fields, parsed))
            return expected_at(lines.number(), static_cast<std::size_t>(fields[wrong->first].data() - line.data()) + 1,
                               wrong->second);
        parsed.call.index = lines.number();
        parsed.call.place = {static_cast<std::uint32_t>(lines.number()), 1};
        history.entries.push_back(std::move(parsed.call));
        if (!parsed.ret) continue;
        parsed.ret->index = lines.number();
        parsed.ret->place = parsed.call.place;
        history.entries.push_back(std::move(*parsed.ret));
    }
    // Ranks are distinct, but be sure: a call and a return of one instant are concurrent.
    std::stable_sort(history.entries.begin(), history.entries.end(), [](const Entry& a, const Entry& b) {
        if (a.time != b.time) return a.time < b.time;
        return a.type == Entry::Type::invoke && b.type != Entry::Type::invoke;
    });
    return history;
}

} // namespace orrery::reports::formats
