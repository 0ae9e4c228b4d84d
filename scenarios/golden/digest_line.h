// One run as one line: scenario, seed, digest of the trace, number of events.
#pragma once

#include <string>

#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {

using namespace engine;

inline std::string digest_line(const Scenario& scenario, std::uint64_t seed) {
    RunInput input = input_of(scenario, seed);
    draw_settings(input);
    const RunResult result = *run(input);
    return scenario.name + " " + std::to_string(seed) + " " + sim::hexadecimal(result.digest) + " " +
           std::to_string(result.events);
}

} // namespace orrery::scenarios
