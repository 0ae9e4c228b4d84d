// Histories for property tests: some operations on a real object, at instants inside their intervals,
// and then, sometimes, a lie.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/operations.h"
#include "orrery/reports/models/register.h"

namespace orrery::reports::judges::linearizable {

// Draws from one seed. Not RapidCheck's own generators: those prefer small numbers, and small histories
// are almost always legal.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}
    std::int64_t below(std::int64_t bound) {
        state_ += 0x9e3779b97f4a7c15u;
        return static_cast<std::int64_t>(models::fold(7, state_) >> 33) % bound;
    }

private:
    std::uint64_t state_;
};

// RapidCheck gives the seed; what is drawn from it is not shrunk.
inline Draws any_draws() {
    return Draws(*rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>())));
}

// One to three steps on two objects.
template <class Operation>
Operation any_transaction(Draws& draws) {
    Operation operation;
    for (std::int64_t steps = 1 + draws.below(3); steps > 0; --steps) {
        constexpr const char* words[] = {"r", "w", "append"};
        const std::int64_t word = draws.below(3);
        const std::int64_t key = draws.below(2);
        const Value value = word == 0 ? Value() : Value(draws.below(3));
        operation.steps.push_back(Value::List{words[word], key, value});
    }
    return operation;
}

template <class Operation>
Operation any_transfer(Draws& draws) {
    const std::int64_t from = draws.below(3);
    const std::int64_t to = draws.below(3);
    const std::int64_t amount = 1 + draws.below(2);
    return {Operation::Kind::transfer, Value::Map{{"from", from}, {"to", to}, {"amount", amount}}};
}

// One of etcd's own requests, as its word has it.
inline Value any_etcd_request(std::string_view word, Draws& draws) {
    const auto key = [&] { return std::string(draws.below(2) == 0 ? "k" : "l"); };
    const auto range = [&] {
        const std::string start = key();
        return Value::List{start, draws.below(2) == 0 ? "" : "z", draws.below(2)};
    };
    if (word == "range") return range();
    if (word != "txn") return draws.below(2) + 7; // a lease
    Value::List branches[2];
    for (Value::List& branch : branches)
        for (std::int64_t steps = draws.below(3); steps > 0; --steps) {
            const std::int64_t step = draws.below(4);
            const std::string on = key();
            const std::int64_t lease = draws.below(3) == 0 ? draws.below(2) + 7 : 0;
            if (step < 2) branch.push_back(Value::List{"put", on, step == 0 ? "a" : "b", lease});
            if (step == 2) branch.push_back(Value::List{"delete", on});
            if (step == 3) branch.push_back(Value::List{"range", on, "", 0});
        }
    Value::List conditions;
    if (draws.below(2) == 0) {
        const std::string on = key();
        const std::int64_t revision = draws.below(4);
        conditions.push_back(Value::List{on, revision, draws.below(2)});
    }
    return Value::List{std::move(conditions), std::move(branches[0]), std::move(branches[1])};
}

// Any operation over a small domain, so that values collide.
template <models::Model M>
typename M::Operation any_operation(Draws& draws) {
    const auto kind = static_cast<std::size_t>(draws.below(M::verbs.size()));
    const models::Verb& verb = M::verbs[kind];
    typename M::Operation operation;
    if constexpr (requires { operation.steps; }) return any_transaction<typename M::Operation>(draws);
    if constexpr (requires { operation.transfer; })
        if (draws.below(2) == 0) return any_transfer<typename M::Operation>(draws);
    operation.kind = static_cast<decltype(operation.kind)>(kind);
    sim::for_each_member(operation, [&](std::string_view name, auto& field) {
        using Field = std::remove_cvref_t<decltype(field)>;
        const bool used = std::find(verb.arguments.begin(), verb.arguments.end(), name) != verb.arguments.end();
        if constexpr (std::is_same_v<Field, std::string> || std::is_same_v<Field, models::Text>) {
            if (name == "key") field = draws.below(5) == 0 ? "l" : "k";
            if (used) field = draws.below(2) == 0 ? "a" : "b";
        } else if constexpr (std::is_same_v<Field, std::optional<std::string>> ||
                             std::is_same_v<Field, std::optional<models::Text>>) {
            if (name == "key") field = draws.below(5) == 0 ? "l" : "k";
            if (used && draws.below(3) > 0) field = draws.below(2) == 0 ? "a" : "b";
        } else if constexpr (std::is_same_v<Field, std::optional<std::int64_t>>) {
            if (used) field = draws.below(3);
        } else if constexpr (std::is_same_v<Field, Value> || std::is_same_v<Field, std::int64_t>) {
            if (used) field = draws.below(3);
        }
    });
    if constexpr (requires { operation.request; })
        if (verb.arguments[0] == "request") operation.request = any_etcd_request(verb.f, draws);
    return operation;
}

// The same with values that nobody else writes: `number` is the operation's own. What it compares with may
// be anybody's.
template <models::Model M>
typename M::Operation unique_operation(Draws& draws, std::int64_t number, std::int64_t count) {
    typename M::Operation operation = any_operation<M>(draws);
    const auto named = [](auto& field, std::int64_t value) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, std::optional<std::int64_t>>)
            field = value;
        else
            field = std::string(1, static_cast<char>('a' + value));
    };
    const models::Verb& verb = models::verb_of<M>(operation);
    if (verb.arguments[0].empty()) return operation;
    if constexpr (requires { operation.from; }) {
        const std::int64_t other = draws.below(count + 1);
        operation.from.reset();
        if (verb.effect == models::Verb::Effect::swaps && other < count) named(operation.from, other);
    }
    if constexpr (requires { operation.value; }) named(operation.value, number);
    if constexpr (requires { operation.element; }) {
        const bool inserts = verb.effect == models::Verb::Effect::inserts;
        operation.element = inserts ? number : draws.below(count);
    }
    return operation;
}

// Up to `count_max` operations with stamps from a small range, so that many coincide. Each takes effect
// between its stamps; a third are unknown and take effect or not, even later; then up to nine results
// are replaced by those of some other state.
template <models::Model M>
std::vector<models::Operation<M>> any_history(Draws& draws, std::int64_t count_max, bool unique = false,
                                              typename M::State initial = M::initial()) {
    const std::int64_t count = 1 + draws.below(count_max);
    const std::int64_t unknowns = draws.below(4); // of six
    std::vector<models::Operation<M>> operations;
    std::vector<std::pair<std::int64_t, std::size_t>> instants;
    for (std::int64_t i = 0; i < count; ++i) {
        models::Operation<M> each;
        each.process = i;
        each.operation = unique ? unique_operation<M>(draws, i, count) : any_operation<M>(draws);
        each.invoked.nanoseconds = draws.below(2 * count);
        const std::int64_t span = draws.below(count);
        each.returned.nanoseconds = each.invoked.nanoseconds + span;
        const bool unknown = draws.below(6) < unknowns;
        const std::int64_t delay = unknown ? draws.below(4 * count) : draws.below(span + 1);
        if (!unknown) each.result.emplace();
        instants.emplace_back(each.invoked.nanoseconds + delay, operations.size());
        operations.push_back(each);
    }
    std::sort(instants.begin(), instants.end());
    typename M::State state = initial;
    for (const auto& [instant, place] : instants) {
        auto& each = operations[place];
        if (!each.result && draws.below(3) == 0) continue;
        const auto result = M::apply(state, each.operation);
        if (each.result) each.result = result;
    }
    for (std::int64_t lies = draws.below(10); lies > 0; --lies) {
        auto& each = operations[static_cast<std::size_t>(draws.below(count))];
        typename M::State other = initial;
        for (std::int64_t i = draws.below(4); i > 0; --i)
            M::apply(other, unique ? operations[static_cast<std::size_t>(draws.below(count))].operation
                                   : any_operation<M>(draws));
        if (each.result) each.result = M::apply(other, each.operation);
    }
    return operations;
}

// The operations as a format would have read them.
template <models::Model M>
History recorded_history(const std::vector<models::Operation<M>>& operations) {
    History history;
    history.model = M::name;
    for (const auto& each : operations) {
        const models::Words words = models::to_words<M>(each.operation);
        history.entries.push_back(
            {Entry::Type::invoke, each.process, words.f, words.key, words.argument, each.invoked});
        const Entry::Type type = each.result ? Entry::Type::ok : Entry::Type::info;
        const Value response = each.result ? models::result_value<M>(each.operation, *each.result) : Value();
        history.entries.push_back({type, each.process, words.f, words.key, response, each.returned});
    }
    std::stable_sort(history.entries.begin(), history.entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.time, a.type != Entry::Type::invoke) < std::pair(b.time, b.type != Entry::Type::invoke);
    });
    for (std::size_t each = 0; each < history.entries.size(); ++each) history.entries[each].index = each;
    return history;
}

} // namespace orrery::reports::judges::linearizable
