// Plans and repros through the terminal: printed by the executable, read back by the executable.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "orrery/scenarios/engine/artifact/drawn_repro_test.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {

using namespace engine;
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
    for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
        ran.output.append(buffer, count);
    ran.status = WEXITSTATUS(pclose(pipe));
    return ran;
}

std::string text_of_file(const std::string& path) {
    const auto read = read_file(path);
    return read.ok() ? *read : "absent";
}

std::string word(const std::string& path) { return "'" + path + "'"; }

// A folder of its own for each test, gone afterwards.
struct RoundTrip : testing::Test {
    std::string folder;
    void SetUp() override {
        folder = testing::TempDir() + "orrery round trip " + std::to_string(getpid());
        std::filesystem::remove_all(folder);
        ASSERT_TRUE(std::filesystem::create_directories(folder));
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    // The only repro in a folder.
    static std::string repro_in(const std::string& place) {
        std::string name;
        for (const auto& each : std::filesystem::directory_iterator(place))
            if (each.path().extension() == ".repro") {
                EXPECT_EQ(name, "") << each.path();
                name = each.path().filename().string();
            }
        return name;
    }
    std::string content(const std::string& name) { return text_of_file(folder + "/" + name); }
};

// A seed of the lazy register that is guilty, found as a user would.
std::string guilty_seed(const std::string& folder) {
    for (int seed = 1; seed <= 40; ++seed) {
        const std::string number = std::to_string(seed);
        if (orrery("run lazy-register --quiet --seed " + number + " --out " + word(folder)).status == 1) return number;
    }
    return "none";
}

TEST_F(RoundTrip, APlanAndAReproComeBackAsTheyWerePrinted) {
    const std::string seed = guilty_seed(folder);
    ASSERT_NE(seed, "none");
    const std::string name = "lazy-register-" + seed + ".repro";
    const std::string repro = content(name);
    const Ran first = orrery("replay " + word(folder + "/" + name));
    EXPECT_EQ(first.status, 1) << first.output;
    EXPECT_EQ(orrery("replay " + word(folder + "/" + name)).output, first.output);

    // The plan alone, handed in as a file, makes the same run: the same repro, letter by letter.
    const std::size_t begin = repro.find("\nplan\n") + 6;
    const std::string plan = repro.substr(begin, repro.find("\nend\n", begin - 1) + 1 - begin);
    ASSERT_FALSE(write_file(folder + "/drawn.plan", plan).has_value());
    const Ran again = orrery("run lazy-register --quiet --seed " + seed + " --plan " + word(folder + "/drawn.plan") +
                             " --out " + word(folder + "/again"));
    EXPECT_EQ(again.status, 1) << again.output;
    EXPECT_EQ(content("again/" + repro_in(folder + "/again")), repro);
}

// --- drawn, and no more of them than starting so many processes is worth ---

Repro read_back(const std::string& text) {
    const auto parsed = parse_repro(text, "written");
    EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.complaint().text()) << "\n" << text;
    return parsed.ok() ? *parsed : Repro{};
}

// Too few events for a verdict, unless it is guilty before: a repro is written either way.
sim::Settings draw_settings(ReproDraw& draw, const Scenario& scenario) {
    sim::Settings settings = draw.settings();
    const std::vector<std::pair<std::string, std::string>> bounds = {
        {"duration", std::to_string(500 + draw.below(1000)) + "ms"},
        {"recovery", std::to_string(draw.below(500)) + "ms"},
        {"slack", std::to_string(draw.below(1'000'000)) + "ns"},
        {"events", std::to_string(60 + draw.below(60))},
        {"clients", std::to_string(scenario.clients.count + draw.below(3))},
        {"think", std::to_string(1 + draw.below(100)) + "ms"},
        {"links", "even"}, // how many latencies there are is known then
        {"judges", "histories"},
        {"faults", "default"}};
    for (const auto& [key, value] : bounds) EXPECT_FALSE(set_setting(scenario, settings, key, value));
    return settings;
}

// What a fresh process makes of a repro, as a repro of its own.
Repro repeated(const std::string& file) {
    const Repro given = read_back(text_of_file(file));
    const Summary summary = run_in_fresh_process(given.input);
    EXPECT_TRUE(summary.is_known()) << summary.lost;
    return make_repro(given.input, summary);
}

// The identity of a message's arrival, which draws its latency: from a trace.
std::uint64_t arrival(const std::string& trace) {
    const std::size_t line = trace.find("{\"type\":\"deliver\"");
    if (line == std::string::npos) return 1;
    std::uint64_t event = 0;
    EXPECT_TRUE(sim::parse_hexadecimal(trace.substr(trace.find("\"event\":\"", line) + 9, 16), event));
    return event;
}

TEST_F(RoundTrip, WhatIsDrawnComesBackFromRunAndReplay) {
    const Scenario& scenario = *find_scenario("lazy-register");
    for (std::uint64_t round = 1; round <= 6; ++round) {
        ReproDraw draw(scenario, round);
        const sim::Settings settings = draw_settings(draw, scenario);
        const faults::Plan plan = draw.plan();
        const std::string seed = std::to_string(draw.word());
        ASSERT_FALSE(write_file(folder + "/plan", faults::print(plan)).has_value());
        const std::string found = folder + "/" + std::to_string(round);
        std::string line = "run lazy-register --quiet --seed " + seed + " --plan " + word(folder + "/plan") +
                           " --out " + word(found) + " --trace " + word(folder + "/trace");
        for (const auto& [key, value] : settings.values()) line += " --set " + word(key + "=" + value);
        const Ran ran = orrery(line);
        ASSERT_TRUE(std::filesystem::exists(found)) << ran.output;
        Repro repro = read_back(content(std::to_string(round) + "/" + repro_in(found)));
        ASSERT_NE(repro.input.scenario, nullptr) << ran.output;
        EXPECT_EQ(ran.status, repro.expected == RunVerdict::violated ? 1 : 2) << ran.output;
        EXPECT_EQ(repro.input.settings, settings);
        EXPECT_EQ(repro.input.plan, plan);
        EXPECT_EQ(std::to_string(repro.input.seed), seed);

        // One override that is met, and others, reseeds and skips as they come.
        const std::uint64_t digest = repro.digest;
        repro.input.overrides = draw.overrides();
        const sim::Duration span = settings.duration("latency") - std::chrono::microseconds(500);
        const auto choices = static_cast<std::uint64_t>(span.count()) + 1;
        repro.input.overrides.push_back(
            {arrival(content("trace")), sim::name_hash("latency"), 0, choices - 1, choices});
        repro.input.reseeds = draw.reseeds();
        repro.input.skipped = draw.skips();
        ASSERT_FALSE(write_file(folder + "/edited", print(repro)).has_value());
        const Repro again = repeated(folder + "/edited");
        EXPECT_NE(again.digest, digest);
        EXPECT_EQ(again.input.overrides, repro.input.overrides);
        EXPECT_EQ(again.input.reseeds, repro.input.reseeds);
        EXPECT_EQ(again.input.skipped, repro.input.skipped);
        EXPECT_EQ(again.input.settings, settings);
        EXPECT_EQ(again.input.plan, plan);
        // And as the executable wrote it, it is the same forever.
        ASSERT_FALSE(write_file(folder + "/written", print(again)).has_value());
        EXPECT_TRUE(same(repeated(folder + "/written"), again));
        const Ran replayed = orrery("replay " + word(folder + "/written"));
        EXPECT_EQ(replayed.status, again.expected == RunVerdict::violated ? 1
                                   : again.expected == RunVerdict::passed ? 0
                                                                          : 2)
            << replayed.output;
        for (std::size_t i = 0; i + 1 < again.input.overrides.size(); ++i)
            EXPECT_NE(replayed.output.find(print(again.input.overrides[i])), std::string::npos) << replayed.output;
        EXPECT_EQ(replayed.output.find(print(again.input.overrides.back())), std::string::npos) << replayed.output;
    }
}

} // namespace
} // namespace orrery::scenarios
