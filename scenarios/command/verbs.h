// All verbs with their options, in the order of the help.
#pragma once

#include <vector>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/option.h"
#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::command {

// What the words of a command line are read into.
struct CommandLine {
    ListOptions list{};
    RunOptions run{};
    ServeOptions serve{};
    LiveCommandOptions live{};
    CallOptions call{};
    SweepCommandOptions sweep{};
    ReplayOptions replay{};
    ShrinkCommandOptions shrink{};
    ExplainOptions explain{};
    TraceOptions trace{};
    CheckOptions check{};
    ZooOptions zoo{};
    BenchOptions bench{};
    std::vector<std::string> bench_words{};
    HelpOptions help{};
};

// Bound to `line`, which must outlive them.
std::vector<Verb> verbs(CommandLine& line);

} // namespace orrery::scenarios::command
