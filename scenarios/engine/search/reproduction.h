// Reproduction: does another run still fail as the one in hand does? The question that shrinking asks a thousand times.
//
// A candidate reproduces the failure if it is violated and its earliest finding has the same fingerprint. Candidates
// are tried in their order, some at a time in children, a few in a row in each; the first in that order which
// reproduces is the answer, whichever ended first, once it has done so in a child of its own. So the answer, and the
// number of runs that it is said to have taken, do not depend on how many run at once:
//
//     candidates   a passes   b fails likewise   c fails likewise     ->  b, 2 runs; that c ran too is not counted
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::engine {

struct Reproduced {
    std::size_t place = 0; // among the candidates
    Summary summary;
};

class Reproduction {
public:
    struct Options {
        std::string fingerprint; // of the failure
        Limits limits{};         // of each run
        unsigned jobs = 1;
        std::uint64_t runs_max = 30'000;
        std::function<bool()> interrupted{};                // true: no further candidate is tried
        std::function<void(std::uint64_t runs)> progress{}; // now and then
    };
    explicit Reproduction(Options options) : options_(std::move(options)) {}

    // The first that reproduces, and of which `is_wanted` is true if there is such a question; nothing if none does, or
    // if the runs are spent or interrupted before it is known.
    std::optional<Reproduced> first(const std::vector<RunInput>& candidates,
                                    const std::function<bool(const Summary&)>& is_wanted = {});
    std::uint64_t runs() const { return runs_; }
    // Nothing more can be tried.
    bool is_spent() const { return runs_ >= options_.runs_max || is_interrupted(); }
    bool is_interrupted() const { return interrupted_; }

private:
    struct Batch;
    bool reproduces(const Summary& summary) const;

    Options options_;
    std::uint64_t runs_ = 0;
    bool interrupted_ = false;
};

} // namespace orrery::scenarios::engine
