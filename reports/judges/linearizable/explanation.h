// Explanation: from where a search ended to what people want to know: why nothing is possible, or what
// makes the question hard.
#pragma once

#include <vector>

#include "orrery/reports/judges/linearizable/part.h"
#include "orrery/reports/judges/linearizable/search.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges::linearizable {

// Why the operations `core` are impossible, which they must be. `all` are those of their key, from which
// the class of the violation is guessed. CHECKs the violation with a plain search where it is small.
Counterexample explain_violation(const models::Operations& operations, const Part& core,
                                 const std::vector<std::size_t>& all);

// After a search that ran out of budget or memory.
Blocked explain_blocked(const models::Operations& operations, const Part& part, const Board& board,
                        const Search& search);

} // namespace orrery::reports::judges::linearizable
