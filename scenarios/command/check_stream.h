// orrery check --stream: a history that is too long to be kept, judged line by line.
#pragma once

#include <string>

#include "orrery/reports/verdict.h"
#include "orrery/scenarios/command/check.h"
#include "orrery/scenarios/command/terminal.h"

namespace orrery::scenarios::command {

// One file; adds the time that it took to `total`. Returns the exit code.
int check_stream(const std::string& file, const CheckOptions& options, Progress& progress, double& total);

// What check prints of a verdict, and how it exits.
void print_check(const std::string& file, const reports::Verdict& verdict, double seconds, const CheckOptions& options,
                 const reports::History& history);
int exit_code(const reports::Verdict& verdict);

} // namespace orrery::scenarios::command
