// The planted bugs of kv.
#pragma once

#include "orrery/sim/flaw.h"

namespace orrery::flaws {
#include "orrery/protocols/kv/flaws.def"
} // namespace orrery::flaws
