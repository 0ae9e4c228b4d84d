// The replicated store while one machine after the other is taken down and comes back, as for a new version of them. An
// operator knows of each before, and has the lead handed to another by then: nobody waits for an election that a
// timeout begins.
#include <algorithm>
#include <map>
#include <set>

#include "orrery/faults/operator_order.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

// Has the lead handed over twice, to two that stay: the first may not have been able to take it. What is not done soon
// after the notice will not be done in time.
static void operate(sim::Env& env) {
    auto orders = env.bind(faults::OperatorOrder::port);
    if (!orders.ok()) return;
    kv::Client client(env);
    const auto servers = static_cast<std::uint32_t>(env.peers("server").size());
    while (true) {
        const auto datagram = orders->receive();
        if (!datagram.ok()) return;
        const auto order = sim::decode<faults::OperatorOrder>(datagram->bytes);
        if (!order || order->kind != faults::OperatorOrder::Kind::drain) continue;
        if (FLAW(drained_without_handover)) continue;
        const sim::Deadline late = env.deadline(280ms);
        const std::uint32_t first = order->places.back();
        std::uint32_t begun = 0;
        for (std::uint32_t to = first + 1; begun < 2 && env.now() < late.at; ++to) {
            if (std::binary_search(order->places.begin(), order->places.end(), to % servers)) continue;
            if (!client.transfer(to % servers, env.deadline(80ms)).has_value()) continue;
            ++begun;
            if (!env.sleep(120ms).ok()) return; // two who campaign at once may both lose, and it takes two syncs
        }
    }
}

// While no two machines are away, and who led had led since before the notice, the cluster is never without a leader
// for longer than handing over takes: far below the shortest time after which somebody campaigns without being asked.
// Unless two were asked, as the first seemed not to be able: of two who campaign at once both may lose.
class Handover final : public sim::Monitor {
public:
    std::string_view name() const override { return "drained.handover"; }
    std::vector<std::string_view> watches() const override { return {"replication.role", "raft.role"}; }
    void observe(const sim::Observation& seen) override {
        using Kind = sim::Observation::Kind;
        if (seen.kind == Kind::fault_begin) ++faults_;
        if (faults_ > 1) {
            disturbed_ = seen.time;
            is_owed_ = false;
        }
        if (seen.kind == Kind::fault_end && faults_ > 0) --faults_;
        if (seen.kind == Kind::crash) ends(seen);
        if (seen.kind == Kind::state && seen.name == "raft.role" && seen.fields[0].text == "candidate")
            candidates_.insert(seen.host);
        if (seen.kind != Kind::state || seen.name != "replication.role") return;
        if (seen.fields[0].text == "leader")
            begins(seen);
        else
            ends(seen);
    }

private:
    static constexpr sim::Duration handover_max = 100ms;
    static constexpr sim::Duration calm = 1s; // the longest notice, and time for what two faults have left

    void begins(const sim::Observation& seen) {
        const bool is_contested = candidates_.size() > 1;
        candidates_.clear();
        if (leaders_.empty() && is_owed_ && !is_contested && seen.time - leaderless_ > handover_max) {
            const auto gap = std::chrono::floor<std::chrono::milliseconds>(seen.time - leaderless_);
            object(seen, "nobody led", "who is to be taken down hands over before",
                   "nobody led for " + std::to_string(gap.count()) + " ms until " + std::string(seen.host_name) +
                       " did");
        }
        leaders_.try_emplace(seen.host, seen.time);
    }
    void ends(const sim::Observation& seen) {
        const auto found = leaders_.find(seen.host);
        if (found == leaders_.end()) return;
        const bool has_led_long = seen.time - found->second >= calm;
        leaders_.erase(found);
        leaderless_ = seen.time;
        is_owed_ = has_led_long && seen.time - disturbed_ >= calm;
    }

    std::uint64_t faults_ = 0;
    sim::WorldTime disturbed_{};                        // when two faults were last at work at once
    std::map<std::uint32_t, sim::WorldTime> leaders_{}; // who leads, and since when
    std::set<std::uint32_t> candidates_{};              // since somebody began to lead
    sim::WorldTime leaderless_{};                       // while nobody leads: since then
    bool is_owed_ = false;                              // and it ought to be short
};

// No host loses its power there.
static std::vector<sim::NoteKind> drained_goals() {
    std::vector<sim::NoteKind> goals = kv::goals("raft");
    std::erase_if(goals, [](const sim::NoteKind& goal) { return goal.name == "raft.torn_tail"; });
    return goals;
}

const scenarios::Scenario scenarios::raft_drained = [] {
    Scenario scenario = over_store({.name = "raft-drained",
                                    .help = "the store over raft while its machines are taken down one by one",
                                    .roles = {{"operator", 1, operate, sim::world::CrashDisposal::unwind, false}},
                                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                                    .think = 100ms});
    // Raft it is: paxos hands nothing over.
    std::erase_if(scenario.settings, [](const Setting& setting) { return setting.name == "engine"; });
    scenario.faults = {{{"drain", 24}},
                       {.storms = 0, .shortest = 50ms, .longest = 1s, .selector = "replication.role=leader"}};
    scenario.faults.members = "server";
    scenario.monitors.push_back([]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<Handover>(); });
    scenario.goals = drained_goals();
    scenario.duration = 15s;
    scenario.minimum_work = {.answered = 300, .effective = 2, .note = "replication.leads", .notes = 2};
    return scenario;
}();
