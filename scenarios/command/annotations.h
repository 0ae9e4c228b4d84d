// Annotations: what a service that runs tests is told of a verb's cases, beside the exit code.
//
// --junit FILE writes XML (junit.h). GitHub Actions says by variables that it listens: where GITHUB_ACTIONS is "true",
// each failure is printed as an `::error` line, which it shows at the top of the run; and a table in Markdown is added
// to the file that GITHUB_STEP_SUMMARY names.
#pragma once

#include <string>
#include <vector>

#include "orrery/scenarios/command/junit.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

// A line for each case that did not pass. GitHub shows ten of a step: the tenth says how many more there are.
std::string annotations(const std::vector<JunitCase>& cases);
// Markdown of at most so many bytes: how many cases did not pass, then each of these in full as long as there is room.
std::string step_summary(const std::string& verb, const std::vector<JunitCase>& cases, std::size_t bytes_max);

// Whether publish() prints annotations to stdout. With `json` it is not for them.
bool prints_annotations(bool json);
// Tells all that listen. `junit`: a file, or empty.
sim::Problem publish(const std::string& verb, const std::vector<JunitCase>& cases, const std::string& junit, bool json);

} // namespace orrery::scenarios::command
