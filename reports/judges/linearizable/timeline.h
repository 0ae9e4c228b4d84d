// Timeline: the operations on one object laid out in time, in the two orders a search walks along:
// by invocation and by return.
//
// Every known operation has a slot that is its own while it is under way; a slot is used again after
// its operation returned. So a set of operations under way is a mask as wide as the concurrency, not
// as long as the history.
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable {

struct Timeline {
    static constexpr std::uint32_t never = UINT32_MAX;

    explicit Timeline(std::vector<models::Interval> operations);

    // Those that began before or at a return, by its place; ascending.
    std::vector<std::uint32_t> begun_by(std::uint32_t place) const;

    std::vector<models::Interval> intervals;
    std::vector<std::uint32_t> by_call;      // all operations; equal stamps in the order given
    std::vector<std::uint32_t> by_return;    // the known ones
    std::vector<std::uint32_t> return_place; // operation -> place in by_return, or never
    std::vector<std::uint32_t> called;       // place in by_return -> how many of by_call began before or at it
    std::vector<std::uint32_t> slot;         // of a known operation
    std::vector<bool> quiet; // returns passed -> whether all known ones that began by then have returned
    std::uint32_t width = 0; // slots in all: most known operations under way at once
};

} // namespace orrery::reports::judges::linearizable
