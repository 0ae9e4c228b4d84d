// orrery zoo: switches on one planted bug after the other and sweeps until it is found.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/output_directory.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/search/sweep.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios::command {
namespace {

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The finding that counts. With the judge of histories alone, only its own does: not a process that
// died. Empty if there is none.
std::string finding_of(const SweepResult& result, const ZooOptions& options) {
    if (result.violated.empty()) return {};
    for (const sim::Finding& finding : result.violated.front().findings)
        if (options.judges != "linearizable" || finding.judge == "linearizable") return finding.fingerprint();
    return {};
}

struct Hunt {
    double spent = 0; // processor seconds
    std::uint64_t seeds = 0;
    std::string scenario{};
    std::string finding{}; // empty: not found
    Summary failure{};
};

constexpr std::uint64_t batch = 64;

// Sweeps the scenarios that the flaw names in turns, a batch of seeds each. False: a setting does not fit.
bool search(const sim::Flaw& flaw, const ZooOptions& options, const std::function<void(std::uint64_t)>& show,
            Hunt& hunt) {
    const std::uint64_t seconds_standard = options.judges == "linearizable" ? 300 : 60;
    const std::uint64_t seconds_max = options.seconds_max != 0 ? options.seconds_max : seconds_standard;
    std::vector<std::uint64_t> next(flaw.scenarios.size(), 1);
    const double before = processor_seconds();
    for (std::size_t turn = 0; hunt.seeds < options.seeds_max; turn = (turn + 1) % next.size()) {
        SweepOptions sweep_options;
        hunt.scenario = flaw.scenarios[turn];
        std::vector<std::string> settings = options.settings;
        settings.push_back("flaws=" + std::string(flaw.name));
        if (!prepare(sweep_options.input, hunt.scenario, settings)) return false;
        sweep_options.interrupted = [] { return interruption() != 0; };
        sweep_options.progress = [&](const SweepResult& so_far) { show(hunt.seeds + so_far.seeds); };
        sweep_options.verify_one_of = 0; // what is wrong on purpose need not be sound
        sweep_options.jobs = jobs_or_cores(options.jobs);
        sweep_options.until_failure = true;
        sweep_options.seed_first = next[turn];
        sweep_options.seed_last = next[turn] + batch - 1;
        SweepResult result = engine::sweep(sweep_options);
        if (result.problem) return complain(*result.problem), false;
        next[turn] += result.seeds;
        hunt.seeds += result.seeds;
        hunt.spent = processor_seconds() - before;
        hunt.finding = finding_of(result, options);
        if (!hunt.finding.empty()) hunt.failure = std::move(result.violated.front());
        if (result.interrupted || !hunt.finding.empty() || hunt.spent > static_cast<double>(seconds_max)) break;
    }
    return true;
}

// `done`: how many flaws were hunted before. Exit codes as of the whole zoo.
int tell_hunt(const sim::Flaw& flaw, const ZooOptions& options, std::uint64_t done, Progress& progress) {
    Hunt hunt;
    const std::string name(flaw.name);
    const auto show = [&](std::uint64_t seeds) {
        progress.show(done, name + " in " + std::to_string(seeds) + " seeds");
    };
    if (!search(flaw, options, show, hunt)) return exit_usage;
    progress.clear();
    const bool seen = !hunt.finding.empty();
    const bool found = seen && verified(hunt.failure, options.json) == exit_passed;
    const std::string path = found ? save(hunt.failure, options.out, name) : "";
    if (options.json)
        Object("zoo")
            .text("flaw", name)
            .text("scenario", hunt.scenario)
            .flag("found", found)
            .count("seeds", hunt.seeds)
            .decimal("seconds", hunt.spent, 2)
            .text("finding", hunt.finding)
            .text("repro", path)
            .print();
    else
        std::printf("%-32s %-9s %6llu seeds %7.2f s  %s  %s\n", name.c_str(), found ? "found" : "NOT FOUND",
                    static_cast<unsigned long long>(hunt.seeds), hunt.spent, hunt.finding.c_str(), path.c_str());
    std::fflush(stdout);
    if (seen && !found) return exit_nondeterminism;
    if (found && path.empty()) return exit_missing;
    return found ? exit_passed : exit_violated;
}

// More severe first.
int worse(int a, int b) {
    for (const int code : {exit_usage, exit_nondeterminism, exit_missing, exit_violated})
        if (a == code || b == code) return code;
    return exit_passed;
}

// What makes this hunt another one than others.
std::string manifest_of(const std::vector<sim::Flaw*>& flaws, const ZooOptions& options) {
    std::string text = "zoo";
    for (const sim::Flaw* flaw : flaws) text += " " + std::string(flaw->name);
    text += "\njudges " + options.judges + "\n";
    for (const std::string& setting : options.settings) text += "set " + setting + "\n";
    return text + "source " + std::string(source_identity()) + "\n";
}

} // namespace

int zoo(const ZooOptions& given) {
    ZooOptions options = given;
    std::vector<sim::Flaw*> flaws = sim::Flaw::all();
    std::sort(flaws.begin(), flaws.end(), [](const sim::Flaw* a, const sim::Flaw* b) { return a->name < b->name; });
    if (flaws.empty()) return complain(exit_missing, "this build has no flaws; set it up with -Dflaws=true");
    for (const std::string& wanted : options.flaws) {
        const auto known = [&](const sim::Flaw* flaw) { return flaw->name == wanted; };
        if (std::any_of(flaws.begin(), flaws.end(), known)) continue;
        return complain(exit_usage, "there is no flaw '" + wanted + "'; see orrery list");
    }
    std::erase_if(flaws, [&](const sim::Flaw* flaw) {
        if (options.judges == "linearizable" && flaw->seen != sim::Flaw::Seen::clients) return true;
        return !options.flaws.empty() &&
               std::find(options.flaws.begin(), options.flaws.end(), flaw->name) == options.flaws.end();
    });
    // A setting that does not fit is said once, before anything is hunted.
    RunInput any;
    if (!flaws.empty() && !prepare(any, std::string(flaws.front()->scenarios.front()), options.settings))
        return exit_usage;
    const std::string manifest = manifest_of(flaws, options);
    if (given.out.empty()) options.out = own_folder("zoo", manifest);
    OutputDirectory directory;
    if (const sim::Problem problem = directory.take(options.out, manifest, "zoo")) return complain(*problem);
    listen_for_interruption();
    Progress progress("zoo", "flaws", flaws.size());
    int code = exit_passed;
    std::size_t saved = 0;
    for (std::size_t i = 0; i < flaws.size() && interruption() == 0; ++i) {
        const int one = tell_hunt(*flaws[i], options, i, progress);
        saved += one == exit_passed;
        code = worse(code, one);
    }
    if (saved == 0 && given.out.empty()) directory.remove_if_empty();
    return code;
}

} // namespace orrery::scenarios::command
