// A pool of children; their results are folded in the order of the seeds.
#include "orrery/scenarios/engine/search/sweep.h"

#include <poll.h>

#include <algorithm>
#include <chrono>

#include "orrery/scenarios/engine/process/verify.h"

namespace orrery::scenarios::engine {
namespace {

// A seed of the sweep: its run, and for some the same in a new process.
struct Work {
    Child child{};
    Summary summary{};
    bool repeating = false;
    bool done = false;
    std::string parted{}; // where the repetition parted
    bool verified = false;
};

void fold(SweepResult& result, Work& work) {
    Summary& summary = work.summary;
    ++result.seeds;
    if (!summary.error.empty()) result.error = summary.error;
    if (!summary.lost.empty()) {
        result.lost.push_back({summary.seed, summary.lost});
        return;
    }
    result.events += summary.events;
    result.verified += work.verified;
    if (!work.parted.empty()) result.parted.push_back({summary.seed, work.parted});
    for (const FaultRecord& fault : summary.faults) {
        KindCounts& counts = result.kinds[fault.kind];
        counts.armed += fault.armed;
        counts.fired += fault.fired;
        counts.effective += fault.effective > 0;
    }
    for (const std::string& goal : summary.goals) ++result.goals[goal];
    result.answered.push_back(summary.answered);
    result.lagging += summary.lagging > 0;
    result.effective.push_back(summary.effective);
    result.notes.push_back(summary.notes);
    if (summary.verdict == RunVerdict::undecided) result.undecided.push_back({summary.seed, summary.undecided});
    if (summary.verdict == RunVerdict::violated) result.violated.push_back(std::move(summary));
}

struct Pool {
    const SweepOptions& options;
    SweepResult result{};
    std::map<std::uint64_t, Work> works{}; // running, or waiting for earlier seeds to be folded
    std::size_t running = 0;
    std::uint64_t next_start = 0;
    std::uint64_t next_fold = 0;
    bool failed = false;

    bool ends_early() const { return (options.until_failure && failed) || !result.error.empty(); }
    // The next in the order of seeds.
    void take(Work& work) {
        const std::size_t before = result.violated.size();
        fold(result, work);
        if (result.violated.size() > before) failed |= !options.violated || options.violated(result.violated.back());
    }
    RunInput input_of(std::uint64_t seed) const {
        RunInput input = options.input;
        input.seed = seed;
        draw_settings(input);
        return input;
    }
    bool is_sampled(std::uint64_t seed) const {
        const std::uint64_t first = options.seed_first + options.shard;
        return options.verify_one_of != 0 && (seed - first) / options.shards % options.verify_one_of == 0;
    }
    void start() {
        const Detail detail = is_sampled(next_start) ? Detail::whole : Detail::brief;
        works[next_start].child.start(input_of(next_start), detail);
        ++running;
        next_start += options.shards;
    }
    // Its child has ended: the run itself, or the repetition.
    void end(std::uint64_t seed, Work& work) {
        Summary told = work.child.finish();
        if (work.repeating) {
            if (!told.lost.empty()) {
                work.summary.lost = "when it was repeated " + told.lost;
            } else {
                const std::optional<std::string> parted = divergence(work.summary.repro, told.repro);
                work.parted = parted.value_or("");
                work.verified = !parted;
            }
        } else {
            work.summary = std::move(told);
            if (is_sampled(seed) && work.summary.verdict == RunVerdict::passed && !work.summary.repro.empty()) {
                work.repeating = true;
                work.child.start_elsewhere(seed, work.summary.repro);
                return;
            }
        }
        work.done = true;
        --running;
    }
    void wait() {
        std::vector<pollfd> descriptors;
        std::vector<std::uint64_t> seeds;
        for (const auto& [seed, work] : works) {
            if (work.done) continue;
            descriptors.push_back({work.child.descriptor(), POLLIN, 0});
            seeds.push_back(seed);
        }
        if (poll(descriptors.data(), descriptors.size(), 1000) <= 0) return;
        for (std::size_t i = 0; i < seeds.size(); ++i) {
            Work& work = works.at(seeds[i]);
            if (descriptors[i].revents != 0 && work.child.advance()) end(seeds[i], work);
        }
        while (!works.empty() && works.begin()->first == next_fold && works.begin()->second.done) {
            if (!ends_early()) take(works.begin()->second);
            works.erase(works.begin());
            next_fold += options.shards;
        }
    }
};

// If no seed of the sample passed, another one that did is repeated.
void verify_one(const SweepOptions& options, const Pool& pool, SweepResult& result) {
    if (options.verify_one_of == 0 || result.verified > 0 || !result.parted.empty() || result.interrupted ||
        !result.error.empty())
        return;
    for (std::uint64_t seed = options.seed_first + options.shard; seed < pool.next_fold; seed += options.shards) {
        const auto same = [&](const auto& each) { return each.seed == seed; };
        if (std::any_of(result.violated.begin(), result.violated.end(), same)) continue;
        const Summary summary = run_isolated(pool.input_of(seed));
        if (summary.verdict != RunVerdict::passed || summary.repro.empty()) continue;
        const Summary again = run_elsewhere(summary.repro);
        if (!again.lost.empty()) {
            result.lost.push_back({seed, "when it was repeated " + again.lost});
            return;
        }
        const std::optional<std::string> parted = divergence(summary.repro, again.repro);
        if (parted) result.parted.push_back({seed, *parted});
        result.verified += !parted;
        return;
    }
}

} // namespace

SweepResult sweep(const SweepOptions& options) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    Pool pool{options};
    for (const sim::NoteKind& goal : options.input.scenario->goals) pool.result.goals[std::string(goal.name)] = 0;
    pool.next_start = pool.next_fold = options.seed_first + options.shard;
    pool.result.planned =
        pool.next_start > options.seed_last ? 0 : (options.seed_last - pool.next_start) / options.shards + 1;
    const auto late = [&] {
        return options.seconds_max > 0 && Clock::now() - begin >= std::chrono::seconds(options.seconds_max);
    };
    while (true) {
        pool.result.interrupted = options.interrupted && options.interrupted();
        const bool more = pool.next_start <= options.seed_last && !pool.ends_early() && !late();
        if (pool.result.interrupted || (!more && pool.running == 0)) break;
        if (more && pool.running < options.jobs) {
            pool.start();
            continue;
        }
        pool.wait();
        if (options.progress) options.progress(pool.result);
    }
    verify_one(options, pool, pool.result);
    return std::move(pool.result);
}

std::uint64_t median(std::vector<std::uint64_t> values) {
    if (values.empty()) return 0;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

std::vector<std::string> goals_unreached(const SweepResult& result) {
    std::vector<std::string> unreached;
    for (const auto& [goal, seeds] : result.goals)
        if (seeds == 0) unreached.push_back(goal);
    return unreached;
}

std::string vacuity(const Scenario& scenario, const SweepResult& result) {
    std::string text;
    const auto below = [&](const std::string& what, std::uint64_t least, const std::vector<std::uint64_t>& values) {
        const std::uint64_t middle = median(values);
        if (middle < least)
            text += "median of " + what + " is " + std::to_string(middle) + ", the floor is " + std::to_string(least) +
                    "; ";
    };
    // Where clients ask and none is ever answered, nothing was judged.
    const std::uint64_t asked = scenario.clients.count > 0 ? 1 : 0;
    below("answered operations", std::max(scenario.floor.answered, asked), result.answered);
    below("effective faults", scenario.floor.effective, result.effective);
    below(scenario.floor.note, scenario.floor.notes, result.notes);
    for (const auto& [kind, counts] : result.kinds)
        if (counts.is_vacuous()) text += "faults of kind " + kind + " never took effect; ";
    return text.substr(0, text.size() - (text.empty() ? 0 : 2));
}

} // namespace orrery::scenarios::engine
