// The replicated store while one machine after the other is taken down and comes back, as for a new version of them. An
// operator knows of each before, and has the lead handed to another by then: nobody waits for an election that a
// timeout begins.
#include <algorithm>

#include "orrery/faults/operator_order.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

// Hands the lead over twice, to two that stay: the first may not have been able to take it.
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
        const std::uint32_t first = order->places.back();
        for (std::uint32_t to = first + 1; to <= first + 2; ++to)
            if (!std::binary_search(order->places.begin(), order->places.end(), to % servers))
                (void)client.transfer(to % servers, env.deadline(120ms));
    }
}

// While no two machines are away, the cluster is never without a leader for longer than handing over takes: far below
// the shortest time after which somebody campaigns without being asked.
class Handover final : public sim::Monitor {
public:
    std::string_view name() const override { return "drained.handover"; }
    std::vector<std::string_view> watches() const override { return {"replication.role"}; }
    void observe(const sim::Observation& seen) override {
        using Kind = sim::Observation::Kind;
        if (seen.kind == Kind::fault_begin && ++faults_ > 1) disturbed_ = seen.time;
        if (seen.kind == Kind::fault_end && faults_-- > 1) disturbed_ = seen.time;
        if (seen.kind == Kind::crash) leads(seen, false);
        if (seen.kind == Kind::state && seen.name == "replication.role") leads(seen, seen.fields[0].text == "leader");
    }

private:
    static constexpr sim::Duration handover_max = 100ms;
    static constexpr sim::Duration calm = 1s; // after two were away at once

    void leads(const sim::Observation& seen, bool now) {
        if (leaders_.size() <= seen.host) leaders_.resize(seen.host + 1, 0);
        const auto count = [this] { return std::count(leaders_.begin(), leaders_.end(), 1); };
        const bool was_led = count() > 0;
        leaders_[seen.host] = now ? 1 : 0;
        if (was_led && count() == 0) leaderless_ = seen.time;
        if (was_led || count() == 0 || !leaderless_) return;
        const sim::Duration gap = seen.time - *leaderless_;
        if (gap <= handover_max || (disturbed_ && *leaderless_ - *disturbed_ < calm)) return;
        const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(gap).count();
        object(seen, "nobody led", "who is to be taken down hands over before",
               "nobody led for " + std::to_string(milliseconds) + " ms until " + std::string(seen.host_name) + " did");
    }

    std::uint64_t faults_ = 0;
    std::vector<std::uint8_t> leaders_{};        // by host
    std::optional<sim::WorldTime> leaderless_{}; // since then nobody leads; or, if somebody does, the last such time
    std::optional<sim::WorldTime> disturbed_{};  // two faults at once
};

const scenarios::Scenario scenarios::raft_drained = [] {
    Scenario scenario = over_store({.name = "raft-drained",
                                    .help = "the store over raft while its machines are taken down one by one",
                                    .roles = {{"operator", 1, operate, sim::world::CrashDisposal::unwind, false}},
                                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                                    .think = 100ms});
    scenario.faults = {{{"drain", 12}},
                       {.storms = 0, .shortest = 50ms, .longest = 1s, .selector = "replication.role=leader"}};
    scenario.faults.members = "server";
    scenario.monitors.push_back([]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<Handover>(); });
    std::erase_if(scenario.goals, [](const sim::NoteKind& goal) { return goal.name == "raft.torn_tail"; });
    scenario.duration = 15s;
    scenario.minimum_work = {.answered = 300, .effective = 4, .note = "replication.leads", .notes = 3};
    return scenario;
}();
