// Codec: little-endian bytes from a member list, the same on every machine.
//
// Integers and enums at their width, bool as 0 or 1, texts, bytes and lists behind a 32-bit count,
// optional behind a presence byte, structs member by member. Decoding rejects what encoding never
// makes: truncation, trailing bytes, other booleans, counts beyond what is left.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/members.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

class Writer {
public:
    explicit Writer(Bytes& out) : out_(out) {}

    template <std::integral T>
    void number(T value) {
        const auto raw = static_cast<std::uint64_t>(value);
        std::uint8_t bytes[sizeof(T)];
        for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<std::uint8_t>(raw >> (8 * i));
        out_.append({bytes, sizeof(T)});
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
        } else if constexpr (requires { value.has_value(); }) {
            number(static_cast<std::uint8_t>(value.has_value()));
            if (value.has_value()) (*this)(*value);
        } else {
            number(static_cast<std::uint32_t>(value.size()));
            for (const auto& each : value) (*this)(each);
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
        std::uint64_t raw = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i) raw |= static_cast<std::uint64_t>(rest_[i]) << (8 * i);
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
            value = Bytes(raw());
        } else if constexpr (std::same_as<T, Address>) {
            value.host = number<std::uint64_t>();
            value.port = number<std::uint64_t>();
        } else if constexpr (HasMembers<T>) {
            for_each_member(value, [&](std::string_view, auto& field) { (*this)(field); });
        } else if constexpr (requires { value.has_value(); }) {
            value.reset();
            if (flag()) (*this)(value.emplace());
        } else {
            value.clear();
            const auto count = number<std::uint32_t>();
            // Every element takes a byte at least, so a count beyond the rest is a lie.
            if (count > rest_.size()) fail();
            for (std::uint32_t i = 0; ok_ && i < count; ++i) (*this)(value.emplace_back());
        }
    }

private:
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
// Nothing unless the bytes are exactly one value.
template <class T>
std::optional<T> decode(ByteView bytes) {
    T value{};
    Reader reader(bytes);
    reader(value);
    if (!reader.ok() || !reader.at_end()) return std::nullopt;
    return value;
}

} // namespace orrery::sim
