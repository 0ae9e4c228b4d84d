// Kept repros: the failures that a project had once, in a folder beside its orrery.toml. A sweep replays those of its
// scenarios before any seed, as a fuzzer begins with its corpus: what was mended and is broken again is found at once.
//
// Whatever a repro expects, here it must pass: one that still fails is a failure of the sweep. One with a planted flaw
// fails on purpose, and is left to the sweeps of that flaw.
#pragma once

#include <string>
#include <vector>

#include "orrery/scenarios/command/junit.h"
#include "orrery/scenarios/engine/artifact/repro.h"

namespace orrery::scenarios::command {

struct KeptRepro {
    std::string file;
    engine::Repro repro;
};

// Of the folder and below it. None was chosen: those of the folder `repros`, if it is there.
sim::Checked<std::vector<KeptRepro>> read_kept_repros(const std::string& chosen);

struct KeptResult {
    std::size_t count = 0; // how many were replayed
    int code = 0;          // the worst
    std::string failed;    // the first file that did not pass; empty: none
    std::vector<JunitCase> cases{};
};
// Those of this scenario and these flaws, each in a fresh process; says what became of them.
KeptResult replay_kept_repros(const std::vector<KeptRepro>& kept, const engine::RunInput& swept, bool json);

} // namespace orrery::scenarios::command
