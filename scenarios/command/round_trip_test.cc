// Plans and repros through the terminal: printed by the executable, read back by the executable.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "orrery/scenarios/engine/files.h"

namespace orrery::scenarios {
namespace {

struct Ran {
    int status = 0;
    std::string output;
};

Ran orrery(const std::string& words) {
    Ran ran;
    std::FILE* pipe = popen((std::string(ORRERY_EXECUTABLE) + " " + words + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return ran;
    char buffer[4096];
    for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) ran.output.append(buffer, count);
    ran.status = WEXITSTATUS(pclose(pipe));
    return ran;
}

std::string quoted(const std::string& path) { return "'" + path + "'"; }

// A folder of its own for each test, gone afterwards.
struct RoundTrip : testing::Test {
    std::string folder;
    void SetUp() override {
        folder = testing::TempDir() + "orrery round trip " + std::to_string(getpid());
        std::filesystem::remove_all(folder);
        ASSERT_TRUE(std::filesystem::create_directories(folder));
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    std::string content(const std::string& name) { return read_file(folder + "/" + name).value_or("absent"); }
};

// A seed of the lazy register that is guilty, found as a user would.
std::string guilty_seed(const std::string& folder) {
    for (int seed = 1; seed <= 40; ++seed) {
        const std::string number = std::to_string(seed);
        if (orrery("run lazy-register --quiet --seed " + number + " --out " + quoted(folder)).status == 1) return number;
    }
    return "none";
}

TEST_F(RoundTrip, APlanAndAReproComeBackAsTheyWerePrinted) {
    const std::string seed = guilty_seed(folder);
    ASSERT_NE(seed, "none");
    const std::string name = "lazy-register-" + seed + ".repro";
    const std::string repro = content(name);
    const Ran first = orrery("replay " + quoted(folder + "/" + name));
    EXPECT_EQ(first.status, 1) << first.output;
    EXPECT_EQ(orrery("replay " + quoted(folder + "/" + name)).output, first.output);

    // The plan alone, handed in as a file, makes the same run: the same repro, letter by letter.
    const std::size_t begin = repro.find("\nplan\n") + 6;
    const std::string plan = repro.substr(begin, repro.find("\nend\n", begin - 1) + 1 - begin);
    ASSERT_FALSE(write_file(folder + "/drawn.plan", plan).has_value());
    const Ran again = orrery("run lazy-register --quiet --seed " + seed + " --plan " + quoted(folder + "/drawn.plan") +
                             " --out " + quoted(folder + "/again"));
    EXPECT_EQ(again.status, 1) << again.output;
    EXPECT_EQ(content("again/" + name), repro);
}

} // namespace
} // namespace orrery::scenarios
