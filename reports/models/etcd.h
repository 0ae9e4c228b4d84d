// Etcd: texts under keys, and one revision for all of them, which every change makes greater by one. A put
// returns the revision that it made; a get returns the value and the revision of its last change; a put-if puts only
// if the key was last changed at that revision (0: never), and returns the revision, or false. Keys cannot be judged
// apart, for they share the revision. Starts empty at revision 1, as etcd does.
//
// Beside these short words it has etcd's own requests, as its robustness tests record them, each a list:
//   range       [start end limit]: keys from start up to end; of start alone if end is ""
//   txn         [conditions then else]: conditions are [key revision version] (of the last change, or, if it is above
//               0, how many changes since the key was made); steps are ["put" key value lease], ["delete" key] and
//               ["range" start end limit]
//   lease-grant, lease-revoke    the lease; a revoked lease takes its keys along
// Each returns a list that begins with the revision. What follows is, of a range, the keys as
// [key value revision version] and their number; of a txn, whether the conditions failed, and what each step gave.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "orrery/reports/models/etcd_requests.h"
#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Etcd {
    struct Cell {
        std::string value{};
        std::int64_t revision = 0;
        std::int64_t version = 0; // changes since the key was made
        std::int64_t lease = 0;   // 0: none
        Value shown{};            // as ranges show all this; nil until one does
        bool operator==(const Cell& other) const {
            return value == other.value && revision == other.revision && version == other.version &&
                   lease == other.lease;
        }
        static constexpr auto members() {
            return std::tuple{sim::member("value", &Cell::value), sim::member("revision", &Cell::revision),
                              sim::member("version", &Cell::version), sim::member("lease", &Cell::lease)};
        }
    };
    struct State {
        std::int64_t revision = 1;
        std::map<std::string, Cell> cells{};
        std::set<std::int64_t> leases{};
        bool operator==(const State&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("revision", &State::revision), sim::member("cells", &State::cells),
                              sim::member("leases", &State::leases)};
        }
    };
    struct Operation {
        enum class Kind : std::uint8_t { get, put, put_if, remove, range, txn, grant, revoke };
        Kind kind = Kind::get;
        std::optional<Text> key{}; // etcd's own requests have none
        Text value{};
        std::int64_t revision = 0; // put-if: of the last change
        Value request{};           // of etcd's own: what the word is followed by

        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("key", &Operation::key),
                              sim::member("value", &Operation::value), sim::member("revision", &Operation::revision),
                              sim::member("request", &Operation::request)};
        }
    };
    struct Result {
        Value response{}; // [value revision], a revision, false, or nil: there was nothing
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("response", &Result::response)}; }
    };

    static constexpr std::string_view name = "etcd";
    static constexpr bool has_revisions = true;
    static constexpr std::array verbs = {Verb{"get", {}, "response", Verb::Effect::reads},
                                         Verb{"put", {"value"}, "response"},
                                         Verb{"put-if", {"revision", "value"}, "response"},
                                         Verb{"delete", {}, "response"},
                                         Verb{"range", {"request"}, "response", Verb::Effect::reads},
                                         Verb{"txn", {"request"}, "response"},
                                         Verb{"lease-grant", {"request"}, "response"},
                                         Verb{"lease-revoke", {"request"}, "response"}};
    static State initial() { return {}; }
    // The revision with which it starts.
    static std::optional<State> initial(const Value& value) {
        if (!value.is_integer()) return {};
        return State{value.integer(), {}, {}};
    }
    static Result apply(State& state, const Operation& operation) {
        if (!valid(operation)) return {}; // no file gives such a one
        static const std::string none;
        const std::string& key = operation.key ? operation.key->text() : none;
        const auto cell = state.cells.find(key);
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
            ++state.revision;
            etcd::put(state, key, operation.value.text(), 0, state.revision);
            return {Value(state.revision)};
        case Operation::Kind::remove:
            if (!there) return {};
            state.cells.erase(cell);
            return {Value(++state.revision)};
        case Operation::Kind::range:
            return {etcd::range(state, operation.request.list())};
        case Operation::Kind::txn:
            return {etcd::transact(state, operation.request.list())};
        case Operation::Kind::grant:
            state.leases.insert(operation.request.integer());
            return {Value::List{state.revision}};
        case Operation::Kind::revoke:
            return {etcd::revoke(state, operation.request.integer())};
        }
        return {};
    }
    static bool valid(const Operation& operation) {
        switch (operation.kind) {
        case Operation::Kind::range:
            return etcd::is_range(operation.request);
        case Operation::Kind::txn:
            return etcd::is_transaction(operation.request);
        case Operation::Kind::grant:
        case Operation::Kind::revoke:
            return operation.request.is_integer();
        default:
            return operation.key.has_value();
        }
    }
    static bool agrees(const Result& recorded, const Result& actual) {
        return etcd::agrees(recorded.response, actual.response);
    }
    static bool observer(const Operation& operation, const Result& result) {
        using Kind = Operation::Kind;
        if (operation.kind == Kind::get || operation.kind == Kind::range) return true;
        return (operation.kind == Kind::put_if || operation.kind == Kind::remove) && !result.response.is_integer();
    }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Etcd>);
extern template const Language& language_of<Etcd>();

} // namespace orrery::reports::models
