#include "orrery/scenarios/raft_store.h"

#include "orrery/protocols/paxos/configuration.h"
#include "orrery/protocols/paxos/replica_monitors.h"
#include "orrery/protocols/raft/monitors.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {

using namespace std::chrono_literals;

std::vector<Setting> store_settings(std::vector<Setting> others) {
    for (Setting& each : others)
        if (each.name == "servers") each.most = paxos::members_max;
    others.push_back({"engine", "raft", {"raft", "paxos"}, false, "what replicates the store"});
    others.back().binds_data = true;
    others.push_back({"snapshot_every", "0", {"0", "100", "7"}, true, "entries from a snapshot to the next; 0: none"});
    others.push_back({"reads", "log", {"log", "index", "lease"}, true, "how a get is served: through the log or not"});
    others.push_back(
        {"message_format",
         "2",
         {"2", "1", "drawn"},
         true,
         "the newest that servers speak, 2 where there are witnesses; drawn: by each boot, as in a rolling upgrade"});
    others.push_back({"forward", "false", {"false", "true"}, true, "raft: servers give commands to the leader"});
    others.push_back({"witnesses", "0", {"0", "1"}, false, "raft: so many servers vote and hold no data"});
    others.back().binds_data = true;
    others.push_back({"pre_vote", "false", {"false", "true"}, true, "raft: servers ask before they campaign"});
    others.push_back({"check_quorum",
                      "false",
                      {"false", "true"},
                      true,
                      "raft: a leader without a majority steps down, always where reads=lease"});
    return others;
}

std::vector<sim::MonitorFactory> store_monitors() {
    std::vector<sim::MonitorFactory> all = raft::monitors();
    for (const sim::MonitorFactory& each : paxos::replica_monitors()) all.push_back(each);
    return all;
}

std::vector<sim::NoteKind> store_goals(const sim::Settings& settings) { return kv::goals(settings.text("engine")); }

Scenario over_store(Scenario scenario) {
    scenario.settings.push_back({"servers", "3", {"3", "4", "5"}, true, "how many servers"});
    scenario.settings.push_back(
        {"patience", "2s", {"2s", "700ms", "20s"}, true, "how long a client tries one command"});
    scenario.settings = store_settings(std::move(scenario.settings));
    scenario.roles.push_back({"server", "servers", kv::serve});
    scenario.faults.budgets = {{"crash", 3}, {"power", 2},       {"pause", 3}, {"cut", 4},
                               {"loss", 2},  {"duplication", 2}, {"delay", 2}};
    scenario.faults.selector = "replication.role=leader";
    scenario.monitors = store_monitors();
    if (scenario.narrator == nullptr) scenario.narrator = kv::narrator;
    scenario.goals = store_goals;
    scenario.duration = 10s;
    scenario.recovery = 8s;
    scenario.minimum_work = {.answered = 60, .effective = 4, .note = "replication.leads", .notes = 2};
    return scenario;
}

std::int64_t number_of(const std::optional<std::string>& text, std::int64_t absent) {
    if (!text) return absent;
    std::int64_t number = 0;
    const bool whole = sim::parse_integer(*text, number);
    CHECK(whole); // these clients write no other
    return number;
}

std::vector<std::int64_t> numbers_of(const std::optional<std::string>& text) {
    std::vector<std::int64_t> numbers;
    if (!text) return numbers;
    for (const std::string_view word : sim::split(*text, ' '))
        if (!word.empty()) numbers.push_back(number_of(std::string(word)));
    return numbers;
}

} // namespace orrery::scenarios
