// The replicated store over multi-paxos while its members change: an operator has one set of servers after the other
// take over, and machines fail all the while. The window is small, so that a change is soon made, and proposals wait
// for it.
#include <algorithm>
#include <iterator>

#include "orrery/protocols/paxos/engine.h"
#include "orrery/protocols/paxos/replica_monitors.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

// At least two: of one there is no majority to lose.
static std::vector<std::uint32_t> draw_deciding(sim::Env& env, std::size_t servers) {
    std::vector<std::uint32_t> deciding;
    while (deciding.size() < 2) {
        deciding.clear();
        for (std::uint32_t server = 0; server < servers; ++server)
            if (env.draw("member", 5) < 3) deciding.push_back(server);
    }
    return deciding;
}

static void replace_members(sim::Env& env) {
    kv::Client client(env);
    const std::size_t servers = env.peers("server").size();
    while (env.sleep(env.between("pause", 100ms, 1s)).ok())
        (void)client.reconfigure(draw_deciding(env, servers), env.deadline(3s));
}

const scenarios::Scenario scenarios::paxos_membership = [] {
    Scenario scenario =
        over_store({.name = "paxos-membership",
                    .help = "the store over multi-paxos while an operator replaces its members",
                    .settings = {{"window", "4", {"16", "4"}, true, "slots from a change to where it counts"}},
                    .roles = {{"operator", 1, replace_members, sim::world::CrashDisposal::unwind, false}},
                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                    .think = 100ms});
    std::erase_if(scenario.settings, [](const Setting& each) {
        constexpr std::string_view others[] = {"engine",  "servers",   "snapshot_every", "reads",
                                               "forward", "witnesses", "pre_vote",       "check_quorum"};
        return std::find(std::begin(others), std::end(others), each.name) != std::end(others);
    });
    scenario.settings.push_back({"engine", "paxos", {"paxos"}, false, "what replicates the store"});
    scenario.settings.push_back({"servers", "5", {"3", "4", "5"}, false, "how many servers"});
    scenario.settings.push_back(
        {"snapshot_every", "7", {"100", "7"}, true, "slots from a snapshot to the next: who joins needs it"});
    scenario.settings.push_back(
        {"reads", "index", {"log", "index"}, true, "how a get is served: through the log or not"});
    scenario.monitors = paxos::replica_monitors();
    std::vector<sim::NoteKind> goals = kv::goals("paxos");
    for (const sim::NoteKind& goal : paxos::membership_goals()) goals.push_back(goal);
    scenario.goals = goals;
    return scenario;
}();
