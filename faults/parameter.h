// Parameter: one thing that a kind of fault takes, as its file in kinds/ declares it: a name, a type, a
// default and bounds. All reading and printing of values goes through the declaration, so that plans, the
// messages about wrong ones, and the defaults that a printed plan leaves out have one source.
//
//     const Parameter torn = Parameter::flag("torn");
//     torn.parse("true") -> true;  torn.parse("yes") -> nothing, for it expected "true or false"
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orrery/sim/types.h"

namespace orrery::faults {

// One of a parameter's choices, by its place among them: a kind casts it to an enum of its own.
struct Choice {
    std::uint32_t place = 0;
    bool operator==(const Choice&) const = default;
};
using HostNames = std::vector<std::string>;
// The alternative of a value is the type of its parameter and never changes.
using Value = std::variant<bool, sim::Duration, sim::Ratio, HostNames, std::int64_t, Choice>;

// The longest time that a plan may name: far beyond any run, and far from the end of 64 bits of nanoseconds.
inline constexpr sim::Duration length_max = std::chrono::hours(24 * 30);
// "a length of time in ns, us, ms or s, like 50ms, from 1ns to 2592000s"
std::string length_expected(std::string_view example, sim::Duration least, sim::Duration most);

struct Parameter {
    std::string name;
    Value standard{};                   // the default; if `required`, only its type counts
    std::string example{};              // a value that may be given: "50ms"
    bool required = false;              // a plan must say it
    std::vector<std::string> choices{}; // of a Choice
    std::int64_t least = 0;             // of a number; of a length of time, in nanoseconds
    std::int64_t most = INT64_MAX;

    // --- one maker a type ---
    static Parameter flag(std::string name);                                     // false unless said
    static Parameter host_names(std::string name);                               // none unless said
    static Parameter choice(std::string name, std::vector<std::string> choices); // the first unless said
    static Parameter probability(std::string name, sim::Ratio standard);
    static Parameter number(std::string name, std::int64_t standard, std::int64_t least, std::int64_t most);
    static Parameter duration(std::string name, sim::Duration standard, sim::Duration least, sim::Duration most);
    // A length of time above nothing, and at most `length_max`, that has no default.
    static Parameter required_duration(std::string name, std::string example);

    // Whether a value has the type and keeps the bounds.
    bool admits(const Value& value) const;
    // "a probability like 1/20": what stands in messages about a value that is none.
    std::string expected() const;
    // Nothing if the text is no value of the type, or beyond the bounds. Takes back what `print` gives.
    std::optional<Value> parse(std::string_view text) const;
    std::string print(const Value& value) const;
};

// The values of a fault's parameters: one for each parameter of its kind, defaults included, so that two faults
// that mean the same are equal.
class Parameters {
public:
    Parameters() = default;
    explicit Parameters(const std::vector<Parameter>& declared) {
        for (const Parameter& each : declared) CHECK(values_.emplace(each.name, each.standard).second);
    }
    template <class T>
    const T& get(std::string_view name) const {
        const T* value = std::get_if<T>(&this->value(name));
        CHECK(value != nullptr);
        return *value;
    }
    // A kind that declares no such parameter, or one of another type, is a bug.
    template <class T>
    void set(std::string_view name, T value) {
        set_value(name, Value(std::move(value)));
    }
    const Value& value(std::string_view name) const;
    void set_value(std::string_view name, Value value);
    const std::map<std::string, Value, std::less<>>& values() const { return values_; }
    bool operator==(const Parameters&) const = default;

private:
    std::map<std::string, Value, std::less<>> values_;
};

// {"a", "b", "c"} -> "a, b or c".
std::string alternatives(const std::vector<std::string>& names);
// Splits at the last `separator`; false if there is none or a side is empty.
bool split_last(std::string_view text, char separator, std::string_view& left, std::string_view& right);

} // namespace orrery::faults
