// A pool of children; results are folded in the order of the seeds.
#include "orrery/scenarios/engine/sweep.h"

#include <poll.h>

#include <algorithm>
#include <chrono>

namespace orrery::scenarios {
namespace {

void fold(SweepResult& result, Summary summary) {
    ++result.seeds;
    result.events += summary.events;
    if (!summary.error.empty()) result.error = summary.error;
    for (const FaultRecord& fault : summary.faults) {
        KindCounts& counts = result.kinds[fault.kind];
        counts.armed += fault.armed;
        counts.fired += fault.fired;
        counts.effective += fault.effective > 0;
    }
    result.answered.push_back(summary.answered);
    result.effective.push_back(summary.effective);
    result.notes.push_back(summary.notes);
    if (summary.verdict == Verdict::undecided) ++result.undecided;
    if (summary.verdict == Verdict::violated) result.violated.push_back(std::move(summary));
}

struct Pool {
    const SweepOptions& options;
    SweepResult result{};
    std::map<std::uint64_t, Child> running{};
    std::map<std::uint64_t, Summary> finished{}; // wait for earlier seeds
    std::uint64_t next_start = 0;
    std::uint64_t next_fold = 0;

    bool ends_early() const { return (options.until_failure && !result.violated.empty()) || !result.error.empty(); }
    void start() {
        RunInput input = options.input;
        input.seed = next_start;
        draw_settings(input);
        running[next_start].start(input);
        next_start += options.shards;
    }
    void wait() {
        std::vector<pollfd> descriptors;
        std::vector<std::uint64_t> seeds;
        for (const auto& [seed, child] : running) {
            descriptors.push_back({child.descriptor(), POLLIN, 0});
            seeds.push_back(seed);
        }
        poll(descriptors.data(), descriptors.size(), 1000);
        for (std::size_t i = 0; i < seeds.size(); ++i) {
            if (descriptors[i].revents == 0) continue;
            Child& child = running.at(seeds[i]);
            if (!child.advance()) continue;
            finished[seeds[i]] = child.finish();
            running.erase(seeds[i]);
        }
        while (!finished.empty() && finished.begin()->first == next_fold) {
            if (!ends_early()) fold(result, std::move(finished.begin()->second));
            finished.erase(finished.begin());
            next_fold += options.shards;
        }
    }
};

} // namespace

SweepResult sweep(const SweepOptions& options) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    Clock::time_point shown = begin;
    Pool pool{options};
    pool.next_start = pool.next_fold = options.seed_first + options.shard;
    pool.result.planned = pool.next_start > options.seed_last ? 0 : (options.seed_last - pool.next_start) / options.shards + 1;
    const auto late = [&] {
        return options.seconds_max > 0 && Clock::now() - begin >= std::chrono::seconds(options.seconds_max);
    };
    while (true) {
        const bool more = pool.next_start <= options.seed_last && !pool.ends_early() && !late();
        if (!more && pool.running.empty()) break;
        if (more && pool.running.size() < options.jobs) {
            pool.start();
            continue;
        }
        pool.wait();
        if (options.progress && Clock::now() - shown > std::chrono::milliseconds(200)) {
            shown = Clock::now();
            options.progress(pool.result);
        }
    }
    return std::move(pool.result);
}

std::uint64_t median(std::vector<std::uint64_t> values) {
    if (values.empty()) return 0;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

std::string vacuity(const Scenario& scenario, const SweepResult& result) {
    std::string text;
    const auto below = [&](const std::string& what, std::uint64_t least, const std::vector<std::uint64_t>& values) {
        const std::uint64_t middle = median(values);
        if (middle < least)
            text += "median of " + what + " is " + std::to_string(middle) + ", the floor is " + std::to_string(least) + "; ";
    };
    below("answered operations", scenario.floor.answered, result.answered);
    below("effective faults", scenario.floor.effective, result.effective);
    below(scenario.floor.note, scenario.floor.notes, result.notes);
    for (const auto& [kind, counts] : result.kinds)
        if (counts.is_vacuous()) text += "faults of kind " + kind + " never took effect; ";
    return text.substr(0, text.size() - (text.empty() ? 0 : 2));
}

} // namespace orrery::scenarios
