// The planted bugs of raft.
#pragma once

#include "orrery/sim/flaw.h"

namespace orrery::flaws {
#include "orrery/protocols/raft/flaws.def"
} // namespace orrery::flaws
