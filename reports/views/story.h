// Story: a verdict in words, for a terminal: the sentence, the operations that cannot be explained
// in the order of their invocations, and why nothing can come next.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/verdict.h"

namespace orrery::reports::views {

// `calls`: the list that was judged. Nothing for a verdict that passed.
std::string story(const Verdict& verdict, const std::vector<Call>& calls);

} // namespace orrery::reports::views
