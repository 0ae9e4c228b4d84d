// Classification: which kind of failure a violation looks like, guessed from what the operations' verbs declare.
#pragma once

#include <span>

#include "orrery/reports/models/operations.h"
#include "orrery/reports/violation.h"

namespace orrery::reports::judges::linearizable {

// The class of the violation that `operation` showed among the operations `part` on its object.
// `from_initial`: its result is the one that the object would have given at the very beginning.
ViolationClass classify(const models::Operations& operations, std::span<const std::size_t> part, std::size_t operation,
                        bool from_initial);

} // namespace orrery::reports::judges::linearizable
