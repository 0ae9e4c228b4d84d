// Explanation: from where a search ended to what people want to know: why nothing is possible, or what
// makes the question hard.
#pragma once

#include <memory>
#include <vector>

#include "orrery/reports/judges/search.h"
#include "orrery/reports/judges/timeline.h"
#include "orrery/reports/models/operations.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges {

// The operations on one key. A search numbers them by their place in `members`.
struct Part {
    Value key;
    std::vector<std::size_t> members; // in models::Operations
    Timeline timeline;
    std::vector<std::uint32_t> classes;
    std::unique_ptr<models::Machine> machine;
};

// After Search::Outcome::impossible. CHECKs the violation with a plain search where it is small.
Counterexample explain_violation(const models::Operations& operations, const Part& part, const Search& search);

// After Search::Outcome::out_of_budget.
Blocked explain_blocked(const Part& part, const Search& search);

} // namespace orrery::reports::judges
