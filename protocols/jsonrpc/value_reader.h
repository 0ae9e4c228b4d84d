// JSON into values, the way Go's encoding/json reads it: names match whatever their case, unknown ones are ignored,
// null leaves a value as it is (a pointer, list or map becomes empty), of too many elements of an array the last are
// dropped, and where a value does not fit, the rest is read all the same and the first complaint is given.
#pragma once

#include <charconv>
#include <cstdlib>

#include "orrery/protocols/gob/type.h"
#include "orrery/protocols/jsonrpc/cursor.h"
#include "orrery/protocols/jsonrpc/reader.h"

namespace orrery::jsonrpc {

// Equal but for case, as Unicode folds it: K and S have three forms each.
bool is_same_name(std::string_view ours, std::string_view theirs);
// What is wrong, if the text is no base64.
Problem read_base64(std::string_view text, std::vector<std::uint8_t>& out);

class ValueReader {
public:
    ValueReader(Cursor& cursor, const Limits& limits)
        : cursor_(cursor), memory_left_(limits.memory_max), nesting_left_(limits.nesting_max) {}
    Problem problem() && { return std::move(problem_); }

    template <class T>
    void read(T& value) {
        constexpr gob::Kind kind = gob::type::kind_of<gob::type::Target<T>>();
        if (cursor_.peek() == 'n') {
            cursor_.skip();
            make_nil(value);
        } else if constexpr (sim::codec::is_optional<T>) {
            if (!value.has_value()) value.emplace();
            read(*value);
        } else if constexpr (kind == gob::Kind::boolean) {
            if (cursor_.kind() != "bool") return refuse<T>();
            value = cursor_.skip() == "true";
        } else if constexpr (std::is_enum_v<T>) {
            auto number = static_cast<std::underlying_type_t<T>>(value);
            read(number);
            value = static_cast<T>(number);
        } else if constexpr (std::integral<T> || std::floating_point<T>) {
            read_number(value);
        } else if constexpr (kind == gob::Kind::text) {
            if (cursor_.peek() != '"') return refuse<T>();
            value = cursor_.text();
        } else if constexpr (kind == gob::Kind::bytes) {
            read_bytes(value);
        } else if constexpr (kind == gob::Kind::structure) {
            read_structure(value);
        } else if constexpr (kind == gob::Kind::map) {
            read_map(value);
        } else if constexpr (kind == gob::Kind::array || kind == gob::Kind::slice) {
            read_list(value);
        } else {
            refuse<T>();
        }
    }

private:
    // The way to the value that is being read, for complaints.
    struct Place {
        const Place* outer = nullptr;
        std::string_view structure;
        std::string_view field;
    };

    template <class T>
    static void make_nil(T& value) {
        constexpr gob::Kind kind = gob::type::kind_of<gob::type::Target<T>>();
        if constexpr (sim::codec::is_optional<T>)
            value.reset();
        else if constexpr (kind == gob::Kind::bytes || kind == gob::Kind::slice || kind == gob::Kind::map)
            value.clear();
    }

    template <class T>
    void read_number(T& value) {
        if (!cursor_.is_number()) return refuse<T>();
        const std::string text(cursor_.skip());
        T number{};
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        // What is too small becomes zero; from_chars does not tell it from what is too large.
        if constexpr (std::floating_point<T>) {
            if (error == std::errc::result_out_of_range) {
                number = static_cast<T>(std::strtod(text.c_str(), nullptr));
                if (number < 1 && number > -1) error = std::errc();
            }
        }
        if (error != std::errc() || end != text.data() + text.size()) return refuse<T>("number " + text);
        value = number;
    }

    template <class T>
    void read_bytes(T& value) {
        std::vector<std::uint8_t> bytes;
        if (cursor_.peek() == '[')
            read_list(bytes);
        else if (cursor_.peek() != '"')
            return refuse<T>();
        else if (Problem problem = read_base64(cursor_.text(), bytes))
            return keep(std::move(problem));
        if constexpr (std::same_as<T, sim::Bytes>)
            value = sim::Bytes(sim::ByteView(bytes));
        else
            value.assign(bytes.begin(), bytes.end());
    }
    template <class T>
    void read_structure(T& value) {
        if (cursor_.peek() != '{') return refuse<T>();
        if (nesting_left_ == 0) return too_deep();
        --nesting_left_;
        const Place* const outer = place_;
        for (bool more = cursor_.enter(); more; more = cursor_.next()) {
            const std::string name = cursor_.name();
            const std::size_t wanted = find_field(gob::describe<T>(), name);
            std::size_t number = 0;
            bool is_read = false;
            sim::for_each_member(value, [&](std::string_view member, auto& field) {
                if (number++ != wanted) return;
                const Place place{outer, gob::describe<T>().name, member};
                place_ = &place;
                read(field);
                place_ = outer;
                is_read = true;
            });
            if (!is_read) cursor_.skip();
        }
        ++nesting_left_;
    }

    template <class T>
    void read_list(T& values) {
        if (cursor_.peek() != '[') return refuse<T>();
        std::size_t count = 0;
        for (bool more = cursor_.enter(); more; more = cursor_.next()) {
            if constexpr (std::same_as<T, std::vector<bool>>) {
                bool each = count < values.size() && values[count];
                read(each);
                if (count < values.size())
                    values[count] = each;
                else
                    values.push_back(each);
            } else if (count < values.size()) {
                read(values[count]);
            } else if (sim::codec::is_array<T> || !afford(sizeof(typename T::value_type))) {
                cursor_.skip();
            } else {
                if constexpr (!sim::codec::is_array<T>) read(values.emplace_back());
            }
            ++count;
        }
        if constexpr (sim::codec::is_array<T>) {
            for (; count < values.size(); ++count) values[count] = {};
        } else {
            while (values.size() > count) values.pop_back();
        }
    }

    template <class T>
    void read_map(T& values) {
        using Key = typename T::key_type;
        constexpr gob::Kind kind = gob::type::kind_of<gob::type::Target<Key>>();
        if (cursor_.peek() != '{') return refuse<T>();
        if constexpr (std::same_as<Key, std::string> || (std::integral<Key> && kind != gob::Kind::boolean)) {
            for (bool more = cursor_.enter(); more; more = cursor_.next()) {
                std::string name = cursor_.name();
                if (!afford(gob::describe<T>().element_size)) {
                    cursor_.skip();
                    continue;
                }
                typename T::mapped_type element{};
                read(element);
                Key key{};
                if constexpr (std::integral<Key>) {
                    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), key);
                    if (error != std::errc() || end != name.data() + name.size()) {
                        complain<Key>("number " + name);
                        continue;
                    }
                } else {
                    key = std::move(name);
                }
                values.insert_or_assign(std::move(key), std::move(element));
            }
        } else {
            refuse<T>();
        }
    }

    // The value is passed over.
    template <class T>
    void refuse() {
        complain<T>(std::string(cursor_.kind()));
        cursor_.skip();
    }
    template <class T>
    void refuse(const std::string& what) {
        complain<T>(what);
    }
    template <class T>
    void complain(const std::string& what) {
        mismatch(what, gob::describe<T>());
    }
    static std::size_t find_field(const gob::Type& type, std::string_view name);
    void mismatch(const std::string& what, const gob::Type& type);
    void too_deep();
    // Whether so many bytes more may be held for lists and maps: "0," can become a large struct.
    bool afford(std::size_t bytes);
    void keep(Problem problem) {
        if (!problem_) problem_ = std::move(problem);
    }

    Cursor& cursor_;
    const Place* place_ = nullptr;
    std::size_t memory_left_;
    std::size_t nesting_left_;
    Problem problem_;
};

// Reads a text that is known to be one JSON value.
template <class T>
[[nodiscard]] Problem read_value(std::string_view json, T& value, const Limits& limits = {}) {
    Cursor cursor(json);
    ValueReader reader(cursor, limits);
    reader.read(value);
    return std::move(reader).problem();
}

} // namespace orrery::jsonrpc
