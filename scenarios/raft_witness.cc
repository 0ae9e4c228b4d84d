// The replicated store with a witness among its servers: it votes and acknowledges entries, and holds none of them. Two
// servers with data and one without go on without any one of them, for the disks of two - as long as what the other two
// had comes back: an entry that only the witness has beside a disk that is lost is lost with it.
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

const scenarios::Scenario scenarios::raft_witness = [] {
    Scenario scenario = over_store({.name = "raft-witness",
                                    .help = "the store over raft, with a server that votes and holds no data",
                                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                                    .think = 200ms});
    for (Setting& setting : scenario.settings)
        if (setting.name == "witnesses") setting.standard = "1";
    // Paxos has no witnesses, and nobody speaks the first format to one.
    std::erase_if(scenario.settings,
                  [](const Setting& setting) { return setting.name == "engine" || setting.name == "message_format"; });
    scenario.goals = kv::goals("raft");
    return scenario;
}();
