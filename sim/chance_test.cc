// Draws as a pure function, and the edits of it.
#include "orrery/sim/chance.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace orrery::sim {
namespace {

constexpr Site site_coin{"coin"};

RC_GTEST_PROP(Chance, DependsOnNothingButItsArguments, (std::uint64_t seed, std::uint64_t event, std::uint32_t count)) {
    const std::uint64_t n = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
    Chance one(seed);
    Chance other(seed);
    for (int i = 0; i < 5; ++i) (void)other.draw(event + 1, "noise", 3, 17);
    const std::uint64_t outcome = one.draw(event, site_coin, count, n);
    RC_ASSERT(outcome < n);
    RC_ASSERT(other.draw(event, site_coin, count, n) == outcome);
}

RC_GTEST_PROP(Chance, AnOverrideChangesItsOwnDrawAndNoOther, (std::uint64_t seed, std::uint64_t event)) {
    const std::uint64_t n = *rc::gen::inRange<std::uint64_t>(1, 100);
    const std::uint64_t wanted = *rc::gen::inRange<std::uint64_t>(0, n);
    Chance plain(seed);
    Chance edited(seed, {{event, site_coin.hash, 2, wanted, n}});
    for (std::uint64_t other = event - 3; other != event + 4; ++other) {
        for (std::uint32_t count = 0; count < 5; ++count) {
            const std::uint64_t expected =
                other == event && count == 2 ? wanted : plain.draw(other, site_coin, count, n);
            RC_ASSERT(edited.draw(other, site_coin, count, n) == expected);
            RC_ASSERT(edited.draw(other, "latency", count, n) == plain.draw(other, "latency", count, n));
        }
    }
    RC_ASSERT(edited.unmet().empty());
}

TEST(Chance, ReportsOverridesThatMetNoDrawOrAnotherNumberOfChoices) {
    const Override never{1, site_coin.hash, 0, 0, 2};
    const Override other_choices{2, site_coin.hash, 0, 1, 5};
    const Override met{3, site_coin.hash, 0, 1, 2};
    Chance chance(9, {met, other_choices, never});
    const std::uint64_t plain = Chance(9).draw(2, site_coin, 0, 3);
    EXPECT_EQ(chance.draw(2, site_coin, 0, 3), plain);
    EXPECT_EQ(chance.draw(3, site_coin, 0, 2), 1u);
    EXPECT_EQ(chance.unmet(), (std::vector<Override>{never, other_choices}));
}

TEST(Chance, AReseedMovesEveryLaterDraw) {
    Chance plain(5);
    Chance reseeded(5);
    Chance again(5);
    reseeded.reseed(1);
    again.reseed(1);
    int same = 0;
    for (std::uint64_t event = 0; event < 1000; ++event) {
        const std::uint64_t drawn = reseeded.draw(event, site_coin, 0, 1000);
        same += drawn == plain.draw(event, site_coin, 0, 1000);
        EXPECT_EQ(drawn, again.draw(event, site_coin, 0, 1000));
    }
    EXPECT_LT(same, 10);
}

TEST(Chance, FixedDrawsAreTheSameForAllButThoseThatHaveTheirOwn) {
    Chance chance(7, {{5, site_coin.hash, 0, 3, 100}}, {{site_coin.hash, 2, 100}, {site_coin.hash, nobody, 50}});
    Chance plain(7);
    for (std::uint64_t event = 10; event < 50; ++event) {
        EXPECT_EQ(chance.draw(event, site_coin, 0, 101, 1), 50u);
        EXPECT_EQ(chance.draw(event, site_coin, 3, 101, 2), 100u); // a host's own counts
        EXPECT_EQ(chance.draw(event, site_coin, 0, 1, 2), 0u);
        const std::uint64_t other = plain.draw(event, "other", 0, 1000);
        EXPECT_EQ(chance.draw(event, "other", 0, 1000, 1), other);
        const bool happens = plain.happens(event, site_coin, 0, {1, 2});
        EXPECT_EQ(chance.happens(event, site_coin, 0, {1, 2}), happens);
    }
    EXPECT_EQ(chance.draw(5, site_coin, 0, 100, 1), 3u); // an override counts more
    chance.reseed(9);
    plain.reseed(9);
    for (std::uint64_t event = 10; event < 50; ++event) { // and then all is open again
        const std::uint64_t open = plain.draw(event, site_coin, 0, 101);
        EXPECT_EQ(chance.draw(event, site_coin, 0, 101, 1), open);
    }
}

TEST(Chance, KeepsWhoDrewWhereAndNotWhatMerelyHappens) {
    Chance chance(7);
    Chance plain(7);
    chance.record_sites();
    const std::uint64_t drawn = plain.draw(1, "latency", 0, 100);
    EXPECT_EQ(chance.draw(1, "latency", 0, 100, 2), drawn);
    (void)chance.draw(2, "latency", 0, 100, 2);
    (void)chance.draw(2, "disk", 0, 100);
    (void)chance.happens(2, "loss", 0, {1, 2});
    EXPECT_EQ(chance.sites(), (std::set<DrawnSite>{{"disk", nobody}, {"latency", 2}}));
}

// Pearson's statistic over 60,000 draws of a die; above 25 at 5 degrees of freedom has a chance of 1
// in 7,000 for a fair one, and the seeds are fixed.
std::uint64_t unfairness(const std::function<std::uint64_t(std::uint64_t)>& draw) {
    std::array<std::int64_t, 6> counts{};
    for (std::uint64_t i = 0; i < 60'000; ++i) ++counts[draw(i)];
    std::uint64_t sum = 0;
    for (const std::int64_t count : counts) sum += static_cast<std::uint64_t>((count - 10'000) * (count - 10'000));
    return sum / 10'000;
}

TEST(Chance, IsFairOverEventsCountsSitesAndSeeds) {
    Chance chance(7);
    EXPECT_LT(unfairness([&](std::uint64_t i) { return chance.draw(i, site_coin, 0, 6); }), 25u);
    EXPECT_LT(unfairness([&](std::uint64_t i) { return chance.draw(3, site_coin, static_cast<std::uint32_t>(i), 6); }),
              25u);
    EXPECT_LT(unfairness([&](std::uint64_t i) { return Chance(i).draw(3, site_coin, 0, 6); }), 25u);
    EXPECT_LT(unfairness([&](std::uint64_t i) {
                  Site site = site_coin;
                  site.hash = mix(i, 1);
                  return chance.draw(3, site, 0, 6);
              }),
              25u);
    std::uint64_t hits = 0;
    for (std::uint64_t i = 0; i < 60'000; ++i) hits += chance.happens(i, "rare", 0, {1, 100});
    EXPECT_GT(hits, 500u);
    EXPECT_LT(hits, 700u);
}

} // namespace
} // namespace orrery::sim
