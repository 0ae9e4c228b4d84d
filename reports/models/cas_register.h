// CasRegister: a register that can also be compared and set: it becomes `value` if it was `from`, and
// says whether it was. Starts at nil.
#pragma once

#include <cstdint>
#include <optional>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

template <class Content>
struct CasRegisterOf {
    using Number = Content;
    using State = Number;

    struct Operation {
        enum class Kind : std::uint8_t { read, write, cas };
        Kind kind = Kind::read;
        Number value{};
        Number from{}; // cas only

        static Operation read() { return {}; }
        static Operation write(Number value) { return {Kind::write, value, {}}; }
        static Operation cas(Number from, Number to) { return {Kind::cas, to, from}; }
        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("value", &Operation::value),
                              sim::member("from", &Operation::from)};
        }
    };
    struct Result {
        Number value{};       // what was read
        bool swapped = false; // whether the compare-and-set did anything
        bool operator==(const Result&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("value", &Result::value), sim::member("swapped", &Result::swapped)};
        }
    };

    static constexpr std::string_view name = "cas-register";
    static constexpr std::array verbs = {Verb{"read", {}, "value", Verb::Effect::reads},
                                         Verb{"write", {"value"}, {}, Verb::Effect::sets},
                                         Verb{"cas", {"from", "value"}, "swapped", Verb::Effect::swaps}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) { return as<State>(value); }
    static Result apply(State& state, const Operation& operation) {
        if (operation.kind == Operation::Kind::read) return {state, false};
        const bool swapped = operation.kind == Operation::Kind::cas && state == operation.from;
        if (swapped || operation.kind == Operation::Kind::write) state = operation.value;
        return {{}, swapped};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result& result) {
        if (operation.kind == Operation::Kind::cas) return !result.swapped || operation.from == operation.value;
        return operation.kind == Operation::Kind::read;
    }
    static Value key(const Operation&) { return {}; }
    // Few values, so that a compare-and-set often meets the one it expects.
    template <class Draws>
    static Operation draw(Draws& draws, std::uint64_t, std::uint64_t) {
        const std::uint64_t kind = draws.draw("operation", 3);
        const auto value = static_cast<std::int64_t>(draws.draw("value", 5));
        if (kind == 0) return Operation::read();
        if (kind == 1) return Operation::write(value);
        return Operation::cas(static_cast<std::int64_t>(draws.draw("from", 5)), value);
    }
};
// Of whole numbers, as scenarios use it; and of whatever a recorded history holds, told apart by equality alone.
using CasRegister = CasRegisterOf<std::optional<std::int64_t>>;
using AnyCasRegister = CasRegisterOf<Value>;
static_assert(Model<CasRegister> && Model<AnyCasRegister>);
extern template const Language& language_of<CasRegister>();
extern template const Language& language_of<AnyCasRegister>();

} // namespace orrery::reports::models
