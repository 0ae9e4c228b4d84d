// Semaphore: permits that clients take and give back. Starts with one, unless the history says how many.
// Taking more than there are would be refused.
#pragma once

#include <cstdint>
#include <optional>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Semaphore {
    using State = std::int64_t; // permits left

    struct Operation {
        enum class Kind : std::uint8_t { acquire, release };
        Kind kind = Kind::acquire;
        std::optional<std::int64_t> permits{}; // without a number: one

        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("permits", &Operation::permits)};
        }
    };
    struct Result {
        bool refused = false;
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("refused", &Result::refused)}; }
    };

    static constexpr std::string_view name = "semaphore";
    static constexpr std::array verbs = {Verb{"acquire", {"permits"}}, Verb{"release", {"permits"}}};
    static State initial() { return 1; }
    static std::optional<State> initial(const Value& value) { return as<State>(value); }
    static Result apply(State& left, const Operation& operation) {
        const std::int64_t permits = operation.permits.value_or(1);
        const bool takes = operation.kind == Operation::Kind::acquire;
        if (takes && permits > left) return {true};
        left += takes ? -permits : permits;
        return {false};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation&, const Result& result) { return result.refused; }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Semaphore>);
extern template const Language& language_of<Semaphore>();

} // namespace orrery::reports::models
