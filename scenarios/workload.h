// Workload: clients that ask one operation after the other and record the answers.
//
// Operation k of client c draws only from its root (c, k), so that skipping one changes no other.
// What a client gets is an Outcome: a value; refused, certainly without effect; or unknown, after
// which the client goes on under a new process id.
#pragma once

#include <concepts>
#include <functional>
#include <optional>

#include "orrery/reports/models/completed.h"
#include "orrery/sim/env.h"
#include "orrery/sim/outcome.h"

namespace orrery::scenarios {

// Paces a client and records what it does. The engine has one for each world.
class Driver {
public:
    virtual ~Driver() = default;
    // Waits for the client's next operation and makes it the running event. False: no more.
    virtual bool next(sim::Env& env) = 0;
    virtual void invoke(const reports::models::Words& words) = 0;
    virtual void ok(const reports::Value& value) = 0;
    virtual void fail() = 0;
    virtual void info() = 0; // unknown, and given up: the client sends nothing for it any more
    virtual std::uint64_t client() const = 0;
    virtual std::uint64_t number() const = 0; // of the running operation
    // What the running operation asks, if the run's input has it written out; nothing: the client draws it.
    virtual std::optional<reports::models::Words> written() const = 0;
};

struct Clients {
    std::uint32_t count = 0;
    const reports::models::Language* model = nullptr; // of their history; null: it is written, and not judged
    std::function<void(sim::Env&, Driver&)> main{};
    std::optional<reports::Value> initial{}; // where what they use starts; none: where its model does
};

// Draws an operation for operation `number` of `client`.
template <class M>
using Draw = std::function<typename M::Operation(sim::Env& env, std::uint64_t client, std::uint64_t number)>;

// The model's own M::draw.
template <class M>
Draw<M> draw_of_model() {
    static_assert(
        requires(sim::Env & env) {
            { M::draw(env, std::uint64_t{}, std::uint64_t{}) } -> std::convertible_to<typename M::Operation>;
        },
        "clients need to know what to ask for: give the model a static Operation draw(sim::Env&, std::uint64_t client, "
        "std::uint64_t number), or clients<M>(count, call, draw) such a function");
    return [](sim::Env& env, std::uint64_t client, std::uint64_t number) { return M::draw(env, client, number); };
}

// What one client does: operation after operation, each through `call`, until there are no more.
template <class M, class Call>
void drive(sim::Env& env, Driver& driver, const Call& call, const Draw<M>& draw) {
    using Full = reports::models::Full<M>;
    while (driver.next(env)) {
        std::optional<typename M::Operation> written;
        if (const auto words = driver.written())
            written = reports::models::to_operation<Full>(words->f, words->key, words->argument);
        const typename M::Operation operation =
            written ? *std::move(written) : draw(env, driver.client(), driver.number());
        driver.invoke(reports::models::to_words<Full>(operation));
        const sim::Outcome<typename M::Result> outcome = call(env, operation);
        if (outcome.has_value())
            driver.ok(reports::models::result_value<Full>(operation, outcome.value()));
        else if (outcome.is_refused())
            driver.fail();
        else
            driver.info();
    }
}
template <class M, class Call>
void drive(sim::Env& env, Driver& driver, const Call& call) {
    drive<M>(env, driver, call, draw_of_model<M>());
}

// `count` clients, each on a host of its own, that drive `call` with operations of model M, drawn by M::draw. `call`
// is a function sim::Outcome<M::Result>(sim::Env&, const M::Operation&); or a whole client of its own,
// void(sim::Env&, Driver&), which uses `drive`.
template <class M, class Call>
Clients clients(std::uint32_t count, Call call) {
    const auto& language = reports::models::language_of<M>();
    if constexpr (std::invocable<Call&, sim::Env&, Driver&>) {
        return {count, &language, call, {}};
    } else {
        static_assert(
            std::invocable<Call&, sim::Env&, const typename M::Operation&>,
            "clients<M>(count, call) needs a function sim::Outcome<M::Result>(sim::Env&, const M::Operation&)");
        return {count, &language, [call](sim::Env& env, Driver& driver) { drive<M>(env, driver, call); }, {}};
    }
}
template <class M, class Call>
Clients clients(std::uint32_t count, Call call, Draw<M> draw) {
    return {count,
            &reports::models::language_of<M>(),
            [call, draw](sim::Env& env, Driver& driver) { drive<M>(env, driver, call, draw); },
            {}};
}

} // namespace orrery::scenarios
