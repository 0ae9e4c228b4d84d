// The replicated store in a cluster of seven of which five, or fewer, lose power at once, again and again. Meanwhile
// nothing is answered; once they are back all that was acknowledged is there.
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

const scenarios::Scenario scenarios::raft_blackout = [] {
    Scenario scenario = over_store({.name = "raft-blackout",
                                    .help = "the store over raft while most of its servers lose power at once",
                                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                                    .think = 150ms});
    for (Setting& setting : scenario.settings)
        if (setting.name == "servers") setting = {"servers", "7", {"5", "7"}, true, "how many servers"};
    scenario.faults = {{{"power", 6}, {"crash", 2}, {"cut", 1}},
                       {.longest = 4s, .selector = "replication.role=leader", .together = 5}};
    return scenario;
}();
