// Counter: a number that is added to and read. Starts at zero. `fetch-add` also returns what it was before.
#pragma once

#include <cstdint>
#include <optional>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Counter {
    using State = std::int64_t;

    struct Operation {
        enum class Kind : std::uint8_t { read, add, fetch_add };
        Kind kind = Kind::read;
        std::int64_t amount = 0;

        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("amount", &Operation::amount)};
        }
    };
    struct Result {
        std::int64_t value = 0; // what was read, or what there was before; zero after an add
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("value", &Result::value)}; }
    };

    static constexpr std::string_view name = "counter";
    static constexpr std::array verbs = {Verb{"read", {}, "value", Verb::Effect::reads}, Verb{"add", {"amount"}},
                                         Verb{"fetch-add", {"amount"}, "value"}};
    static State initial() { return 0; }
    static std::optional<State> initial(const Value& value) { return as<State>(value); }
    static Result apply(State& state, const Operation& operation) {
        const State before = state;
        if (operation.kind == Operation::Kind::read) return {before};
        // Wraps around, so that it is total.
        state = static_cast<State>(static_cast<std::uint64_t>(state) + static_cast<std::uint64_t>(operation.amount));
        return {operation.kind == Operation::Kind::add ? 0 : before};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result&) {
        return operation.kind == Operation::Kind::read || operation.amount == 0;
    }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Counter>);
extern template const Language& language_of<Counter>();

} // namespace orrery::reports::models
