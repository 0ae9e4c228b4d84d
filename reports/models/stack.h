// Stack: what came last leaves first. Starts empty. Taking from an empty stack tells nil.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/models/contents.h"
#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Stack {
    using State = std::vector<Value>; // the bottom first

    struct Operation {
        enum class Kind : std::uint8_t { push, pop };
        Kind kind = Kind::pop;
        Value element{}; // push only; not nil

        static Operation push(Value element) { return {Kind::push, std::move(element)}; }
        static Operation pop() { return {}; }
        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("element", &Operation::element)};
        }
    };
    struct Result {
        Value element{}; // what was taken; nil: there was nothing
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("element", &Result::element)}; }
    };

    static constexpr std::string_view name = "stack";
    static constexpr Discipline discipline = Discipline::last_in_first_out;
    static constexpr std::array verbs = {Verb{"push", {"element"}, {}, Verb::Effect::inserts},
                                         Verb{"pop", {}, "element", Verb::Effect::takes}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) {
        std::optional<State> elements = as<State>(value);
        return elements && has_nil(*elements) ? std::nullopt : elements;
    }
    // Nil is what tells that there was nothing.
    static bool valid(const Operation& operation) {
        return operation.kind != Operation::Kind::push || !operation.element.is_nil();
    }
    static Result apply(State& elements, const Operation& operation) {
        if (operation.kind == Operation::Kind::push) {
            elements.push_back(operation.element);
            return {};
        }
        if (elements.empty()) return {};
        Result taken{elements.back()};
        elements.pop_back();
        return taken;
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result& result) {
        return operation.kind == Operation::Kind::pop && result.element.is_nil();
    }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Stack>);

} // namespace orrery::reports::models
