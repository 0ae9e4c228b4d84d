// The decision: one thing of a failed run without which it passes - a fault that does not happen, a message that comes
// late or not at all - confirmed by running it so. Of several the one is told that lies nearest to where the failure
// became inevitable (futures.h).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "orrery/reports/views/explanation.h"
#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::engine {

struct Decision {
    reports::views::Decision told;
    RunInput input; // the run that passes
};

struct DecisionSearch {
    std::size_t tried = 0;              // changes
    std::optional<Decision> decision{}; // none: no single one of them makes it pass
};

struct DecisionOptions {
    std::uint64_t runs_max = 400;
    Limits limits{};
    std::function<bool()> interrupted{};
};

// `failure` holds what was recorded of it.
DecisionSearch decision_of(const Summary& failure, const std::vector<reports::views::Inevitability>& inevitability,
                           const DecisionOptions& options);

} // namespace orrery::scenarios::engine
