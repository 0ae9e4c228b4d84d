// Value: what a recorded history holds - nil, truth, whole numbers, text, lists and maps - whatever
// the format it was read from.
//
// Formats parse into it, models read their operations out of it, views print it. Maps keep the order
// in which their pairs were written, so that a history can be written back as it was read; two maps
// are equal only if their order is equal too. No floating point: no model here has any.
//
// A value never changes; only a variable may get another one. So copies share what they hold, the last of them takes it
// away, and a value is two words: histories of a million operations are mostly values, which are copied, cut and paired
// without copying what was written in them.
//
// A list that holds one list is made with push_back: in `List{List{1}}` compilers differ (core issue 2137), g++ sees a
// list in a list, clang a copy.
#pragma once

#include <atomic>
#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/sim/check.h"

namespace orrery::reports {

class Value {
public:
    using List = std::vector<Value>;
    using Pair = std::pair<Value, Value>;
    using Map = std::vector<Pair>;
    // In the order in which values of different kinds are sorted.
    enum class Kind : std::uint8_t { nil, boolean, integer, text, list, map };

    Value() = default;
    Value(const Value& other) noexcept : kind_(other.kind_), content_(other.content_) {
        if (shares()) content_.shared->owners.fetch_add(1, std::memory_order_relaxed);
    }
    // What was moved away is nil.
    Value(Value&& other) noexcept : kind_(std::exchange(other.kind_, Kind::nil)), content_(other.content_) {}
    Value& operator=(const Value& other) noexcept { return *this = Value(other); }
    Value& operator=(Value&& other) noexcept {
        Value old(std::move(*this)); // it may hold the other
        kind_ = std::exchange(other.kind_, Kind::nil);
        content_ = other.content_;
        return *this;
    }
    ~Value() {
        if (shares() && content_.shared->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) take_away();
    }
    Value(std::nullptr_t) {}
    Value(std::same_as<bool> auto truth) : kind_(Kind::boolean), content_{.number = truth} {}
    template <std::integral Number>
    requires(!std::same_as<Number, bool> && (std::signed_integral<Number> || sizeof(Number) < 8)) Value(Number number)
        : kind_(Kind::integer), content_{.number = number} {}
    Value(std::string text) : kind_(Kind::text), content_{.shared = new Shared<std::string>(std::move(text))} {}
    Value(std::string_view text) : Value(std::string(text)) {}
    Value(const char* text) : Value(std::string(text)) {}
    Value(List list) : kind_(Kind::list), content_{.shared = new Shared<List>(std::move(list))} {}
    Value(Map map) : kind_(Kind::map), content_{.shared = new Shared<Map>(std::move(map))} {}

    Kind kind() const { return kind_; }
    bool is_nil() const { return kind() == Kind::nil; }
    bool is_boolean() const { return kind() == Kind::boolean; }
    bool is_integer() const { return kind() == Kind::integer; }
    bool is_text() const { return kind() == Kind::text; }
    bool is_list() const { return kind() == Kind::list; }
    bool is_map() const { return kind() == Kind::map; }

    // Each CHECKs that the value is of that kind.
    bool boolean() const {
        CHECK(is_boolean());
        return content_.number != 0;
    }
    std::int64_t integer() const {
        CHECK(is_integer());
        return content_.number;
    }
    const std::string& text() const {
        CHECK(is_text());
        return held<std::string>();
    }
    const List& list() const {
        CHECK(is_list());
        return held<List>();
    }
    const Map& map() const {
        CHECK(is_map());
        return held<Map>();
    }

    // In a map, the value under `key`; nullptr if there is none or this is no map. Owned by the map.
    const Value* find(std::string_view key) const;

    // For people and messages: nil, true, 7, "a\n", [1 2], {"a": 1}.
    std::string rendered() const;

    bool operator==(const Value& other) const;
    std::strong_ordering operator<=>(const Value& other) const;

private:
    struct Counted {
        std::atomic<std::uint64_t> owners{1}; // threads copy too
    };
    template <class Held>
    struct Shared : Counted {
        explicit Shared(Held&& whole) : held(std::move(whole)) {}
        const Held held;
    };
    union Content {
        std::int64_t number = 0; // a truth is 0 or 1
        Counted* shared;
    };

    bool shares() const { return kind_ >= Kind::text; }
    template <class Held>
    const Held& held() const {
        return static_cast<const Shared<Held>*>(content_.shared)->held;
    }
    void take_away();

    Kind kind_ = Kind::nil;
    Content content_{};
};
static_assert(sizeof(Value) == 16);

// "nil", "boolean", "integer", ...
std::string_view name(Value::Kind kind);

// `text` in double quotes, with \" \\ \n \t \r and \u00XX for other control characters.
std::string in_quotes(std::string_view text);

} // namespace orrery::reports
