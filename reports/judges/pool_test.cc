#include "orrery/reports/judges/pool.h"

#include <gtest/gtest.h>

namespace orrery::reports::judges {
namespace {

TEST(Pool, DoesEachPieceOfWorkOnce) {
    for (const std::size_t threads : {0u, 1u, 2u, 7u})
        for (const std::size_t count : {0u, 1u, 5u, 1000u}) {
            std::vector<int> done(count);
            run_pool(count, threads, [&](std::size_t each) { ++done[each]; });
            EXPECT_EQ(done, std::vector<int>(count, 1)) << threads << " threads";
        }
}

TEST(Tally, CountsOnlyWhatHasNoGapBefore) {
    Tally tally(3);
    tally.add(1, 10);
    EXPECT_EQ(tally.sum(), 0u);
    tally.add(0, 5);
    EXPECT_EQ(tally.sum(), 15u);
    tally.add(2, 1);
    EXPECT_EQ(tally.sum(), 16u);
}

} // namespace
} // namespace orrery::reports::judges
