// Mutex: a lock that one client holds at a time. Starts free. An acquire while it is held and a release while
// it is free are refused.
#pragma once

#include <cstdint>
#include <optional>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Mutex {
    using State = bool; // held

    struct Operation {
        enum class Kind : std::uint8_t { acquire, release };
        Kind kind = Kind::acquire;

        static Operation acquire() { return {Kind::acquire}; }
        static Operation release() { return {Kind::release}; }
        bool operator==(const Operation&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("kind", &Operation::kind)}; }
    };
    struct Result {
        bool refused = false;
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("refused", &Result::refused)}; }
    };

    static constexpr std::string_view name = "mutex";
    static constexpr std::array verbs = {Verb{"acquire"}, Verb{"release"}};
    static State initial() { return false; }
    static std::optional<State> initial(const Value& value) { return as<State>(value); }
    static Result apply(State& held, const Operation& operation) {
        const bool refused = held == (operation.kind == Operation::Kind::acquire);
        if (!refused) held = !held;
        return {refused};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation&, const Result& result) { return result.refused; }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Mutex>);
extern template const Language& language_of<Mutex>();

} // namespace orrery::reports::models
