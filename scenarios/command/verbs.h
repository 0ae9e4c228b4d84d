// All verbs with their options, in the order of the help.
#pragma once

#include <vector>

#include "orrery/scenarios/command/check.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/option.h"

namespace orrery::scenarios::command {

// What the words of the command line are put into.
struct Words {
    bool list_json = false;
    RunOptions run{};
    SweepCommandOptions sweep{};
    ReplayOptions replay{};
    CheckOptions check{};
    ZooOptions zoo{};
    BenchOptions bench{};
    std::vector<std::string> bench_words{};
    std::string judges{};      // short for --set judges=
    bool no_knowledge = false; // short for --set knowledge=false
};

std::vector<Verb> verbs(Words& words);

} // namespace orrery::scenarios::command
