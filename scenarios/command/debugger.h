// orrery replay in a debugger: which event is meant, and how it is stopped at.
#pragma once

#include <string>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/artifact/repro.h"

namespace orrery::scenarios::command {

bool is_for_debugger(const ReplayOptions& options);
// Started by a debugger, it stops there. With --gdb it becomes gdb, which stops there. Else it says where that is.
int replay_for_debugger(const std::string& file, const engine::Repro& repro, const ReplayOptions& options);

} // namespace orrery::scenarios::command
