// The explanation of a failure, as `orrery explain` prints it whole, and as the story of a minimal run holds it, where
// it costs little.
#pragma once

#include <functional>
#include <optional>

#include "orrery/reports/views/explanation.h"
#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::command {

// How much is run for it. The standard is what `orrery explain` takes.
struct ExplanationBudget {
    std::size_t moments = 20;
    std::size_t futures = 64;              // at each
    std::uint64_t decision_runs_max = 400; // to find the decision
};

// `failure` is violated and holds what was recorded of it. An interruption of the program ends the work: then futures
// and decision are left out, for what only some of the futures say is no answer.
reports::views::Explanation explanation_of(const engine::Summary& failure, const ExplanationBudget& budget,
                                           unsigned jobs, const std::function<void(std::uint64_t runs)>& progress);

// Within a second: of a minimal run that is short. Nothing of any other.
std::optional<reports::views::Explanation> quick_explanation(const engine::Summary& failure);

} // namespace orrery::scenarios::command
