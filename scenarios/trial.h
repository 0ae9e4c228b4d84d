// Trial: runs and sweeps of a scenario that a test asks for, and what they found in words. testing.h dresses them for
// GoogleTest and RapidCheck; another framework can use them as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "orrery/faults/plan.h"
#include "orrery/scenarios/scenario.h"

namespace orrery::scenarios {

// Names and values of settings that a test chose; the others have their defaults, or are drawn as in a sweep.
using Chosen = std::vector<std::pair<std::string, std::string>>;

struct Seeds {
    std::uint64_t first = 1;
    std::uint64_t last = 1;
};
constexpr Seeds seeds(std::uint64_t first, std::uint64_t last) { return {first, last}; }

// What a sweep found: clean, or what was wrong in words for people.
struct SweepReport {
    std::string scenario;
    std::uint64_t seeds = 0;    // that ran
    std::uint64_t violated = 0; // of them
    std::string problem;        // empty: clean
};
// Each seed in a child of its own. Settings that do not exist are a problem of the report.
SweepReport sweep(const Scenario& scenario, Seeds seeds, const Chosen& settings = {});

// One run that a test asks for.
struct Trial {
    const Scenario* scenario = nullptr;
    Chosen settings{};
    std::uint64_t seed = 1;
    std::optional<faults::Plan> plan{}; // none: as a sweep draws it from the seed
};
struct TrialReport {
    bool passed = false;
    std::uint64_t answered = 0; // operations
    std::string problem;        // what was found, and how to run it again; empty if it passed
};
// In a child, so that a crash is a finding like any other.
TrialReport run(const Trial& trial);
std::ostream& operator<<(std::ostream& out, const Trial& trial);

// The plan that a sweep draws for this seed.
faults::Plan drawn_plan(const Scenario& scenario, const Chosen& settings, std::uint64_t seed);

} // namespace orrery::scenarios
