// Paxos alone, without clients: members that all propose, decree after decree, and never agree on two values for one.
#include "orrery/protocols/paxos/monitors.h"
#include "orrery/protocols/paxos/narrator.h"
#include "orrery/protocols/paxos/node.h"
#include "orrery/scenarios/catalogue.h"
using namespace orrery;
using namespace std::chrono_literals;

// Each value is wanted by one boot of one member, and only once.
static void server(sim::Env& env) {
    const std::string who = "s" + std::to_string(env.self().index) + "." + std::to_string(env.draw("name", 1'000'000));
    paxos::Node node(env, [&](std::uint64_t count) { return who + "." + std::to_string(count); });
    node.run();
}

const scenarios::Scenario scenarios::paxos_decrees{
    .name = "paxos-decrees",
    .help = "members of paxos that all propose, decree after decree",
    .settings = {{"servers", "3", {"3", "5"}, true, "how many servers"}},
    .roles = {{"server", "servers", server}},
    .faults = {{"crash", 4}, {"power", 3}, {"pause", 3}, {"cut", 4}, {"loss", 3}, {"duplication", 2}, {"delay", 3}},
    .monitors = paxos::monitors(),
    .narrator = paxos::narrator,
    .duration = 10s,
    .recovery = 2s,
    .minimum_work = {.effective = 4, .note = "paxos.chosen", .notes = 100}};
