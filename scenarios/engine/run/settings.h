// The settings of a run by name: their defaults, the values that someone chose, and those that the seed draws.
#pragma once

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

// The defaults of all settings of a scenario.
sim::Settings default_settings(const Scenario& scenario);
// A run of the scenario with its defaults.
RunInput input_of(const Scenario& scenario, std::uint64_t seed = 1);
// Sets one, or says what is wrong with it: then nothing is changed. The complaint's place has the column of the wrong
// word within `value`, from 1, or none if it is the name that is wrong. Old spellings are taken and set as the new
// ones.
sim::Problem set_setting(const Scenario& scenario, sim::Settings& settings, std::string_view name,
                         std::string_view value);
// Draws those that sweeps may draw, but for the chosen ones, from the seed.
void draw_settings(RunInput& input);
// Switches on the flaws that the settings name, and no others.
void switch_flaws(const sim::Settings& settings);

} // namespace orrery::scenarios::engine
