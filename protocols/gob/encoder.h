// Encoder: the sending half of a gob stream.
//
//     gob::Encoder encoder;                          one for each connection
//     encoder.encode(out, gob::Request{...});        both in one write
//     encoder.encode(out, Args{7, 8});
//
// A message is its length and its content. A value's content is the id of its type and the value; before the first
// value of a type go messages that define it and all that it is made of, under ids from 65 on. What is appended to
// `out` must be sent, in this order: the other side knows a type by its definition only.
//
// A value is written by templates, straight from the object, without a look at the stream; what the stream knows
// is asked once a message. Zero values of fields are left out, except those of structs and arrays.
#pragma once

#include "orrery/protocols/gob/stream_limits.h"
#include "orrery/protocols/gob/type.h"
#include "orrery/protocols/gob/wire.h"

namespace orrery::gob {

// Writes one value. A failure is kept; what was written then is to be thrown away.
class ValueWriter {
public:
    ValueWriter(sim::Bytes& out, std::size_t depth_max) : out_(out), depth_left_(depth_max) {}
    Problem problem() && { return std::move(problem_); }

    // A value that stands for itself: at top level, or in a list or map. It is written even if it is zero.
    template <class T>
    void element(const T& value) {
        if constexpr (sim::codec::is_optional<T>) {
            if (value.has_value())
                element(*value);
            else
                fail(ErrorKind::mismatch, "gob: encodeArray: nil element");
        } else if constexpr (std::is_enum_v<T>) {
            element(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::same_as<T, bool>) {
            append_natural(out_, value ? 1 : 0);
        } else if constexpr (std::signed_integral<T>) {
            append_integer(out_, value);
        } else if constexpr (std::unsigned_integral<T>) {
            append_natural(out_, value);
        } else if constexpr (std::floating_point<T>) {
            append_floating(out_, value);
        } else if constexpr (type::is_complex<T>) {
            append_floating(out_, value.real());
            append_floating(out_, value.imag());
        } else if constexpr (std::same_as<T, std::string>) {
            append_counted(out_, sim::view_of(value));
        } else if constexpr (std::same_as<T, sim::Bytes>) {
            append_counted(out_, value);
        } else if constexpr (sim::HasMembers<T>) {
            structure(value);
        } else {
            container(value);
        }
    }

private:
    template <class T>
    void container(const T& values) {
        append_natural(out_, values.size());
        if constexpr (std::same_as<T, std::vector<std::uint8_t>>) {
            out_.append(values);
        } else if constexpr (type::ListOfBytes<T>) {
            for (const std::uint8_t each : values) out_.append({&each, 1});
        } else if constexpr (sim::codec::is_map<T>) {
            for (const auto& [key, value] : values) {
                element(key);
                if constexpr (sim::codec::is_optional<typename T::mapped_type>) {
                    if (!value.has_value()) return fail(ErrorKind::mismatch, "gob: encodeReflectValue: nil element");
                }
                element(value);
            }
        } else {
            for (const auto& each : values) element(each);
        }
    }

    template <class T>
    void structure(const T& value) {
        if (depth_left_ == 0) return fail(ErrorKind::limit, "gob: encoder: value nested too deeply");
        --depth_left_;
        std::size_t number = 0;
        std::size_t next = 0; // one past the field that was written last
        sim::for_each_member(value, [&](std::string_view, const auto& member) { field(member, number++, next); });
        append_natural(out_, 0);
        ++depth_left_;
    }

    template <class T>
    void field(const T& value, std::size_t number, std::size_t& next) {
        if constexpr (sim::codec::is_optional<T>) {
            if (!value.has_value()) return;
            // The pointee decides, except that a map behind a pointer is not the nil one.
            if constexpr (sim::codec::is_map<typename T::value_type>)
                return write_field(*value, number, next);
            else
                return field(*value, number, next);
        } else {
            if (!is_left_out(value)) write_field(value, number, next);
        }
    }
    template <class T>
    void write_field(const T& value, std::size_t number, std::size_t& next) {
        append_natural(out_, number + 1 - next);
        next = number + 1;
        element(value);
    }

    template <class T>
    static bool is_left_out(const T& value) {
        constexpr Kind kind = type::kind_of<T>();
        if constexpr (kind == Kind::structure || kind == Kind::array)
            return false;
        else if constexpr (kind == Kind::text || kind == Kind::bytes || kind == Kind::slice || kind == Kind::map)
            return value.empty();
        else
            return value == T{};
    }

    void fail(ErrorKind kind, std::string text) {
        if (!problem_) problem_ = Error{kind, std::move(text)};
    }

    sim::Bytes& out_;
    std::size_t depth_left_;
    Problem problem_;
};

class Encoder {
public:
    explicit Encoder(Limits limits = {}) : limits_(limits) {}

    // Appends the message of `value`, behind the definitions that it needs. If there is a problem, no message of the
    // value is appended; definitions may be.
    template <class T>
    [[nodiscard]] Problem encode(sim::Bytes& out, const T& value) {
        if constexpr (sim::codec::is_optional<T>) {
            if (value.has_value()) return encode(out, *value);
            return Error{ErrorKind::mismatch, "gob: cannot encode nil pointer of type " +
                                                  go_text(describe<T>(), type::Pointee<T>::pointers)};
        } else {
            const std::int32_t id = announce(out, describe<T>());
            const std::size_t begin = begin_message(out);
            append_integer(out, id);
            if constexpr (!sim::HasMembers<T>) append_natural(out, 0);
            ValueWriter writer(out, limits_.depth_max);
            writer.element(value);
            return end_message(out, begin, std::move(writer).problem());
        }
    }

private:
    struct Known {
        const Type* type = nullptr;
        std::int32_t id = 0;
        bool is_defined = false; // to the other side
        std::string name;        // in the definition; Go leaves some types nameless, see `identify`
    };

    // The id of the type, which the other side knows when it has read `out`.
    std::int32_t announce(sim::Bytes& out, const Type& type) {
        for (const Known& known : announced_)
            if (known.type == &type) return known.id;
        return announce_new(out, type);
    }
    std::int32_t announce_new(sim::Bytes& out, const Type& type);
    std::int32_t identify(const Type& type, std::string_view name);
    Known* find(const Type& type);
    std::int32_t number(const Type& type);
    void define(sim::Bytes& out, const Type& type);
    void append_definition(sim::Bytes& out, const Known& known);
    static std::size_t begin_message(sim::Bytes& out);
    Problem end_message(sim::Bytes& out, std::size_t begin, Problem problem) const;

    Limits limits_;
    std::vector<Known> known_;     // every type of this stream that is not Go's own
    std::vector<Known> announced_; // those of values at top level, found first
    std::int32_t last_id_ = 64;
};

} // namespace orrery::gob
