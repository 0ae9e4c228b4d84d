// A replicated store: three or five servers, five clients, a few keys, thirty seconds of faults. And
// the same on a network that is bad for most of the time: exchanges are left half done there, leaders
// come and go without any crash, and a client that asks on and on may be told of what is lost later.
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

// Kv::Operation of the model and kv::Operation of the protocol are two types on purpose: the judge
// must not share code with what it judges.
static kv::Operation translated(const Kv::Operation& operation) {
    return {static_cast<kv::Operation::Kind>(operation.kind), operation.key, operation.value, operation.from};
}

static sim::Outcome<Kv::Result> ask(scenarios::Store& store, const Kv::Operation& operation) {
    const auto outcome = store.run(translated(operation));
    if (!outcome.has_value()) return scenarios::unanswered<Kv::Result>(outcome);
    return Kv::Result{outcome.value().value, outcome.value().swapped};
}

static sim::Outcome<Kv::Result> ask_anyone(scenarios::Store& store, const Kv::Operation& operation) {
    store.ask_anyone_first();
    return ask(store, operation);
}

scenarios::Clients scenarios::raft_kv_clients(Draw<Kv> draw) { return store_clients<Kv>(5, ask, draw); }
scenarios::Clients scenarios::raft_kv_roaming_clients(std::uint32_t count, Draw<Kv> draw) {
    return store_clients<Kv>(count, ask_anyone, draw);
}

const scenarios::Scenario scenarios::raft_kv{
    .name = "raft-kv",
    .help = "a key-value store over raft",
    .settings =
        store_settings({{"servers", "3", {"3", "4", "5"}, true, "how many servers"},
                        {"batch", "16", {"16", "1"}, true, "entries of one append, at most"},
                        {"patience", "2s", {"2s", "700ms", "20s"}, true, "how long a client tries one operation"}}),
    .roles = {{"server", "servers", kv::serve}},
    .clients = scenarios::raft_kv_clients(scenarios::draw_of_model<Kv>()),
    .think = 400ms,
    .faults = {{{"crash", 3}, {"power", 3}, {"pause", 3}, {"cut", 4}, {"loss", 2}, {"duplication", 2}, {"delay", 2}},
               {.selector = "replication.role=leader"}},
    .monitors = store_monitors(),
    .narrator = kv::narrator,
    .goals = store_goals,
    .duration = 25s,
    .recovery = 5s,
    .minimum_work = {.answered = 300, .effective = 4, .note = "replication.leads", .notes = 3}};

// No host loses its power there.
static std::vector<sim::NoteKind> lossy_goals(const sim::Settings& settings) {
    std::vector<sim::NoteKind> goals = scenarios::store_goals(settings);
    std::erase_if(goals, [](const sim::NoteKind& goal) { return goal.name == "raft.torn_tail"; });
    return goals;
}

const scenarios::Scenario scenarios::raft_lossy{
    .name = "raft-lossy",
    .help = "the store over raft on a network that loses most messages for many seconds",
    .settings =
        store_settings({{"servers", "3", {"3", "4", "5"}, false, "how many servers"},
                        {"batch", "1", {"16", "1"}, false, "entries of one append, at most"},
                        {"patience", "20s", {"2s", "700ms", "20s"}, false, "how long a client tries one operation"}}),
    .roles = {{"server", "servers", kv::serve}},
    .clients = scenarios::raft_kv_clients(scenarios::draw_of_model<Kv>()),
    .think = 400ms,
    .faults = {{{"loss", 6}, {"duplication", 2}, {"delay", 2}},
               {.storms = 0, .shortest = 10s, .longest = 25s, .selector = "replication.role=leader"}},
    .monitors = store_monitors(),
    .narrator = kv::narrator,
    .goals = lossy_goals,
    .duration = 25s,
    .recovery = 10s,
    .minimum_work = {.answered = 100, .effective = 3, .note = "replication.leads", .notes = 2}};
