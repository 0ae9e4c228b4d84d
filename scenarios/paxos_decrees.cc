// Paxos alone, without clients: members that all propose, decree after decree, and never agree on two values for one.
#include <map>

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

// So none is chosen for two decrees. A value that nobody wants would be: an empty one, say, that came of what an
// acceptor told.
class Once final : public sim::Monitor {
public:
    std::string_view name() const override { return "paxos.once"; }
    std::vector<std::string_view> watches() const override { return {"paxos."}; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind != sim::Observation::Kind::note || seen.name != "paxos.chosen") return;
        const std::int64_t decree = seen.fields[0].integer;
        const auto [found, is_first] = decrees_.try_emplace(seen.fields[1].integer, decree);
        if (is_first || found->second == decree) return;
        object(seen, "chosen twice", "each value is wanted once, and so it is chosen for one decree",
               std::string(seen.host_name) + " learns '" + std::string(seen.fields[2].text) + "' in decree " +
                   std::to_string(decree) + ", and it was chosen in decree " + std::to_string(found->second));
    }

private:
    std::map<std::int64_t, std::int64_t> decrees_; // by the digest of the value
};

static std::vector<sim::MonitorFactory> monitors() {
    std::vector<sim::MonitorFactory> all = paxos::monitors();
    all.push_back([]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<Once>(); });
    return all;
}

const scenarios::Scenario scenarios::paxos_decrees{
    .name = "paxos-decrees",
    .help = "members of paxos that all propose, decree after decree",
    .settings = {{"servers", "3", {"3", "5"}, true, "how many servers"}},
    .roles = {{"server", "servers", server}},
    .faults = {{"crash", 4}, {"power", 3}, {"pause", 3}, {"cut", 4}, {"loss", 3}, {"duplication", 2}, {"delay", 3}},
    .monitors = monitors(),
    .narrator = paxos::narrator,
    .duration = 10s,
    .recovery = 2s,
    .minimum_work = {.effective = 4, .note = "paxos.chosen", .notes = 100}};
