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

// The table on the page of the minimal ones; events are measured there, and change with any code.
TEST(Repros, OfOneFlawStandInATableAsTheyAre) {
    const sim::Checked<std::vector<std::string>> files = files_below(std::string(folder) + "/minimal", ".repro");
    if (!files) GTEST_SKIP() << "the tree this was compiled from is not here";
    const std::string page = *read_file(std::string(folder) + "/minimal/README.md");
    std::size_t rows = 0;
    for (std::size_t at = page.find("\n| `"); at != std::string::npos; at = page.find("\n| `", at + 1)) ++rows;
    EXPECT_EQ(rows, files->size());
    for (const std::string& file : *files) {
        const sim::Checked<Repro> repro = read_repro(file);
        ASSERT_TRUE(repro.ok()) << repro.complaint().text();
        ASSERT_TRUE(repro->input.operations.has_value()) << file;
        const std::string start = "\n| `" + repro->input.settings.text("flaws") + "` | " +
                                  std::to_string(repro->input.plan->faults.size()) + " | " +
                                  std::to_string(repro->input.operations->size()) + " | ";
        const std::size_t at = page.find(start);
        ASSERT_NE(at, std::string::npos) << "expected a row that begins with" << start;
        const std::string row = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
        const sim::Finding finding = repro->recorded().findings.front();
        EXPECT_TRUE(row.ends_with(" | " + finding.judge + ": " + finding.kind + " |")) << row;
    }
}

} // namespace
} // namespace orrery::scenarios
