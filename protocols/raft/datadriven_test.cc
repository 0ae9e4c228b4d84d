// The reader of scripts, on scripts that are known.
#include "orrery/protocols/raft/datadriven_test.h"

namespace orrery::datadriven {
namespace {

TEST(Datadriven, ReadsCommandsArgumentsInputAndAnswers) {
    const Script script = read("# a comment\n"
                               "\n"
                               "simple flag key=value empty= list=(1, 2,_) nested=(f(1, 2), 3)\n"
                               "v1 v2\n"
                               " r3\n"
                               "----\n"
                               "one\n"
                               "  two\n"
                               "\n"
                               "next\n"
                               "----\n");
    ASSERT_EQ(script.wrong, "");
    ASSERT_EQ(script.cases.size(), 2u);
    const Case& first = script.cases[0];
    EXPECT_EQ(first.line, 3u);
    EXPECT_EQ(first.command, "simple");
    EXPECT_EQ(first.arguments, (std::vector<Argument>{{"flag", {}},
                                                      {"key", {"value"}},
                                                      {"empty", {""}},
                                                      {"list", {"1", "2", "_"}},
                                                      {"nested", {"f(1, 2)", "3"}}}));
    EXPECT_EQ(first.input, "v1 v2\n r3");
    EXPECT_EQ(first.expected, "one\n  two\n");
    EXPECT_EQ(*first.values("key"), std::vector<std::string>{"value"});
    EXPECT_EQ(first.values("other"), nullptr);
    EXPECT_EQ(script.cases[1].line, 10u);
    EXPECT_EQ(script.cases[1].input, "");
    EXPECT_EQ(script.cases[1].expected, "");
}

TEST(Datadriven, ReadsAnswersWithEmptyLinesBetweenTwoPairsOfDashes) {
    const Script script = read("a\n----\n----\none\n\n----\ntwo\n----\n----\n\nb\n----\nthree");
    ASSERT_EQ(script.wrong, "");
    ASSERT_EQ(script.cases.size(), 2u);
    EXPECT_EQ(script.cases[0].expected, "one\n\n----\ntwo\n");
    EXPECT_EQ(script.cases[1].expected, "three\n");
}

TEST(Datadriven, ContinuesACommandAfterABackslash) {
    const Script script = read("a x=1 \\\n   y=2\ninput\n----\n");
    ASSERT_EQ(script.cases.size(), 1u);
    EXPECT_EQ(script.cases[0].arguments, (std::vector<Argument>{{"x", {"1"}}, {"y", {"2"}}}));
    EXPECT_EQ(script.cases[0].input, "input");
}

TEST(Datadriven, SaysInWhichLineAScriptIsWrong) {
    EXPECT_EQ(read("\na\ninput\n").wrong, "line 2: a case without ----");
    EXPECT_EQ(read("a\n----\n----\none\n").wrong, "line 1: an answer without end");
    EXPECT_EQ(read("a x=(1, 2\n----\n").wrong, "line 1: a list without end");
    EXPECT_EQ(read("a =1\n----\n").wrong, "line 1: an argument without a key");
}

} // namespace
} // namespace orrery::datadriven
