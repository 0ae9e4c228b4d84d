// Judging a recorded history: its calls are read as operations of its model and judged. The verdict names places in
// the calls.
#pragma once

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::linearizable {

Verdict judge_history(const Case& given);

} // namespace orrery::reports::judges::linearizable
