// Anomalies: what a judge found that does not work by orders, in words: of each class one, the worst first.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/verdict.h"
#include "orrery/reports/views/style.h"

namespace orrery::reports::views {

// Of a violated verdict with anomalies; `calls` is the list that was judged. Lines, each ended.
std::string anomalies(const Verdict& verdict, const History& history, const std::vector<Call>& calls,
                      const Style& style);

} // namespace orrery::reports::views
