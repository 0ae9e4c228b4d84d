// Judgement: what the judges of histories that a scenario names say of one, in whatever world it was recorded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

struct Judgement {
    reports::Verdict verdict{}; // of the first judge that did not pass it; else of the last
    std::vector<sim::Finding> findings{};
    std::string undecided{}; // for people: why a judge did not decide
};

// So many answers to operations that were invoked after the heal each client is to get.
constexpr std::uint64_t progress_min = 3;
// A client got fewer.
sim::Finding no_progress(std::uint64_t client, std::uint64_t answers, sim::WorldTime time);

// Who judges, as the setting says: of histories, monitors and progress either all or one.
bool is_judged_by(const RunInput& input, std::string_view who);

// Empty if histories are not judged. `events`: for each entry the event in which it was made, by which findings are
// placed; none of a history that no simulation made.
Judgement judge_history(const RunInput& input, const reports::History& history,
                        const std::vector<std::uint64_t>& events = {});

} // namespace orrery::scenarios::engine
