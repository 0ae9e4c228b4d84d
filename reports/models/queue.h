// Queue: what came first leaves first. Starts empty. Taking from an empty queue tells nil.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/models/contents.h"
#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Queue {
    using State = std::vector<Value>; // the oldest first

    struct Operation {
        enum class Kind : std::uint8_t { enqueue, dequeue };
        Kind kind = Kind::dequeue;
        Value element{}; // enqueue only; not nil

        static Operation enqueue(Value element) { return {Kind::enqueue, std::move(element)}; }
        static Operation dequeue() { return {}; }
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

    static constexpr std::string_view name = "queue";
    static constexpr Discipline discipline = Discipline::first_in_first_out;
    static constexpr std::array verbs = {Verb{"enqueue", {"element"}, {}, Verb::Effect::inserts},
                                         Verb{"dequeue", {}, "element", Verb::Effect::takes}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) {
        std::optional<State> elements = as<State>(value);
        return elements && has_nil(*elements) ? std::nullopt : elements;
    }
    // Nil is what tells that there was nothing.
    static bool valid(const Operation& operation) {
        return operation.kind != Operation::Kind::enqueue || !operation.element.is_nil();
    }
    static Result apply(State& elements, const Operation& operation) {
        if (operation.kind == Operation::Kind::enqueue) {
            elements.push_back(operation.element);
            return {};
        }
        if (elements.empty()) return {};
        Result taken{elements.front()};
        elements.erase(elements.begin());
        return taken;
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result& result) {
        return operation.kind == Operation::Kind::dequeue && result.element.is_nil();
    }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Queue>);

} // namespace orrery::reports::models
