// The store over raft where everything has a small limit: few bytes go into one append, few may wait to be committed,
// few appends are under way to a server, and a snapshot goes in many chunks. Values are of all sizes, so that some fit
// and others do not.
#include "orrery/protocols/raft/monitors.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

// That of the model, with more keys, and values of up to 500 bytes more.
static Kv::Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
    Kv::Operation operation = Kv::draw(env, client, number);
    operation.key += std::to_string(env.draw("group", 4));
    if (operation.value.empty() || operation.kind == Kv::Operation::Kind::append) return operation;
    constexpr std::size_t sizes[] = {0, 100, 500};
    operation.value += std::string(sizes[env.draw("size", std::size(sizes))], '.');
    return operation;
}

const scenarios::Scenario scenarios::raft_limits{
    .name = "raft-limits",
    .help = "the store over raft, with small limits on appends, snapshots and what waits to be committed",
    .settings =
        {{"servers", "3", {"3", "4", "5"}, true, "how many servers"},
         {"patience", "2s", {"2s", "700ms", "20s"}, true, "how long a client tries one operation"},
         {"append_bytes", "400", {}, false, "commands of one append, in bytes, at most"},
         {"uncommitted_bytes", "4000", {"4000", "150"}, true, "commands a leader takes before some are committed"},
         {"in_flight", "64", {"64", "2"}, true, "appends to one server that it has not answered, at most"},
         {"chunk_bytes", "64", {"64", "16", "1024"}, false, "of a snapshot, in one message"},
         {"snapshot_every", "150", {"150", "7"}, true, "entries from a snapshot to the next"}},
    .roles = {{"server", "servers", kv::serve}},
    .clients = scenarios::raft_kv_clients(draw),
    .think = 300ms,
    .faults = {{{"crash", 6}, {"power", 2}, {"pause", 3}, {"cut", 4}, {"loss", 2}, {"duplication", 2}, {"delay", 2}},
               {.selector = "replication.role=leader"}},
    .monitors = raft::monitors(),
    .narrator = kv::narrator,
    .goals = kv::goals(),
    .duration = 15s,
    .recovery = 5s,
    .minimum_work = {.answered = 200, .effective = 4, .note = "replication.leads", .notes = 2}};
