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

// The first page of all shows one such story, with "..." for what is left out.
TEST_F(Executable, ExplainsAsTheReadmeShows) {
    const std::string root = ORRERY_SOURCE_ROOT;
    const std::string readme = text_of(root + "/README.md");
    if (readme.empty()) GTEST_SKIP() << "the tree this was compiled from is not here";
    const std::string prompt = "\n$ ./orrery explain ";
    const std::size_t at = readme.find(prompt);
    ASSERT_NE(at, std::string::npos);
    const std::size_t begin = readme.find('\n', at + 1) + 1;
    const std::string file = readme.substr(at + prompt.size(), begin - 1 - at - prompt.size());
    const std::string block = readme.substr(begin, readme.find("\n```", begin) + 1 - begin);
    const Answer page = shell("ORRERY explain " + root + "/" + file);
    EXPECT_EQ(page.code, 0) << page.err;
    const std::string gap = "...\n";
    std::size_t reached = 0; // in what was printed
    for (std::size_t from = 0; from < block.size();) {
        const std::size_t end = std::min(block.find("\n" + gap, from), block.size() - 1) + 1;
        const std::string part = block.substr(from, end - from);
        const std::size_t found = page.out.find(part, reached);
        ASSERT_NE(found, std::string::npos) << "README.md shows of " << file << "\n"
                                            << part << "\nand printed is\n"
                                            << page.out;
        EXPECT_TRUE(from > 0 || found == 0) << part;
        reached = found + part.size();
        from = end == block.size() ? end : end + gap.size();
    }
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
