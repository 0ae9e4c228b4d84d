// Value: what a recorded history holds - nil, truth, whole numbers, text, lists and maps - whatever
// the format it was read from.
//
// Formats parse into it, models read their operations out of it, views print it. Maps keep the order
// in which their pairs were written, so that a history can be written back as it was read; two maps
// are equal only if their order is equal too. No floating point: no model here has any.
//
// A value never changes; only a variable may get another one. So copies share what they hold (shared.h), and a value
// is two words: histories of a million operations are mostly values.
//
// A list that holds one list is made with push_back: in `List{List{1}}` compilers differ (core issue 2137), g++ sees a
// list in a list, clang a copy.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "orrery/reports/shared.h"

namespace orrery::reports {

class Value {
public:
    using List = std::vector<Value>;
    using Pair = std::pair<Value, Value>;
    using Map = std::vector<Pair>;
    // In the order in which values of different kinds are sorted.
    enum class Kind : std::uint8_t { nil, boolean, integer, text, list, map };

    Value() = default;
    Value(const Value&) = default;
    Value& operator=(const Value&) = default;
    // What was moved away is nil.
    Value(Value&& other) noexcept : content_(std::exchange(other.content_, {})) {}
    Value& operator=(Value&& other) noexcept {
        content_ = std::exchange(other.content_, {});
        return *this;
    }
    ~Value() = default;
    Value(std::nullptr_t) {}
    Value(std::same_as<bool> auto truth) : content_(std::in_place_type<bool>, truth) {}
    template <std::integral Number>
    requires(!std::same_as<Number, bool> && (std::signed_integral<Number> || sizeof(Number) < 8)) Value(Number number)
        : content_(std::in_place_type<std::int64_t>, number) {}
    Value(std::string text) : content_(std::in_place_type<Shared<std::string>>, std::move(text)) {}
    Value(std::string_view text) : Value(std::string(text)) {}
    Value(const char* text) : Value(std::string(text)) {}
    Value(List list) : content_(std::in_place_type<Shared<List>>, std::move(list)) {}
    Value(Map map) : content_(std::in_place_type<Shared<Map>>, std::move(map)) {}

    Kind kind() const { return static_cast<Kind>(content_.index()); }
    bool is_nil() const { return kind() == Kind::nil; }
    bool is_boolean() const { return kind() == Kind::boolean; }
    bool is_integer() const { return kind() == Kind::integer; }
    bool is_text() const { return kind() == Kind::text; }
    bool is_list() const { return kind() == Kind::list; }
    bool is_map() const { return kind() == Kind::map; }

    // Each CHECKs that the value is of that kind.
    bool boolean() const;
    std::int64_t integer() const;
    const std::string& text() const;
    const List& list() const;
    const Map& map() const;

    // In a map, the value under `key`; nullptr if there is none or this is no map. Owned by the map.
    const Value* find(std::string_view key) const;

    // For people and messages: nil, true, 7, "a\n", [1 2], {"a": 1}.
    std::string rendered() const;

    bool operator==(const Value& other) const;
    std::strong_ordering operator<=>(const Value& other) const;

private:
    std::variant<std::monostate, bool, std::int64_t, Shared<std::string>, Shared<List>, Shared<Map>> content_;
};
static_assert(sizeof(Value) == 16);

// "nil", "boolean", "integer", ...
std::string_view name(Value::Kind kind);

// `text` in double quotes, with \" \\ \n \t \r and \u00XX for other control characters.
std::string in_quotes(std::string_view text);

} // namespace orrery::reports
