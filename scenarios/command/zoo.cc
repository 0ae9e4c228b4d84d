// orrery zoo: switches on one planted bug after the other and sweeps until it is found.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/interruption.h"
#include "orrery/scenarios/engine/sweep.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios::command {
namespace {

// Where a flaw can be seen: the rpc ones where requests and clients are hurt, the others in raft-kv.
std::string habitat(std::string_view flaw) { return flaw.starts_with("rpc_") ? "rpc-at-most-once" : "raft-kv"; }

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

bool hunt(const sim::Flaw& flaw, const ZooOptions& options) {
    const std::string scenario = habitat(flaw.name);
    SweepOptions sweep_options;
    std::vector<std::string> settings = options.settings;
    settings.push_back("flaws=" + std::string(flaw.name));
    if (!prepare(sweep_options.input, scenario, settings)) return false;
    sweep_options.interrupted = [] { return interruption() != 0; };
    sweep_options.sample = false; // what is wrong on purpose need not be sound
    sweep_options.jobs = jobs_or_cores(options.jobs);
    sweep_options.until_failure = true;
    const double before = processor_seconds();
    double spent = 0;
    std::uint64_t seeds = 0;
    constexpr std::uint64_t batch = 64;
    SweepResult result;
    for (std::uint64_t first = 1; first <= options.seeds_max; first += batch) {
        sweep_options.seed_first = first;
        sweep_options.seed_last = first + batch - 1;
        result = scenarios::sweep(sweep_options);
        seeds += result.seeds;
        spent = processor_seconds() - before;
        std::fprintf(stderr, "%.*s: %llu seeds, %.1f s\n", static_cast<int>(flaw.name.size()), flaw.name.data(),
                     static_cast<unsigned long long>(seeds), spent);
        if (result.interrupted || !result.violated.empty() || spent > static_cast<double>(options.seconds_max)) break;
    }
    const bool found = !result.violated.empty() && verified(result.violated.front());
    const std::string path = found ? save(result.violated.front(), options.out, std::string(flaw.name)) : "";
    const std::string finding = found ? result.violated.front().findings.front().fingerprint : "";
    if (options.json)
        std::printf("{\"type\":\"zoo\",\"version\":1,\"flaw\":%s,\"scenario\":%s,\"found\":%s,\"seeds\":%llu,\"seconds\":%.2f,"
                    "\"finding\":%s,\"repro\":%s}\n",
                    quoted(std::string(flaw.name)).c_str(), quoted(scenario).c_str(), found ? "true" : "false",
                    static_cast<unsigned long long>(seeds), spent, quoted(finding).c_str(), quoted(path).c_str());
    else
        std::printf("%-32s %-9s %6llu seeds %7.2f s  %s  %s\n", std::string(flaw.name).c_str(), found ? "found" : "NOT FOUND",
                    static_cast<unsigned long long>(seeds), spent, finding.c_str(), path.c_str());
    std::fflush(stdout);
    return found && !path.empty();
}

} // namespace

int zoo(const ZooOptions& options) {
    std::vector<sim::Flaw*> flaws = sim::Flaw::all();
    std::sort(flaws.begin(), flaws.end(), [](const sim::Flaw* a, const sim::Flaw* b) { return a->name < b->name; });
    if (flaws.empty()) {
        std::fprintf(stderr, "orrery: this build has no flaws; set it up with -Dflaws=true\n");
        return exit_usage;
    }
    for (const std::string& wanted : options.flaws) {
        const auto known = [&](const sim::Flaw* flaw) { return flaw->name == wanted; };
        if (std::any_of(flaws.begin(), flaws.end(), known)) continue;
        std::fprintf(stderr, "orrery: there is no flaw '%s'; see orrery list\n", wanted.c_str());
        return exit_usage;
    }
    listen_for_interruption();
    bool all = true;
    for (const sim::Flaw* flaw : flaws) {
        const bool chosen = options.flaws.empty() ||
                            std::find(options.flaws.begin(), options.flaws.end(), flaw->name) != options.flaws.end();
        if (chosen && interruption() == 0) all = hunt(*flaw, options) && all;
    }
    return all ? exit_passed : exit_violated;
}

} // namespace orrery::scenarios::command
