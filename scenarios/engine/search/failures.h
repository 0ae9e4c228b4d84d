// Failures: the violated seeds of a sweep by fingerprint, counted as they come.
//
// Of each fingerprint the first seed that repeats in a new process stands for all. One that does not repeat
// is nondeterminism, never a violation, and may not hide a real one behind it: later seeds are tried.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

struct Failure {
    Summary first;         // that repeats
    std::size_t seeds = 0; // of this fingerprint so far, those that did not repeat among them
    std::string path{};    // of its repro, once it is saved
};

class Failures {
public:
    // `repeats`: whether a seed does, in a new process.
    explicit Failures(std::function<bool(const Summary&)> repeats) : repeats_(std::move(repeats)) {}

    // A violated seed. Its failure if it is the first of its fingerprint that repeats, else null. Owned here.
    Failure* add(const Summary& summary) {
        const std::string fingerprint = summary.fingerprint();
        const std::size_t seeds = ++seeds_[fingerprint];
        for (Failure& each : all_) {
            if (each.first.fingerprint() != fingerprint) continue;
            each.seeds = seeds;
            return nullptr;
        }
        if (!repeats_(summary)) return nullptr;
        all_.push_back({summary, seeds});
        return &all_.back();
    }
    // In the order of their seeds.
    const std::deque<Failure>& all() const { return all_; }

private:
    std::function<bool(const Summary&)> repeats_;
    std::map<std::string, std::size_t> seeds_;
    std::deque<Failure> all_;
};

} // namespace orrery::scenarios::engine
