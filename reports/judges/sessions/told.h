// What all judges of this folder do with a history: read it, and tell a cycle.
#pragma once

#include <string>

#include "orrery/reports/judges/sessions/accesses.h"
#include "orrery/reports/judges/sessions/precedence.h"

namespace orrery::reports::judges {

// A verdict so far: passed, undecided because values repeat, or violated by reads from nowhere.
Verdict begun(const Accesses& accesses, const Case& given);
// Adds an anomaly: the accesses on the cycle, and the reasons.
void object(Verdict& verdict, const Accesses& accesses, const std::vector<Precedence::Edge>& cycle, std::string kind,
            std::string story);

} // namespace orrery::reports::judges
