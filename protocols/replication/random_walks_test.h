// Random walks of a cluster of cores as a test of themselves: they find each planted bug of a core.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

#include "orrery/sim/flaw.h"

namespace orrery::replication {

// `walk(seed)` says what is wrong at the end of a walk; empty: nothing.
template <class Walk>
void expect_found_by_walks(std::initializer_list<sim::Flaw*> flaws, const Walk& walk) {
    if (std::getenv("ORRERY_QUICK") != nullptr) GTEST_SKIP() << "thousands of walks";
    for (sim::Flaw* flaw : flaws) {
        flaw->on = true;
        bool found = false;
        for (std::uint64_t seed = 1; seed <= 20'000 && !found; ++seed) found = !walk(seed).empty();
        flaw->on = false;
        EXPECT_TRUE(found) << flaw->name;
    }
}

} // namespace orrery::replication
