// Futures: what may still become of a failed run at some of its moments. Up to the moment everything stays as it was;
// from there on chance decides anew, many times. How many of these futures fail likewise says how far the failure had
// become inevitable by then:
//
//     0.1 s    3 of 64     nothing has been decided yet
//     1.8 s    5 of 64
//     1.9 s   60 of 64     so look at what happened between the two
#pragma once

#include <functional>
#include <vector>

#include "orrery/reports/views/explanation.h"
#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::engine {

struct FuturesOptions {
    std::size_t moments = 20;
    std::size_t futures = 64; // at each
    unsigned jobs = 1;
    Limits limits{};
    std::function<bool()> interrupted{};
    std::function<void(std::uint64_t runs)> progress{};
};

// In the order of time, from the start to just before the finding. Faults and written operations come as they stand in
// the run's input; each future may take half as long again as the run did to fail. Of an interrupted one the moments
// that are known. The failure has a finding with a time.
std::vector<reports::views::Inevitability> futures(const Summary& failure, const FuturesOptions& options);

} // namespace orrery::scenarios::engine
