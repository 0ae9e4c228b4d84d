// The callers of the scenarios over rpc end when they are told to, in whatever call they are.
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/testing.h"
#include "orrery/sim/env.h"

namespace orrery::scenarios {
namespace {

using namespace std::chrono_literals;

constexpr sim::NoteKind note_ended{"callers.ended", {"times"}};

// Runs a caller as a task, and cancels it somewhere; again and again. None goes on with what it would ask next.
void cancel_callers(sim::Env& env, const std::function<void(sim::Env&)>& caller) {
    for (int times = 1;; ++times) {
        const sim::Task task = env.spawn("caller", [&] { caller(env); });
        if (!env.sleep(env.between("life", 0ms, 700ms)).ok()) return;
        env.cancel(task);
        if (!env.sleep(1ms).ok()) return;
        const bool goes_on = env.is_alive(task);
        CHECK(!goes_on);
        env.note(note_ended, times);
    }
}

// With a server that is often away, so that calls, connections and pauses between calls are all met.
Scenario with_cancelled_callers(const Scenario& original) {
    Scenario scenario = original;
    scenario.name = "cancelled-" + original.name;
    Role& callers = scenario.roles.back();
    callers.main = [caller = callers.main](sim::Env& env) { cancel_callers(env, caller); };
    scenario.monitors = {};
    scenario.faults = {{"crash", 4}, {"pause", 4}};
    scenario.minimum_work = {};
    scenario.minimum_work.note = note_ended.name;
    scenario.minimum_work.notes = 60;
    return scenario;
}

TEST(RpcCallers, EndWhenTheyAreCancelledInWhateverCallTheyAre) {
    for (const Scenario* original : {&rpc_arith, &rpc_at_most_once}) {
        const Scenario scenario = with_cancelled_callers(*original);
        EXPECT_THAT(sweep(scenario, seeds(1, 40)), RunsClean());
    }
}

} // namespace
} // namespace orrery::scenarios
