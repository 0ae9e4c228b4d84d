// Multi-Paxos alone: replicas of a list, each of which proposes and reads by itself. Snapshots are frequent and longer
// than a message, so that logs are cut and snapshots sent.
#include "orrery/protocols/paxos/engine.h"
#include "orrery/protocols/paxos/replica_monitors.h"
#include "orrery/protocols/paxos/replica_narrator.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/sim/sync.h"
using namespace orrery;
using namespace std::chrono_literals;

// How many commands there were; what they are does not matter.
struct Counter final : replication::StateMachine {
    std::uint64_t count = 0;

    sim::Bytes apply(replication::Index, sim::ByteView) override {
        ++count;
        return {};
    }
    sim::Bytes snapshot() const override { return sim::encode(std::pair{count, std::string(50'000, '-')}); }
    bool restore(sim::ByteView snapshot) override {
        const auto state = sim::decode<std::pair<std::uint64_t, std::string>>(snapshot);
        if (!state) return false;
        count = state->first;
        return true;
    }
};

// Each command is of one task of one boot, and is proposed once.
static void ask(sim::Env& env, replication::Replicator& node, const std::string& who) {
    for (std::uint64_t i = 0;; ++i) {
        if (!env.sleep(env.between("pause", 5ms, 100ms)).ok()) return;
        if (env.draw("reads", 3) == 0)
            (void)node.read(env.deadline(500ms));
        else
            (void)node.propose(sim::Bytes(who + "." + std::to_string(i)), env.deadline(500ms));
    }
}

// The tasks share it: they may end after their server.
struct Replica {
    Counter machine{};
    paxos::ReplicaNode node;

    Replica(sim::Env& env, const paxos::ReplicaNodeOptions& options) : node(env, machine, options) {}
};

static void server(sim::Env& env) {
    paxos::ReplicaNodeOptions options;
    options.engine.replica.batch = static_cast<std::size_t>(env.settings().integer("batch"));
    options.engine.snapshot_slots = static_cast<paxos::Slot>(env.settings().integer("snapshot_slots"));
    const auto replica = std::make_shared<Replica>(env, options);
    if (!replica->node.start()) return;
    const std::string boot = std::to_string(env.self().index) + "." + std::to_string(env.draw("boot", 1'000'000));
    sim::TaskGroup tasks(env);
    for (const char* task : {"a", "b", "c"})
        tasks.spawn(task, [&env, replica, who = boot + task] { ask(env, replica->node, who); });
    (void)env.park();
    tasks.cancel();
    replica->node.stop();
}

const scenarios::Scenario scenarios::paxos_log{
    .name = "paxos-log",
    .help = "a replicated log over multi-paxos, written and read by its own servers",
    .settings = {{"servers", "3", {"3", "5"}, true, "how many servers"},
                 {"batch", "16", {"16", "1"}, true, "values of one accept, at most"},
                 {"snapshot_slots", "32", {"1024", "32", "4"}, true, "slots after which a snapshot is taken"}},
    .roles = {{"server", "servers", server}},
    .faults = {{{"crash", 4}, {"power", 3}, {"pause", 3}, {"cut", 4}, {"loss", 3}, {"duplication", 2}, {"delay", 3}},
               {.selector = "paxos.role=leader"}},
    .monitors = paxos::replica_monitors(),
    .narrator = paxos::replica_narrator,
    .goals = paxos::goals(),
    .duration = 10s,
    .recovery = 2s,
    .minimum_work = {.effective = 4, .note = "paxos.log.chosen", .notes = 300}};
