#include "orrery/sim/settings.h"

#include <charconv>

#include "orrery/sim/note.h"

namespace orrery::sim {
namespace {

bool parse_integer(std::string_view text, std::int64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

struct Unit {
    std::string_view suffix;
    std::int64_t nanoseconds;
};
constexpr Unit units[] = {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}};

} // namespace

const std::string& Settings::text(std::string_view name) const {
    const auto found = values_.find(name);
    CHECK(found != values_.end());
    return found->second;
}

std::int64_t Settings::integer(std::string_view name) const {
    std::int64_t value = 0;
    CHECK(parse_integer(text(name), value));
    return value;
}

bool Settings::flag(std::string_view name) const {
    const std::string& value = text(name);
    CHECK(value == "true" || value == "false");
    return value == "true";
}

Duration Settings::duration(std::string_view name) const {
    Duration value{};
    CHECK(parse_duration(text(name), value));
    return value;
}

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

std::string duration_text(Duration duration) {
    const std::int64_t count = duration.count();
    const Unit* best = &units[0];
    for (const Unit& unit : units)
        if (count % unit.nanoseconds == 0) best = &unit;
    return std::to_string(count / best->nanoseconds) + std::string(best->suffix);
}

std::string to_text(const Field& field) {
    return field.is_text ? std::string(field.text) : std::to_string(field.integer);
}

} // namespace orrery::sim
