// A counter over the replicated store: one key, which is read and swapped for the sum if it still holds what was read.
#include "orrery/reports/models/counter.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Counter;
using scenarios::Store;
using namespace std::chrono_literals;

static sim::Outcome<Counter::Result> ask(Store& store, const Counter::Operation& operation) {
    while (true) {
        const auto read = store.run(kv::Operation::get("count"));
        if (!read.has_value()) return sim::Refused{}; // nothing was written yet
        const std::int64_t count = scenarios::number_of(read.value().value);
        if (operation.kind == Counter::Operation::Kind::read) return Counter::Result{count};
        const auto added =
            store.run(kv::Operation::cas("count", read.value().value, std::to_string(count + operation.amount)));
        if (added.is_unknown() && FLAW(counter_adds_again)) continue;
        if (!added.has_value()) return scenarios::unanswered<Counter::Result>(added);
        if (added.value().swapped) return Counter::Result{};
    }
}

static Counter::Operation draw(sim::Env& env, std::uint64_t, std::uint64_t) {
    if (env.draw("operation", 3) == 0) return {};
    return {Counter::Operation::Kind::add, static_cast<std::int64_t>(1 + env.draw("amount", 9))};
}

const scenarios::Scenario scenarios::raft_counter = over_store({.name = "raft-counter",
                                                                .help = "a counter in the store over raft",
                                                                .clients = store_clients<Counter>(5, ask, draw),
                                                                .think = 200ms,
                                                                .judges = {"counter"}});
