// Sweep: many seeds of one scenario, each in a child, some at a time; what they found, in the order of the seeds
// whatever finished first.
//
// Of the seeds that passed, a sample - one of 64 by default, and at least one - is repeated in a newly executed
// process: forks share addresses, so that code whose order depends on them would look sound.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "orrery/scenarios/engine/process/verify.h"

namespace orrery::scenarios::engine {

struct SweepOptions {
    RunInput input; // its seed does not matter
    std::uint64_t seed_first = 1;
    std::uint64_t seed_last = 100;
    unsigned jobs = 1;
    std::int64_t seconds_max = 0; // of real time; 0: no limit. Stops between seeds
    bool until_failure = false;
    // Called for each violated seed, in the order of seeds. True: that is a failure, at which `until_failure`
    // ends. Without it, each is.
    std::function<bool(const Summary&)> violated{};
    std::uint64_t verify_one_of = 64; // of the seeds that pass, one of so many is repeated; 0: none
    Limits limits{};                  // of each seed
    std::uint64_t shard = 0;          // this one of ...
    std::uint64_t shards = 1;
    std::function<void(const struct SweepResult& so_far)> progress{};
    std::function<bool()> interrupted{}; // true: what runs is dropped, what is done is kept
};

struct KindCounts {
    std::uint64_t armed = 0;
    std::uint64_t fired = 0;
    std::uint64_t effective = 0; // faults that took effect at least once
    // Design: fired 20 times and never effective, or armed 20 times and never fired.
    bool is_vacuous() const { return (fired >= 20 && effective == 0) || (armed >= 20 && fired == 0); }
};

// A seed and what is to be said of it.
struct Remark {
    std::uint64_t seed = 0;
    std::string text;
};

// A seed that passed, and did not do the same in a fresh process.
struct Diverged {
    Summary summary;
    Divergence divergence;
};

struct SweepResult {
    std::uint64_t seeds = 0;
    std::uint64_t planned = 0;
    std::uint64_t events = 0;
    std::uint64_t verified = 0; // of those that passed: repeated in a new process, the same
    bool interrupted = false;
    std::vector<Summary> violated; // in the order of seeds
    std::vector<Remark> undecided; // by the judges, and why
    std::vector<Diverged> diverged;
    std::vector<Remark> lost; // nothing is known of them
    std::map<std::string, KindCounts> kinds;
    std::map<std::string, std::uint64_t> goals; // in how many seeds each was reached; 0: in none
    std::vector<std::uint64_t> answered;        // per seed, for medians
    std::vector<std::uint64_t> refused;
    std::vector<std::uint64_t> unknown;
    std::vector<std::uint64_t> effective;
    std::vector<std::uint64_t> notes;
    sim::Problem problem; // no seed can be run: the first said why
};

SweepResult sweep(const SweepOptions& options);
std::uint64_t median(std::vector<std::uint64_t> values);
std::vector<std::string> goals_unreached(const SweepResult& result);
// What the seeds did less of than the scenario asks for, in words; empty if nothing.
std::string vacuity(const Scenario& scenario, const SweepResult& result);

} // namespace orrery::scenarios::engine
