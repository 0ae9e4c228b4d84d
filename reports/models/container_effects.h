// ContainerEffects: what operations did to one object that holds many values - a queue, a stack, a set - in numbers.
// For judges that know such objects and need no search.
//
// A model has container effects if it names its discipline, its verbs declare which insert, take and list, and both
// Operation and Result call the value `element`; a list is called `elements`, an insertion may return
// `changed`. As with register_effects.h, a model that declares what it does not do cannot make a wrong verdict.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "orrery/reports/models/model.h"
#include "orrery/reports/models/value_numbers.h"
#include "orrery/sim/check.h"

namespace orrery::reports::models {

enum class Discipline : std::uint8_t { first_in_first_out, last_in_first_out, least_first, unordered };

inline bool has_nil(const std::vector<Value>& elements) {
    return std::any_of(elements.begin(), elements.end(), [](const Value& each) { return each.is_nil(); });
}

// What one operation did. Values are numbers.
struct ContainerEffect {
    enum class Kind : std::uint8_t {
        insert, // put `value` in
        take,   // took `value` out; if unknown, whatever came
        miss,   // wanted to take, and there was nothing
        list,   // saw that these were in: ContainerEffects::listed[value]
        other
    };
    Kind kind = Kind::other;
    std::uint32_t value = 0;
};

struct ContainerEffects {
    Discipline discipline = Discipline::unordered;
    std::vector<ContainerEffect> all;
    std::uint32_t values = 0;
    std::uint32_t initial = 0;                      // the values below were in at the start, the oldest first
    std::vector<std::vector<std::uint32_t>> listed; // each ascending
    std::vector<std::uint32_t> ranks;               // least_first: the place of each value among all, the least first
};

template <Model M, class Each>
ContainerEffect container_effect_of(const Each& each, ValueNumbers<Value>& numbers, ContainerEffects& effects) {
    using Kind = ContainerEffect::Kind;
    switch (verb_of<M>(each.operation).effect) {
    case Verb::Effect::inserts:
        // One that changed nothing was only a look.
        if constexpr (requires { each.result->changed; })
            if (each.result && each.result->changed == false) return {};
        if (each.operation.element.is_nil()) return {}; // taking it out would look like a miss
        return {Kind::insert, numbers(&each.operation.element)};
    case Verb::Effect::takes:
        if constexpr (requires { each.result->element; }) {
            if (!each.result) return {Kind::take, 0};
            if (each.result->element.is_nil()) return {Kind::miss, 0};
            return {Kind::take, numbers(&each.result->element)};
        }
        return {};
    case Verb::Effect::lists:
        if constexpr (requires { each.result->elements; }) {
            effects.listed.emplace_back();
            if (each.result)
                for (const Value& element : each.result->elements) effects.listed.back().push_back(numbers(&element));
            std::sort(effects.listed.back().begin(), effects.listed.back().end());
            return {Kind::list, static_cast<std::uint32_t>(effects.listed.size() - 1)};
        }
        return {};
    default:
        return {};
    }
}

// The place of each value, by its number, among all those that were in or came to be.
template <class Each>
std::vector<std::uint32_t> ranks_of(const std::vector<Each>& operations, std::span<const std::size_t> part,
                                    const std::vector<Value>& initial, ValueNumbers<Value>& numbers) {
    std::vector<const Value*> values(numbers.count(), nullptr);
    const auto see = [&](const Value& value) {
        if (!value.is_nil()) values[numbers(&value)] = &value;
    };
    for (const Value& each : initial) see(each);
    for (const std::size_t each : part) {
        see(operations[each].operation.element);
        if (operations[each].result) see(operations[each].result->element);
    }
    std::vector<std::uint32_t> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    CHECK(std::find(values.begin(), values.end(), nullptr) == values.end()); // every number is some value's
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return *values[a] < *values[b]; });
    std::vector<std::uint32_t> ranks(values.size());
    for (std::uint32_t place = 0; place < order.size(); ++place) ranks[order[place]] = place;
    return ranks;
}

// Nothing if the model has none, or if it starts with the same value twice.
template <Model M, class Each>
std::optional<ContainerEffects> container_effects_of(const std::vector<Each>& operations,
                                                     std::span<const std::size_t> part,
                                                     const typename M::State& initial) {
    if constexpr (requires { M::discipline; }) {
        ContainerEffects effects;
        effects.discipline = M::discipline;
        ValueNumbers<Value> numbers(part.size());
        for (const Value& each : initial)
            if (numbers(&each) != effects.initial++) return {};
        effects.all.reserve(part.size());
        for (const std::size_t each : part)
            effects.all.push_back(container_effect_of<M>(operations[each], numbers, effects));
        effects.values = numbers.count();
        if constexpr (M::discipline == Discipline::least_first)
            effects.ranks = ranks_of(operations, part, initial, numbers);
        return effects;
    }
    return {};
}

} // namespace orrery::reports::models
