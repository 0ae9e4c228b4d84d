// A host's clock never goes back, and its inverse is the first instant that shows a reading.
#include "orrery/sim/world/clock.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orrery::sim::world {
namespace {

struct Drawn {
    Clock clock;
    std::int64_t boot = 0;
};

Drawn drawn() {
    const auto boot = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
    const auto offset = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
    const auto drift = *rc::gen::inRange<std::int64_t>(-500'000'000, 500'000'000);
    const auto coarse = *rc::gen::element<std::int64_t>(1, 1'000, 1'000'000, 1'000'000'000);
    Drawn result;
    result.boot = boot;
    result.clock.set({boot}, offset, drift / coarse, 0);
    return result;
}

RC_GTEST_PROP(Clock, NeverGoesBackAndTicksAtItsDrift, ()) {
    const Drawn drawn_clock = drawn();
    const auto elapsed = *rc::gen::inRange<std::int64_t>(0, 3'600'000'000'000);
    const auto step = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    const WorldTime now{drawn_clock.boot + elapsed};
    const Monotonic before = drawn_clock.clock.monotonic(now);
    const Monotonic after = drawn_clock.clock.monotonic(now + Duration{step});
    RC_ASSERT(after >= before);
    RC_ASSERT((after - before).count() <= step + step / 2 + 1); // drift is at most one half here
    const Duration wall = drawn_clock.clock.wall(now + Duration{step}) - drawn_clock.clock.wall(now);
    RC_ASSERT(wall == after - before);
}

RC_GTEST_PROP(Clock, ItsInverseIsTheFirstInstantThatShowsTheReading, ()) {
    const Drawn drawn_clock = drawn();
    const Clock& clock = drawn_clock.clock;
    const auto ahead = *rc::gen::inRange<std::int64_t>(0, 3'600'000'000'000);
    const Monotonic reading = clock.monotonic({drawn_clock.boot}) + Duration{ahead};
    const WorldTime at = clock.world(reading);
    RC_ASSERT(clock.monotonic(at) >= reading);
    RC_ASSERT(at.nanoseconds == drawn_clock.boot || clock.monotonic(at - Duration{1}) < reading);
}

} // namespace
} // namespace orrery::sim::world
