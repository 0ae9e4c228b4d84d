// What the scenarios over the replicated store share: its servers with what goes wrong around them, and clients that
// ask it for something.
#pragma once

#include "orrery/protocols/kv/kv.h"
#include "orrery/protocols/kv/narrator.h"
#include "orrery/scenarios/scenario.h"

namespace orrery::scenarios {

// `others`, and the settings of kv::serve that every scenario over the store has.
std::vector<Setting> store_settings(std::vector<Setting> others = {});
// They judge whichever engine it is.
std::vector<sim::MonitorFactory> store_monitors();
std::vector<sim::NoteKind> store_goals(const sim::Settings& settings);

// Fills in what such a scenario leaves open: servers of kv over raft, their faults, monitors and goals.
Scenario over_store(Scenario scenario);

// The store as a client of these scenarios sees it: it tries each command for as long as the setting `patience` says.
class Store {
public:
    explicit Store(sim::Env& env) : env_(env), client_(env) {}
    sim::Outcome<kv::Result> run(const kv::Operation& operation) { return client_.run(operation, patience()); }
    sim::Outcome<kv::Transacted> run(const kv::Transaction& transaction) {
        return client_.run(transaction, patience());
    }
    // The next command goes to any server first, whoever answered the last one.
    void ask_anyone_first() { client_.ask_first(env_.draw("first", client_.servers())); }
    // At any server: see kv::Client.
    sim::Outcome<kv::Result> read_nearby(const std::string& key) { return client_.read_nearby(key, patience()); }
    sim::Env& env() const { return env_; }

private:
    sim::Deadline patience() { return env_.deadline(env_.settings().duration("patience")); }

    sim::Env& env_;
    kv::Client client_;
};

// `count` clients that drive `ask` with operations of model M: a function sim::Outcome<M::Result>(Store&, const
// M::Operation&).
template <class M, class Ask>
Clients store_clients(std::uint32_t count, Ask ask, Draw<M> draw) {
    return clients<M>(count, [ask, draw](sim::Env& env, Driver& driver) {
        Store store(env);
        const auto call = [&](sim::Env&, const typename M::Operation& operation) { return ask(store, operation); };
        drive<M>(env, driver, call, draw);
    });
}

// What is known of an operation after a command of it that was not answered.
template <class R, class T>
sim::Outcome<R> unanswered(const sim::Outcome<T>& outcome) {
    CHECK(!outcome.has_value());
    if (outcome.is_refused()) return outcome.refused();
    return outcome.unknown();
}

// The number that a key holds.
std::int64_t number_of(const std::optional<std::string>& text, std::int64_t absent = 0);
// "3 14 15 " -> {3, 14, 15}: what appends of "3 ", "14 " and "15 " to one key have left.
std::vector<std::int64_t> numbers_of(const std::optional<std::string>& text);

} // namespace orrery::scenarios
