// The clock of one host. The monotonic clock starts each boot at a drawn offset and may run too
// fast or too slow by a fixed drift; the wall clock has an error of its own. Integers only: drift
// is in parts per billion.
#pragma once

#include <cstdint>

#include "orrery/sim/chance.h"
#include "orrery/sim/types.h"

namespace orrery::sim::world {

class Clock {
public:
    static constexpr std::int64_t billion = 1'000'000'000;

    void set(WorldTime boot, std::int64_t offset, std::int64_t drift, std::int64_t wall_error) {
        boot_ = boot.nanoseconds;
        offset_ = offset;
        drift_ = drift;
        wall_error_ = wall_error;
    }
    Monotonic monotonic(WorldTime now) const {
        const std::int64_t elapsed = now.nanoseconds - boot_;
        if (drift_ == 0) return {offset_ + elapsed};
        return {offset_ + elapsed + scaled(elapsed, drift_, billion)};
    }
    Wall wall(WorldTime now) const { return {epoch + monotonic(now).nanoseconds - offset_ + boot_ + wall_error_}; }
    // The first world time at which the monotonic clock shows at least `at`.
    WorldTime world(Monotonic at) const {
        const std::int64_t shown = at.nanoseconds - offset_;
        if (drift_ == 0) return {boot_ + shown};
        std::int64_t elapsed = shown - scaled(shown, drift_, billion + drift_);
        // Both divisions round, by one each: look around.
        while (elapsed + scaled(elapsed, drift_, billion) < shown) ++elapsed;
        while (elapsed > 0 && elapsed - 1 + scaled(elapsed - 1, drift_, billion) >= shown) --elapsed;
        return {boot_ + elapsed};
    }

private:
    // 2026-01-01 00:00:00 UTC, so that dates in simulated worlds look like dates.
    static constexpr std::int64_t epoch = 1'767'225'600 * billion;
    static std::int64_t scaled(std::int64_t value, std::int64_t numerator, std::int64_t denominator) {
        __extension__ using Signed = __int128;
        return static_cast<std::int64_t>(static_cast<Signed>(value) * numerator / denominator);
    }
    std::int64_t boot_ = 0;
    std::int64_t offset_ = 0;
    std::int64_t drift_ = 0;
    std::int64_t wall_error_ = 0;
};

} // namespace orrery::sim::world
