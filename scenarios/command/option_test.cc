// One option, three places: the flag wins over the environment, which wins over the file.
#include "orrery/scenarios/command/option.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/sweep_range.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios::command {
namespace {

struct Told {
    bool quiet = false;
    std::string out = "default";
    std::uint64_t seed = 1;
    std::vector<std::string> settings;
    std::string complaint;
    int code = 0;
};

Told told(const std::map<std::string, Texts>& flags, const std::map<std::string, std::string>& environment,
          const std::map<std::string, Texts>& file) {
    Told result;
    Verb verb;
    verb.options = {{"quiet", "", &result.quiet},
                    {"out-put", "", &result.out},
                    {"seed", "", &result.seed},
                    {"set", "", &result.settings}};
    Configuration configuration{"orrery.toml", {}};
    for (const auto& [key, texts] : file) configuration.values[key] = {texts, 7, 3};
    const auto wrong = fill(verb, flags, configuration, [&](const std::string& name) {
        const auto found = environment.find(name);
        return found == environment.end() ? nullptr : found->second.c_str();
    });
    if (wrong) result.complaint = wrong->text, result.code = wrong->code;
    return result;
}

TEST(Option, HasItsDefaultWhereNobodySpeaks) {
    EXPECT_EQ(told({}, {}, {}).out, "default");
    EXPECT_EQ(told({}, {}, {}).seed, 1u);
}

TEST(Option, IsTakenFromTheStrongestPlaceThatSpeaks) {
    EXPECT_EQ(told({}, {}, {{"out-put", {"file"}}}).out, "file");
    EXPECT_EQ(told({}, {{"ORRERY_OUT_PUT", "environment"}}, {{"out-put", {"file"}}}).out, "environment");
    EXPECT_EQ(told({{"out-put", {"flag"}}}, {{"ORRERY_OUT_PUT", "environment"}}, {{"out-put", {"file"}}}).out, "flag");
    EXPECT_EQ(told({{"seed", {"0x10"}}}, {{"ORRERY_SEED", "9"}}, {}).seed, 16u);
    EXPECT_TRUE(told({}, {{"ORRERY_QUIET", "1"}}, {}).quiet);
    EXPECT_FALSE(told({}, {{"ORRERY_QUIET", "false"}}, {{"quiet", {"true"}}}).quiet);
}

TEST(Option, OfAListGathersAllPlacesTheStrongestLast) {
    const Told all = told({{"set", {"a=3"}}}, {{"ORRERY_SET", "a=2 b=2"}}, {{"set", {"a=1", "c=1"}}});
    EXPECT_EQ(all.settings, (std::vector<std::string>{"a=1", "c=1", "a=2", "b=2", "a=3"}));
}

TEST(Option, SaysWhoToldItWhatItDoesNotUnderstand) {
    EXPECT_EQ(told({{"seed", {"x"}}}, {}, {}).complaint, "--seed expects a whole number, got 'x'");
    EXPECT_EQ(told({}, {{"ORRERY_SEED", "-1"}}, {}).complaint, "ORRERY_SEED expects a whole number, got '-1'");
    EXPECT_EQ(told({}, {}, {{"seed", {"1", "2"}}}).complaint, "orrery.toml:7:3: seed expects one value");
    EXPECT_EQ(told({}, {}, {{"quiet", {"maybe"}}}).complaint,
              "orrery.toml:7:3: quiet expects true or false, got 'maybe'");
    EXPECT_EQ(told({}, {{"ORRERY_SEED", "-1"}}, {}).code, exit_usage);
    EXPECT_EQ(told({}, {}, {{"quiet", {"maybe"}}}).code, exit_input);
}

// What a file of that text gives, as text.
std::string read(const std::string& text) {
    const std::string file = testing::TempDir() + "/option_test.toml";
    EXPECT_FALSE(write_file(file, text).has_value());
    const auto result = read_configuration(file, {"seed", "out", "set", "quiet"});
    std::filesystem::remove(file);
    if (const auto* wrong = std::get_if<std::string>(&result)) return wrong->substr(file.size());
    std::string all;
    for (const auto& [key, value] : std::get<Configuration>(result).values) {
        all += key + "@" + std::to_string(value.line);
        for (const std::string& each : value.texts) all += " " + each;
        all += ";";
    }
    return all;
}

TEST(Configuration, IsReadWithTheLineOfEachKey) {
    EXPECT_EQ(read("seed = 7\nquiet = true\nset = [\"a=1\", \"b=2\"]\n"), "quiet@2 true;seed@1 7;set@3 a=1 b=2;");
    EXPECT_EQ(read(""), "");
}

TEST(Configuration, RefusesUnknownKeysAndOtherValuesByLineAndColumn) {
    EXPECT_EQ(read("seed = 7\nsede = 8\n"), ":2:1: expected the name of an option, got 'sede'; did you mean 'seed'?");
    EXPECT_EQ(read("\n  out = 1.5\n"), ":2:9: expected a text, a whole number, true, false or a list of texts");
    EXPECT_EQ(read("[set]\na = 1\n"), ":1:1: expected a text, a whole number, true, false or a list of texts");
    EXPECT_EQ(read("seed = \n").substr(0, 5), ":1:8:");
}

std::string range(const SweepCommandOptions& options) {
    SweepOptions sweep;
    Share share;
    return read_range(options, sweep, share).value_or("");
}

TEST(SweepRange, SaysWhatItExpects) {
    SweepCommandOptions options;
    EXPECT_EQ(range(options), "");
    for (const char* seeds :
         {"1", "2..1", "1..", "..2", "a..b", "1..99999999999999999999", "1..18446744073709551615"}) {
        options.seeds = seeds;
        EXPECT_EQ(range(options), "--seeds expects A..B with A at most B, got '" + std::string(seeds) + "'");
    }
    options = {};
    options.time = "5";
    EXPECT_EQ(range(options), "--time expects a length of time like 60s, got '5'");
    options = {};
    options.shard = "2/2";
    EXPECT_EQ(range(options), "--shard expects I/N with I below N, got '2/2'");
    options = {};
    options.undecided_max = "1/0";
    EXPECT_EQ(range(options), "--undecided-max expects a share like 1/1000, got '1/0'");
}

TEST(Progress, TellsRateFindsAndTheTimeThatIsLeft) {
    EXPECT_EQ(progress_text("raft-kv", "seeds", 120, 1000, "0 violated", 2, 0),
              "raft-kv: 120 of 1000 seeds, 60 a second, 0 violated, 15 s left");
    EXPECT_EQ(progress_text("raft-kv", "seeds", 120, 1000, "0 violated", 2, 5),
              "raft-kv: 120 of 1000 seeds, 60 a second, 0 violated, 4 s left");
    EXPECT_EQ(progress_text("flaw", "seeds", 3, 0, "", 2, 0), "flaw: 3 seeds, 1.5 a second");
    EXPECT_EQ(progress_text("flaw", "seeds", 0, 10, "", 0, 0), "flaw: 0 of 10 seeds");
}

TEST(Json, ReplacesWhatIsNoText) {
    EXPECT_EQ(quoted("a\"b\\c\n\x01 \xc3\xa4"), "\"a\\\"b\\\\c\\u000a\\u0001 \xc3\xa4\"");
    EXPECT_EQ(quoted("\xff\xc3 \xed\xa0\x80"), "\"\\ufffd\\ufffd \\ufffd\\ufffd\\ufffd\"");
    EXPECT_EQ(Object("run").number("seed", UINT64_MAX).count("seeds", 3).text_or_null("finding", "").line(),
              "{\"type\":\"run\",\"version\":1,\"seed\":\"18446744073709551615\",\"seeds\":3,\"finding\":null}\n");
    EXPECT_EQ(
        Object("x")
            .decimal("seconds", 1.25, 1)
            .texts("legal", {"a", "\""})
            .counts("goals", {{"b", 2}, {"c", 0}})
            .line(),
        "{\"type\":\"x\",\"version\":1,\"seconds\":1.2,\"legal\":[\"a\",\"\\\"\"],\"goals\":{\"b\":2,\"c\":0}}\n");
}

TEST(ReplayLine, IsQuotedForAShell) {
    set_program("./my tools/orrery");
    EXPECT_EQ(replay_line("out/a b's.repro"), "'./my tools/orrery' replay 'out/a b'\\''s.repro'");
    set_program("./orrery");
    EXPECT_EQ(replay_line("-x.repro"), "./orrery replay ./-x.repro");
}

} // namespace
} // namespace orrery::scenarios::command
