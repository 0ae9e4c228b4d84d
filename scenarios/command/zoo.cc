// orrery zoo: switches on one planted bug after the other and sweeps until it is found.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "orrery/reports/judges/registry.h"
#include "orrery/scenarios/command/annotations.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/minimal.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/output_directory.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/search/sweep.h"
#include "orrery/sim/flaw.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Whose findings count. Where only histories are judged, a process that died is none.
enum class Witness : bool { anybody, judges_of_histories };

// The finding that counts; empty if there is none.
std::string finding_of(const SweepResult& result, Witness witness) {
    if (result.violated.empty()) return {};
    for (const sim::Finding& finding : result.violated.front().findings)
        if (witness == Witness::anybody || reports::judges::find_judge(finding.judge) != nullptr)
            return finding.fingerprint();
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
constexpr std::uint64_t range_seeds = 1'000'000; // far more than a hunt looks at

// Sweeps the scenarios that the flaw names in turns, a batch of seeds each, from seed `first` on. A setting may not fit
// one of them.
sim::Problem search(const sim::Flaw& flaw, const ZooOptions& options, Witness witness, std::uint64_t first,
                    const std::function<void(std::uint64_t)>& show, Hunt& hunt) {
    const std::uint64_t seconds_standard = witness == Witness::judges_of_histories ? 300 : 60;
    const std::uint64_t seconds_max = options.seconds_max != 0 ? options.seconds_max : seconds_standard;
    std::vector<std::uint64_t> next(flaw.scenarios.size(), first);
    const double before = processor_seconds();
    for (std::size_t turn = 0; hunt.seeds < options.seeds_max; turn = (turn + 1) % next.size()) {
        SweepOptions sweep_options;
        hunt.scenario = flaw.scenarios[turn];
        InputOptions input = options.input;
        input.settings.push_back({"flaws=" + std::string(flaw.name), {}});
        if (sim::Problem problem = read_input(hunt.scenario, input, sweep_options.input)) return problem;
        sweep_options.interrupted = [] { return interruption() != 0; };
        sweep_options.progress = [&](const SweepResult& so_far) { show(hunt.seeds + so_far.seeds); };
        sweep_options.verify_one_of = 0; // what is wrong on purpose need not be sound
        sweep_options.jobs = jobs_or_cores(options.jobs);
        sweep_options.until_failure = true;
        sweep_options.seed_first = next[turn];
        sweep_options.seed_last = next[turn] + batch - 1;
        SweepResult result = engine::sweep(sweep_options);
        if (result.problem) return result.problem;
        next[turn] += result.seeds;
        hunt.seeds += result.seeds;
        hunt.spent = processor_seconds() - before;
        hunt.finding = finding_of(result, witness);
        if (!hunt.finding.empty()) hunt.failure = std::move(result.violated.front());
        if (result.interrupted || !hunt.finding.empty() || hunt.spent > static_cast<double>(seconds_max)) break;
    }
    return std::nullopt;
}

// One seed may be lucky, for several flaws at once. So a flaw may be hunted in several ranges of seeds, and what it
// needs is what the hunt in the middle needed; one in vain comes last.
sim::Problem search_ranges(const sim::Flaw& flaw, const ZooOptions& options, Witness witness,
                           const std::function<void(std::uint64_t)>& show, Hunt& middle) {
    std::vector<Hunt> hunts;
    for (std::uint64_t range = 0; range < options.ranges && interruption() == 0; ++range) {
        Hunt& hunt = hunts.emplace_back();
        if (sim::Problem problem = search(flaw, options, witness, 1 + range * range_seeds, show, hunt)) return problem;
    }
    std::stable_sort(hunts.begin(), hunts.end(), [](const Hunt& a, const Hunt& b) {
        return a.finding.empty() != b.finding.empty() ? b.finding.empty() : a.spent < b.spent;
    });
    if (!hunts.empty()) middle = std::move(hunts[hunts.size() / 2]);
    return std::nullopt;
}

// What became of the search for one flaw.
enum class Outcome : std::uint8_t { found, not_found, not_repeated, interrupted };

void print_hunt(const std::string& flaw, const Hunt& hunt, Outcome outcome, const std::string& path,
                const std::optional<Minimal>& minimal, bool json) {
    constexpr const char* words[] = {"found", "NOT FOUND", "NOT FOUND", "interrupted"};
    if (json) {
        Object object("zoo");
        object.text("flaw", flaw)
            .text("scenario", hunt.scenario)
            .flag("found", outcome == Outcome::found)
            .flag("interrupted", outcome == Outcome::interrupted)
            .count("seeds", hunt.seeds)
            .decimal("seconds", hunt.spent, 2)
            .text("finding", hunt.finding)
            .text("repro", path);
        add_minimal(object, minimal).print();
    } else {
        say("{:<32} {:<11} {:>6} seeds {:>7.2f} s  {}  {}\n", flaw, words[static_cast<std::size_t>(outcome)],
            hunt.seeds, hunt.spent, hunt.finding, shown_line(path));
        if (minimal) tell_sizes(*minimal);
        if (minimal) say("explain with:\n{}\n", explain_line(minimal->path));
    }
    std::fflush(stdout);
}

// No seconds and no seeds: of the same zoo they are others each time.
JunitCase case_of(const std::string& flaw, const Hunt& hunt, Outcome outcome) {
    JunitCase result{"zoo", flaw};
    if (outcome == Outcome::found) return result;
    result.outcome = outcome == Outcome::not_found ? JunitCase::Outcome::failed : JunitCase::Outcome::unknown;
    constexpr const char* messages[] = {"", "not found", "found, but not repeated in a fresh process", "interrupted"};
    result.message = messages[static_cast<std::size_t>(outcome)];
    if (outcome == Outcome::not_repeated) result.text = hunt.failure.findings.front().text + "\n";
    result.text += hunt_line(flaw);
    return result;
}

// The size of the failing run that somebody wrote for a flaw; nothing if there is none, or if it does not fail.
std::optional<Size> size_by_hand(const std::string& flaw, const std::string& folder) {
    const sim::Checked<Repro> repro = read_repro(folder + "/" + flaw + ".repro");
    if (!repro) return std::nullopt;
    ChildOptions child;
    child.detail = Detail::history;
    Summary summary = run_in_child(repro->input, child);
    if (!summary.is_known() || summary.verdict != RunVerdict::violated) return std::nullopt;
    return size_of(summary);
}

// A line of the table in scenarios/README.md.
std::string table_line(const std::string& flaw, const Hunt& hunt, const std::optional<Minimal>& minimal,
                       double shrinking, const std::string& folder) {
    const auto size = [](const Size& each) {
        return fmt::format("{} / {} / {}", each.faults, each.operations, each.events);
    };
    const std::optional<Size> by_hand = size_by_hand(flaw, folder);
    return fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", flaw, hunt.seeds,
                       minimal ? size(minimal->shrunk.before) : "-", minimal ? size(minimal->shrunk.after) : "-",
                       by_hand ? size(*by_hand) : "-", minimal ? fmt::format("{:.1f}", shrinking) : "-");
}

// `done`: how many flaws were hunted before. Exit codes as of the whole zoo.
int tell_hunt(const sim::Flaw& flaw, const ZooOptions& options, Witness witness, std::uint64_t done, Progress& progress,
              std::vector<JunitCase>& cases, std::string& table) {
    Hunt hunt;
    const std::string name(flaw.name);
    const auto show = [&](std::uint64_t seeds) {
        progress.show(done, name + " in " + std::to_string(seeds) + " seeds");
    };
    if (const sim::Problem problem = search_ranges(flaw, options, witness, show, hunt)) return complain(*problem);
    progress.clear();
    Outcome outcome = Outcome::not_found;
    if (!hunt.finding.empty())
        outcome = repeat(hunt.failure, options.json) == exit_passed ? Outcome::found : Outcome::not_repeated;
    if (outcome != Outcome::found && interruption() != 0) outcome = Outcome::interrupted;
    std::string path;
    int code = exit_violated;
    if (outcome == Outcome::found) {
        const sim::Checked<std::string> saved = save(hunt.failure, options.out, name);
        if (saved) path = *saved;
        code = saved ? exit_passed : complain(saved.complaint());
    }
    std::optional<Minimal> minimal;
    const double before = processor_seconds();
    if (!path.empty() && !options.no_shrink) minimal = minimal_of(hunt.failure, path, options.jobs);
    if (!options.by_hand.empty())
        table += table_line(name, hunt, minimal, processor_seconds() - before, options.by_hand);
    print_hunt(name, hunt, outcome, path, minimal, options.json);
    cases.push_back(case_of(name, hunt, outcome));
    return outcome == Outcome::not_repeated ? exit_nondeterminism : code;
}

// More severe first.
int worse_hunt(int a, int b) {
    for (const int code : {exit_usage, exit_nondeterminism, exit_missing, exit_violated})
        if (a == code || b == code) return code;
    return exit_passed;
}

sim::Problem problem_of_names(const std::vector<std::string>& wanted, const std::vector<sim::Flaw*>& flaws) {
    std::vector<std::string> names;
    for (const sim::Flaw* flaw : flaws) names.emplace_back(flaw->name);
    for (const std::string& each : wanted)
        if (std::find(names.begin(), names.end(), each) == names.end())
            return sim::usage_complaint("there is no flaw '" + each + "'; see orrery list" +
                                        sim::suggestion(each, names));
    return std::nullopt;
}

// What makes this hunt another one than others.
std::string manifest_of(const std::vector<sim::Flaw*>& flaws, const ZooOptions& options, const std::string& judges) {
    std::string text = "zoo";
    for (const sim::Flaw* flaw : flaws) text += " " + std::string(flaw->name);
    text += "\njudges " + judges + "\nranges " + std::to_string(options.ranges) + "\n";
    for (const Given& setting : options.input.settings) text += "set " + setting.text + "\n";
    return text + "source " + std::string(source_identity()) + "\n";
}

} // namespace

int zoo(const ZooOptions& given) {
    ZooOptions options = given;
    std::vector<sim::Flaw*> flaws = sim::Flaw::all();
    std::sort(flaws.begin(), flaws.end(), [](const sim::Flaw* a, const sim::Flaw* b) { return a->name < b->name; });
    if (flaws.empty()) return complain(sim::missing_complaint("this build has no flaws; set it up with -Dflaws=true"));
    if (const sim::Problem problem = problem_of_names(options.flaws, flaws)) return complain(*problem);
    std::erase_if(flaws, [&](const sim::Flaw* flaw) {
        return !options.flaws.empty() &&
               std::find(options.flaws.begin(), options.flaws.end(), flaw->name) == options.flaws.end();
    });
    std::erase_if(flaws, [](const sim::Flaw* flaw) { return flaw->scenarios.empty(); });
    if (flaws.empty())
        return complain(sim::usage_complaint("no scenario is known to show " + options.flaws.front() +
                                             "; a test of its protocol does"));
    // A setting that does not fit is said once, before anything is hunted.
    RunInput any;
    if (const sim::Problem problem = read_input(std::string(flaws.front()->scenarios.front()), options.input, any))
        return complain(*problem);
    const std::string& judges = any.settings.text("judges");
    const Witness witness = judges == "histories" ? Witness::judges_of_histories : Witness::anybody;
    if (witness == Witness::judges_of_histories)
        std::erase_if(flaws, [](const sim::Flaw* flaw) { return flaw->seen != sim::Flaw::Seen::clients; });
    const std::string manifest = manifest_of(flaws, options, judges);
    if (given.out.empty()) options.out = own_folder("zoo", manifest);
    listen_for_interruption();
    OutputDirectory directory;
    if (const sim::Problem problem = directory.take(options.out, manifest, "zoo")) return complain(*problem);
    Progress progress("zoo", "flaws", flaws.size());
    int code = exit_passed;
    std::vector<JunitCase> cases;
    std::string table;
    std::size_t saved = 0;
    std::size_t searched = 0; // to the end
    // An interruption that a shrink has answered ends the zoo too.
    for (std::size_t done = 0; done < flaws.size() && signal_that_came() == 0; ++done) {
        const int one = tell_hunt(*flaws[done], options, witness, done, progress, cases, table);
        saved += one == exit_passed;
        searched += one == exit_passed || signal_that_came() == 0;
        code = worse_hunt(code, one);
    }
    if (signal_that_came() != 0 && !options.json)
        say("interrupted: {} of {} flaws were not searched for\n", flaws.size() - searched, flaws.size());
    if (!options.by_hand.empty() && !options.json)
        say("\n| flaw | seeds | found: faults / operations / events | shrunk | by hand | seconds |\n"
            "|---|---|---|---|---|---|\n{}",
            table);
    const sim::Problem unpublished = publish("zoo", cases, options.junit, options.json);
    if (saved == 0) directory.remove_if_empty();
    if (!unpublished) return code;
    const int missing = complain(*unpublished);
    return code == exit_passed ? missing : code;
}

} // namespace orrery::scenarios::command
