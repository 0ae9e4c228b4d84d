// Histories for property tests: some operations on a real object, at instants inside their intervals,
// and then, sometimes, a lie.
#pragma once

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/operations.h"
#include "orrery/reports/models/register.h"

namespace orrery::reports::judges {

// Any operation over a small domain, so that values collide.
template <models::Model M>
typename M::Operation any_operation() {
    const auto kind = *rc::gen::inRange<std::size_t>(0, M::verbs.size());
    typename M::Operation operation;
    operation.kind = static_cast<decltype(operation.kind)>(kind);
    sim::for_each_member(operation, [&](std::string_view name, auto& field) {
        using Field = std::remove_cvref_t<decltype(field)>;
        const auto verb = M::verbs[kind];
        const bool used = std::find(verb.arguments.begin(), verb.arguments.end(), name) != verb.arguments.end();
        if constexpr (std::is_same_v<Field, std::string>)
            if (used || name == "key") field = std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 2)));
        if constexpr (std::is_same_v<Field, std::optional<std::string>>)
            if (used && *rc::gen::arbitrary<bool>())
                field = std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 2)));
        if constexpr (std::is_same_v<Field, std::optional<std::int64_t>>)
            if (used) field = *rc::gen::inRange<std::int64_t>(0, 2);
    });
    return operation;
}

// Up to `count_max` operations with stamps from a small range, so that many coincide. Each takes effect at
// its return or before, in the order of drawn instants; one in four is unknown and takes effect or not;
// and up to two results are replaced by those of some other state.
template <models::Model M>
std::vector<models::Operation<M>> any_history(int count_max) {
    const int count = *rc::gen::inRange(1, count_max + 1);
    std::vector<models::Operation<M>> operations;
    std::vector<std::pair<std::int64_t, std::size_t>> instants;
    for (int i = 0; i < count; ++i) {
        models::Operation<M> each;
        each.process = i;
        each.operation = any_operation<M>();
        each.invoked.nanoseconds = *rc::gen::inRange(0, 2 * count);
        each.returned.nanoseconds = each.invoked.nanoseconds + *rc::gen::inRange(0, count + 1);
        const std::int64_t span = each.returned.nanoseconds - each.invoked.nanoseconds;
        instants.emplace_back(each.invoked.nanoseconds + *rc::gen::inRange<std::int64_t>(0, span + 1), i);
        operations.push_back(each);
    }
    std::sort(instants.begin(), instants.end());
    typename M::State state = M::initial();
    for (const auto& [instant, place] : instants) {
        const bool unknown = *rc::gen::inRange(0, 4) == 0;
        if (unknown && *rc::gen::arbitrary<bool>()) continue;
        const auto result = M::apply(state, operations[place].operation);
        if (!unknown) operations[place].result = result;
    }
    for (int lies = *rc::gen::inRange(0, 3); lies > 0; --lies) {
        auto& each = operations[*rc::gen::inRange<std::size_t>(0, operations.size())];
        typename M::State other = M::initial();
        for (int i = *rc::gen::inRange(0, 3); i > 0; --i) M::apply(other, any_operation<M>());
        if (each.result) each.result = M::apply(other, each.operation);
    }
    return operations;
}

} // namespace orrery::reports::judges
