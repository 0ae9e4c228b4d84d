// Watching changes nothing: monitors on or off, a recorder or none, another world in between.
#include <map>

#include <gtest/gtest.h>

#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

RunInput input_of(const Scenario& scenario, std::uint64_t seed, const char* judges = "all") {
    RunInput input = engine::input_of(scenario, seed);
    EXPECT_FALSE(set_setting(scenario, input.settings, "duration", "3s"));
    EXPECT_FALSE(set_setting(scenario, input.settings, "judges", judges));
    draw_settings(input);
    return input;
}

std::uint64_t digest_of(const RunInput& input, Watcher watcher = {}) {
    return run(input, {.watcher = std::move(watcher)})->digest;
}

TEST(Watching, MonitorsAndRecordersChangeNoDigest) {
    for (const Scenario* scenario : all_scenarios()) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            const std::uint64_t plain = digest_of(input_of(*scenario, seed));
            EXPECT_EQ(digest_of(input_of(*scenario, seed, "histories")), plain) << scenario->name; // no monitors
            std::uint64_t seen = 0;
            Watcher watcher;
            std::uint64_t rows = 0;
            std::uint64_t steps = 0;
            watcher.observe = [&](const sim::Observation&) { ++seen; };
            watcher.at_row = [&](const reports::trace::Row&) { ++rows; };
            watcher.at_step = [&](const reports::trace::Step&) { ++steps; };
            EXPECT_EQ(digest_of(input_of(*scenario, seed), watcher), plain) << scenario->name;
            EXPECT_GT(seen, 100u);
            EXPECT_GE(rows, seen); // and what clients asked
            EXPECT_GT(steps, 100u);
        }
    }
}

// A whole other run, of each scenario, between two events of this one.
TEST(Watching, AnotherRunInTheMiddleOfThisOneChangesNoDigest) {
    std::map<std::string, std::uint64_t> alone;
    for (const Scenario* other : all_scenarios()) alone[other->name] = digest_of(input_of(*other, 2));
    for (const Scenario* scenario : all_scenarios()) {
        const RunInput input = input_of(*scenario, 1);
        const std::uint64_t plain = digest_of(input);
        for (const Scenario* other : all_scenarios()) {
            std::uint64_t deliveries = 0;
            std::uint64_t inside = 0;
            Watcher watcher;
            watcher.observe = [&](const sim::Observation& seen) {
                // A delivery is observed by the loop itself, not on the stack of a task.
                if (seen.kind == sim::Observation::Kind::deliver && ++deliveries == 40)
                    inside = digest_of(input_of(*other, 2));
            };
            EXPECT_EQ(digest_of(input, watcher), plain) << scenario->name << " around " << other->name;
            EXPECT_EQ(inside, alone[other->name]) << other->name << " inside " << scenario->name;
        }
    }
}

} // namespace
} // namespace orrery::scenarios::engine
