// What continuous integration is told: by a file, by lines on stdout, by a summary.
#include "orrery/scenarios/command/annotations.h"

#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

using command::JunitCase;
using Outcome = JunitCase::Outcome;

TEST(Annotations, AreALineForEachCaseThatDidNotPass) {
    EXPECT_EQ(command::annotations({{"raft-kv", "seeds 1..9"}}), "");
    EXPECT_EQ(command::annotations({{"raft-kv", "seed 8", Outcome::failed, "a/b: c, 5%", "line: one, 5%\r\ntwo"},
                                    {"raft-kv", "seeds 1..9"},
                                    {"raft-kv", "seed 9", Outcome::unknown, "lost", ""}}),
              "::error title=raft-kv%2C seed 8%3A a/b%3A c%2C 5%25::line: one, 5%25%0D%0Atwo\n"
              "::error title=raft-kv%2C seed 9%3A lost::\n");
}

TEST(Annotations, AreAtMostTenOfWhichTheLastCountsTheOthers) {
    std::vector<JunitCase> cases;
    for (int i = 1; i <= 10; ++i) cases.push_back({"s", std::to_string(i), Outcome::failed, "m", ""});
    const std::string ten = command::annotations(cases);
    EXPECT_EQ(std::count(ten.begin(), ten.end(), '\n'), 10);
    EXPECT_TRUE(has(ten, "title=s%2C 10%3A m::")) << ten;
    cases.push_back({"s", "11", Outcome::failed, "m", ""});
    const std::string more = command::annotations(cases);
    EXPECT_EQ(std::count(more.begin(), more.end(), '\n'), 10);
    EXPECT_TRUE(more.ends_with("::error title=and 2 more::all stand in the summary\n")) << more;
}

TEST(StepSummary, HoldsEachFailureInFullAndNoMarkdownOfItsOwn) {
    EXPECT_EQ(command::step_summary("sweep", {{"s", "a"}, {"s", "b"}}, 1000), "### orrery sweep: 2 passed\n\n");
    EXPECT_EQ(command::step_summary("sweep", {{"s", "a"}, {"s", "`b`\n#", Outcome::failed, "<b>", "x\n```\ny"}}, 1000),
              "### orrery sweep: 1 of 2 did not pass\n\n"
              "#### `` s, `b` # ``\n\n"
              "` <b> `\n\n"
              "````\nx\n```\ny\n````\n\n");
}

TEST(StepSummary, IsNeverLargerThanItMay) {
    std::vector<JunitCase> cases;
    for (int i = 0; i < 40; ++i) cases.push_back({"s", std::to_string(i), Outcome::failed, "m", std::string(100, 'x')});
    EXPECT_TRUE(command::step_summary("zoo", cases, 100'000).ends_with("\n```\n\n"));
    for (std::size_t most = 0; most < 2000; ++most) {
        const std::string text = command::step_summary("zoo", cases, most);
        ASSERT_LE(text.size(), most);
        ASSERT_TRUE(text.empty() || text.ends_with(" more\n")) << text;
        ASSERT_TRUE(!text.empty() || most < 60) << most;
    }
}

TEST_F(Executable, TellsGitHubWhichSeedsFailedAndHowToRepeatThem) {
    const std::string sweep = "ORRERY sweep lazy-register --seeds 1 --set duration=5s --out found";
    const Answer plain = shell(sweep);
    EXPECT_EQ(plain.code, 1);
    EXPECT_FALSE(has(plain.out, "::error"));
    const std::string github = "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary.md ";
    write("summary.md", "before\n");
    const Answer told = shell(github + sweep);
    EXPECT_EQ(told.code, 1);
    const std::string title = "\n::error title=lazy-register%2C seed 1%3A linearizable/";
    EXPECT_TRUE(has(told.out, title)) << told.out;
    const std::size_t at = told.out.find(title) + 1;
    const std::string line = told.out.substr(at, told.out.find('\n', at) - at);
    EXPECT_TRUE(line.ends_with("/orrery replay found/lazy-register-1.repro")) << line;
    EXPECT_EQ(told.last_line(), plain.last_line()); // still the line to copy
    const std::string summary = read("summary.md");
    EXPECT_TRUE(
        summary.starts_with("before\n### orrery sweep: 1 of 2 did not pass\n\n#### ` lazy-register, seed 1 `\n"))
        << summary;
    EXPECT_TRUE(summary.ends_with("/orrery replay found/lazy-register-1.repro\n```\n\n")) << summary;
    const Answer json = shell(github + sweep + " --json");
    EXPECT_FALSE(has(json.out, "::error")) << json.out;
    EXPECT_EQ(shell(github + "ORRERY replay found/lazy-register-1.repro").last_line(),
              shell("ORRERY replay found/lazy-register-1.repro").last_line());
    EXPECT_TRUE(has(read("summary.md"), "### orrery replay: 1 of 1 did not pass"));
    const Answer unwritten =
        shell("GITHUB_STEP_SUMMARY=nowhere/s.md ORRERY sweep raft-election --seeds 1..2 " + std::string(quick));
    EXPECT_TRUE(has(unwritten.err, "cannot write GITHUB_STEP_SUMMARY, nowhere/s.md")) << unwritten.err;
}

TEST_F(Executable, TellsOfTheSmallestFailureAndOfTheOneThatWasFound) {
    const Answer told =
        shell("ORRERY_NO_SHRINK=false ORRERY sweep lazy-register --seeds 1 --set duration=2s --out found "
              "--junit j.xml");
    EXPECT_EQ(told.code, 1) << told.err;
    EXPECT_TRUE(told.last_line().ends_with("/orrery replay found/lazy-register-1.minimal.repro")) << told.last_line();
    const std::string xml = read("j.xml");
    EXPECT_TRUE(has(xml, "/orrery replay found/lazy-register-1.repro&#10;")) << xml;
    EXPECT_TRUE(has(xml, "/orrery replay found/lazy-register-1.minimal.repro</failure>")) << xml;
}

TEST_F(Executable, WritesTheZooForContinuousIntegration) {
    EXPECT_EQ(shell("ORRERY zoo kv_no_duplicate_filter --out z --junit z.xml").code, 0);
    EXPECT_TRUE(has(read("z.xml"), "<testsuite name=\"zoo\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
                                   "    <testcase classname=\"zoo\" name=\"kv_no_duplicate_filter\"/>"))
        << read("z.xml");
    const Answer missed = shell("GITHUB_ACTIONS=true ORRERY zoo raft_vote_before_durable --set faults=none "
                                "--set duration=1s --set recovery=0s --seconds 1 --junit m.xml");
    EXPECT_EQ(missed.code, 1) << missed.out << missed.err;
    EXPECT_TRUE(has(read("m.xml"), "<failure message=\"not found\">")) << read("m.xml");
    EXPECT_TRUE(has(read("m.xml"), "/orrery zoo raft_vote_before_durable</failure>")) << read("m.xml");
    EXPECT_TRUE(has(missed.out, "\n::error title=zoo%2C raft_vote_before_durable%3A not found::")) << missed.out;
}

TEST_F(Executable, WritesACheckForContinuousIntegration) {
    EXPECT_EQ(shell("ORRERY run lazy-register --seed 1 --quiet --set online=false --history bad.jsonl").code, 1);
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 1 --quiet --history good.jsonl").code, 0);
    write("empty.jsonl", "{\"type\":\"history\",\"version\":1,\"model\":\"register\",\"settings\":{}}\n");
    write("wrong.jsonl", "{\"type\":\"history\",\"version\":1,\"modle\":\"register\"}\n");
    const Answer checked = shell("GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=s.md ORRERY check bad.jsonl good.jsonl "
                                 "empty.jsonl wrong.jsonl --judge linearizable --junit c.xml");
    EXPECT_EQ(checked.code, 65) << checked.err;
    const std::string xml = read("c.xml");
    EXPECT_TRUE(has(xml, "<testsuite name=\"histories\" tests=\"4\" failures=\"1\" errors=\"2\">")) << xml;
    EXPECT_TRUE(has(xml, "<failure message=\"linearizable/")) << xml;
    EXPECT_TRUE(has(xml, "/orrery check --counterexample --judge linearizable bad.jsonl</failure>")) << xml;
    EXPECT_TRUE(has(xml, "<testcase classname=\"histories\" name=\"good.jsonl\"/>")) << xml;
    EXPECT_TRUE(has(xml, "<error message=\"vacuous\">")) << xml;
    EXPECT_TRUE(has(xml, "<error message=\"wrong.jsonl:1:")) << xml;
    EXPECT_TRUE(has(checked.out, "::error title=histories%2C empty.jsonl%3A vacuous::")) << checked.out;
    EXPECT_TRUE(has(read("s.md"), "### orrery check: 3 of 4 did not pass")) << read("s.md");
    expect_refused("ORRERY check good.jsonl --as edn --junit c.xml", 64, "--as does not judge; leave out --junit");
    const Answer unwritten = shell("ORRERY check good.jsonl --junit nowhere/c.xml");
    EXPECT_EQ(unwritten.code, 69) << unwritten.err;
    EXPECT_TRUE(has(unwritten.err, "cannot write nowhere/c.xml")) << unwritten.err;
}

} // namespace
} // namespace orrery::scenarios
