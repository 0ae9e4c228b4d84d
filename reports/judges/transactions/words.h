// Words: why one transaction comes before another, and what a cycle is, in sentences.
#pragma once

#include <string>

#include "orrery/reports/judges/transactions/cycles.h"

namespace orrery::reports::judges::transactions {

// To be read after "#1 before #2: ".
std::string reason_of(const Transactions& transactions, const Dependency& dependency);
std::string story_of(const Cycle& cycle);

} // namespace orrery::reports::judges::transactions
