// What becomes of a finding: it is shrunk, and its page can be read.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

TEST_F(Executable, ShrinksWhatItFindsAndExplainsIt) {
    const Answer found =
        shell("env -u ORRERY_NO_SHRINK ORRERY run lazy-register --seed 1 --set duration=5s --quiet --out found");
    EXPECT_EQ(found.code, 1);
    EXPECT_TRUE(has(found.out, "shrunk from ")) << found.out;
    EXPECT_TRUE(has(found.out, "as it was found: ")) << found.out;
    // It is short, so its story is the whole page.
    for (const char* part : {"how it came to this", "all that was given", "when it had become inevitable"})
        EXPECT_TRUE(has(found.out, part)) << part << "\n" << found.out;
    EXPECT_TRUE(found.last_line().ends_with(".minimal.repro")) << found.out;
    const Answer again = shell("ORRERY replay found/*.minimal.repro");
    EXPECT_EQ(again.code, 1);
    EXPECT_TRUE(has(again.out, "linearizable")) << again.out;

    const Answer page = shell("ORRERY explain found/*.minimal.repro");
    EXPECT_EQ(page.code, 0);
    for (const char* part : {"violated: ", "how it came to this", "all that was given", "when it had become inevitable",
                             "the decision", "the run passes"})
        EXPECT_TRUE(has(page.out, part)) << part << "\n" << page.out;
    const Answer json = shell("ORRERY explain found/*.minimal.repro --json");
    EXPECT_EQ(json.code, 0);
    EXPECT_TRUE(json.out.starts_with("{\"type\":\"explain\"")) << json.out;
    EXPECT_TRUE(has(json.out, "\"decision\":\"")) << json.out;
}

TEST_F(Executable, LeavesWhatItFindsIfItIsToldTo) {
    const Answer found = shell("env -u ORRERY_NO_SHRINK ORRERY run lazy-register --seed 3 --set duration=5s --quiet "
                               "--out found --no-shrink");
    EXPECT_EQ(found.code, 1);
    EXPECT_FALSE(has(found.out, "shrunk from ")) << found.out;
    EXPECT_FALSE(has(found.out, "all that was given")) << found.out;
    EXPECT_EQ(shell("ls found/*.minimal.repro").code, 2);
}

TEST_F(Executable, TheZooNamesTheMinimalReproOfWhatItFinds) {
    if (std::getenv("ORRERY_QUICK") != nullptr) GTEST_SKIP() << "shrinks";
    const Answer zoo = shell("env -u ORRERY_NO_SHRINK ORRERY zoo rpc_no_duplicate_filter --out found");
    EXPECT_EQ(zoo.code, 0) << zoo.err;
    EXPECT_TRUE(has(zoo.out, " explain found/rpc_no_duplicate_filter.minimal.repro\n")) << zoo.out;
}

TEST_F(Executable, ExplainsNothingThatPasses) {
    EXPECT_EQ(shell("ORRERY run lazy-register --seed 3 --set duration=5s --quiet --out found").code, 1);
    EXPECT_EQ(shell("sed -i 's/^set flaws=.*//;s/^plan$/operations 0\\nplan/' found/*.repro").code, 0);
    const Answer page = shell("ORRERY explain found/*.repro"); // nobody asks anything
    EXPECT_EQ(page.code, 65);
    EXPECT_TRUE(has(page.err, "does not fail")) << page.err;
}

} // namespace
} // namespace orrery::scenarios
