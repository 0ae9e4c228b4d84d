// From the fields of a model's types to Values and back, and to a hash: what a model need not write.
//
// Fields are whole numbers, truths, texts, shared or not, optionals, lists, sets and arrays, pairs, maps, enumerations
// (as their number) and structs with a list of members (sim/members.h). Hashes have a fixed seed, so that nothing here
// depends on the machine, the run or an address.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "orrery/reports/value.h"
#include "orrery/sim/members.h"

namespace orrery::reports::models {

// A text that all its copies share, as values do: for fields of operations of which there are millions.
class Text {
public:
    Text() = default;
    Text(std::string text) : value_(std::move(text)) {}
    Text(std::string_view text) : value_(text) {}
    Text(const char* text) : value_(text) {}
    explicit Text(Value text) : value_(std::move(text)) { CHECK(value_.is_text()); }

    Value value() const { return value_.is_nil() ? Value("") : value_; }
    const std::string& text() const { return value_.is_nil() ? none() : value_.text(); }
    bool operator==(const Text& other) const { return value_ == other.value_ || text() == other.text(); }

private:
    static const std::string& none() {
        static const std::string empty;
        return empty;
    }

    Value value_; // nil: an empty text
};

// For people and for files: a struct becomes a map from member names, or the value itself if it has
// one member.
inline Value to_value(const std::string& field) { return field; }
inline Value to_value(const Value& field) { return field; }
inline Value to_value(const Text& field) { return field.value(); }
template <class T>
requires std::integral<T> || std::is_enum_v<T> Value to_value(const T& field) {
    if constexpr (std::is_enum_v<T>)
        return static_cast<std::int64_t>(field);
    else
        return field;
}
template <sim::HasMembers T>
Value to_value(const T& object);
template <std::ranges::input_range T>
Value to_value(const T& list);
template <class A, class B>
Value to_value(const std::pair<A, B>& pair);
template <class K, class V>
Value to_value(const std::map<K, V>& map);
template <class T>
Value to_value(const std::optional<T>& field) {
    return field ? to_value(*field) : Value();
}
template <std::ranges::input_range T>
Value to_value(const T& list) {
    Value::List all;
    for (const auto& each : list) all.push_back(to_value(each));
    return all;
}
template <class A, class B>
Value to_value(const std::pair<A, B>& pair) {
    return Value::List{to_value(pair.first), to_value(pair.second)};
}
template <class K, class V>
Value to_value(const std::map<K, V>& map) {
    Value::Map all;
    for (const auto& [key, value] : map) all.emplace_back(to_value(key), to_value(value));
    return all;
}
template <sim::HasMembers T>
Value to_value(const T& object) {
    Value::Map all;
    sim::for_each_member(object,
                         [&](std::string_view name, const auto& field) { all.emplace_back(name, to_value(field)); });
    return all.size() == 1 ? std::move(all.front().second) : Value(std::move(all));
}

// False if the value is of another kind. A text field also takes whole numbers, as their digits:
// sources disagree on whether a key is 1 or "1".
template <class T>
bool from_value(const Value& value, T& field) {
    if constexpr (std::same_as<T, bool>) {
        if (!value.is_boolean()) return false;
        field = value.boolean();
        return true;
    } else if constexpr (std::integral<T>) {
        if (!value.is_integer()) return false;
        field = static_cast<T>(value.integer());
        return static_cast<std::int64_t>(field) == value.integer();
    } else if constexpr (std::is_enum_v<T>) {
        if (!value.is_integer()) return false;
        field = static_cast<T>(value.integer());
        return static_cast<std::int64_t>(field) == value.integer();
    } else if constexpr (std::same_as<T, std::string>) {
        if (value.is_text()) field = value.text();
        if (value.is_integer()) field = std::to_string(value.integer());
        return value.is_text() || value.is_integer();
    } else {
        static_assert(std::same_as<T, Value>, "no Value becomes a field of this type");
        field = value;
        return true;
    }
}
inline bool from_value(const Value& value, Text& field) {
    if (value.is_text()) field = Text(value);
    if (value.is_integer()) field = std::to_string(value.integer());
    return value.is_text() || value.is_integer();
}
template <class T>
bool from_value(const Value& value, std::optional<T>& field) {
    field.reset();
    if (value.is_nil()) return true;
    return from_value(value, field.emplace());
}
template <class T>
bool from_value(const Value& value, std::vector<T>& field) {
    if (!value.is_list()) return false;
    field.clear();
    for (const Value& each : value.list())
        if (!from_value(each, field.emplace_back())) return false;
    return true;
}
template <class K, class V>
bool from_value(const Value& value, std::map<K, V>& field) {
    if (!value.is_map()) return false;
    field.clear();
    for (const auto& [key, each] : value.map()) {
        K known{};
        if (!from_value(key, known) || field.contains(known) || !from_value(each, field[known])) return false;
    }
    return true;
}

// The same as to_value gives: one member is the value itself, more are a map of exactly their names.
template <sim::HasMembers T>
bool from_value(const Value& value, T& object) {
    constexpr std::size_t count = std::tuple_size_v<decltype(T::members())>;
    if (count != 1 && (!value.is_map() || value.map().size() != count)) return false;
    bool fits = true;
    sim::for_each_member(object, [&](std::string_view name, auto& field) {
        if constexpr (count == 1) {
            fits = from_value(value, field);
        } else {
            const Value* found = nullptr;
            for (const auto& [key, each] : value.map())
                if (key == Value(name)) found = &each;
            fits = fits && found != nullptr && from_value(*found, field);
        }
    });
    return fits;
}

// The value as a T, or nothing. Not to be left to std::optional's conversions: a T may be optional itself.
template <class T>
std::optional<T> as(const Value& value) {
    T field{};
    if (!from_value(value, field)) return std::nullopt;
    return std::optional<T>(std::in_place, std::move(field));
}

// Folds one word into a hash: multiply-xorshift, as in splitmix64.
constexpr std::uint64_t fold(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93u;
    return hash ^ (hash >> 29);
}

std::uint64_t digest(std::uint64_t hash, const Value& value);

// Eight bytes at a time, whatever order the machine has them in: a hash never leaves it.
inline std::uint64_t digest(std::uint64_t hash, std::string_view text) {
    hash = fold(hash, text.size());
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        hash = fold(hash, word);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, text.data(), text.size());
    return fold(hash, rest);
}
inline std::uint64_t digest(std::uint64_t hash, const std::string& text) {
    return digest(hash, std::string_view(text));
}

inline std::uint64_t digest(std::uint64_t hash, const Text& field) { return digest(hash, field.text()); }

template <class T>
std::uint64_t digest(std::uint64_t hash, const T& field) {
    if constexpr (std::integral<T> || std::is_enum_v<T>) {
        return fold(hash, static_cast<std::uint64_t>(field));
    } else if constexpr (sim::HasMembers<T>) {
        sim::for_each_member(field, [&](std::string_view, const auto& each) { hash = digest(hash, each); });
        return hash;
    } else if constexpr (requires { field.has_value(); }) {
        return field ? digest(fold(hash, 1), *field) : fold(hash, 0);
    } else if constexpr (requires { field.first; }) {
        return digest(digest(hash, field.first), field.second);
    } else {
        hash = fold(hash, field.size());
        for (const auto& each : field) hash = digest(hash, each);
        return hash;
    }
}

inline std::uint64_t digest(std::uint64_t hash, const Value& value) {
    hash = fold(hash, static_cast<std::uint64_t>(value.kind()));
    switch (value.kind()) {
    case Value::Kind::nil:
        return hash;
    case Value::Kind::boolean:
        return digest(hash, value.boolean());
    case Value::Kind::integer:
        return digest(hash, value.integer());
    case Value::Kind::text:
        return digest(hash, value.text());
    case Value::Kind::list:
        return digest(hash, value.list());
    case Value::Kind::map:
        return digest(hash, value.map());
    }
    return hash;
}

// About how many bytes a field keeps outside of itself. For limits of memory, so equal fields count alike on every
// machine, whatever their containers have reserved.
std::size_t footprint(const Value& value);
inline std::size_t footprint(const std::string& text) { return text.size() < 16 ? 0 : text.size() + 1; }
inline std::size_t footprint(const Text& field) { return footprint(field.text()); }

template <class T>
std::size_t footprint(const T& field) {
    std::size_t bytes = 0;
    if constexpr (std::integral<T> || std::is_enum_v<T>) {
        return 0;
    } else if constexpr (sim::HasMembers<T>) {
        sim::for_each_member(field, [&](std::string_view, const auto& each) { bytes += footprint(each); });
    } else if constexpr (requires { field.has_value(); }) {
        if (field) bytes = footprint(*field);
    } else if constexpr (requires { field.first; }) {
        bytes = footprint(field.first) + footprint(field.second);
    } else {
        using Each = std::ranges::range_value_t<T>;
        constexpr bool is_tree = requires { typename T::key_type; }; // with a node around each
        bytes = field.size() * (sizeof(Each) + (is_tree ? 48 : 0));
        if constexpr (!std::integral<Each>)
            for (const auto& each : field) bytes += footprint(each);
    }
    return bytes;
}

// As if it shared nothing: who else holds it depends on how it came about.
inline std::size_t footprint(const Value& value) {
    constexpr std::size_t owners = sizeof(std::uint64_t);
    if (value.is_text()) return owners + sizeof(std::string) + footprint(value.text());
    if (value.is_list()) return owners + sizeof(Value::List) + footprint(value.list());
    return value.is_map() ? owners + sizeof(Value::Map) + footprint(value.map()) : 0;
}

} // namespace orrery::reports::models
