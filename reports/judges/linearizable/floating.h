// Floating: operations that left no trace in the values others saw - swaps that were refused, appends that
// nobody read - are put into an order of the others, where real time and the object allow it.
//
// Each may stand between the last operation that had returned when it began and the first that began
// after it had returned. There a refused swap needs a value that it does not compare with; an unseen
// append needs the end of a chain, where the next operation replaces everything. The earliest place that
// fits is taken. What does not fit here may fit in another order of the others: no proof of anything.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "orrery/reports/models/operations.h"
#include "orrery/reports/models/register_effect.h"

namespace orrery::reports::judges::linearizable {

class Floating {
public:
    // `order` is legal without the floating ones.
    Floating(std::span<const models::Interval> intervals, const models::RegisterEffects& effects,
             const std::vector<std::uint32_t>& order, bool refused_fit);

    // Puts them all in. False if one does not fit; then `order` is as it was.
    bool place(const std::vector<std::uint32_t>& floating, std::vector<std::uint32_t>& order) const;

private:
    std::size_t earliest_fit(std::uint32_t operation, std::size_t from) const;

    std::span<const models::Interval> intervals_;
    const models::RegisterEffects& effects_;
    bool refused_fit_;
    std::vector<std::int64_t> latest_call_;     // place -> the latest invocation of all before it
    std::vector<std::int64_t> earliest_return_; // place -> the earliest return of all from it on
    std::vector<std::uint32_t> value_;          // place -> the value that reigns there
    std::vector<std::size_t> reign_end_;        // place -> the last place with that same reign
    std::vector<std::size_t> chain_ends_;       // places before a write, and the last
};

} // namespace orrery::reports::judges::linearizable
