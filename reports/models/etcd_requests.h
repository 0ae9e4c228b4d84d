// etcd's own requests, on a state of the model Etcd: ranges, transactions and leases, as lists of values. etcd.h says
// what stands in them.
#pragma once

#include <cstdint>
#include <string>

#include "orrery/reports/value.h"
#include "orrery/sim/check.h"

namespace orrery::reports::models::etcd {

inline bool is_text(const Value& list, std::size_t place) { return list.list()[place].is_text(); }
inline bool is_number(const Value& list, std::size_t place) { return list.list()[place].is_integer(); }

// [start end limit], from `place` on.
inline bool is_range(const Value& value, std::size_t place = 0) {
    return value.is_list() && value.list().size() == place + 3 && is_text(value, place) && is_text(value, place + 1) &&
           is_number(value, place + 2);
}
inline bool is_condition(const Value& value) {
    return value.is_list() && value.list().size() == 3 && is_text(value, 0) && is_number(value, 1) &&
           is_number(value, 2);
}
inline bool is_step(const Value& value) {
    if (!value.is_list() || value.list().empty() || !is_text(value, 0)) return false;
    const std::string& word = value.list()[0].text();
    if (word == "range") return is_range(value, 1);
    if (word == "delete") return value.list().size() == 2 && is_text(value, 1);
    return word == "put" && value.list().size() == 4 && is_text(value, 1) && is_text(value, 2) && is_number(value, 3);
}
inline bool is_transaction(const Value& value) {
    if (!value.is_list() || value.list().size() != 3) return false;
    for (const Value& part : value.list())
        if (!part.is_list()) return false;
    for (const Value& each : value.list()[0].list())
        if (!is_condition(each)) return false;
    for (const std::size_t branch : {1u, 2u})
        for (const Value& each : value.list()[branch].list())
            if (!is_step(each)) return false;
    return true;
}

template <class State>
void put(State& state, const std::string& key, const std::string& value, std::int64_t lease, std::int64_t revision) {
    auto& cell = state.cells[key];
    cell = {value, revision, cell.version + 1, lease, {}};
}

// [[key value revision version] ...] and how many there are without the limit.
template <class State>
Value::List found(State& state, const std::string& start, const std::string& end, std::int64_t limit) {
    Value::List keys;
    std::int64_t count = 0;
    for (auto cell = state.cells.lower_bound(start); cell != state.cells.end(); ++cell) {
        if (end.empty() ? cell->first != start : cell->first >= end) break;
        ++count;
        if (limit != 0 && count > limit) continue;
        auto& [key, held] = *cell;
        if (held.shown.is_nil()) held.shown = Value::List{key, held.value, held.revision, held.version};
        keys.push_back(held.shown);
    }
    return {std::move(keys), count};
}

template <class State>
Value range(State& state, const Value::List& request) {
    Value::List answer = found(state, request[0].text(), request[1].text(), request[2].integer());
    answer.insert(answer.begin(), Value(state.revision));
    return answer;
}

template <class State>
bool holds(const State& state, const Value::List& condition) {
    const auto cell = state.cells.find(condition[0].text());
    const bool there = cell != state.cells.end();
    if (condition[2].integer() > 0) return there && cell->second.version == condition[2].integer();
    return (there ? cell->second.revision : 0) == condition[1].integer();
}

// All that a transaction changes gets the one revision that comes next.
template <class State>
Value step(State& state, const Value::List& request, std::int64_t next, bool& changed) {
    const std::string& word = request[0].text();
    if (word == "range") return found(state, request[1].text(), request[2].text(), request[3].integer());
    if (word == "delete") {
        const bool deleted = state.cells.erase(request[1].text()) > 0;
        changed = changed || deleted;
        return Value(deleted ? 1 : 0);
    }
    CHECK(word == "put");
    const std::int64_t lease = request[3].integer();
    if (lease != 0 && !state.leases.contains(lease)) return Value();
    put(state, request[1].text(), request[2].text(), lease, next);
    changed = true;
    return Value();
}

template <class State>
Value transact(State& state, const Value::List& request) {
    bool failed = false;
    for (const Value& each : request[0].list()) failed = failed || !holds(state, each.list());
    Value::List results;
    bool changed = false;
    const std::int64_t next = state.revision + 1;
    for (const Value& each : request[failed ? 2 : 1].list()) results.push_back(step(state, each.list(), next, changed));
    if (changed) state.revision = next;
    return Value::List{state.revision, failed, std::move(results)};
}

template <class State>
Value revoke(State& state, std::int64_t lease) {
    const std::size_t before = state.cells.size();
    std::erase_if(state.cells, [&](const auto& cell) { return cell.second.lease == lease; });
    state.leases.erase(lease);
    if (state.cells.size() != before) ++state.revision;
    return Value::List{state.revision};
}

// Equal, but for what was not recorded: nil for a version that the source does not tell.
inline bool agrees(const Value& recorded, const Value& actual) {
    if (recorded == actual) return true;
    if (!recorded.is_list() || !actual.is_list() || recorded.list().size() != actual.list().size()) return false;
    const bool key = recorded.list().size() == 4;
    for (std::size_t i = 0; i < recorded.list().size(); ++i) {
        const bool untold = key && i == 3 && recorded.list()[i].is_nil();
        if (!untold && !agrees(recorded.list()[i], actual.list()[i])) return false;
    }
    return true;
}

} // namespace orrery::reports::models::etcd
