// Kv: texts under keys - get, put, delete, append, compare-and-swap. Every key starts absent, or, if
// the history says so, with one and the same text. Appending to an absent key puts.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Kv {
    using Text = std::optional<std::string>; // without a value: absent

    struct State {
        Text otherwise{};                    // what keys hold that are not in `texts`
        std::map<std::string, Text> texts{}; // never an entry equal to `otherwise`, so that equal states compare equal

        const Text& at(const std::string& key) const {
            const auto found = texts.find(key);
            return found == texts.end() ? otherwise : found->second;
        }
        void set(const std::string& key, Text text) {
            if (text == otherwise)
                texts.erase(key);
            else
                texts[key] = std::move(text);
        }
        bool operator==(const State&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("texts", &State::texts)}; }
    };
    struct Operation {
        enum class Kind : std::uint8_t { get, put, remove, append, cas };
        Kind kind = Kind::get;
        std::string key{};
        std::string value{};
        Text from{}; // cas only; without a value: if absent

        static Operation get(std::string key) { return {Kind::get, std::move(key), {}, {}}; }
        static Operation put(std::string key, std::string value) {
            return {Kind::put, std::move(key), std::move(value), {}};
        }
        static Operation remove(std::string key) { return {Kind::remove, std::move(key), {}, {}}; }
        static Operation append(std::string key, std::string value) {
            return {Kind::append, std::move(key), std::move(value), {}};
        }
        static Operation cas(std::string key, Text from, std::string to) {
            return {Kind::cas, std::move(key), std::move(to), std::move(from)};
        }
        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("key", &Operation::key),
                              sim::member("value", &Operation::value), sim::member("from", &Operation::from)};
        }
    };
    struct Result {
        Text value{};         // get: what is there
        bool swapped = false; // cas: whether it did anything
        bool operator==(const Result&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("value", &Result::value), sim::member("swapped", &Result::swapped)};
        }
    };

    static constexpr std::string_view name = "kv";
    static constexpr std::array verbs = {
        Verb{"get", {}, "value", Verb::Effect::reads}, Verb{"put", {"value"}, {}, Verb::Effect::sets},
        Verb{"delete", {}, {}, Verb::Effect::removes}, Verb{"append", {"value"}, {}, Verb::Effect::appends},
        Verb{"cas", {"from", "value"}, "swapped", Verb::Effect::swaps}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) {
        State state;
        return from_value(value, state.otherwise) ? std::optional(state) : std::nullopt;
    }
    static Result apply(State& state, const Operation& operation) {
        const Text& now = state.at(operation.key);
        switch (operation.kind) {
        case Operation::Kind::get:
            return {now, false};
        case Operation::Kind::put:
            state.set(operation.key, operation.value);
            return {};
        case Operation::Kind::remove:
            state.set(operation.key, {});
            return {};
        case Operation::Kind::append:
            state.set(operation.key, now.value_or("") + operation.value);
            return {};
        case Operation::Kind::cas:
            break;
        }
        if (now != operation.from) return {};
        state.set(operation.key, operation.value);
        return {{}, true};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result& result) {
        if (operation.kind == Operation::Kind::cas) return !result.swapped || operation.from == operation.value;
        return operation.kind == Operation::Kind::get;
    }
    static Value key(const Operation& operation) { return operation.key; }
    // Three keys; values are unique by client and number, but for some that are empty: that is not to be absent.
    template <class Draws>
    static Operation draw(Draws& draws, std::uint64_t client, std::uint64_t number) {
        const std::string key(1, static_cast<char>('a' + draws.draw("key", 3)));
        const bool is_empty = draws.draw("empty", 8) == 0;
        const std::string value = is_empty ? "" : std::to_string(client) + "." + std::to_string(number) + " ";
        const std::uint64_t kind = draws.draw("operation", 8);
        if (kind < 3) return Operation::get(key);
        if (kind < 5) return Operation::put(key, value);
        if (kind == 5) return Operation::append(key, value);
        if (kind == 6) return Operation::remove(key);
        const bool is_absent = draws.draw("from", 4) > 0;
        return Operation::cas(key, is_absent ? std::nullopt : Text(""), value);
    }
};
static_assert(Model<Kv>);
extern template const Language& language_of<Kv>();

} // namespace orrery::reports::models
