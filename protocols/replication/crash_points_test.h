// A crash at each of the first effects of a disk's owner, in every way of crashing.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>

namespace orrery::replication {

// `after_crash(seed, effect, nth, mode)` says what is wrong after a crash at the nth effect of that kind; empty:
// nothing.
template <class Effect, class Mode, class AfterCrash>
void expect_right_after_every_crash(std::initializer_list<Effect> effects, std::initializer_list<Mode> modes,
                                    const AfterCrash& after_crash) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed)
        for (std::uint64_t nth = 1; nth <= 40; ++nth)
            for (const Effect effect : effects)
                for (const Mode mode : modes)
                    ASSERT_EQ(after_crash(seed, effect, nth, mode), "")
                        << "seed " << seed << " effect " << static_cast<int>(effect) << " number " << nth << " mode "
                        << static_cast<int>(mode);
}

} // namespace orrery::replication
