// Register: one value that is read and written. Starts at nil.
#pragma once

#include <cstdint>
#include <optional>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

template <class Content>
struct RegisterOf {
    using Number = Content;
    using State = Number;

    struct Operation {
        enum class Kind : std::uint8_t { read, write };
        Kind kind = Kind::read;
        Number value{};

        static Operation read() { return {}; }
        static Operation write(Number value) { return {Kind::write, value}; }
        bool is_write() const { return kind == Kind::write; }
        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("value", &Operation::value)};
        }
    };
    struct Result {
        Number value{}; // what was read; nil after a write
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("value", &Result::value)}; }
    };

    static constexpr std::string_view name = "register";
    static constexpr std::array verbs = {Verb{"read", {}, "value", Verb::Effect::reads},
                                         Verb{"write", {"value"}, {}, Verb::Effect::sets}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) { return as<State>(value); }
    static Result apply(State& state, const Operation& operation) {
        if (!operation.is_write()) return {state};
        state = operation.value;
        return {};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result&) { return !operation.is_write(); }
    static Value key(const Operation&) { return {}; }
    // Half reads; written values are unique by client and number: unique values make violations visible and judging
    // cheap.
    template <class Draws>
    static Operation draw(Draws& draws, std::uint64_t client, std::uint64_t number) {
        if (draws.draw("operation", 2) == 0) return Operation::read();
        return Operation::write(static_cast<std::int64_t>(number * 100 + client));
    }
};
// Of whole numbers, as scenarios use it; and of whatever a recorded history holds, told apart by equality alone.
using Register = RegisterOf<std::optional<std::int64_t>>;
using AnyRegister = RegisterOf<Value>;
static_assert(Model<Register> && Model<AnyRegister>);
extern template const Language& language_of<Register>();
extern template const Language& language_of<AnyRegister>();

} // namespace orrery::reports::models
