// The distance between names is that of Damerau and Levenshtein with adjacent swaps, a row at a time.
#include "orrery/sim/text.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace orrery::sim {
namespace {

template <class Integer>
bool parse_whole(std::string_view text, Integer& out, int base) {
    Integer value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return false;
    out = value;
    return true;
}

struct Unit {
    std::string_view suffix;
    std::int64_t nanoseconds;
};
constexpr Unit units[] = {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}};

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> previous(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(previous);
        previous.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t exchanged = previous[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = std::min({previous[j] + 1, row[j - 1] + 1, exchanged});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

} // namespace

bool parse_integer(std::string_view text, std::int64_t& out) { return parse_whole(text, out, 10); }
bool parse_integer(std::string_view text, std::uint64_t& out) { return parse_whole(text, out, 10); }

bool parse_duration(std::string_view text, Duration& out) {
    for (const Unit& unit : units) {
        if (!text.ends_with(unit.suffix)) continue;
        std::int64_t count = 0;
        if (!parse_integer(text.substr(0, text.size() - unit.suffix.size()), count)) continue;
        std::int64_t product = 0;
        if (__builtin_mul_overflow(count, unit.nanoseconds, &product)) return false;
        out = Duration{product};
        return true;
    }
    return false;
}

std::string duration_units() {
    std::string text;
    for (const Unit& unit : units)
        text += (&unit == std::begin(units)     ? ""
                 : &unit + 1 == std::end(units) ? " or "
                                                : ", ") +
                std::string(unit.suffix);
    return text;
}

std::string duration_text(Duration duration) {
    const std::int64_t count = duration.count();
    const Unit* best = &units[0];
    for (const Unit& unit : units)
        if (count % unit.nanoseconds == 0) best = &unit;
    return std::to_string(count / best->nanoseconds) + std::string(best->suffix);
}

std::string hexadecimal(std::uint64_t number) {
    std::string text(16, '0');
    for (std::size_t i = 0; i < 16; ++i) text[15 - i] = "0123456789abcdef"[number >> (4 * i) & 15];
    return text;
}

bool parse_hexadecimal(std::string_view text, std::uint64_t& out) {
    const bool plain = text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return plain && parse_whole(text, out, 16);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    if (text.empty()) return parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

bool is_path_inside(std::string_view path) {
    const std::vector<std::string_view> names = split(path, '/');
    return !names.empty() && std::none_of(names.begin(), names.end(), [](std::string_view name) {
        return name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos;
    });
}

std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
    // One slip for every three letters; a beginning is as good.
    std::size_t least = word.size() / 3 + 1;
    std::string best;
    for (const std::string& name : names) {
        const bool begins = word.size() >= 3 && name.starts_with(word);
        const std::size_t slips = begins ? 1 : distance(word, name);
        if (slips > least || (slips == least && !best.empty())) continue;
        least = slips;
        best = name;
    }
    return best.empty() ? "" : "; did you mean '" + best + "'?";
}

} // namespace orrery::sim
