// SmallRuns: the same failure, looked for where runs are small from the beginning.
//
// A run that was found by drawing large ones is shrunk from above, and every step down has to fail by itself. But most
// bugs show in a small scope (D. Jackson, "Software Abstractions", 2006: few objects, few steps, every combination of
// them): three servers, a fault or two, some operations within half a second. So such runs are drawn, thousands of
// them, and the first that fails likewise is shrunk in place of the large one:
//
//     raft-lossy, 13,005 events, five rates that strike 1,700 messages
//     drawn: crash server0 at its 2nd answer, no client, 500 ms      passes
//     drawn: crash server1 at its 9th sync ...                        fails likewise, 310 events
//
// The draws of servers - latencies, timeouts - are fixed in most of them, some hosts slow and some fast: it is such
// differences that bring races about, and what is fixed needs no luck of a seed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orrery/faults/kinds/kind.h"
#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

// How much there is in a small run.
struct SmallScope {
    std::uint32_t faults = 0;
    std::uint32_t clients = 0; // of a scenario that has clients
};

// So many runs of that scope, numbered from `first`. `recorded`: the failure, with the sites at which its hosts drew
// and the fault points that they reached. `calls`: what tells why its history is wrong; half of the runs ask that. The
// same numbers give the same runs.
std::vector<RunInput> small_runs(const Summary& recorded, const std::vector<reports::Call>& calls,
                                 const SmallScope& scope, std::uint32_t first, std::uint32_t count);

// The kinds of fault that the run's scenario is promised to stand, but for rates: what these do in half a second a cut
// does as well.
std::vector<const faults::Kind*> kinds_of(const RunInput& run);

// A fault that the run's scenario is promised to stand, of one to all hosts, at any time, point or effect. Nothing if
// the scenario stands none.
std::optional<faults::Fault> draw_fault(const RunInput& run, sim::world::FaultId id,
                                        const std::vector<std::string>& points, faults::Draw& draw);

} // namespace orrery::scenarios::engine
