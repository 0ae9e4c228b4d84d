// Reads at any server of the replicated store, also at one that is behind. A client sees what it wrote, never goes back
// behind what it was shown, and all see the writes in one order; but it may see late what others wrote: sequentially
// consistent, and not linearizable.
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using scenarios::Store;
using namespace std::chrono_literals;

static sim::Outcome<Kv::Result> ask(Store& store, const Kv::Operation& operation) {
    const bool reads = operation.kind == Kv::Operation::Kind::get;
    const auto outcome =
        reads ? store.read_nearby(operation.key) : store.run(kv::Operation::put(operation.key, operation.value));
    if (!outcome.has_value()) return scenarios::unanswered<Kv::Result>(outcome);
    return Kv::Result{outcome.value().value, false};
}

// Two keys; no two operations write the same value.
static Kv::Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
    const std::string key(1, static_cast<char>('a' + env.draw("key", 2)));
    if (env.draw("operation", 3) > 0) return Kv::Operation::get(key);
    return Kv::Operation::put(key, std::to_string(client) + "." + std::to_string(number));
}

const scenarios::Scenario scenarios::raft_nearby =
    over_store({.name = "raft-nearby",
                .help = "reads at any server of the store over raft, as new as what the client knows",
                .clients = store_clients<Kv>(4, ask, draw),
                .think = 50ms,
                .judges = {"sequential", "causal", "read-your-writes", "monotonic-reads", "monotonic-writes",
                           "writes-follow-reads"}});
