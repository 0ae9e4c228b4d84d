// The parts of an explanation that no other view has: the curve, and the decision with both continuations.
#include "orrery/reports/views/explanation.h"

#include <gtest/gtest.h>

namespace orrery::reports::views {
namespace {

constexpr Style page_style{.width = 100};

std::vector<Inevitability> moments(const std::vector<std::size_t>& failed) {
    std::vector<Inevitability> all;
    for (const std::size_t each : failed)
        all.push_back({{static_cast<std::int64_t>(all.size()) * 100'000'000}, each, 64});
    return all;
}

TEST(Inevitability, IsWhereTheShareRoseMost) {
    EXPECT_EQ(inevitability(moments({2, 3, 5, 60, 64}), {}, page_style),
              "  00188  from 0.000 s to 0.400 s; 8 is always\n"
              "  It rises most behind 0.200 s: of the futures of that moment 5 of 64 (3% to 17%) fail likewise, of\n"
              "  those of the next, 0.300 s, 60 of 64 (85% to 98%).\n");
    EXPECT_EQ(inevitability({}, {}, page_style), "");
}

TEST(Inevitability, IsASentenceWhereTheCurveNeverMoves) {
    EXPECT_EQ(inevitability(moments({64, 64}), {}, page_style),
              "  Certain from the beginning: whatever chance decides, it fails in 64 of 64 (94% to 100%) futures.\n");
    EXPECT_EQ(inevitability(moments({47, 47, 40}), {}, page_style),
              "  No moment decides: of the futures of the first 47 of 64 (62% to 83%) fail likewise, and of no\n"
              "  later one more.\n");
    EXPECT_EQ(inevitability(moments({0, 0}), {}, page_style),
              "  Never: up to 0.100 s no future failed likewise. With other luck it passes, so late still.\n");
}

TEST(Inevitability, SaysWhatHappenedWhereItRose) {
    Failure failed;
    failed.participants.hosts = {"server0"};
    trace::Row row;
    row.kind = trace::Row::Kind::note;
    row.telling = {sim::Telling::Weight::telling, "leads term 4", false};
    for (const std::int64_t time : {150, 250, 350}) {
        row.time = {time * 1'000'000};
        failed.recording.rows.push_back(row);
        row.telling.words += " again";
    }
    const std::string text = inevitability(moments({2, 3, 5, 60, 64}), failed, page_style);
    EXPECT_TRUE(text.ends_with("In between: server0 leads term 4 again.\n")) << text;
}

// As published for the score interval at 95%: 0 of 10 is 0 to 27.8 percent, 5 of 10 is 23.7 to 76.3.
TEST(Inevitability, HasWilsonsInterval) {
    EXPECT_EQ((Inevitability{{}, 0, 10}.interval()), (std::pair<std::size_t, std::size_t>{0, 28}));
    EXPECT_EQ((Inevitability{{}, 5, 10}.interval()), (std::pair<std::size_t, std::size_t>{24, 76}));
    EXPECT_EQ((Inevitability{{}, 10, 10}.interval()), (std::pair<std::size_t, std::size_t>{72, 100}));
    EXPECT_EQ((Inevitability{{}, 0, 0}.interval()), (std::pair<std::size_t, std::size_t>{0, 100}));
}

TEST(Explanation, SaysThatNoSingleChangeDecides) {
    Explanation explained;
    EXPECT_EQ(explanation(explained, page_style).find("the decision"), std::string::npos);
    explained.changes_tried = 17;
    EXPECT_NE(
        explanation(explained, page_style)
            .find("  No single fault or message decides: taken away or delayed one at a time, in 17 runs, none lets "
                  "it\n  pass.\n"),
        std::string::npos)
        << explanation(explained, page_style);
}

TEST(Explanation, TellsTheDecisionWithBothContinuations) {
    Explanation explained;
    explained.failure.findings = {{"raft", "two leaders", "a term has at most one leader", "both lead term 3", {}, 0}};
    explained.failure.participants.hosts = {"server0", "server1"};
    explained.input = {"seed 7", "f1 crash target=server0 at=1s"};
    trace::Row dies;
    dies.kind = trace::Row::Kind::crash;
    dies.time = {1'000'000'000};
    trace::Row note;
    note.kind = trace::Row::Kind::note;
    note.host = 1;
    note.name = "raft.append";
    note.fields = {trace::field("index", 4), trace::field("digest", -3'750'763'034'362'895'579)};
    trace::Row sent = note; // it will arrive: no line
    sent.kind = trace::Row::Kind::send;
    trace::Row heartbeat = note;
    heartbeat.telling = {sim::Telling::Weight::routine, "no entries", false};
    explained.decision = Decision{{"this does not happen: f1 crash",
                                   "",
                                   12,
                                   {dies},
                                   {sent, heartbeat, note},
                                   false,
                                   "client0's read is answered 3"},
                                  std::nullopt};
    const std::string end = "\nall that was given\n"
                            "  seed 7\n"
                            "  f1 crash target=server0 at=1s\n"
                            "\nthe decision\n"
                            "  If this does not happen: f1 crash, the run passes: client0's read is answered 3.\n"
                            "  The two share their first 12 events; then\n"
                            "  as it failed\n"
                            "    1000.000    server0 dies\n"
                            "  as it passes\n"
                            "    0.000       server1: raft.append index=4\n";
    const std::string page = explanation(explained, page_style);
    EXPECT_TRUE(page.ends_with(end)) << page;
    explained.decision->critical.is_only_late = true;
    const std::string late = explanation(explained, page_style);
    EXPECT_NE(late.find("the run ends before it fails. Nothing but timing"), std::string::npos) << late;
}

TEST(Explanation, CutsNothingThatWasGiven) {
    Explanation explained;
    explained.failure.findings = {{"raft", "two leaders", "a term has at most one leader", "both lead term 3", {}, 0}};
    explained.input = {"draws that are fixed: clock 50%, disk 0%, latency 100%"};
    const std::string page = explanation(explained, {.width = 40});
    EXPECT_TRUE(page.ends_with("\nall that was given\n"
                               "  draws that are fixed: clock 50%, disk\n"
                               "    0%, latency 100%\n"))
        << page;
}

} // namespace
} // namespace orrery::reports::views
