// Values of shapes. `any` draws one; `text_of` writes it as a text that the Go program of go_test.cc writes as well, so
// that the two sides can be compared.
#pragma once

#include <algorithm>

#include "orrery/protocols/gob/shapes_test.h"
#include "orrery/sim/text.h"

namespace orrery::gob::shapes {

// A stream of drawn numbers; the same seed gives the same values.
class Draws {
public:
    // With a mask of 127, the bytes of texts are characters.
    explicit Draws(std::uint64_t seed, std::uint8_t mask = 255) : text_mask(mask), state_(seed) {}
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

    const std::uint8_t text_mask;

private:
    std::uint64_t state_;
};

// Small and large, and often zero, which is left out.
inline std::uint64_t any_number(Draws& draws) {
    const std::uint64_t bits = draws.below(65);
    return bits == 0 ? 0 : draws.next() >> (64 - bits);
}
inline double any_floating(Draws& draws) {
    const auto numerator = static_cast<double>(static_cast<std::int64_t>(draws.below(2001)) - 1000);
    const double all[] = {0.0, numerator, numerator / 7, std::numeric_limits<double>::infinity()};
    return all[draws.below(4)];
}
template <class T>
bool is_zero(const T& value) {
    if constexpr (requires { value.empty(); })
        return value.empty();
    else if constexpr (requires { value == T{}; })
        return value == T{};
    else
        return false;
}

template <class T>
void any_value(Draws& draws, T& value, int depth = 0) {
    if constexpr (std::same_as<T, Colour>) {
        value = static_cast<Colour>(draws.below(3));
    } else if constexpr (std::same_as<T, bool>) {
        value = draws.below(2) == 1;
    } else if constexpr (std::integral<T>) {
        value = static_cast<T>(any_number(draws));
    } else if constexpr (std::floating_point<T>) {
        value = static_cast<T>(any_floating(draws));
    } else if constexpr (type::is_complex<T>) {
        typename T::value_type parts[2];
        for (auto& each : parts) any_value(draws, each);
        value = T(parts[0], parts[1]);
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, sim::Bytes>) {
        std::string text(draws.below(4) == 0 ? draws.below(300) : draws.below(9), '\0');
        for (char& each : text) each = static_cast<char>(draws.next() & draws.text_mask);
        value = T(text);
    } else if constexpr (sim::codec::is_optional<T>) {
        any_value(draws, value.emplace(), depth);
        // A pointer to a zero is a nil pointer to those who read it.
        if (draws.below(3) == 0 || (!sim::HasMembers<typename T::value_type> && is_zero(*value))) value.reset();
    } else if constexpr (sim::codec::is_array<T>) {
        for (auto& each : value) any_value(draws, each, depth + 1);
    } else if constexpr (sim::codec::is_map<T>) {
        for (std::uint64_t left = draws.below(4); left > 0; --left) {
            typename T::key_type key{};
            any_value(draws, key, depth + 1);
            any_value(draws, value[std::move(key)], depth + 1);
        }
    } else if constexpr (std::same_as<T, std::vector<bool>>) {
        for (std::uint64_t left = draws.below(9); left > 0; --left) value.push_back(draws.below(2) == 1);
    } else if constexpr (type::is_list<T>) {
        for (std::uint64_t left = depth > 4 ? 0 : draws.below(4); left > 0; --left)
            any_value(draws, value.emplace_back(), depth + 1);
    } else {
        sim::for_each_member(value, [&](std::string_view, auto& field) { any_value(draws, field, depth + 1); });
    }
}
// Lists and maps have no nil elements.
template <class T>
void without_nil(T& value) {
    if constexpr (sim::codec::is_optional<T>) {
        if (value.has_value()) without_nil(*value);
    } else if constexpr (sim::HasMembers<T>) {
        sim::for_each_member(value, [](std::string_view, auto& field) { without_nil(field); });
    } else if constexpr (sim::codec::is_map<T> || sim::codec::is_array<T> ||
                         (type::is_list<T> && !std::same_as<T, std::vector<bool>>)) {
        for (auto& each : value) {
            if constexpr (sim::codec::is_map<T>) {
                if constexpr (sim::codec::is_optional<typename T::mapped_type>) {
                    if (!each.second.has_value()) each.second.emplace();
                }
                without_nil(each.second);
            } else {
                if constexpr (sim::codec::is_optional<typename T::value_type>) {
                    if (!each.has_value()) each.emplace();
                }
                without_nil(each);
            }
        }
    }
}
template <class T>
T any(Draws& draws) {
    T value{};
    any_value(draws, value);
    without_nil(value);
    return value;
}

inline std::string quoted(sim::ByteView content) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "'";
    for (const std::uint8_t each : content) {
        text += digits[each >> 4];
        text += digits[each & 15];
    }
    return text + "'";
}

// Numbers in decimal, floating ones by their bits, texts in hexadecimal, maps in the order of their keys' texts.
template <class T>
std::string text_of(const T& value) {
    if constexpr (sim::codec::is_optional<T>) {
        return value.has_value() ? text_of(*value) : "nil";
    } else if constexpr (std::is_enum_v<T>) {
        return text_of(static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (std::same_as<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
        return std::to_string(value);
    } else if constexpr (std::floating_point<T>) {
        return value == 0 ? "f0" : "f" + std::to_string(std::bit_cast<std::uint64_t>(static_cast<double>(value)));
    } else if constexpr (type::is_complex<T>) {
        return "(" + text_of(value.real()) + " " + text_of(value.imag()) + ")";
    } else if constexpr (std::same_as<T, std::string>) {
        return quoted(sim::view_of(value));
    } else if constexpr (std::same_as<T, sim::Bytes>) {
        return quoted(value);
    } else if constexpr (type::ListOfBytes<T>) {
        return quoted(std::vector<std::uint8_t>(value.begin(), value.end()));
    } else if constexpr (sim::HasMembers<T>) {
        std::vector<std::string> parts;
        sim::for_each_member(value, [&](std::string_view, const auto& field) { parts.push_back(text_of(field)); });
        return "<" + sim::join(parts, " ") + ">";
    } else {
        std::vector<std::string> parts;
        if constexpr (sim::codec::is_map<T>) {
            for (const auto& [key, element] : value) parts.push_back(text_of(key) + ":" + text_of(element));
            std::sort(parts.begin(), parts.end());
            return "{" + sim::join(parts, " ") + "}";
        } else {
            for (const auto& each : value) parts.push_back(text_of<typename T::value_type>(each));
            return "[" + sim::join(parts, " ") + "]";
        }
    }
}

} // namespace orrery::gob::shapes
