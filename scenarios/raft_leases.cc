// Reads from leases, which are a matter of time: clocks drift as far as a lease allows for, the network breaks for
// times like those of an election, and an operator has one server after the other take over. In some seeds leaders ask
// for each read whether they lead still. All of five servers vote, or three do; the others learn, and promise nothing.
// A client asks any server, so a leader that was deposed is asked for some time.
#include "orrery/protocols/raft/monitors.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

static void operate(sim::Env& env) {
    kv::Client client(env);
    const auto voters = static_cast<std::uint64_t>(env.settings().integer("voters"));
    while (env.sleep(env.between("pause", 10ms, env.settings().duration("transfers"))).ok())
        (void)client.transfer(static_cast<std::uint32_t>(env.draw("to", voters)), env.deadline(100ms));
}

// One key, and mostly reads: what is put is to be missed at once.
static Kv::Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
    if (env.draw("operation", 8) > 0) return Kv::Operation::get("a");
    return Kv::Operation::put("a", std::to_string(client) + "." + std::to_string(number));
}

static std::vector<sim::MonitorFactory> monitors() {
    std::vector<sim::MonitorFactory> all = raft::changing_monitors();
    all.push_back(raft::reading_monitor);
    return all;
}

const scenarios::Scenario scenarios::raft_leases{
    .name = "raft-leases",
    .help = "reads from leases over raft, while clocks drift, the network breaks and leadership is handed over",
    .settings = {{"servers", "5", {"5"}, false, "how many servers"},
                 {"voters", "3", {"3", "5"}, true, "how many of them vote; the others learn"},
                 {"reads", "lease", {"lease", "index"}, true, "how a get is served"},
                 {"pre_vote", "false", {"false", "true"}, true, "servers ask before they campaign"},
                 {"transfers", "4s", {"4s", "100ms"}, true, "from one transfer of leadership to the next, at most"},
                 {"patience", "100ms", {"100ms", "2s"}, false, "how long a client tries one operation"}},
    .roles = {{"operator", 1, operate, sim::world::CrashDisposal::unwind, false}, {"server", "servers", kv::serve}},
    .clients = scenarios::raft_kv_roaming_clients(8, draw),
    .think = 10ms,
    .faults = {{{"crash", 1}, {"pause", 3}, {"cut", 12}, {"loss", 4}, {"delay", 4}},
               {.shortest = 350ms, .longest = 1s, .roles = {"server"}, .selector = "replication.role=leader"}},
    .monitors = monitors(),
    .narrator = kv::narrator,
    .goals = kv::goals(),
    .duration = 8s,
    .recovery = 4s,
    .drift = 50'000'000,
    .minimum_work = {
        .answered = 500, .refused = 10, .unknown = 20, .effective = 4, .note = "replication.leads", .notes = 4}};
