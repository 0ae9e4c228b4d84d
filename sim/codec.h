// Codec: little-endian bytes from a member list, the same on every machine.
//
// Integers and enums at their width, bool as 0 or 1, texts, bytes, lists and maps behind a 32-bit count,
// optional behind a presence byte, structs and pairs member by member, arrays element by element. A map
// stands in the order of its keys. Decoding rejects what encoding never makes: truncation, trailing bytes,
// other booleans, counts beyond what is left, keys that do not grow. A type that is none of these does not
// compile, and the message says what to do.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/members.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

namespace codec {

template <class T>
inline constexpr bool is_pair = false;
template <class First, class Second>
inline constexpr bool is_pair<std::pair<First, Second>> = true;

template <class T>
inline constexpr bool is_array = false;
template <class Element, std::size_t size>
inline constexpr bool is_array<std::array<Element, size>> = true;

template <class T>
inline constexpr bool is_map = false;
template <class Key, class Value, class Less, class Allocator>
inline constexpr bool is_map<std::map<Key, Value, Less, Allocator>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// A vector, deque or list. Not a vector<bool>, which has no elements to refer to.
template <class T>
concept List = requires(T& value) {
    { value.emplace_back() } -> std::same_as<typename T::value_type&>;
};

template <class T>
inline constexpr bool always_false = false; // of a type: so that it is only looked at if it is met

} // namespace codec

class Writer {
public:
    explicit Writer(Bytes& out) : out_(out) {}

    template <std::integral T>
    [[gnu::always_inline]] void number(T value) {
        const auto raw = static_cast<std::uint64_t>(value);
        std::uint8_t* const at = out_.extend(sizeof(T));
        for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<std::uint8_t>(raw >> (8 * i));
    }
    void raw(ByteView bytes) {
        CHECK(bytes.size() <= UINT32_MAX);
        number(static_cast<std::uint32_t>(bytes.size()));
        out_.append(bytes);
    }

    template <class T>
    void operator()(const T& value) {
        if constexpr (std::same_as<T, bool>) {
            number(static_cast<std::uint8_t>(value));
        } else if constexpr (std::integral<T>) {
            number(value);
        } else if constexpr (std::is_enum_v<T>) {
            number(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::same_as<T, Duration>) {
            number(value.count());
        } else if constexpr (std::same_as<T, std::string>) {
            raw(view_of(value));
        } else if constexpr (std::same_as<T, Bytes>) {
            raw(value.view());
        } else if constexpr (std::same_as<T, Address>) {
            number(value.host);
            number(value.port);
        } else if constexpr (HasMembers<T>) {
            for_each_member(value, [&](std::string_view, const auto& field) { (*this)(field); });
        } else if constexpr (codec::is_optional<T>) {
            number(static_cast<std::uint8_t>(value.has_value()));
            if (value.has_value()) (*this)(*value);
        } else if constexpr (codec::is_pair<T>) {
            (*this)(value.first);
            (*this)(value.second);
        } else if constexpr (codec::is_array<T>) {
            for (const auto& each : value) (*this)(each);
        } else if constexpr (codec::is_map<T> || codec::List<T>) {
            CHECK(value.size() <= UINT32_MAX);
            number(static_cast<std::uint32_t>(value.size()));
            for (const auto& each : value) (*this)(each);
        } else {
            static_assert(codec::always_false<T>, "this type has no codec: give it members(), see sim/members.h");
        }
    }

private:
    Bytes& out_;
};

class Reader {
public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}
    bool ok() const { return ok_; }
    bool at_end() const { return rest_.empty(); }
    ByteView rest() const { return rest_; }

    template <std::integral T>
    T number() {
        if (rest_.size() < sizeof(T)) {
            fail();
            return 0;
        }
        const auto raw = number_at<std::make_unsigned_t<T>>(rest_.data());
        rest_ = rest_.subspan(sizeof(T));
        return static_cast<T>(raw);
    }
    ByteView raw() {
        const auto size = number<std::uint32_t>();
        if (size > rest_.size()) {
            fail();
            return {};
        }
        const ByteView bytes = rest_.first(size);
        rest_ = rest_.subspan(size);
        return bytes;
    }

    template <class T>
    void operator()(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = flag();
        } else if constexpr (std::integral<T>) {
            value = number<T>();
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(number<std::underlying_type_t<T>>());
        } else if constexpr (std::same_as<T, Duration>) {
            value = Duration{number<std::int64_t>()};
        } else if constexpr (std::same_as<T, std::string>) {
            value = std::string(text_of(raw()));
        } else if constexpr (std::same_as<T, Bytes>) {
            value.clear();
            value.append(raw());
        } else if constexpr (std::same_as<T, Address>) {
            value.host = number<std::uint64_t>();
            value.port = number<std::uint64_t>();
        } else if constexpr (HasMembers<T>) {
            for_each_member(value, [&](std::string_view, auto& field) { (*this)(field); });
        } else if constexpr (codec::is_optional<T>) {
            value.reset();
            if (flag()) (*this)(value.emplace());
        } else if constexpr (codec::is_pair<T>) {
            (*this)(value.first);
            (*this)(value.second);
        } else if constexpr (codec::is_array<T>) {
            for (auto& each : value) (*this)(each);
        } else if constexpr (codec::is_map<T>) {
            value.clear();
            for (std::uint32_t left = count(); ok_ && left > 0; --left) insert_last(value);
        } else if constexpr (codec::List<T>) {
            value.clear();
            std::uint32_t left = count();
            if constexpr (requires { value.reserve(left); }) value.reserve(std::min(left, reserved_max));
            for (; ok_ && left > 0; --left) (*this)(value.emplace_back());
        } else {
            static_assert(codec::always_false<T>, "this type has no codec: give it members(), see sim/members.h");
        }
    }

private:
    // So many elements get their place beforehand; more have to show that they are there.
    static constexpr std::uint32_t reserved_max = 64;

    // Every element takes a byte at least, so a count beyond the rest is a lie.
    std::uint32_t count() {
        const auto claimed = number<std::uint32_t>();
        if (claimed > rest_.size()) fail();
        return claimed;
    }
    // The next entry of a map, whose key must be above all that it has.
    template <class Map>
    void insert_last(Map& map) {
        typename Map::key_type key{};
        (*this)(key);
        if (!map.empty() && !map.key_comp()(map.rbegin()->first, key)) fail();
        if (ok_) (*this)(map.emplace_hint(map.end(), std::move(key), typename Map::mapped_type{})->second);
    }
    bool flag() {
        const auto byte = number<std::uint8_t>();
        if (byte > 1) fail();
        return byte == 1;
    }
    void fail() {
        ok_ = false;
        rest_ = {};
    }
    ByteView rest_;
    bool ok_ = true;
};

template <class T>
void encode_into(Bytes& out, const T& value) {
    Writer writer(out);
    writer(value);
}
template <class T>
Bytes encode(const T& value) {
    Bytes out;
    encode_into(out, value);
    return out;
}
// Whatever `value` held. False, and it holds anything, unless the bytes are exactly one value.
template <class T>
bool decode_into(ByteView bytes, T& value) {
    Reader reader(bytes);
    reader(value);
    return reader.ok() && reader.at_end();
}
// Nothing unless the bytes are exactly one value.
template <class T>
std::optional<T> decode(ByteView bytes) {
    std::optional<T> value(std::in_place);
    if (!decode_into(bytes, *value)) value.reset();
    return value;
}

} // namespace orrery::sim
