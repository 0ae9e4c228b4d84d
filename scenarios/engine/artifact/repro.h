// Repro: the artifact of a failure as readable text that fits in a pull request: all of a run's
// input, what it must find, its digest and checkpoints, and which sources made it.
#pragma once

#include <string>

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

struct Repro {
    RunInput input; // with the plan that was drawn
    RunVerdict expected = RunVerdict::passed;
    std::string
        fingerprint; // of the earliest finding; if it is expected to pass, of the failure that was mended, or empty
    std::uint64_t digest = 0;
    std::uint64_t events = 0;
    std::string source;               // hash of the compiled sources
    std::vector<std::string> hosts{}; // whose digests stand in the checkpoints
    std::vector<sim::world::Checkpoint> checkpoints{};

    // As a run of this input would have ended, so that a new run can be compared with it.
    RunResult recorded() const;
};

// The hash of the sources this program was compiled from.
std::string_view source_identity();

Repro make_repro(const RunInput& input, const RunResult& result);
std::string print(const Repro& repro);
std::string print(const sim::Override& each);
sim::Checked<Repro> parse_repro(std::string_view text, std::string_view file);
// From a file; complains also of a plan that does not fit its scenario.
sim::Checked<Repro> read_repro(const std::string& file);

} // namespace orrery::scenarios::engine
