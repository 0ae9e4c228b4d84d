// Sequence: an object that holds values in a row; an operation puts one in or takes one out. A queue gives back what
// was put in first, a stack what was put in last, a priority queue the least: values are their own priorities, and a
// list goes by its first member. All start empty. Taking from an empty one returns nil.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/models/container_effects.h"
#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

template <Discipline kept>
struct Sequence {
    static_assert(kept != Discipline::unordered);
    // In the order in which they were put in, the first first; of least_first in their own.
    using State = std::vector<Value>;

    struct Operation {
        enum class Kind : std::uint8_t { insert, take };
        Kind kind = Kind::take;
        Value element{}; // insert only; not nil

        static Operation insert(Value element) { return {Kind::insert, std::move(element)}; }
        static Operation take() { return {}; }
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

    static constexpr Discipline discipline = kept;
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) {
        std::optional<State> elements = as<State>(value);
        if (!elements || has_nil(*elements)) return std::nullopt;
        if (kept == Discipline::least_first) std::sort(elements->begin(), elements->end());
        return elements;
    }
    // Nil is no value: as a result it says that there was nothing.
    static bool valid(const Operation& operation) {
        return operation.kind != Operation::Kind::insert || !operation.element.is_nil();
    }
    static Result apply(State& elements, const Operation& operation) {
        if (operation.kind == Operation::Kind::insert) {
            const bool sorted = kept == Discipline::least_first;
            const auto end = elements.end();
            elements.insert(sorted ? std::upper_bound(elements.begin(), end, operation.element) : end,
                            operation.element);
            return {};
        }
        if (elements.empty()) return {};
        const auto next = kept == Discipline::last_in_first_out ? elements.end() - 1 : elements.begin();
        Result taken{std::move(*next)};
        elements.erase(next);
        return taken;
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result& result) {
        return operation.kind == Operation::Kind::take && result.element.is_nil();
    }
    static Value key(const Operation&) { return {}; }
};

struct Queue : Sequence<Discipline::first_in_first_out> {
    static constexpr std::string_view name = "queue";
    static constexpr std::array verbs = {Verb{"enqueue", {"element"}, {}, Verb::Effect::inserts},
                                         Verb{"dequeue", {}, "element", Verb::Effect::takes}};
};
static_assert(Model<Queue>);

struct Stack : Sequence<Discipline::last_in_first_out> {
    static constexpr std::string_view name = "stack";
    static constexpr std::array verbs = {Verb{"push", {"element"}, {}, Verb::Effect::inserts},
                                         Verb{"pop", {}, "element", Verb::Effect::takes}};
};
static_assert(Model<Stack>);

struct PriorityQueue : Sequence<Discipline::least_first> {
    static constexpr std::string_view name = "priority-queue";
    static constexpr std::array verbs = {Verb{"insert", {"element"}, {}, Verb::Effect::inserts},
                                         Verb{"delete-min", {}, "element", Verb::Effect::takes}};
};
static_assert(Model<PriorityQueue>);
extern template const Language& language_of<Queue>();
extern template const Language& language_of<Stack>();
extern template const Language& language_of<PriorityQueue>();

} // namespace orrery::reports::models
