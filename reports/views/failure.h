// Failure: everything a terminal shows of a failed run, from the verdict in words down to the faults
// that took effect: what was violated, what the clients saw, how it came to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orrery/reports/verdict.h"
#include "orrery/reports/views/cast.h"
#include "orrery/reports/views/moment.h"
#include "orrery/reports/views/strikes.h"
#include "orrery/reports/views/style.h"

namespace orrery::reports::views {

struct Failure {
    std::vector<sim::Finding> findings{}; // the earliest first; none: undecided
    History history{};
    Verdict verdict{}; // of the history
    Cast cast{};
    Recording recording{}; // may be empty
    std::vector<Strike> strikes{};
};

std::string failure(const Failure& failed, const Style& style);
// Of a history alone: the sentence and the timeline of a violation, or why it is undecided. Nothing
// if it passed.
std::string judgement(const History& history, const Verdict& verdict, const Style& style);

} // namespace orrery::reports::views
