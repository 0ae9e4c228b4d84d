// One option, three places: the flag wins over the environment, which wins over the file.
#include "orrery/scenarios/command/option.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/junit.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/run_input.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/process/child.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using engine::json_string;
using engine::Object;

namespace {

struct Told {
    bool quiet = false;
    std::string out = "default";
    std::uint64_t seed = 1;
    GivenList settings;
    sim::Problem problem;
    std::string complaint() const { return problem ? problem->text() : ""; }
    std::string set() const {
        std::vector<std::string> texts;
        for (const Given& each : settings) texts.push_back(each.text);
        return sim::join(texts, " ");
    }
};

using Texts = std::vector<std::string>;

Told told(const std::map<std::string, Texts>& flags, const std::map<std::string, std::string>& environment,
          const std::map<std::string, Texts>& file) {
    Told result;
    Verb verb;
    verb.options = {{"quiet", "", &result.quiet},
                    {"out-put", "", &result.out},
                    {"seed", "", Number{&result.seed, 1, 99}},
                    {"set", "", &result.settings}};
    Configuration configuration{"orrery.toml", {}};
    for (const auto& [key, texts] : file)
        for (const std::string& text : texts) configuration.values[key].push_back({text, {"orrery.toml", 7, 3}});
    result.problem = fill(verb, flags, configuration, [&](const std::string& name) {
        const auto found = environment.find(name);
        return found == environment.end() ? nullptr : found->second.c_str();
    });
    return result;
}

TEST(Option, HasItsDefaultWhereNobodySpeaks) {
    EXPECT_EQ(told({}, {}, {}).out, "default");
    EXPECT_EQ(told({}, {}, {}).seed, 1u);
    EXPECT_EQ(told({{"seed", {}}}, {}, {}).complaint(), "");
}

TEST(Option, IsTakenFromTheStrongestPlaceThatSpeaks) {
    EXPECT_EQ(told({}, {}, {{"out-put", {"file"}}}).out, "file");
    EXPECT_EQ(told({}, {{"ORRERY_OUT_PUT", "environment"}}, {{"out-put", {"file"}}}).out, "environment");
    EXPECT_EQ(told({{"out-put", {"flag"}}}, {{"ORRERY_OUT_PUT", "environment"}}, {{"out-put", {"file"}}}).out, "flag");
    EXPECT_EQ(told({{"seed", {"16"}}}, {{"ORRERY_SEED", "9"}}, {}).seed, 16u);
    EXPECT_TRUE(told({}, {{"ORRERY_QUIET", "1"}}, {}).quiet);
    EXPECT_FALSE(told({}, {{"ORRERY_QUIET", "false"}}, {{"quiet", {"true"}}}).quiet);
}

TEST(Option, OfAListGathersAllPlacesTheStrongestLast) {
    const Told all = told({{"set", {"a=3"}}}, {{"ORRERY_SET", "a=2 b=2"}}, {{"set", {"a=1", "c=1"}}});
    EXPECT_EQ(all.set(), "a=1 c=1 a=2 b=2 a=3");
    EXPECT_EQ(all.settings.at(0).place, (sim::Place{"orrery.toml", 7, 3}));
    EXPECT_EQ(all.settings.at(2).place, (sim::Place{"ORRERY_SET"}));
    EXPECT_EQ(all.settings.at(4).place, sim::Place{});
}

TEST(Option, SaysWhoSaidWhatItDoesNotUnderstand) {
    const std::string bounds = " expects a whole number from 1 to 99, got ";
    EXPECT_EQ(told({{"seed", {"x"}}}, {}, {}).complaint(), "--seed" + bounds + "'x'");
    EXPECT_EQ(told({{"seed", {"100"}}}, {}, {}).complaint(), "--seed" + bounds + "'100'");
    EXPECT_EQ(told({{"seed", {"0"}}}, {}, {}).complaint(), "--seed" + bounds + "'0'");
    EXPECT_EQ(told({{"seed", {"0x10"}}}, {}, {}).complaint(), "--seed" + bounds + "'0x10'");
    EXPECT_EQ(told({{"seed", {"1", "2"}}}, {}, {}).complaint(), "--seed is given twice");
    EXPECT_EQ(told({}, {{"ORRERY_SEED", "-1"}}, {}).complaint(), "ORRERY_SEED" + bounds + "'-1'");
    EXPECT_EQ(told({}, {}, {{"seed", {"1", "2"}}}).complaint(), "orrery.toml:7:3: seed expects one value");
    const Told maybe = told({}, {}, {{"quiet", {"maybe"}}});
    EXPECT_EQ(maybe.complaint(), "orrery.toml:7:3: quiet expects true or false, got 'maybe'");
    EXPECT_EQ(maybe.problem->cause, sim::Cause::input);
    EXPECT_EQ(told({}, {{"ORRERY_SEED", "-1"}}, {}).problem->cause, sim::Cause::usage);
}

// What a file of that text gives, as text.
std::string read(const std::string& text) {
    const std::string file = testing::TempDir() + "/option_test.toml";
    EXPECT_FALSE(engine::write_file(file, text).has_value());
    const auto result = read_configuration(file, {"seed", "out", "set", "quiet"});
    std::filesystem::remove(file);
    if (!result) return result.complaint().text().substr(file.size());
    std::string all;
    for (const auto& [key, words] : result->values) {
        all += key;
        for (const Given& each : words)
            all += " " + each.text + "@" + std::to_string(each.place.line) + ":" + std::to_string(each.place.column);
        all += ";";
    }
    return all;
}

TEST(Configuration, IsReadWithThePlaceOfEachWord) {
    EXPECT_EQ(read("seed = 7\nquiet = true\nset = [\"a=1\", \"b=2\"]\n"),
              "quiet true@2:9;seed 7@1:8;set a=1@3:8 b=2@3:15;");
    EXPECT_EQ(read(""), "");
}

TEST(Configuration, RefusesUnknownKeysAndOtherValuesByLineAndColumn) {
    EXPECT_EQ(read("seed = 7\nsede = 8\n"), ":2:1: expected the name of an option, got 'sede'; did you mean 'seed'?");
    EXPECT_EQ(read("\n  out = 1.5\n"), ":2:9: expected a text, a whole number, true, false or a list of texts");
    EXPECT_EQ(read("[set]\na = 1\n"), ":1:1: expected a text, a whole number, true, false or a list of texts");
    EXPECT_EQ(read("seed = \n").substr(0, 5), ":1:8:");
}

TEST(Values, AreReadWholeOrLeftAsTheyWere) {
    SeedRange seeds;
    EXPECT_EQ(parse_seeds("7", seeds), std::nullopt);
    EXPECT_EQ(seeds.first, 7u);
    EXPECT_EQ(seeds.last, 7u);
    EXPECT_EQ(parse_seeds("2..1", seeds), "A..B with A at most B");
    EXPECT_EQ(parse_seeds("1..18446744073709551615", seeds), "seeds of at most 4611686018427387904");
    for (const char* text : {"1..", "..2", "a..b", "", "-1", "1..99999999999999999999"})
        EXPECT_EQ(parse_seeds(text, seeds), "A..B or one seed, each at most 4611686018427387904") << text;
    EXPECT_EQ(seeds.last, 7u);
    std::int64_t seconds = 0;
    EXPECT_EQ(parse_seconds("1500ms", seconds), std::nullopt);
    EXPECT_EQ(seconds, 1);
    for (const char* text : {"5", "999ms", "31536001s", "99999999999999s"})
        EXPECT_EQ(parse_seconds(text, seconds), "a length of time in ns, us, ms or s, like 60s, from 1s to 31536000s")
            << text;
    std::uint64_t bytes = 7;
    for (const char* text : {"512", "15MiB", "2GB", "1048577GiB", "-1GiB", "MiB"})
        EXPECT_TRUE(parse_memory(text, bytes).has_value()) << text;
    EXPECT_EQ(bytes, 7u);
    EXPECT_EQ(parse_memory("4GiB", bytes), std::nullopt);
    EXPECT_EQ(print_memory(bytes), "4096MiB");
    EXPECT_EQ(parse_memory("0", bytes), std::nullopt);
    EXPECT_EQ(print_memory(bytes), "0");
    Shard shard;
    EXPECT_EQ(parse_shard("1/2", shard), std::nullopt);
    EXPECT_EQ(parse_shard("2/2", shard), "I/N with I below N, counted from 0");
    EXPECT_EQ(shard.index, 1u);
    Share share;
    EXPECT_EQ(parse_share("1/2", share), std::nullopt);
    EXPECT_TRUE(parse_share("1/0", share).has_value());
    EXPECT_TRUE(parse_share("3/2", share).has_value());
    EXPECT_FALSE(share.is_exceeded(1, 2));
    EXPECT_TRUE(share.is_exceeded(2, 3));
    OneOf one_of;
    EXPECT_EQ(parse_one_of("0", one_of), std::nullopt);
    EXPECT_EQ(one_of.interval, 0u);
    EXPECT_EQ(parse_one_of("1/8", one_of), std::nullopt);
    EXPECT_EQ(one_of.interval, 8u);
    for (const char* text : {"1", "2/8", "1/0", "0/1"}) EXPECT_TRUE(parse_one_of(text, one_of).has_value()) << text;
}

TEST(Junit, CountsEachSuiteAndLetsNothingThroughThatXmlForbids) {
    using Outcome = JunitCase::Outcome;
    const std::string xml = junit_xml({{"b", "one"},
                                       {"a", "two", Outcome::failed, "x<\x01\"", "1 & 2\n3"},
                                       {"b", "three", Outcome::unknown, "why", ""}});
    EXPECT_EQ(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"orrery\">\n"
                   "  <testsuite name=\"b\" tests=\"2\" failures=\"0\" errors=\"1\">\n"
                   "    <testcase classname=\"b\" name=\"one\"/>\n"
                   "    <testcase classname=\"b\" name=\"three\">\n      <error message=\"why\"></error>\n"
                   "    </testcase>\n  </testsuite>\n"
                   "  <testsuite name=\"a\" tests=\"1\" failures=\"1\" errors=\"0\">\n"
                   "    <testcase classname=\"a\" name=\"two\">\n"
                   "      <failure message=\"x&lt;?&quot;\">1 &amp; 2&#10;3</failure>\n"
                   "    </testcase>\n  </testsuite>\n</testsuites>\n");
}

TEST(Progress, TellsRateFindsAndTheTimeThatIsLeft) {
    EXPECT_EQ(progress_text("raft-kv", "seeds", 120, 1000, "0 violated", 2, 0),
              "raft-kv: 120 of 1000 seeds, 60 a second, 0 violated, 15 s left");
    EXPECT_EQ(progress_text("raft-kv", "seeds", 120, 1000, "0 violated", 2, 5),
              "raft-kv: 120 of 1000 seeds, 60 a second, 0 violated, 4 s left");
    EXPECT_EQ(progress_text("flaw", "seeds", 3, 0, "", 2, 0), "flaw: 3 seeds, 1.5 a second");
    EXPECT_EQ(progress_text("flaw", "seeds", 0, 10, "", 0, 0), "flaw: 0 of 10 seeds");
    SlowWork work("h.jsonl: judging");
    EXPECT_EQ(work.line_after(4.9), "");
    EXPECT_EQ(work.line_after(5.1), "h.jsonl: judging has taken 5 s");
    EXPECT_EQ(work.line_after(35), "");
    EXPECT_EQ(work.line_after(36), "h.jsonl: judging has taken 36 s");
}

TEST(Json, ReplacesWhatIsNoText) {
    EXPECT_EQ(json_string("a\"b\\c\n\x01 \xc3\xa4"), "\"a\\\"b\\\\c\\u000a\\u0001 \xc3\xa4\"");
    EXPECT_EQ(json_string("\xff\xc3 \xed\xa0\x80"), "\"\\ufffd\\ufffd \\ufffd\\ufffd\\ufffd\"");
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

TEST(CommandLine, IsQuotedForAShell) {
    set_program("./my tools/orrery");
    EXPECT_EQ(replay_line("out/a b's.repro"), "'./my tools/orrery' replay 'out/a b'\\''s.repro'");
    set_program("./orrery");
    engine::memory_bytes_default = std::uint64_t{512} << 20;
    EXPECT_EQ(replay_line("x.repro"), "./orrery replay --memory 512MiB x.repro");
    engine::memory_bytes_default = engine::memory_bytes_standard;
    EXPECT_EQ(replay_line("-x.repro"), "./orrery replay ./-x.repro");
    InputOptions options;
    options.settings = {{"duration=5s", {}}};
    options.faults = {"crash=0", {}};
    options.plan = "my plan";
    EXPECT_EQ(run_line("lazy-register", 3, options),
              "./orrery run lazy-register --seed 3 --set duration=5s --set faults=crash=0 --plan 'my plan'");
}

} // namespace
} // namespace orrery::scenarios::command
