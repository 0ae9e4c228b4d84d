// Stale: a model whose reads may be answered from any of its last states - so many versions old. An order with
// such reads is what k-atomicity asks for (Aiyer, Alvisi, Bazzi, "On the Availability of Non-strict Quorum
// Systems", 2005); with one state it is the model itself.
#pragma once

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

template <Model M>
struct Stale {
    struct State {
        std::int64_t bound = 1;
        std::vector<typename M::State> last{}; // at most `bound`, the latest behind
        bool operator==(const State&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("bound", &State::bound), sim::member("last", &State::last)};
        }
    };
    using Operation = typename M::Operation;
    struct Result : M::Result {
        std::vector<typename M::Result> older{}; // what a read would have returned in the states before; no member:
                                                 // it is never recorded
        bool operator==(const Result&) const = default;
    };

    static constexpr std::string_view name = M::name;
    static constexpr std::array verbs = M::verbs;
    static State initial() { return {1, {M::initial()}}; }
    // [bound], or [bound initial] with where the model starts.
    static std::optional<State> initial(const Value& value) {
        if (!value.is_list() || value.list().empty() || !value.list()[0].is_integer()) return {};
        const bool says = value.list().size() > 1;
        const auto first = says ? M::initial(value.list()[1]) : std::optional(M::initial());
        return first ? std::optional(State{value.list()[0].integer(), {*first}}) : std::nullopt;
    }
    static Result apply(State& state, const Operation& operation) {
        const Verb::Effect effect = verb_of<M>(operation).effect;
        typename M::State next = state.last.back();
        Result result{M::apply(next, operation), {}};
        if (effect == Verb::Effect::reads)
            for (std::size_t each = 0; each + 1 < state.last.size(); ++each) {
                typename M::State older = state.last[each];
                result.older.push_back(M::apply(older, operation));
            }
        // A write of what is there already is a new version all the same; a swap that was refused is none.
        const bool changes =
            effect != Verb::Effect::reads && (effect != Verb::Effect::swaps || next != state.last.back());
        if (!changes) return result;
        state.last.push_back(std::move(next));
        if (state.last.size() > static_cast<std::size_t>(state.bound)) state.last.erase(state.last.begin());
        return result;
    }
    static bool agrees(const Result& recorded, const Result& actual) {
        return M::agrees(recorded, actual) || std::any_of(actual.older.begin(), actual.older.end(),
                                                          [&](const auto& each) { return M::agrees(recorded, each); });
    }
    static bool observer(const Operation& operation, const Result& result) { return M::observer(operation, result); }
    static Value key(const Operation& operation) { return M::key(operation); }
};

} // namespace orrery::reports::models
