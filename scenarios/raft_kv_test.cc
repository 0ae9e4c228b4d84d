// The store over raft is linearizable, whoever asks it what, whatever goes wrong meanwhile.
#include "orrery/protocols/kv/kv.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/testing.h"

#include <rapidcheck/gtest.h>

namespace orrery::scenarios {
namespace {

using reports::models::Kv;

// What clients ask for; how many they are and how fast comes from any_trial.
struct Mix {
    std::uint64_t keys = 1;
    std::uint64_t values = 0;                          // how many there are; 0: each is another
    std::vector<std::uint64_t> weights{1, 1, 1, 1, 1}; // of get, put, remove, append, cas
};

std::ostream& operator<<(std::ostream& out, const Mix& mix) {
    out << mix.keys << " keys, " << mix.values << " values, weights";
    for (const std::uint64_t weight : mix.weights) out << ' ' << weight;
    return out;
}

Mix draw_mix() {
    Mix mix;
    mix.keys = *rc::gen::inRange<std::uint64_t>(1, 7);
    mix.values = *rc::gen::element<std::uint64_t>(0, 2, 5);
    for (std::uint64_t& weight : mix.weights) weight = *rc::gen::inRange<std::uint64_t>(0, 6);
    mix.weights[*rc::gen::inRange<std::size_t>(0, 5)] += 1; // not nothing at all
    return mix;
}

Kv::Operation draw_operation(sim::Env& env, std::uint64_t client, std::uint64_t number, const Mix& mix) {
    const auto text = [&](sim::Site site) {
        if (mix.values > 0) return std::to_string(env.draw(site, mix.values)) + " ";
        return std::to_string(client) + "." + std::to_string(number) + " ";
    };
    Kv::Operation operation;
    std::uint64_t all = 0;
    for (const std::uint64_t weight : mix.weights) all += weight;
    std::uint64_t rest = env.draw("operation", all);
    std::size_t kind = 0;
    while (rest >= mix.weights[kind]) rest -= mix.weights[kind++];
    operation.kind = static_cast<Kv::Operation::Kind>(kind);
    operation.key = std::string(1, static_cast<char>('a' + env.draw("key", mix.keys)));
    const bool writes = operation.kind != Kv::Operation::Kind::get && operation.kind != Kv::Operation::Kind::remove;
    if (writes) operation.value = text("value");
    if (operation.kind == Kv::Operation::Kind::cas && env.draw("present", 2) == 0) operation.from = text("from");
    return operation;
}

RC_GTEST_PROP(RaftKv, IsLinearizableOverDrawnSettingsPlansAndWorkloads, ()) {
    const Mix mix = draw_mix();
    RC_LOG() << mix << '\n';
    Scenario scenario = raft_kv;
    scenario.clients = raft_kv_clients([mix](sim::Env& env, std::uint64_t client, std::uint64_t number) {
        return draw_operation(env, client, number, mix);
    });
    Chosen chosen{{"duration", "5s"}, {"drift", "50000"}};
    if (*rc::gen::arbitrary<bool>()) {
        chosen.emplace_back("policy", "random");
        chosen.emplace_back("slack", "2ms");
    }
    RC_ASSERT(assert_passes(*any_trial(scenario, chosen)).answered > 0u);
}

} // namespace
} // namespace orrery::scenarios
