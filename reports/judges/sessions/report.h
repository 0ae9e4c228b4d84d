// How the judges of this folder make their verdicts: where they start from, and how a cycle becomes an anomaly.
#pragma once

#include <string>

#include "orrery/reports/judges/sessions/accesses.h"
#include "orrery/reports/judges/sessions/precedence.h"

namespace orrery::reports::judges::sessions {

// A verdict so far: passed, undecided because values repeat, or violated by reads from nowhere.
Verdict verdict_so_far(const Accesses& accesses, const Case& given);
// Adds an anomaly: the accesses on the cycle, and the reasons.
void report_cycle(Verdict& verdict, const Accesses& accesses, const std::vector<Precedence::Edge>& cycle,
                  std::string kind, std::string story);

} // namespace orrery::reports::judges::sessions
