// Story: of a history that could not be judged or not be decided, why, and what would help.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/verdict.h"

namespace orrery::reports::views {

// `calls`: the list that was judged. For a violation only its sentence; nothing if it passed.
std::string story(const Verdict& verdict, const std::vector<Call>& calls);

} // namespace orrery::reports::views
