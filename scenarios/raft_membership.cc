// The replicated store while its members change: faults of the plan take servers out of the cluster and put them back,
// an operator brings it about and hands leadership from one to the next, and machines fail all the while. Many of the
// changes are of several servers, so that joint configurations are on the way.
#include "orrery/faults/operator_order.h"
#include "orrery/protocols/raft/engine.h"
#include "orrery/protocols/raft/monitors.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

// Has the members that the last order of a fault wants take over, and tries until they have or another order comes.
// While there is nothing to do, and when a server is to be drained, it moves the lead about.
static void operate(sim::Env& env) {
    auto orders = env.bind(faults::OperatorOrder::port);
    if (!orders.ok()) return;
    kv::Client client(env);
    const std::size_t servers = env.peers("server").size();
    std::optional<faults::OperatorOrder> wanted; // and not brought about yet
    while (true) {
        const auto order = orders->receive(wanted ? env.deadline(50ms) : env.deadline(env.between("pause", 100ms, 2s)));
        if (!order.ok() && order.error() != sim::Error::timed_out) return;
        if (order.ok())
            if (auto heard = sim::decode<faults::OperatorOrder>(order->bytes);
                heard && heard->kind == faults::OperatorOrder::Kind::members)
                wanted = std::move(heard);
        if (!wanted)
            (void)client.transfer(static_cast<std::uint32_t>(env.draw("to", servers)), env.deadline(300ms));
        else if (client.reconfigure(wanted->places, env.deadline(500ms)).has_value())
            wanted.reset();
    }
}

static std::vector<sim::NoteKind> goals(const sim::Settings& settings) {
    std::vector<sim::NoteKind> all = scenarios::store_goals(settings);
    if (settings.text("engine") == "raft")
        for (const sim::NoteKind& goal : raft::membership_goals()) all.push_back(goal);
    return all;
}

const scenarios::Scenario scenarios::raft_membership = [] {
    Scenario scenario =
        over_store({.name = "raft-membership",
                    .help = "the store over raft while an operator replaces its members and moves its leader",
                    .roles = {{"operator", 1, operate, sim::world::CrashDisposal::unwind, false}},
                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                    .think = 200ms});
    scenario.faults.budgets.emplace_back("reconfigure", 10);
    scenario.faults.members = "server";
    scenario.faults.members_least = 2; // of one there is no majority to lose
    scenario.monitors = raft::changing_monitors();
    scenario.goals = goals;
    return scenario;
}();
