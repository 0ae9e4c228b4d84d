// Each rule is fed something bad first, so that a rule that sees nothing is noticed; then the tree.
#include <gtest/gtest.h>

#include <filesystem>

#include "orrery/scenarios/tidy/rules.h"

namespace orrery::scenarios::tidy {
namespace {

std::string text_of(const Breaches& breaches) {
    std::string text;
    for (const Breach& each : breaches) text += each.path + ":" + std::to_string(each.line) + ": " + each.text + "\n";
    return text;
}

// One line for each breach, "" if there is none.
std::string includes(const char* path, const char* target) {
    return text_of(check_includes({path, std::string("#include \"") + target + "\"\n"}));
}
std::string names(const char* path, const std::string& code) { return text_of(check_names({path, code})); }
std::string draws(const char* code) { return text_of(check_draws({"sim/x.cc", code})); }

TEST(Tidy, SeesIncludesAgainstTheLayering) {
    EXPECT_EQ(includes("sim/env.h", "orrery/sim/world/world.h"),
              "sim/env.h:1: includes sim/world/world.h: the seam does not see the world behind it\n");
    EXPECT_NE(includes("sim/world/world.cc", "orrery/faults/plan.h"), "");
    EXPECT_NE(includes("protocols/raft/core.cc", "orrery/sim/world/world.h"), "");
    EXPECT_NE(includes("protocols/raft/core.cc", "orrery/sim/fiber.h"), "");
    EXPECT_NE(includes("protocols/raft/core.cc", "orrery/sim/tasks.h"), "");
    EXPECT_NE(includes("protocols/raft/core.cc", "orrery/reports/history.h"), "");
    EXPECT_NE(includes("protocols/raft/core.cc", "orrery/protocols/live/env.h"), "");
    EXPECT_NE(includes("protocols/live/env.cc", "orrery/protocols/rpc/rpc.h"), "");
    EXPECT_NE(includes("protocols/live/env.cc", "orrery/sim/world/world.h"), "");
    EXPECT_EQ(includes("protocols/live/env.cc", "orrery/sim/tasks.h"), "");
    EXPECT_EQ(includes("protocols/live/env.cc", "orrery/protocols/live/loop.h"), "");
    EXPECT_NE(includes("faults/plan.cc", "orrery/protocols/raft/core.h"), "");
    EXPECT_NE(includes("faults/plan.cc", "orrery/reports/history.h"), "");
    EXPECT_NE(includes("reports/verdict.cc", "orrery/reports/judges/judge.h"), "");
    EXPECT_NE(includes("reports/models/model.h", "orrery/reports/judges/judge.h"), "");
    EXPECT_NE(includes("reports/formats/jsonl.cc", "orrery/reports/views/style.h"), "");
    EXPECT_NE(includes("reports/judges/judge.cc", "orrery/reports/views/style.h"), "");
    EXPECT_EQ(includes("reports/judges/judge.cc", "orrery/reports/models/registry.h"), "");
    EXPECT_EQ(includes("reports/views/failure.cc", "orrery/reports/judges/judge.h"), "");
    EXPECT_NE(includes("reports/history.cc", "orrery/sim/env.h"), "");
    EXPECT_NE(includes("reports/history.cc", "orrery/faults/plan.h"), "");
    EXPECT_NE(includes("scenarios/raft_kv.cc", "orrery/scenarios/engine/run/run.h"), "");
    EXPECT_NE(includes("scenarios/engine/run/run.cc", "orrery/scenarios/command/command.h"), "");
    EXPECT_NE(includes("sim/world/world.cc", "world.h"), "");
    EXPECT_NE(includes("sim/world/world_test.cc", "../sim/world.h"), "");
    EXPECT_EQ(includes("sim/world/world.cc", "orrery/sim/env.h"), "");
    EXPECT_EQ(includes("protocols/raft/core.cc", "orrery/sim/env.h"), "");
    EXPECT_EQ(includes("protocols/live/env.cc", "orrery/sim/fiber.h"), "");
    EXPECT_EQ(includes("reports/history.cc", "orrery/sim/world/trace.h"), "");
    EXPECT_EQ(includes("protocols/rpc/rpc_test.cc", "orrery/sim/world/world.h"), "");
}

TEST(Tidy, SeesBannedNamesAndNamesTheReplacement) {
    EXPECT_EQ(names("sim/x.cc", "\nint i = std::rand();"),
              "sim/x.cc:2: 'rand(' is banned here; use draw(site, n): chance has one door\n");
    for (const char* code : {"std::mt19937_64 g;",
                             "std::random_device d;",
                             "std::uniform_int_distribution<int> d;",
                             "std::shuffle(a, b, c);",
                             "std::unordered_map<int, int> m;",
                             "std::hash<int> h;",
                             "std::chrono::steady_clock::now();",
                             "std::chrono::system_clock::now();",
                             "time(nullptr);",
                             "std::thread t;",
                             "double d = 0;",
                             "float f;",
                             "std::printf(\"x\");",
                             "std::cout << 1;",
                             "assert(x);",
                             "class StoreImpl {};",
                             "struct FileManager {};",
                             "struct TextUtil {};",
                             "struct TestHelper {};",
                             "int read_impl();",
                             "std::this_thread::sleep_for(x);"})
        EXPECT_NE(names("protocols/x.cc", code), "") << code;
    for (const char* code :
         {"// std::rand() in a comment", "auto s = \"double\";", "static_assert(x);", "brand(1);", "/* time(0) */",
          "auto s = R\"(float)\";", "world.time(1);", "int number = 1'000'000; // double"})
        EXPECT_EQ(names("sim/x.cc", code), "") << code;
    EXPECT_EQ(names("sim/x.cc", "std::map<Host*, int> m;"),
              "sim/x.cc:1: ordered by addresses, which differ between runs; use an index or a name as the key\n");
    EXPECT_NE(names("sim/x.cc", "std::set<const Host*> m;"), "");
    EXPECT_EQ(names("sim/x.cc", "std::map<int, Host*> m; std::set<std::pair<int, Host*>> s;"), "");
    EXPECT_EQ(names("scenarios/command/x.cc", "std::printf(\"x\"); steady_clock::now();"), "");
    EXPECT_NE(names("scenarios/engine/x.cc", "steady_clock::now();"), "");
    EXPECT_NE(names("sim/x_test.cc", "std::mt19937 g;"), "");
}

TEST(Tidy, SeesTwoDrawsWhoseOrderIsFree) {
    EXPECT_EQ(draws("\nf(env.draw(\"a\", 2), env.draw(\"b\", 2));"),
              "sim/x.cc:2: two draws in one argument list: name each result before\n");
    EXPECT_NE(draws("f(g(draw(\"a\", 2)), 1, h{between(a, b, c)});"), "");
    EXPECT_NE(draws("f(*rc::gen::inRange(1, 2), *rc::gen::inRange(1, 2));"), "");
    EXPECT_NE(draws("int x = draw(\"a\", 2) * 4 + draw(\"b\", 2);"), "");
    EXPECT_EQ(draws("f(draw(\"a\", 2), 1, draw);"), "");
    EXPECT_EQ(draws("std::vector<int> v{draw(\"a\", 2), draw(\"b\", 2)};"), "");
    EXPECT_EQ(draws("if (draw(\"a\", 2) == 0 && draw(\"b\", 2) == 0) x();"), "");
    EXPECT_EQ(draws("for (a = draw(x, 1); a < b; a += draw(y, 2)) {}"), "");
    EXPECT_EQ(draws("f([&] { return draw(x, 1); }, [&]() { return draw(y, 1); });"), "");
}

TEST(Tidy, SeesWhatIsTooLong) {
    const auto lengths = [](const std::string& text) { return text_of(check_lengths({"sim/x.cc", text})); };
    std::string body;
    for (int i = 0; i < 59; ++i) body += "x();\n";
    const std::string head = "namespace a {\nstruct B {\ntemplate <class T>\n";
    EXPECT_EQ(lengths(head + "void f() {\n" + body + "}\n};\n}\n"), "sim/x.cc:4: a function of 61 lines; at most 60\n");
    EXPECT_EQ(lengths(head + "void f() {" + body + "}\n};\n}\n"), "");
    EXPECT_EQ(lengths(std::string(501, '\n')), "sim/x.cc:500: a file of 501 lines; at most 500\n");
    EXPECT_EQ(lengths(std::string(500, '\n')), "");
}

TEST(Tidy, SeesWorkLeftOpenAndPlacesOnlyOneMachineHas) {
    const auto wording = [](const std::string& text) { return text_of(check_wording({"README.md", text})); };
    EXPECT_NE(wording(std::string("later: TO") + "DO"), "");
    EXPECT_NE(wording(std::string("FIX") + "ME"), "");
    EXPECT_NE(wording(std::string("see /ho") + "me/me/x"), "");
    EXPECT_NE(wording(std::string("http://de") + "b.debian.org"), "");
    EXPECT_EQ(wording("all is done"), "");
}

TEST(Tidy, SeesFilesThatNobodyBuildsAndFoldersWithoutAPage) {
    const std::vector<Source> tree = {{"sim/meson.build", "'a.cc', 'order/c.cc', 'list.def'"},
                                      {"sim/list.def", "KIND(d)"},
                                      {"sim/d.cc", ""},
                                      {"sim/order/unread.def", "KIND(e)"},
                                      {"sim/order/e.cc", ""},
                                      {"sim/a.cc", ""},
                                      {"sim/b.cc", ""},
                                      {"sim/order/c.cc", ""},
                                      {"sim/README.md", ""}};
    EXPECT_EQ(text_of(check_all_built(tree)), "sim/order/e.cc:1: no meson.build lists it: dead, or never tested\n"
                                              "sim/b.cc:1: no meson.build lists it: dead, or never tested\n");
    EXPECT_EQ(text_of(check_pages(tree)), "sim/order:1: has no README.md: what lives here, what it may include\n");
}

TEST(Tidy, SeesPagesThatNameFilesWhichAreNotThere) {
    const auto references = [](const char* page) {
        return text_of(check_references({{"sim/README.md", page}, {"sim/a.cc", ""}, {"sim/order/c.h", ""}}));
    };
    EXPECT_EQ(references("\nsee `b.h`"), "sim/README.md:2: names b.h, which is nowhere\n");
    EXPECT_NE(references("`sim/c.h`"), "");
    EXPECT_NE(references("`a.h` and `order/c.cc`"), "");
    EXPECT_NE(references("`b.*`"), "");
    EXPECT_EQ(references("`a.cc`, `sim/a.cc`, `order/c.h`, `a.*`, `c.*`, `*.cc`, `../a.cc`, `orrery/sim/a.cc`, "
                         "`NAME.h`, `./orrery test`, b.h"),
              "");
}

TEST(Tidy, SeesPlantedBugsOfWhichNoTableTells) {
    const auto flaws = [](const char* page) {
        return text_of(check_flaws({{"sim/flaws.def", "// bugs\nFLAW_DEFINE(a_b, \"x\")\nFLAW_DEFINE(a_c, \"x\")\n"},
                                    {"sim/README.md", page}}));
    };
    EXPECT_EQ(flaws("| rule | `a_b`, `a_c` |"), "");
    EXPECT_EQ(flaws("see `a_c`\n| rule | `a_b` |\n"),
              "sim/flaws.def:3: a_c stands in no table of the README.md beside\n");
    EXPECT_EQ(flaws("| a_b |\n| `a_bc` |\n| `a_c` |"),
              "sim/flaws.def:2: a_b stands in no table of the README.md beside\n");
}

TEST(Tidy, TheTreeKeepsTheHouseRules) {
    if (!std::filesystem::exists(ORRERY_SOURCE_ROOT "/sim/env.h"))
        GTEST_SKIP() << "the tree this was compiled from is not here";
    const std::vector<Source> tree = read_tree(ORRERY_SOURCE_ROOT);
    ASSERT_GT(tree.size(), 100u);
    std::string all;
    for (const Rule& rule : rules())
        for (const Source& source : tree) all += text_of(rule.check(source));
    all += text_of(check_all_built(tree)) + text_of(check_pages(tree)) + text_of(check_references(tree)) +
           text_of(check_flaws(tree));
    if (!all.empty()) ADD_FAILURE() << all;
}

} // namespace
} // namespace orrery::scenarios::tidy
