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
    EXPECT_EQ(inevitability(moments({2, 3, 5, 60, 64}), page_style),
              "  00188  from 0.000 s to 0.400 s; 8 is always\n"
              "  Up to 0.200 s it failed in 5 of 64 (3% to 17%) futures; from 0.300 s on in 60 of 64 (85% to 98%).\n");
    EXPECT_EQ(inevitability(moments({64, 64}), page_style),
              "  88  from 0.000 s to 0.100 s; 8 is always\n"
              "  Whatever chance decides, it fails in 64 of 64 (94% to 100%) "
              "futures from the start on.\n");
    EXPECT_EQ(inevitability(moments({0, 0}), page_style),
              "  00  from 0.000 s to 0.100 s; 8 is always\n"
              "  Up to 0.100 s no future failed likewise: with other luck it "
              "passes, so late still.\n");
    EXPECT_EQ(inevitability({}, page_style), "");
}

// As published for the score interval at 95%: 0 of 10 is 0 to 27.8 percent, 5 of 10 is 23.7 to 76.3.
TEST(Inevitability, HasWilsonsInterval) {
    EXPECT_EQ((Inevitability{{}, 0, 10}.interval()), (std::pair<std::size_t, std::size_t>{0, 28}));
    EXPECT_EQ((Inevitability{{}, 5, 10}.interval()), (std::pair<std::size_t, std::size_t>{24, 76}));
    EXPECT_EQ((Inevitability{{}, 10, 10}.interval()), (std::pair<std::size_t, std::size_t>{72, 100}));
    EXPECT_EQ((Inevitability{{}, 0, 0}.interval()), (std::pair<std::size_t, std::size_t>{0, 100}));
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
    explained.decision = Decision{{"this does not happen: f1 crash", "", 12, {dies}, {note}}, std::nullopt, 3};
    const std::string page = explanation(explained, page_style);
    const std::string end = "\nall that was given\n"
                            "  seed 7\n"
                            "  f1 crash target=server0 at=1s\n"
                            "\nthe decision\n"
                            "  If this does not happen: f1 crash, the run passes.\n"
                            "  The two share their first 12 events; then\n"
                            "  as it failed\n"
                            "    1000.000    server0 dies\n"
                            "  as it passes\n"
                            "    0.000       server1: raft.append index=4\n";
    EXPECT_TRUE(page.ends_with(end)) << page;
}

} // namespace
} // namespace orrery::reports::views
