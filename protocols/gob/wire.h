// The numbers and texts that everything in gob is made of.
//
// A natural number up to 127 is one byte. A larger one is the negated count of its bytes, as one byte, and the bytes,
// the most significant first: 256 is fe 01 00. An integer with a sign is a natural number whose lowest bit says
// whether the others are inverted: -1 is 01, 7 is 0e. A floating-point number is the natural number that has its
// eight bytes in reverse, so that 17.0 is three bytes. Bytes and texts follow their count.
#pragma once

#include <bit>
#include <utility>

#include "orrery/protocols/gob/problem.h"
#include "orrery/sim/bytes.h"

namespace orrery::gob {

inline void append_natural(sim::Bytes& out, std::uint64_t value) {
    if (value <= 0x7f) {
        const auto byte = static_cast<std::uint8_t>(value);
        out.append({&byte, 1});
        return;
    }
    std::uint8_t bytes[9];
    std::size_t at = sizeof bytes;
    for (; value != 0; value >>= 8) bytes[--at] = static_cast<std::uint8_t>(value);
    const std::size_t count = sizeof bytes - at;
    bytes[--at] = static_cast<std::uint8_t>(-static_cast<int>(count));
    out.append({bytes + at, count + 1});
}
inline void append_integer(sim::Bytes& out, std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    append_natural(out, value < 0 ? ~bits << 1 | 1 : bits << 1);
}
inline void append_floating(sim::Bytes& out, double value) {
    append_natural(out, __builtin_bswap64(std::bit_cast<std::uint64_t>(value)));
}
inline void append_counted(sim::Bytes& out, sim::ByteView content) {
    append_natural(out, content.size());
    out.append(content);
}

// What is left of a message. After a failure nothing is left, so that loops which read to the end come to it; the
// first failure counts.
class Input {
public:
    explicit Input(sim::ByteView rest) : rest_(rest) {}

    bool ok() const { return !problem_; }
    std::size_t left() const { return rest_.size(); }
    void fail(ErrorKind kind, std::string text) {
        if (!problem_) problem_ = Error{kind, std::move(text)};
        rest_ = {};
    }
    Problem problem() && { return std::move(problem_); }

    std::uint64_t natural() {
        if (rest_.empty()) [[unlikely]] {
            end();
            return 0;
        }
        const std::uint8_t first = rest_[0];
        rest_ = rest_.subspan(1);
        return first <= 0x7f ? first : longer(first);
    }
    std::int64_t integer() {
        const std::uint64_t bits = natural();
        return static_cast<std::int64_t>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
    }
    double floating() { return std::bit_cast<double>(__builtin_bswap64(natural())); }
    // What is behind a count, for complaints.
    enum class Counted : std::uint8_t { bytes, text, text_in_list, skipped };
    // As many bytes as their count says; no more than are left.
    sim::ByteView counted(Counted what) {
        const std::uint64_t count = natural();
        if (count > rest_.size()) [[unlikely]] {
            bad_count(what, count);
            return {};
        }
        const sim::ByteView content = rest_.first(count);
        rest_ = rest_.subspan(count);
        return content;
    }
    // The value ends too early.
    void end();

private:
    std::uint64_t longer(std::uint8_t first) {
        const std::size_t count = 256U - first;
        if (count > 8 || count > rest_.size()) [[unlikely]]
            return bad_number(count);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value = value << 8 | rest_[i];
        rest_ = rest_.subspan(count);
        return value;
    }
    std::uint64_t bad_number(std::size_t count); // gives 0
    void bad_count(Counted what, std::uint64_t count);

    sim::ByteView rest_;
    Problem problem_;
};

// The fields of one struct: each is preceded by how far it is from the one before, and 0 ends them, or the message.
class FieldNumbers {
public:
    static constexpr std::size_t none = SIZE_MAX;

    // The number of the next field, less than `count`; or none.
    std::size_t next(Input& in, std::size_t count) {
        if (in.left() == 0) return none;
        const std::uint64_t delta = in.natural();
        if (delta == 0) return none;
        if (delta > count - next_) [[unlikely]]
            return out_of_bounds(in, delta);
        next_ += delta;
        return next_ - 1;
    }

private:
    static std::size_t out_of_bounds(Input& in, std::uint64_t delta);
    std::size_t next_ = 0;
};

} // namespace orrery::gob
