// Verification: the same run in a newly executed process, with another address layout and other
// bytes in fresh memory. Forks share addresses and so hide code whose order depends on pointers.
#pragma once

#include <optional>
#include <string>

#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/isolate.h"

namespace orrery::scenarios::engine {

// Runs a repro's text in a new process of this program.
Summary run_elsewhere(const std::string& repro);
// The other half: what that new process does. Reads a repro from stdin, writes a summary. Every
// executable that verifies calls this first when asks_elsewhere says so.
bool asks_elsewhere(int argc, char** argv);
int answer_elsewhere();
// Where two runs first part, in words; nothing if they agree.
std::optional<std::string> divergence(const std::string& one_repro, const std::string& other_repro);

} // namespace orrery::scenarios::engine
