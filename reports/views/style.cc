// Everything here works on code points: one is one column, and what is no printable code point becomes a question mark.
#include "orrery/reports/views/style.h"

#include <algorithm>
#include <array>

namespace orrery::reports::views {
namespace {

bool is_first_byte(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

// The bytes of the code point that begins at `at`.
std::string_view code_point(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && !is_first_byte(text[end])) ++end;
    return text.substr(at, end - at);
}

// How many bytes the code point at the beginning takes (RFC 3629, section 4); 0 if it is malformed,
// or a control character of the upper half, which a terminal would obey.
std::size_t well_formed(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (is_first_byte(text[i])) return 0;
    const bool upper_control = first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    return upper_control ? 0 : length;
}

std::string with_decimals(std::int64_t thousandths) {
    std::string rest = std::to_string(thousandths % 1000);
    return std::to_string(thousandths / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

} // namespace

std::string painted(std::string_view text, Colour colour, const Style& style) {
    constexpr std::array<std::string_view, 6> codes = {"", "31;1", "32", "33", "36;1", "2"};
    if (!style.colours || colour == Colour::none || text.empty()) return std::string(text);
    return "\x1b[" + std::string(codes[static_cast<std::size_t>(colour)]) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_first_byte));
}

std::string shown(std::string_view text, const Style& style) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = well_formed(text.substr(at));
        const bool printable = length == 1 ? text[at] >= ' ' && text[at] <= '~' : length > 1 && style.unicode;
        if (printable)
            result += text.substr(at, length);
        else
            result += '?';
        at += std::max<std::size_t>(length, 1);
    }
    return result;
}

std::string clipped(std::string_view text, std::size_t columns, const Style& style) {
    const std::string whole = shown(text, style);
    if (columns_of(whole) <= columns) return whole;
    constexpr std::string_view dots = "...";
    std::string result;
    std::size_t used = 0;
    for (std::size_t at = 0; at < whole.size() && used + dots.size() < columns; ++used) {
        const std::string_view point = code_point(whole, at);
        result += point;
        at += point.size();
    }
    return result + std::string(dots.substr(0, columns));
}

std::string padded(std::string text, std::size_t columns) {
    const std::size_t used = columns_of(text);
    if (used < columns) text.append(columns - used, ' ');
    return text;
}

std::string wrapped(std::string_view text, std::size_t indent, const Style& style) {
    const std::string whole = shown(text, style);
    std::string result(indent, ' ');
    std::size_t used = indent;
    for (std::size_t at = 0; at < whole.size();) {
        const std::size_t end = std::min(whole.find(' ', at), whole.size());
        const std::string_view word = std::string_view(whole).substr(at, end - at);
        const std::size_t columns = columns_of(word);
        if (used > indent && used + 1 + columns > style.width) {
            result += "\n" + std::string(indent, ' ');
            used = indent;
        } else if (used > indent) {
            result += ' ';
            ++used;
        }
        result += word;
        used += columns;
        at = end + 1;
    }
    return result;
}

std::vector<std::string> pieces(std::string_view text, std::size_t first, std::size_t others, const Style& style) {
    const std::string whole = shown(text, style);
    std::vector<std::string> lines;
    std::string_view rest = whole;
    for (std::size_t room = std::max<std::size_t>(first, 1); columns_of(rest) > room;
         room = std::max<std::size_t>(others, 1)) {
        std::size_t end = 0; // behind as many code points as fit
        for (std::size_t used = 0; used < room; ++used) end += code_point(rest, end).size();
        const std::size_t blank = rest.rfind(' ', end);
        if (blank != std::string_view::npos && blank > 0) end = blank;
        lines.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end);
        if (rest.starts_with(' ')) rest.remove_prefix(1);
    }
    lines.emplace_back(rest);
    return lines;
}

std::string heading(std::string_view text, const Style& style) {
    return "\n" + painted(text, Colour::dim, style) + "\n";
}

std::string in_seconds(sim::WorldTime time) {
    if (time.nanoseconds == INT64_MAX) return "never";
    return with_decimals(time.nanoseconds / 1'000'000) + " s";
}

std::string in_milliseconds(sim::WorldTime time) {
    if (time.nanoseconds == INT64_MAX) return "never";
    return with_decimals(time.nanoseconds / 1000);
}

void Line::put(std::size_t column, std::string_view text, Colour colour) {
    for (std::size_t at = 0; at < text.size(); ++column) {
        const std::string_view point = code_point(text, at);
        // Text of programs and files gets here by many ways: what a terminal would obey is replaced in this one place.
        const bool control = point.size() == 1 && (point[0] < ' ' || point[0] > '~');
        if (column >= cells_.size()) cells_.resize(column + 1);
        const std::string glyph = control || well_formed(point) != point.size() ? "?" : std::string(point);
        cells_[column] = {glyph, colour};
        at += point.size();
    }
}

void Line::fill(std::size_t from, std::size_t to, std::string_view glyph, Colour colour) {
    for (std::size_t column = from; column < to; ++column) put(column, glyph, colour);
}

std::string Line::text(const Style& style) const {
    std::size_t end = cells_.size();
    while (end > 0 && cells_[end - 1].glyph == " ") --end;
    std::string result;
    for (std::size_t from = 0; from < end;) {
        std::size_t to = from;
        std::string run;
        for (; to < end && cells_[to].colour == cells_[from].colour; ++to) run += cells_[to].glyph;
        result += painted(run, cells_[from].colour, style);
        from = to;
    }
    return result;
}

} // namespace orrery::reports::views
