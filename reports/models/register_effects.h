// RegisterEffects: what operations did to one object that holds one value, in numbers - for judges that know
// registers and need no search. Where a value is a text that grows, see read_off.h.
//
// A model has register effects if its verbs declare what they do to the member `value` of Operation, and Result
// says in `value` what was seen and in `swapped` whether a compare-and-swap did anything. Register,
// CasRegister and Kv do. A model whose verbs declare what it does not do cannot make a wrong verdict:
// orders are checked by applying it, violations by searching with it.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orrery/reports/models/model.h"
#include "orrery/reports/models/read_off.h"
#include "orrery/reports/models/register_effect.h"
#include "orrery/reports/models/value_numbers.h"

namespace orrery::reports::models {

template <Model M>
constexpr bool declares(Verb::Effect effect) {
    for (const Verb& verb : M::verbs)
        if (verb.effect == effect) return true;
    return false;
}

template <Model M>
constexpr bool has_register_effects() {
    constexpr bool values = requires(const typename M::Operation& operation, const typename M::Result& result) {
        operation.value;
        result.value;
    };
    constexpr bool swaps = requires(const typename M::Operation& operation, const typename M::Result& result) {
        operation.from;
        result.swapped;
    };
    return values && declares<M>(Verb::Effect::reads) && declares<M>(Verb::Effect::sets) &&
           !declares<M>(Verb::Effect::other) && (swaps || !declares<M>(Verb::Effect::swaps));
}

// The value itself; nullptr for an optional without one.
template <class T>
const T* plain(const T& value) {
    return &value;
}
template <class T>
const T* plain(const std::optional<T>& value) {
    return value ? &*value : nullptr;
}
template <class M>
using Plain = std::remove_cvref_t<decltype(*plain(std::declval<typename M::Result>().value))>;

// What a read of the key of `like` returns at the very beginning.
template <Model M>
typename M::Result initial_sight(const typename M::State& initial, typename M::Operation like) {
    for (std::size_t kind = 0; kind < M::verbs.size(); ++kind)
        if (M::verbs[kind].effect == Verb::Effect::reads) like.kind = static_cast<decltype(like.kind)>(kind);
    typename M::State state = initial;
    return M::apply(state, like);
}

template <Model M, class Each>
RegisterEffect register_effect_of(const Each& each, ValueNumbers<Plain<M>>& numbers) {
    switch (verb_of<M>(each.operation).effect) {
    case Verb::Effect::reads:
        return {RegisterEffect::Kind::read, each.result ? numbers(plain(each.result->value)) : 0, 0};
    case Verb::Effect::removes:
        return {RegisterEffect::Kind::write, numbers(nullptr), 0};
    case Verb::Effect::swaps:
        if constexpr (declares<M>(Verb::Effect::swaps)) {
            const std::uint32_t from = numbers(plain(each.operation.from));
            if (each.result && !each.result->swapped) return {RegisterEffect::Kind::refused, from, 0};
            return {RegisterEffect::Kind::swap, numbers(plain(each.operation.value)), from};
        }
        [[fallthrough]];
    default:
        return {RegisterEffect::Kind::write, numbers(plain(each.operation.value)), 0};
    }
}

// Nothing if values cannot be told apart: a text that grows out of pieces and can be read in two ways.
template <Model M, class Each>
std::optional<RegisterEffects> register_effects_of(const std::vector<Each>& operations,
                                                   std::span<const std::size_t> part,
                                                   const typename M::State& initial) {
    if (part.empty()) return RegisterEffects{};
    const typename M::Result sight = initial_sight<M>(initial, operations[part[0]].operation);
    if constexpr (declares<M>(Verb::Effect::appends)) {
        const auto grows = [&](std::size_t each) {
            return verb_of<M>(operations[each].operation).effect == Verb::Effect::appends;
        };
        if (std::any_of(part.begin(), part.end(), grows)) {
            std::vector<TextEffect> texts;
            for (const std::size_t place : part) {
                const Each& each = operations[place];
                const Verb::Effect effect = verb_of<M>(each.operation).effect;
                const bool reads = effect == Verb::Effect::reads;
                texts.push_back({effect, !each.result.has_value(), plain(each.operation.value),
                                 reads && each.result ? plain(each.result->value) : nullptr, each.invoked,
                                 each.returned});
            }
            return read_off(texts, plain(sight.value));
        }
    }
    ValueNumbers<Plain<M>> numbers(part.size());
    RegisterEffects effects;
    effects.all.reserve(part.size());
    (void)numbers(plain(sight.value)); // number 0
    for (const std::size_t each : part) effects.all.push_back(register_effect_of<M>(operations[each], numbers));
    effects.values = numbers.count();
    return effects;
}

} // namespace orrery::reports::models
