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

#include <bit>

#include "orrery/sim/codec.h"

namespace orrery::replication {

// Behind what `out` has. It is not used by others while the writer lives: what was written is in it at the end only.
class CompactWriter {
public:
    explicit CompactWriter(sim::Bytes& out) : out_(out) { enter_room(); }
    CompactWriter(const CompactWriter&) = delete;
    CompactWriter& operator=(const CompactWriter&) = delete;
    ~CompactWriter() { out_.extend_into_room(written()); }

    [[gnu::always_inline]] void number(std::uint64_t value) {
        if (value <= 0x7f && at_ != end_) [[likely]]
            *at_++ = static_cast<std::uint8_t>(value);
        else
            any_number(value);
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
    static constexpr std::ptrdiff_t number_bytes_max = 10;
    std::size_t written() const { return static_cast<std::size_t>(at_ - begin_); }
    void enter_room() {
        const auto room = out_.room();
        begin_ = at_ = room.data();
        end_ = room.data() + room.size();
    }
    void need(std::size_t size) {
        if (static_cast<std::size_t>(end_ - at_) >= size) [[likely]]
            return;
        out_.extend_into_room(written());
        out_.reserve(out_.size() + size);
        enter_room();
    }
    void any_number(std::uint64_t value) {
        if (end_ - at_ < number_bytes_max) [[unlikely]]
            need(static_cast<std::size_t>(std::bit_width(value | 1) + 6) / 7);
        for (; value > 0x7f; value >>= 7) *at_++ = static_cast<std::uint8_t>(value | 0x80);
        *at_++ = static_cast<std::uint8_t>(value);
    }
    void bytes(sim::ByteView all) {
        number(all.size());
        if (all.empty()) return;
        need(all.size());
        std::memcpy(at_, all.data(), all.size());
        at_ += all.size();
    }

    sim::Bytes& out_;
    std::uint8_t* begin_ = nullptr; // of the room that is being filled
    std::uint8_t* at_ = nullptr;
    std::uint8_t* end_ = nullptr;
};

class CompactReader {
public:
    explicit CompactReader(sim::ByteView bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
    bool is_whole() const { return ok_ && at_ == end_; }

    template <class T>
    [[gnu::always_inline]] void operator()(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = number(1) == 1;
        } else if constexpr (std::unsigned_integral<T>) {
            value = static_cast<T>(number(std::numeric_limits<T>::max()));
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(number(std::numeric_limits<std::underlying_type_t<T>>::max()));
        } else if constexpr (std::same_as<T, std::string>) {
            value = std::string(sim::text_of(bytes()));
        } else if constexpr (std::same_as<T, sim::Bytes>) {
            value.clear();
            value.append(bytes());
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
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    [[gnu::always_inline]] std::uint64_t number(std::uint64_t most) {
        if (at_ != end_ && *at_ <= 0x7f && *at_ <= most) [[likely]]
            return *at_++;
        return any_number(most);
    }
    std::uint64_t any_number(std::uint64_t most) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
            const std::uint64_t byte = *at_++;
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
        if (claimed <= left()) return claimed;
        fail();
        return 0;
    }
    sim::ByteView bytes() {
        const std::uint64_t size = count();
        at_ += size;
        return {at_ - size, size};
    }
    void fail() {
        ok_ = false;
        at_ = end_;
    }
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    bool ok_ = true;
};

template <class T>
void encode_compactly_into(sim::Bytes& out, const T& value) {
    CompactWriter writer(out);
    writer(value);
}
// Whatever `value` held. False, and it holds anything, unless the bytes are exactly one value.
template <class T>
bool decode_compactly_into(sim::ByteView bytes, T& value) {
    CompactReader reader(bytes);
    reader(value);
    return reader.is_whole();
}
// Nothing unless the bytes are exactly one value.
template <class T>
std::optional<T> decode_compactly(sim::ByteView bytes) {
    std::optional<T> value(std::in_place);
    if (!decode_compactly_into(bytes, *value)) value.reset();
    return value;
}

} // namespace orrery::replication
