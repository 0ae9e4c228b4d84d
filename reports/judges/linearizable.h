// Linearizable: could one object, serving one operation at a time, each at some instant between its
// invocation and its return, have given these results? (Herlihy & Wing 1990.)
//
// The operations are split by key, for a history is linearizable exactly if it is on every key; each
// part is searched; the orders found are merged and checked again by certificate.h, a violation by
// plain_search.h. What decides a part is a stage: today there is one, the search; faster ones for
// histories with unambiguous values come before it, and say so in Verdict::basis.
#pragma once

#include <cstdint>

#include "orrery/reports/judges/search.h"
#include "orrery/reports/models/operations.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges {

inline constexpr std::uint64_t budget_default = 2'000'000;

struct LinearizableOptions {
    std::uint64_t budget = budget_default; // configurations, for all keys together
    Reductions reductions{};               // only tests switch any off
};

// Indices in the verdict are those of `operations`.
Verdict linearizable(const models::Operations& operations, const LinearizableOptions& options = {});

} // namespace orrery::reports::judges
