// Proposal: which model a history looks like, for somebody who named none.
#pragma once

#include <string_view>
#include <vector>

#include "orrery/reports/history.h"

namespace orrery::reports::models {

// The first model, in the order of the registry, that has every operation of the history with its argument and
// result; of those that are transactions, the one whose steps these are. Empty if there is none.
std::string_view proposed_model(const History& history, const std::vector<Call>& calls);

} // namespace orrery::reports::models
