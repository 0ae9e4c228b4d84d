// Shrink: the smallest run with the same failure. Everything that makes a run - its end, its faults, its clients and
// their operations, its settings, its times - is taken away or made plainer, piece by piece, and what still fails with
// the same fingerprint (reproduction.h) is kept.
//
//     raft-kv, with clients that read at a leader alone           700 faults, 498 operations, 13,657 events
//     -> small runs  one that was drawn small fails likewise      1 fault
//     -> end         the heal goes right behind the finding
//     -> clients, operations: one client, two operations
//     -> variations  the crash comes sooner
//     -> draws       all latencies alike                          1 fault, 2 operations, 113 events
//
// The passes are done in turn until none makes it smaller, or the runs are spent. Lists are reduced by delta debugging
// (A. Zeller, R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002): halves first, then ever
// smaller parts. Since an event keeps its draws under every edit outside its causal past, what is left behaves as it
// did before.
#pragma once

#include <string>
#include <vector>

#include "orrery/scenarios/engine/search/reproduction.h"

namespace orrery::scenarios::engine {

struct ShrinkOptions {
    std::uint64_t runs_max = 30'000; // the whole budget; the result depends on it and on nothing else
    unsigned jobs = 1;
    Limits limits{};
    std::function<bool()> interrupted{};
    std::function<void(std::uint64_t runs, const struct Shrunk& so_far)> progress{};
};

// How large a failure is. Of two, the one with fewer faults is smaller; then fewer operations, then fewer events.
struct Size {
    std::uint64_t faults = 0; // of faults: a rate counts for each message that it changes; overrides too
    std::uint64_t operations = 0;
    std::uint64_t events = 0;
    auto operator<=>(const Size&) const = default;
};

// What one kind of simplification came to, over all rounds.
struct ShrinkPass {
    std::string name;
    std::uint64_t tried = 0;  // runs
    std::uint64_t kept = 0;   // simplifications that still fail
    std::uint64_t rounds = 0; // in which it was tried
};

enum class ShrinkEnd : std::uint8_t {
    minimal,     // nothing that can be tried makes it smaller
    spent,       // its runs
    interrupted, // by the user; what is held is the smallest until then
};

struct Shrunk {
    Summary smallest; // with its history
    Size before{};
    Size after{};
    std::vector<ShrinkPass> passes;
    std::uint64_t runs = 0;
    ShrinkEnd end = ShrinkEnd::minimal;
};

// `failure`: a violated run that is known to repeat. Complains if it does not, run once more in a child.
sim::Checked<Shrunk> shrink(const Summary& failure, const ShrinkOptions& options);
Size size_of(const Summary& summary); // which holds its history

} // namespace orrery::scenarios::engine
