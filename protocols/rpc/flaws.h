// The planted bugs of rpc.
#pragma once

#include "orrery/sim/flaw.h"

namespace orrery::flaws {
#include "orrery/protocols/rpc/flaws.def"
} // namespace orrery::flaws
