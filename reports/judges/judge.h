// Judging: from a history to a verdict. Other rooms come in here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/judges/linearizable/linearizable.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/registry.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges {

// Whether the history keeps what a judge promises: that it is linearizable, or what its model's own judge
// asks for. What cannot be judged - an unknown judge or model, a malformed history, an operation that the
// model does not have - is undecided, with Verdict::error telling entry and reason. Indices in the verdict
// are places in calls(history).
Verdict judge(const History& history, const JudgeOptions& options = {});

// The same for operations of a model that are at hand with their types. Indices are places in `operations`.
template <models::Model M>
Verdict judge(std::vector<models::Operation<M>> operations, std::uint64_t budget = budget_default,
              std::optional<typename M::State> initial = {}) {
    return linearizable::judge_operations(models::TypedOperations<M>(std::move(operations), std::move(initial)),
                                          {.budget = budget});
}

} // namespace orrery::reports::judges
