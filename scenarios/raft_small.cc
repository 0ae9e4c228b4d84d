// The replicated store in clusters of one, two and other even numbers of servers, with one or two keys that all clients
// share: where a majority is all, or half is none, and operations meet all the time.
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

static Kv::Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
    Kv::Operation operation = Kv::draw(env, client, number);
    const auto keys = static_cast<std::uint64_t>(env.settings().integer("keys"));
    operation.key = std::string(1, static_cast<char>('a' + env.draw("small_key", keys)));
    return operation;
}

const scenarios::Scenario scenarios::raft_small = [] {
    Scenario scenario = over_store({.name = "raft-small",
                                    .help = "the store over raft in small and even clusters, with very few keys",
                                    .settings = {{"keys", "1", {"1", "2"}, true, "how many keys"}},
                                    .clients = raft_kv_clients(draw),
                                    .think = 300ms});
    for (Setting& setting : scenario.settings)
        if (setting.name == "servers") setting = {"servers", "2", {"1", "2", "4", "6"}, true, "how many servers"};
    scenario.clients.count = 3; // on one key; of more, too many orders are possible for a judge to try
    return scenario;
}();
