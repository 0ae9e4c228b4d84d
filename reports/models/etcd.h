// Etcd: texts under keys, and one revision for all of them, which every change makes greater by one. A put
// returns the revision that it made; a get returns the value and the revision of its last change; a put-if puts only
// if the key was last changed at that revision (0: never), and returns the revision, or false. Keys cannot be judged
// apart, for they share the revision. Starts empty at revision 1, as etcd does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Etcd {
    struct Cell {
        std::string value{};
        std::int64_t revision = 0;
        bool operator==(const Cell&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("value", &Cell::value), sim::member("revision", &Cell::revision)};
        }
    };
    struct State {
        std::int64_t revision = 1;
        std::map<std::string, Cell> cells{};
        bool operator==(const State&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("revision", &State::revision), sim::member("cells", &State::cells)};
        }
    };
    struct Operation {
        enum class Kind : std::uint8_t { get, put, put_if, remove };
        Kind kind = Kind::get;
        std::string key{};
        std::string value{};
        std::int64_t revision = 0; // put-if: of the last change

        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("key", &Operation::key),
                              sim::member("value", &Operation::value), sim::member("revision", &Operation::revision)};
        }
    };
    struct Result {
        Value response{}; // [value revision], a revision, false, or nil: there was nothing
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("response", &Result::response)}; }
    };

    static constexpr std::string_view name = "etcd";
    static constexpr std::array verbs = {
        Verb{"get", {}, "response", Verb::Effect::reads}, Verb{"put", {"value"}, "response"},
        Verb{"put-if", {"revision", "value"}, "response"}, Verb{"delete", {}, "response"}};
    static State initial() { return {}; }
    // The revision with which it starts.
    static std::optional<State> initial(const Value& value) {
        if (!value.is_integer()) return {};
        return State{value.integer(), {}};
    }
    static Result apply(State& state, const Operation& operation) {
        const auto cell = state.cells.find(operation.key);
        const bool there = cell != state.cells.end();
        const std::int64_t changed = there ? cell->second.revision : 0;
        switch (operation.kind) {
        case Operation::Kind::get:
            if (!there) return {};
            return {Value::List{cell->second.value, changed}};
        case Operation::Kind::put_if:
            if (changed != operation.revision) return {Value(false)};
            [[fallthrough]];
        case Operation::Kind::put:
            state.cells[operation.key] = {operation.value, ++state.revision};
            return {Value(state.revision)};
        case Operation::Kind::remove:
            if (!there) return {};
            state.cells.erase(cell);
            return {Value(++state.revision)};
        }
        return {};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result& result) {
        if (operation.kind == Operation::Kind::get) return true;
        return operation.kind != Operation::Kind::put && !result.response.is_integer();
    }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Etcd>);

} // namespace orrery::reports::models
