// Reentrant mutex: a lock that its holder may acquire again, and must then release as often. Starts free. An acquire
// while another holds it, and a release by anybody else than the holder, are refused.
#pragma once

#include <cstdint>
#include <optional>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct ReentrantMutex {
    struct State {
        Value holder{}; // nil: free
        std::int64_t times = 0;

        bool operator==(const State&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("holder", &State::holder), sim::member("times", &State::times)};
        }
    };
    struct Operation {
        enum class Kind : std::uint8_t { acquire, release };
        Kind kind = Kind::acquire;
        Value client{};           // nil: the client is the process
        std::int64_t process = 0; // who asks

        Value who() const { return client.is_nil() ? Value(process) : client; }
        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("client", &Operation::client),
                              sim::member("process", &Operation::process)};
        }
    };
    struct Result {
        bool refused = false;
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("refused", &Result::refused)}; }
    };

    static constexpr std::string_view name = "reentrant-mutex";
    static constexpr std::array verbs = {Verb{"acquire", {"client"}}, Verb{"release", {"client"}}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) {
        std::optional<State> state = as<State>(value);
        const bool makes_sense = state && state->times >= 0 && (state->times == 0) == state->holder.is_nil();
        return makes_sense ? state : std::nullopt;
    }
    static void asked_by(Operation& operation, std::int64_t process) { operation.process = process; }
    static Result apply(State& state, const Operation& operation) {
        const Value who = operation.who();
        const bool holds = state.holder == who;
        const bool acquires = operation.kind == Operation::Kind::acquire;
        if (!holds && !(acquires && state.holder.is_nil())) return {true};
        state.times += acquires ? 1 : -1;
        state.holder = state.times == 0 ? Value() : who;
        return {false};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation&, const Result& result) { return result.refused; }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<ReentrantMutex>);
extern template const Language& language_of<ReentrantMutex>();

} // namespace orrery::reports::models
