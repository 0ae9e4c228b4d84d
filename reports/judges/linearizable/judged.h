// What tests ask most: the verdict on typed operations, without the registry in between.
#pragma once

#include <vector>

#include "orrery/reports/judges/linearizable/linearizable.h"
#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable {

template <models::Model M>
Verdict judged(const std::vector<models::Operation<M>>& operations, const LinearizableOptions& options = {}) {
    return judge_operations(models::TypedOperations<M>(operations, {}), options);
}

} // namespace orrery::reports::judges::linearizable
