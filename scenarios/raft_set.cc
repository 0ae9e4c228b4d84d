// A set over the replicated store: one key, to which every element is appended once. A read shows every element that
// was known to be added when it began.
#include "orrery/reports/models/set.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Set;
using scenarios::Store;
using namespace std::chrono_literals;

static sim::Outcome<Set::Result> ask(Store& store, const Set::Operation& operation) {
    if (operation.kind == Set::Operation::Kind::add) {
        const auto added = store.run(kv::Operation::append("set", std::to_string(operation.element.integer()) + " "));
        return added.has_value() ? Set::Result{} : scenarios::unanswered<Set::Result>(added);
    }
    const auto read = store.run(kv::Operation::get("set"));
    if (!read.has_value()) return sim::Refused{}; // it has no effect
    Set::Result result;
    for (const std::int64_t each : scenarios::numbers_of(read.value().value)) result.elements.emplace_back(each);
    return result;
}

// No two operations add the same element.
static Set::Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
    if (env.draw("operation", 3) == 0) return {};
    return {Set::Operation::Kind::add, static_cast<std::int64_t>(client * 1'000'000 + number)};
}

const scenarios::Scenario scenarios::raft_set = over_store({.name = "raft-set",
                                                            .help = "a set that grows in the store over raft",
                                                            .clients = store_clients<Set>(5, ask, draw),
                                                            .think = 200ms,
                                                            .judges = {"set-full", "set"}});
