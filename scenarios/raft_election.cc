// Raft alone, without clients: who leads, and that never two do in one term.
#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/raft/narrator.h"
#include "orrery/protocols/raft/node.h"
#include "orrery/scenarios/catalogue.h"
using namespace orrery;
using namespace std::chrono_literals;

// Applies nothing: only the log matters here.
struct NoMachine final : replication::StateMachine {
    sim::Bytes apply(replication::Index, sim::ByteView) override { return {}; }
    sim::Bytes snapshot() const override { return {}; }
    bool restore(sim::ByteView) override { return true; }
};

static void server(sim::Env& env) {
    NoMachine machine;
    raft::NodeOptions options;
    options.core.pre_vote = env.settings().flag("pre_vote");
    options.core.check_quorum = env.settings().flag("check_quorum");
    raft::Node node(env, machine, options);
    if (!node.start()) return;
    (void)env.park();
    node.stop();
}

static std::vector<sim::MonitorFactory> monitors() {
    std::vector<sim::MonitorFactory> all = raft::monitors();
    all.push_back(raft::exchange_monitor);
    return all;
}

const scenarios::Scenario scenarios::raft_election{
    .name = "raft-election",
    .help = "elections of a raft cluster without clients",
    .settings = {{"servers", "5", {"3", "4", "5"}, true, "how many servers"},
                 {"pre_vote", "false", {"false", "true"}, true, "servers ask before they campaign"},
                 {"check_quorum", "false", {"false", "true"}, true, "a leader without a majority steps down"}},
    .roles = {{"server", "servers", server}},
    .faults = {{{"crash", 4}, {"power", 3}, {"pause", 3}, {"cut", 5}, {"loss", 2}, {"duplication", 2}, {"delay", 2}},
               {.selector = "raft.role=leader"}},
    .monitors = monitors(),
    .narrator = raft::narrator,
    .goals = raft::goals(),
    .duration = 15s,
    .recovery = 3s,
    .minimum_work = {.effective = 4, .note = "raft.leader", .notes = 3}};
