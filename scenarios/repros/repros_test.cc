// Every repro of this folder once more: it ends as it says. From other sources than its own it need not be the same
// run event by event, so neither its digest nor its checkpoints are compared here.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/verify.h"

namespace orrery::scenarios {

using namespace engine;
namespace {

constexpr const char* folder = ORRERY_SOURCE_ROOT "/scenarios/repros";

std::string text_of(RunVerdict verdict, const std::string& fingerprint) {
    return std::string(name(verdict)) + (fingerprint.empty() ? "" : ", " + fingerprint);
}

TEST(Repros, EachEndsAsItSays) {
    const sim::Checked<std::vector<std::string>> files = files_below(folder, ".repro");
    if (!files) GTEST_SKIP() << "the tree this was compiled from is not here";
    std::size_t passed = 0;
    std::size_t violated = 0;
    for (const std::string& file : *files) {
        const sim::Checked<Repro> repro = read_repro(file);
        ASSERT_TRUE(repro.ok()) << repro.complaint().text();
        const Summary summary = run_in_fresh_process(repro->input);
        ASSERT_TRUE(summary.is_known()) << file;
        EXPECT_EQ(text_of(summary.verdict, summary.fingerprint()),
                  text_of(repro->expected, repro->recorded().fingerprint()))
            << file << "\nscenarios/repros/README.md says what to do";
        EXPECT_TRUE(summary.unmet.empty()) << file << ": an override meets no draw, so it is not this run any more";
        (repro->expected == RunVerdict::passed ? passed : violated) += 1;
    }
    // Those of both kinds are there: bugs that were mended, and failures that the judges must go on seeing.
    EXPECT_GE(passed, 1u);
    EXPECT_GE(violated, 2u);
}

} // namespace
} // namespace orrery::scenarios
