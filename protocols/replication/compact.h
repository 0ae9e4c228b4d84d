// A compact codec: what orrery/sim/codec.h writes at its full width takes a byte for every 7 bits here, least first
// (LEB128: DWARF 5, section 7.6). Most numbers in a message are small.
//
//     300    ac 02      codec.h: 2c 01 00 00 00 00 00 00
//     5      05         codec.h: 05 00 00 00 00 00 00 00
//
// Unsigned numbers and enums are written so, and the counts before bytes and lists; bool and what says whether an
// optional is there are one byte; structs go member by member. Decoding refuses what encoding never makes, as codec.h
// does: a number that is longer than it need be or too large for its type, truncation, trailing bytes.
#pragma once

#include "orrery/sim/codec.h"

namespace orrery::replication {

class CompactWriter {
public:
    explicit CompactWriter(sim::Bytes& out) : out_(out) {}

    void number(std::uint64_t value) {
        std::uint8_t bytes[10];
        std::size_t size = 0;
        for (; value > 0x7f; value >>= 7) bytes[size++] = static_cast<std::uint8_t>(value | 0x80);
        bytes[size++] = static_cast<std::uint8_t>(value);
        out_.append({bytes, size});
    }

    template <class T>
    void operator()(const T& value) {
        if constexpr (std::same_as<T, bool> || std::unsigned_integral<T>) {
            number(value);
        } else if constexpr (std::is_enum_v<T>) {
            number(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::same_as<T, std::string>) {
            bytes(sim::view_of(value));
        } else if constexpr (std::same_as<T, sim::Bytes>) {
            bytes(value);
        } else if constexpr (sim::HasMembers<T>) {
            sim::for_each_member(value, [&](std::string_view, const auto& field) { (*this)(field); });
        } else if constexpr (sim::codec::is_optional<T>) {
            number(value.has_value());
            if (value.has_value()) (*this)(*value);
        } else if constexpr (sim::codec::List<T>) {
            number(value.size());
            for (const auto& each : value) (*this)(each);
        } else {
            static_assert(sim::codec::always_false<T>, "the compact codec does not know this type");
        }
    }

private:
    void bytes(sim::ByteView all) {
        number(all.size());
        out_.append(all);
    }
    sim::Bytes& out_;
};

class CompactReader {
public:
    explicit CompactReader(sim::ByteView bytes) : rest_(bytes) {}
    bool is_whole() const { return ok_ && rest_.empty(); }

    template <class T>
    void operator()(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = number(1) == 1;
        } else if constexpr (std::unsigned_integral<T>) {
            value = static_cast<T>(number(std::numeric_limits<T>::max()));
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(number(std::numeric_limits<std::underlying_type_t<T>>::max()));
        } else if constexpr (std::same_as<T, std::string>) {
            value = std::string(sim::text_of(bytes()));
        } else if constexpr (std::same_as<T, sim::Bytes>) {
            value = sim::Bytes(bytes());
        } else if constexpr (sim::HasMembers<T>) {
            sim::for_each_member(value, [&](std::string_view, auto& field) { (*this)(field); });
        } else if constexpr (sim::codec::is_optional<T>) {
            value.reset();
            if (number(1) == 1) (*this)(value.emplace());
        } else if constexpr (sim::codec::List<T>) {
            value.clear();
            for (std::uint64_t left = count(); ok_ && left > 0; --left) (*this)(value.emplace_back());
        } else {
            static_assert(sim::codec::always_false<T>, "the compact codec does not know this type");
        }
    }

private:
    std::uint64_t number(std::uint64_t most) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const std::uint64_t byte = rest_.front();
            rest_ = rest_.subspan(1);
            const std::uint64_t bits = byte & 0x7f;
            if (bits << shift >> shift != bits) break; // beyond 64 bits
            value |= bits << shift;
            if (byte > 0x7f) continue;
            if (value > most || (byte == 0 && shift > 0)) break; // too large, or longer than need be
            return value;
        }
        fail();
        return 0;
    }
    // Every element takes a byte at least, so a count beyond the rest is a lie.
    std::uint64_t count() {
        const std::uint64_t claimed = number(UINT32_MAX);
        if (claimed <= rest_.size()) return claimed;
        fail();
        return 0;
    }
    sim::ByteView bytes() {
        const std::uint64_t size = count();
        const sim::ByteView all = rest_.first(size);
        rest_ = rest_.subspan(size);
        return all;
    }
    void fail() {
        ok_ = false;
        rest_ = {};
    }
    sim::ByteView rest_;
    bool ok_ = true;
};

template <class T>
void encode_compactly_into(sim::Bytes& out, const T& value) {
    CompactWriter writer(out);
    writer(value);
}
// Nothing unless the bytes are exactly one value.
template <class T>
std::optional<T> decode_compactly(sim::ByteView bytes) {
    T value{};
    CompactReader reader(bytes);
    reader(value);
    if (!reader.is_whole()) return std::nullopt;
    return value;
}

} // namespace orrery::replication
