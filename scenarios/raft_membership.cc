// The replicated store while its members change: an operator has one set of servers after the other take over, hands
// leadership from one to the next, and machines fail all the while. Most sets differ by several servers, so that joint
// configurations are on the way.
#include "orrery/protocols/raft/engine.h"
#include "orrery/protocols/raft/monitors.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

// At least two of the servers: of one there is no majority to lose.
static std::vector<std::uint32_t> draw_voters(sim::Env& env, std::size_t servers) {
    std::vector<std::uint32_t> voters;
    while (voters.size() < 2) {
        voters.clear();
        for (std::uint32_t server = 0; server < servers; ++server)
            if (env.draw("voter", 5) < 3) voters.push_back(server);
    }
    return voters;
}

static void operate(sim::Env& env) {
    kv::Client client(env);
    const std::size_t servers = env.peers("server").size();
    while (env.sleep(env.between("pause", 100ms, 2s)).ok())
        if (env.draw("transfer", 3) == 0)
            (void)client.transfer(static_cast<std::uint32_t>(env.draw("to", servers)), env.deadline(300ms));
        else
            (void)client.reconfigure(draw_voters(env, servers), env.deadline(3s));
}

const scenarios::Scenario scenarios::raft_membership = [] {
    Scenario scenario =
        over_store({.name = "raft-membership",
                    .help = "the store over raft while an operator replaces its members and moves its leader",
                    .roles = {{"operator", 1, operate, sim::world::CrashDisposal::unwind, false}},
                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                    .think = 200ms});
    scenario.monitors = raft::changing_monitors();
    for (const sim::NoteKind& goal : raft::membership_goals()) scenario.goals.push_back(goal);
    return scenario;
}();
