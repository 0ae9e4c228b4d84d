// Set: elements that are added, removed, looked for and read all together. Starts empty. Adding and
// removing may say whether they changed anything; a history need not have asked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/models/container_effects.h"
#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Set {
    using State = std::vector<Value>; // sorted, no two equal

    struct Operation {
        enum class Kind : std::uint8_t { add, remove, contains, read };
        Kind kind = Kind::read;
        Value element{};

        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("element", &Operation::element)};
        }
    };
    struct Result {
        std::optional<bool> changed{}; // add, remove; nothing: not known
        bool present = false;          // contains
        std::vector<Value> elements{}; // read
        bool operator==(const Result&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("changed", &Result::changed), sim::member("present", &Result::present),
                              sim::member("elements", &Result::elements)};
        }
    };

    static constexpr std::string_view name = "set";
    static constexpr Discipline discipline = Discipline::unordered;
    static constexpr std::array verbs = {
        Verb{"add", {"element"}, "changed", Verb::Effect::inserts}, Verb{"remove", {"element"}, "changed"},
        Verb{"contains", {"element"}, "present"}, Verb{"read", {}, "elements", Verb::Effect::lists}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) {
        std::optional<State> elements = as<State>(value);
        if (!elements) return {};
        std::sort(elements->begin(), elements->end());
        elements->erase(std::unique(elements->begin(), elements->end()), elements->end());
        return elements;
    }
    static Result apply(State& elements, const Operation& operation) {
        using Kind = Operation::Kind;
        if (operation.kind == Kind::read) return {{}, false, elements};
        const auto place = std::lower_bound(elements.begin(), elements.end(), operation.element);
        const bool present = place != elements.end() && *place == operation.element;
        if (operation.kind == Kind::contains) return {{}, present, {}};
        const bool adds = operation.kind == Kind::add;
        if (adds && !present) elements.insert(place, operation.element);
        if (!adds && present) elements.erase(place);
        return {adds != present, false, {}};
    }
    // Sources write the elements of a set in any order.
    static bool agrees(const Result& recorded, const Result& actual) {
        if (recorded.changed && recorded.changed != actual.changed) return false;
        return recorded.present == actual.present && recorded.elements.size() == actual.elements.size() &&
               std::is_permutation(recorded.elements.begin(), recorded.elements.end(), actual.elements.begin());
    }
    static bool observer(const Operation& operation, const Result& result) {
        const bool read_only = operation.kind == Operation::Kind::read || operation.kind == Operation::Kind::contains;
        return read_only || result.changed == false;
    }
    static Value key(const Operation&) { return {}; }
    static Value part(const Operation& operation) { return operation.element; } // of a read: nil
};
static_assert(Model<Set>);
extern template const Language& language_of<Set>();

} // namespace orrery::reports::models
