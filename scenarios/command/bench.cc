// orrery bench: one work, timed. Benchmarks measure; no test looks at the time.
#include <chrono>
#include <cstdio>

#include "orrery/scenarios/bench/judge_work.h"
#include "orrery/scenarios/bench/online_work.h"
#include "orrery/scenarios/bench/works.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/names.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using engine::Object;

namespace {

// Whole histories lie in memory, some hundred bytes an operation.
constexpr std::uint64_t judged_max = 10'000'000;

void tell(const BenchOptions& options, std::string_view operation, std::uint64_t done, double seconds) {
    const double rate = static_cast<double>(done) / seconds;
    if (options.json)
        Object("bench")
            .text("work", options.work)
            .count("operations", done)
            .decimal("seconds", seconds, 6)
            .decimal("per_second", rate, 1)
            .print();
    else
        say("{}: {} operations ({}) in {:.3f} s, {:.0f} a second\n", options.work, done, operation, seconds, rate);
}

// The time is that of judging alone, and the figures of each history go with it.
int bench_judge(const BenchOptions& options) {
    if (options.operations > judged_max)
        return complain(sim::usage_complaint("--operations expects at most " + std::to_string(judged_max) +
                                             " for judge, got '" + std::to_string(options.operations) + "'"));
    bench::JudgeMeasure measure;
    std::FILE* figures = options.json ? stderr : stdout;
    if (options.files.empty()) {
        measure = bench::judge_own(options.operations, figures);
        bench::judge_online(options.operations / 10, figures);
    } else {
        Progress progress("judge", "files", options.files.size());
        const auto show = [&](std::uint64_t done) { progress.show(done, ""); };
        const std::optional<std::string> wrong =
            bench::judge_files(options.files, options.model, figures, show, measure);
        progress.clear();
        if (wrong) return complain({sim::Cause::input, {}, *wrong});
    }
    tell(options, "judged", measure.operations, measure.seconds);
    return exit_passed;
}

int bench_work(const BenchOptions& options, const bench::Work& work) {
    Progress progress(options.work, "operations", options.operations);
    bench::Task task{options.operations, work.hosts, [&](std::uint64_t done) { progress.show(done, ""); }};
    if (options.hosts != 0) task.hosts = options.hosts;
    if (task.hosts < work.hosts_least)
        return complain(sim::usage_complaint("--hosts expects at least " + std::to_string(work.hosts_least) + " for " +
                                             options.work + ", got '" + std::to_string(task.hosts) + "'"));
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t done = work.run(task);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    progress.clear();
    tell(options, work.operation, done, seconds);
    return done == 0 ? exit_internal : exit_passed;
}

} // namespace

int bench(const BenchOptions& options) {
    if (options.work == "judge") return bench_judge(options);
    for (const bench::Work& work : bench::works())
        if (work.name == options.work) return bench_work(options, work);
    const std::vector<std::string> names = work_names();
    return complain(sim::usage_complaint("there is no work '" + options.work + "'; there are " + sim::join(names) +
                                         sim::suggestion(options.work, names)));
}

} // namespace orrery::scenarios::command
