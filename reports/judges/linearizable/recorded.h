// Linearizable, of a recorded history: reads it as operations of its model, judges them, and tells of the
// history's own calls.
#pragma once

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges {

Verdict linearizable_record(const Case& given);

} // namespace orrery::reports::judges
