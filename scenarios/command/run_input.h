// The input of a run from the words of the command line: the scenario by name, its settings, a plan from a file. The
// same words mean the same for every verb that runs seeds.
#pragma once

#include <string>
#include <vector>

#include "orrery/scenarios/command/option.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

struct InputOptions {
    GivenList settings{}; // KEY=VALUE
    std::string plan{};   // a file; empty: the seed draws a plan
    // Short for a setting.
    Given judges{};
    Given faults{};
    bool no_knowledge = false;

    // All settings that were chosen, the short ones after the others.
    GivenList all_settings() const;
};

// Sets scenario, settings and plan; the seed, and what it draws, are the caller's.
sim::Problem read_input(const std::string& scenario, const InputOptions& options, engine::RunInput& input);

// "lazy-register, seed 3".
std::string headline(const engine::RunInput& input);
// The settings that the seed drew and nobody chose, as flags: "--set latency=15ms --set links=uneven".
std::string drawn_settings(const engine::RunInput& input);
// What somebody chose of this input, whatever the seed: the same text for the same choices.
std::string choices_of(const engine::RunInput& input);

} // namespace orrery::scenarios::command
