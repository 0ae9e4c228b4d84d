// Failure: everything a terminal shows of a failed run, from the verdict in words down to the faults
// that took effect: what was violated, what the clients saw, how it came to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orrery/reports/trace/row.h"
#include "orrery/reports/verdict.h"
#include "orrery/reports/views/applied_faults.h"
#include "orrery/reports/views/participants.h"
#include "orrery/reports/views/style.h"
#include "orrery/reports/views/words.h"

namespace orrery::reports::views {

struct Failure {
    std::vector<sim::Finding> findings{}; // the earliest first; none: undecided
    History history{};
    Verdict verdict{};        // of the history
    MinimalHistory minimal{}; // of the verdict; empty if it has no counterexample
    Participants participants{};
    trace::Recording recording{}; // may be empty
    std::vector<AppliedFault> applied_faults{};
    bool is_minimal = false; // it was shrunk: what is left matters
};

std::string failure(const Failure& failed, const Style& style);
// Of a history alone: the sentence and the timeline of a violation, or why it is undecided. Nothing
// if it passed.
std::string judgement(const History& history, const Verdict& verdict, const MinimalHistory& of_history,
                      const Style& style);

} // namespace orrery::reports::views
