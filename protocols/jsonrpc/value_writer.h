// Values as JSON, the way Go's encoding/json writes them: fields in their order, maps in the order of their keys'
// texts,
// []byte as base64, and <, > and & escaped, so that a browser takes nothing in a text for HTML.
//
// An empty list or map is [] or {}, as in Go if it is not nil.
#pragma once

#include <algorithm>

#include "orrery/protocols/gob/type.h"
#include "orrery/protocols/jsonrpc/reader.h"

namespace orrery::jsonrpc {

inline void append(sim::Bytes& out, std::string_view text) { out.append(sim::view_of(text)); }
// With quotation marks.
void append_text(sim::Bytes& out, std::string_view text);
void append_base64(sim::Bytes& out, sim::ByteView content);
// The shortest digits that are read as the same number. Not for infinities and what is no number.
void append_number(sim::Bytes& out, double value);
void append_number(sim::Bytes& out, float value);
// A value that is JSON already: without space, escaped like ours.
void append_compact(sim::Bytes& out, std::string_view json);

// Writes one value. A failure is kept; what was written then is to be thrown away.
class ValueWriter {
public:
    explicit ValueWriter(sim::Bytes& out) : out_(out) {}
    Problem problem() && { return std::move(problem_); }

    template <class T>
    void write(const T& value) {
        constexpr gob::Kind kind = gob::type::kind_of<gob::type::Target<T>>();
        if constexpr (sim::codec::is_optional<T>) {
            if (value.has_value())
                write(*value);
            else
                append(out_, "null");
        } else if constexpr (kind == gob::Kind::boolean) {
            append(out_, value ? "true" : "false");
        } else if constexpr (kind == gob::Kind::integer || kind == gob::Kind::natural) {
            append(out_, decimal(value));
        } else if constexpr (kind == gob::Kind::floating) {
            if (value - value == 0)
                append_number(out_, value);
            else
                fail("json: unsupported value: " + std::string(value != value ? "NaN" : value > 0 ? "+Inf" : "-Inf"));
        } else if constexpr (kind == gob::Kind::text) {
            append_text(out_, value);
        } else if constexpr (std::same_as<T, sim::Bytes>) {
            append_base64(out_, value);
        } else if constexpr (kind == gob::Kind::bytes) {
            append_base64(out_, std::vector<std::uint8_t>(value.begin(), value.end()));
        } else if constexpr (kind == gob::Kind::structure) {
            structure(value);
        } else if constexpr (kind == gob::Kind::map) {
            map(value);
        } else if constexpr (kind == gob::Kind::array || kind == gob::Kind::slice) {
            list(value);
        } else {
            unsupported<T>();
        }
    }

private:
    template <class T>
    static std::string decimal(T value) {
        if constexpr (std::is_enum_v<T>)
            return std::to_string(static_cast<std::underlying_type_t<T>>(value));
        else
            return std::to_string(value);
    }

    template <class T>
    void structure(const T& value) {
        if (nesting_left_ == 0) return fail("json: value nested too deeply");
        --nesting_left_;
        const char* between = "{";
        sim::for_each_member(value, [&](std::string_view name, const auto& field) {
            append(out_, between);
            between = ",";
            append_text(out_, gob::exported(name));
            append(out_, ":");
            write(field);
        });
        append(out_, *between == '{' ? "{}" : "}");
        ++nesting_left_;
    }

    template <class T>
    void list(const T& values) {
        const char* between = "";
        append(out_, "[");
        for (const auto& each : values) {
            append(out_, between);
            between = ",";
            write<typename T::value_type>(each);
        }
        append(out_, "]");
    }

    template <class T>
    void map(const T& values) {
        using Key = typename T::key_type;
        constexpr gob::Kind kind = gob::type::kind_of<gob::type::Target<Key>>();
        if constexpr (kind == gob::Kind::text || kind == gob::Kind::integer || kind == gob::Kind::natural) {
            std::vector<std::pair<std::string, const typename T::mapped_type*>> entries;
            for (const auto& [key, element] : values) {
                if constexpr (kind == gob::Kind::text)
                    entries.emplace_back(key, &element);
                else
                    entries.emplace_back(decimal(key), &element);
            }
            std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
            const char* between = "";
            append(out_, "{");
            for (const auto& [key, element] : entries) {
                append(out_, between);
                between = ",";
                append_text(out_, key);
                append(out_, ":");
                write(*element);
            }
            append(out_, "}");
        } else {
            unsupported<T>();
        }
    }

    template <class T>
    void unsupported() {
        fail("json: unsupported type: " + gob::go_text(gob::describe<T>()));
    }
    void fail(std::string text) {
        if (!problem_) problem_ = Error{ErrorKind::unsupported, std::move(text)};
    }

    sim::Bytes& out_;
    std::size_t nesting_left_ = Limits().nesting_max;
    Problem problem_;
};

// Appends the value; nothing if there is a problem.
template <class T>
[[nodiscard]] Problem append_value(sim::Bytes& out, const T& value) {
    const std::size_t begin = out.size();
    ValueWriter writer(out);
    writer.write(value);
    Problem problem = std::move(writer).problem();
    if (problem) out.resize(begin);
    return problem;
}

} // namespace orrery::jsonrpc
