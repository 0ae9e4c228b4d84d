// Traces of runs in etcd's format, and the reading of the paper that knows nothing of our core: it accepts what the
// correct tree does, and refuses each planted bug that breaks a rule of the paper.
#include <map>

#include <gtest/gtest.h>

#include "orrery/protocols/raft/state_trace.h"
#include "orrery/reports/paper/raft.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios::engine {
namespace {

using Chosen = std::vector<std::pair<std::string, std::string>>;

std::string trace_of(const std::string& scenario, std::uint64_t seed, const Chosen& chosen = {}) {
    RunInput input = input_of(*find_scenario(scenario), seed);
    for (const auto& [name, value] : chosen) {
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, name, value)) << name;
        input.chosen.insert(name);
    }
    draw_settings(input);
    std::string text;
    raft::StateTrace trace([&](const std::string& line) { text += line; });
    RunOptions options;
    options.watcher.observe = [&](const sim::Observation& seen) { trace.observe(seen); };
    EXPECT_TRUE(run(input, options).ok());
    trace.finish();
    return text;
}

// Empty: the paper allows it all.
std::string objection_to(const std::string& trace) {
    const auto reading = reports::paper::check_raft(trace);
    if (!reading) return std::to_string(reading.complaint().place.line) + ": " + reading.complaint().message;
    if (!reading->breach) return {};
    return std::to_string(reading->breach->line) + ": " + reading->breach->rule + ": " + reading->breach->text;
}

void accepts(const std::string& scenario, std::uint64_t seeds, const Chosen& chosen = {}) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const std::string trace = trace_of(scenario, seed, chosen);
        EXPECT_EQ(objection_to(trace), "") << scenario << " " << seed;
        EXPECT_GT(trace.size(), 10'000u);
    }
}

TEST(Paper, AllowsWhatTheStoreDoes) { accepts("raft-kv", 200); }
TEST(Paper, AllowsElections) { accepts("raft-election", 200); }
TEST(Paper, AllowsSnapshots) { accepts("raft-kv", 50, {{"snapshot_every", "7"}}); }
TEST(Paper, AllowsWhatHappensOnABadNetwork) { accepts("raft-lossy", 30); }

} // namespace
} // namespace orrery::scenarios::engine
