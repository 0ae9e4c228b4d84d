// One run as one line: scenario, seed, digest of the trace, number of events.
#pragma once

#include <string>

#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {

using namespace engine;

inline std::string digest_line(const Scenario& scenario, std::uint64_t seed) {
    RunInput input;
    input.scenario = &scenario;
    input.settings = default_settings(scenario);
    input.seed = seed;
    draw_settings(input);
    const auto ran = run(input);
    const auto& output = std::get<RunOutput>(ran);
    return scenario.name + " " + std::to_string(seed) + " " + sim::hexadecimal(output.digest) + " " +
           std::to_string(output.events);
}

} // namespace orrery::scenarios
