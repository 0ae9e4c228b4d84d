// Every planted flaw that takes something to show has a decision: one fault or one message without which its minimal
// run passes.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/child.h"
#include "orrery/scenarios/engine/search/decision.h"

namespace orrery::scenarios {

using namespace engine;
namespace {

constexpr const char* minimal_folder = ORRERY_SOURCE_ROOT "/scenarios/repros/minimal";

TEST(Decision, OfEachMinimalRunIsFlippedAndTheRunPasses) {
    const sim::Checked<std::vector<std::string>> files = files_below(minimal_folder, ".repro");
    if (!files) GTEST_SKIP() << "the tree this was compiled from is not here";
    ASSERT_GE(files->size(), 20u);
    for (const std::string& file : *files) {
        const sim::Checked<Repro> repro = read_repro(file);
        ASSERT_TRUE(repro.ok()) << repro.complaint().text();
        ChildOptions options;
        options.detail = Detail::events;
        options.run.record_until = sim::WorldTime{INT64_MAX};
        const Summary failed = run_in_child(repro->input, options);
        ASSERT_EQ(failed.verdict, RunVerdict::violated) << file;
        const std::optional<Decision> decision = decision_of(failed, {}, {}).decision;
        // Where nothing is asked and nothing goes wrong, the rule is broken by whatever anybody does.
        if (!decision && repro->input.plan->faults.empty() && repro->input.operations->empty()) continue;
        ASSERT_TRUE(decision.has_value()) << file;
        const RunInput& flipped = decision->input;
        EXPECT_EQ(run_in_child(flipped).verdict, RunVerdict::passed) << file;
        // It is one change: one fault less, or one more.
        const auto before = static_cast<std::ptrdiff_t>(repro->input.plan->faults.size());
        const auto after = static_cast<std::ptrdiff_t>(flipped.plan->faults.size());
        EXPECT_EQ(std::abs(before - after), 1) << file;
        EXPECT_EQ(flipped.operations, repro->input.operations) << file;
    }
}

} // namespace
} // namespace orrery::scenarios
