// Workload: clients that ask one operation after the other and write down what they were told.
//
// Operation k of client c draws only from its root (c, k), so that skipping one changes no other.
// What a client is told is an Outcome: a value; refused, surely without effect; or unknown, after
// which the client goes on under a new process id.
#pragma once

#include <functional>
#include <string>

#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/register.h"
#include "orrery/sim/env.h"
#include "orrery/sim/outcome.h"

namespace orrery::scenarios {

// Paces a client and records what it does; the engine has the only one.
class Driver {
public:
    virtual ~Driver() = default;
    // Waits for the client's next operation and makes it the running event. False: no more.
    virtual bool next(sim::Env& env) = 0;
    virtual void invoke(const reports::models::Words& words) = 0;
    virtual void answer(const reports::Value& value) = 0;
    virtual void refuse() = 0;
    virtual void lose() = 0; // unknown, and given up: the client sends nothing for it any more
    virtual std::uint64_t client() const = 0;
    virtual std::uint64_t number() const = 0; // of the running operation
};

struct Clients {
    std::uint32_t count = 0;
    std::string model{};
    std::function<void(sim::Env&, Driver&)> main{};

    Clients() {}
    Clients(std::uint32_t how_many, std::string of_model, std::function<void(sim::Env&, Driver&)> run)
        : count(how_many), model(std::move(of_model)), main(std::move(run)) {}
};

// Values are unique by client and number, unless a draw says otherwise: unique values make
// violations visible and judging cheap.
inline reports::models::Register::Operation draw_operation(sim::Env& env, const Driver& driver,
                                                           const reports::models::Register*) {
    using Operation = reports::models::Register::Operation;
    if (env.draw("operation", 2) == 0) return Operation::read();
    return Operation::write(static_cast<std::int64_t>(driver.number() * 100 + driver.client()));
}
inline reports::models::CasRegister::Operation draw_operation(sim::Env& env, const Driver&,
                                                              const reports::models::CasRegister*) {
    using Operation = reports::models::CasRegister::Operation;
    const std::uint64_t kind = env.draw("operation", 3);
    const auto value = static_cast<std::int64_t>(env.draw("value", 5));
    if (kind == 0) return Operation::read();
    if (kind == 1) return Operation::write(value);
    return Operation::cas(static_cast<std::int64_t>(env.draw("from", 5)), value);
}
inline reports::models::Kv::Operation draw_operation(sim::Env& env, const Driver& driver, const reports::models::Kv*) {
    using Operation = reports::models::Kv::Operation;
    const std::string key(1, static_cast<char>('a' + env.draw("key", 3)));
    const std::string value = std::to_string(driver.client()) + "." + std::to_string(driver.number()) + " ";
    switch (env.draw("operation", 8)) {
    case 0:
    case 1:
    case 2:
        return Operation::get(key);
    case 3:
    case 4:
        return Operation::put(key, value);
    case 5:
        return Operation::append(key, value);
    case 6:
        return Operation::remove(key);
    default:
        return Operation::cas(key, std::nullopt, value);
    }
}

template <class M>
using ClientCall = sim::Outcome<typename M::Result> (*)(sim::Env&, const typename M::Operation&);

// `count` clients, each on a host of its own, that drive `call` with operations of model M.
template <class M>
Clients clients(std::uint32_t count, ClientCall<M> call) {
    return {count, std::string(M::name), [call](sim::Env& env, Driver& driver) {
                while (driver.next(env)) {
                    const typename M::Operation operation = draw_operation(env, driver, static_cast<const M*>(nullptr));
                    driver.invoke(reports::models::to_words<M>(operation));
                    const sim::Outcome<typename M::Result> outcome = call(env, operation);
                    if (outcome.has_value())
                        driver.answer(reports::models::result_value<M>(operation, outcome.value()));
                    else if (outcome.is_refused())
                        driver.refuse();
                    else
                        driver.lose();
                }
            }};
}

} // namespace orrery::scenarios
