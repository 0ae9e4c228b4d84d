// orrery bench: one work, timed. Benchmarks measure; no test looks at the time.
#include <chrono>
#include <cstdio>

#include "orrery/scenarios/bench/judge_work.h"
#include "orrery/scenarios/bench/works.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/nearest.h"

namespace orrery::scenarios::command {

namespace {

// The time is that of judging alone, and the figures of each history go with it.
int bench_judge(const BenchOptions& options) {
    bench::JudgeMeasure measure;
    std::FILE* figures = options.json ? stderr : stdout;
    if (options.files.empty())
        measure = bench::judge_own(options.operations, figures);
    else if (!bench::judge_files(options.files, options.model, figures, measure))
        return exit_input;
    const double rate = static_cast<double>(measure.operations) / measure.seconds;
    if (options.json)
        std::printf("{\"type\":\"bench\",\"version\":1,\"work\":\"judge\",\"operations\":%llu,\"seconds\":%.6f,"
                    "\"per_second\":%.1f}\n",
                    static_cast<unsigned long long>(measure.operations), measure.seconds, rate);
    else
        std::printf("judge: %llu operations (judged) in %.6f s, %.0f a second\n",
                    static_cast<unsigned long long>(measure.operations), measure.seconds, rate);
    return exit_passed;
}

} // namespace

int bench(const BenchOptions& options) {
    if (options.work == "judge") return bench_judge(options);
    std::string known = "judge";
    std::vector<std::string> names{"judge"};
    for (const bench::Work& work : bench::works()) {
        known += ", " + std::string(work.name);
        names.emplace_back(work.name);
        if (work.name != options.work) continue;
        const auto begin = std::chrono::steady_clock::now();
        const std::uint64_t done = work.run(options.operations, options.hosts == 0 ? work.hosts : options.hosts);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        const double rate = static_cast<double>(done) / seconds;
        if (options.json)
            std::printf("{\"type\":\"bench\",\"version\":1,\"work\":%s,\"operations\":%llu,"
                        "\"seconds\":%.6f,\"per_second\":%.1f}\n",
                        quoted(options.work).c_str(), static_cast<unsigned long long>(done), seconds, rate);
        else
            std::printf("%s: %llu operations (%.*s) in %.3f s, %.0f a second\n", options.work.c_str(),
                        static_cast<unsigned long long>(done), static_cast<int>(work.operation.size()), work.operation.data(),
                        seconds, rate);
        return done == 0 ? exit_internal : exit_passed;
    }
    return complain(exit_usage, "there is no work '" + options.work + "'; there are " + known + suggestion(options.work, names));
}

} // namespace orrery::scenarios::command
