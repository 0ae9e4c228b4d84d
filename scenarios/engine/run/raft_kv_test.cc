// The store over raft is linearizable, whoever asks it what, whatever goes wrong meanwhile.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/protocols/kv/kv.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;
using reports::models::Kv;

struct Workload {
    std::uint32_t clients = 1;
    std::uint64_t keys = 1;
    std::uint64_t values = 0;                          // how many there are; 0: each is another
    std::vector<std::uint64_t> weights{1, 1, 1, 1, 1}; // of get, put, remove, append, cas
    sim::Duration think{};
};

std::ostream& operator<<(std::ostream& out, const Workload& workload) {
    out << workload.clients << " clients, " << workload.keys << " keys, " << workload.values << " values, weights";
    for (const std::uint64_t weight : workload.weights) out << ' ' << weight;
    return out << ", think " << sim::duration_text(workload.think);
}

Workload draw_workload() {
    Workload workload;
    workload.clients = *rc::gen::inRange<std::uint32_t>(1, 9);
    workload.keys = *rc::gen::inRange<std::uint64_t>(1, 7);
    workload.values = *rc::gen::element<std::uint64_t>(0, 2, 5);
    for (std::uint64_t& weight : workload.weights) weight = *rc::gen::inRange<std::uint64_t>(0, 6);
    workload.weights[*rc::gen::inRange<std::size_t>(0, 5)] += 1; // not nothing at all
    workload.think = *rc::gen::element<sim::Duration>(5ms, 40ms, 400ms, 1s);
    return workload;
}

// The same numbers mean the same in the protocol.
kv::Operation draw_operation(sim::Env& env, const Driver& driver, const Workload& workload) {
    const auto text = [&](sim::Site site) {
        if (workload.values > 0) return std::to_string(env.draw(site, workload.values)) + " ";
        return std::to_string(driver.client()) + "." + std::to_string(driver.number()) + " ";
    };
    kv::Operation operation;
    std::uint64_t all = 0;
    for (const std::uint64_t weight : workload.weights) all += weight;
    std::uint64_t rest = env.draw("operation", all);
    std::size_t kind = 0;
    while (rest >= workload.weights[kind]) rest -= workload.weights[kind++];
    operation.kind = static_cast<kv::Operation::Kind>(kind);
    operation.key = std::string(1, static_cast<char>('a' + env.draw("key", workload.keys)));
    const bool writes = operation.kind != kv::Operation::Kind::get && operation.kind != kv::Operation::Kind::remove;
    if (writes) operation.value = text("value");
    if (operation.kind == kv::Operation::Kind::cas && env.draw("present", 2) == 0) operation.from = text("from");
    return operation;
}

Kv::Operation translated(const kv::Operation& operation) {
    return {static_cast<Kv::Operation::Kind>(operation.kind), operation.key, operation.value, operation.from};
}

void client_main(sim::Env& env, Driver& driver, const Workload& workload) {
    kv::Client client(env);
    while (driver.next(env)) {
        const kv::Operation operation = draw_operation(env, driver, workload);
        driver.invoke(reports::models::to_words<Kv>(translated(operation)));
        const auto outcome = client.run(operation, env.deadline(env.settings().duration("patience")));
        if (outcome.has_value())
            driver.answer(reports::models::result_value<Kv>(translated(operation),
                                                            {outcome.value().value, outcome.value().swapped}));
        else if (outcome.is_refused())
            driver.refuse();
        else
            driver.lose();
    }
}

// raft-kv with another workload. Scenarios live as long as the program: they are listed.
Scenario& workload_scenario() {
    static Scenario scenario{[] {
        Description description = *find_scenario("raft-kv");
        description.name = "raft-kv-with-a-drawn-workload";
        description.floor = {};
        return description;
    }()};
    return scenario;
}

void set(RunInput& input, const char* key, const char* value) {
    RC_ASSERT(!set_setting(*input.scenario, input.settings, key, value).has_value());
}

RC_GTEST_PROP(RaftKv, IsLinearizableOverDrawnSettingsPlansAndWorkloads, ()) {
    const Workload workload = draw_workload();
    Scenario& scenario = workload_scenario();
    scenario.think = workload.think;
    scenario.clients = {workload.clients, "kv",
                        [workload](sim::Env& env, Driver& driver) { client_main(env, driver, workload); }};
    RunInput input = input_of(scenario);
    input.seed = *rc::gen::arbitrary<std::uint64_t>();
    set(input, "duration", "5s");
    set(input, "drift", "50000");
    draw_settings(input);
    if (*rc::gen::arbitrary<bool>()) {
        set(input, "policy", "random");
        set(input, "slack", "2ms");
    }
    const RunResult output = *run(input);
    RC_LOG() << "seed " << input.seed << ", " << workload << ": "
             << (output.findings.empty() ? output.undecided : output.findings.front().text) << '\n';
    RC_ASSERT(output.answered > 0u);
    RC_ASSERT(output.verdict == RunVerdict::passed);
}

} // namespace
} // namespace orrery::scenarios::engine
