// A pool of children; their results are folded in the order of the seeds.
#include "orrery/scenarios/engine/search/sweep.h"

#include <poll.h>

#include <algorithm>
#include <chrono>

#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

// A seed of the sweep: its run, and for some the same in a new process.
struct Work {
    Child child{};
    Summary summary{};
    bool repeating = false;
    bool done = false;
    std::optional<Divergence> diverged{}; // of the repetition
    bool verified = false;
};

void fold(SweepResult& result, Work& work) {
    Summary& summary = work.summary;
    ++result.seeds;
    if (summary.problem) {
        result.problem = summary.problem;
        return;
    }
    if (!summary.lost.empty()) {
        result.lost.push_back({summary.input.seed, summary.lost});
        return;
    }
    result.events += summary.events;
    result.verified += work.verified;
    for (const faults::Fault& fault : summary.plan.faults) {
        const sim::world::Efficacy efficacy = summary.efficacy(fault.id);
        KindCounts& counts = result.kinds[fault.kind];
        counts.armed += efficacy.armed;
        counts.fired += efficacy.fired;
        counts.effective += efficacy.effective > 0;
    }
    for (const auto& [goal, count] : summary.goals) ++result.goals[goal];
    result.answered.push_back(summary.answered);
    result.refused.push_back(summary.refused);
    result.unknown.push_back(summary.unknown);
    result.effective.push_back(summary.effective_faults());
    result.notes.push_back(summary.notes);
    if (work.diverged) result.diverged.push_back({summary, *work.diverged});
    if (summary.verdict == RunVerdict::undecided)
        result.undecided.push_back({summary.input.seed, summary.why_undecided()});
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

    bool ends_early() const { return (options.until_failure && failed) || result.problem; }
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
    ChildOptions child_options(std::uint64_t seed) const {
        ChildOptions child;
        child.detail = is_sampled(seed) ? Detail::repeat : Detail::counts;
        child.limits = options.limits;
        return child;
    }
    void start() {
        Work& work = works[next_start];
        const RunInput input = input_of(next_start);
        ++running;
        if (sim::Problem problem = work.child.start(input, child_options(next_start)))
            cannot_start(work, input, *problem);
        next_start += options.shards;
    }
    void cannot_start(Work& work, const RunInput& input, const sim::Complaint& complaint) {
        work.summary.input = input;
        work.summary.problem = complaint;
        if (!result.problem) result.problem = complaint; // no other seed needs to be tried
        work.done = true;
        CHECK(running > 0);
        --running;
    }
    // Its child has ended: the run itself, or the repetition.
    void end(std::uint64_t seed, Work& work) {
        Summary summary = work.child.finish();
        if (work.repeating) {
            if (summary.problem) work.summary.problem = summary.problem;
            if (!summary.lost.empty()) work.summary.lost = "when it was repeated " + summary.lost;
            if (summary.is_known()) work.diverged = divergence(work.summary, summary);
            work.verified = summary.is_known() && !work.diverged;
        } else {
            work.summary = std::move(summary);
            if (is_sampled(seed) && work.summary.is_known() && work.summary.verdict == RunVerdict::passed) {
                work.repeating = true;
                const sim::Problem problem = work.child.start_fresh(work.summary.input, child_options(seed));
                if (problem) cannot_start(work, work.summary.input, *problem);
                return;
            }
        }
        work.done = true;
        CHECK(running > 0);
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
        poll(descriptors.data(), descriptors.size(), 1000);
        // Each is looked at, also one that says nothing: it may be beyond its limits.
        for (const std::uint64_t seed : seeds)
            if (works.at(seed).child.advance()) end(seed, works.at(seed));
        while (!works.empty() && works.begin()->first == next_fold && works.begin()->second.done) {
            if (!ends_early()) take(works.begin()->second);
            works.erase(works.begin());
            next_fold += options.shards;
        }
    }
};

// If no seed of the sample passed, another one that did is repeated.
void verify_one(const SweepOptions& options, const Pool& pool, SweepResult& result) {
    if (options.verify_one_of == 0 || result.verified > 0 || !result.diverged.empty() || result.interrupted ||
        result.problem)
        return;
    for (std::uint64_t seed = options.seed_first + options.shard; seed < pool.next_fold; seed += options.shards) {
        const auto same = [&](const auto& each) { return each.input.seed == seed; };
        if (std::any_of(result.violated.begin(), result.violated.end(), same)) continue;
        ChildOptions child;
        child.limits = options.limits;
        const Summary summary = run_in_child(pool.input_of(seed), child);
        if (!summary.is_known() || summary.verdict != RunVerdict::passed) continue;
        const Summary again = run_in_fresh_process(summary.input, child);
        result.problem = again.problem;
        if (!again.lost.empty()) result.lost.push_back({seed, "when it was repeated " + again.lost});
        if (!again.is_known()) return;
        const std::optional<Divergence> diverged = divergence(summary, again);
        if (diverged) result.diverged.push_back({summary, *diverged});
        result.verified += !diverged;
        return;
    }
}

} // namespace

SweepResult sweep(const SweepOptions& options) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    Pool pool{options};
    for (const sim::NoteKind& goal : options.input.scenario->goals.of(options.input.settings))
        pool.result.goals[std::string(goal.name)] = 0;
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
    // The first stands for all: one of them is enough to look for the event at which it goes another way.
    if (!pool.result.diverged.empty() && !pool.result.interrupted) {
        Diverged& first = pool.result.diverged.front();
        first.divergence.event = diverging_event(first.summary.input, first.divergence, options.limits);
    }
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
            text += "median of " + what + " is " + std::to_string(middle) + ", the scenario asks for " +
                    std::to_string(least) + "; ";
    };
    // Where clients ask and none is ever answered, nothing was judged.
    const std::uint64_t asked = scenario.clients.count > 0 ? 1 : 0;
    below("answered operations", std::max(scenario.minimum_work.answered, asked), result.answered);
    below("refused operations", scenario.minimum_work.refused, result.refused);
    below("unknown operations", scenario.minimum_work.unknown, result.unknown);
    below("effective faults", scenario.minimum_work.effective, result.effective);
    below(scenario.minimum_work.note, scenario.minimum_work.notes, result.notes);
    for (const auto& [kind, counts] : result.kinds)
        if (counts.is_vacuous()) text += "faults of kind " + kind + " never took effect; ";
    return text.substr(0, text.size() - (text.empty() ? 0 : 2));
}

} // namespace orrery::scenarios::engine
