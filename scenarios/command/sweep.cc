// orrery sweep: many seeds, progress on the way, the failures at the end.
//
// A sweep that ends before its last seed - interrupted, or out of time - never prints the words of one that is whole.
#include "orrery/scenarios/engine/search/sweep.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "orrery/scenarios/command/annotations.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/kept_repros.h"
#include "orrery/scenarios/command/minimal.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/output_directory.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/failures.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

// More severe first; what is wrong with the sweep itself comes after a violation, before all else.
int worse(int a, int b) {
    constexpr int order[] = {exit_violated, exit_internal, exit_nondeterminism, exit_vacuous, exit_undecided};
    for (const int code : order)
        if (a == code || b == code) return code;
    return exit_passed;
}

// No seed can be run, of this scenario or of another.
bool ends_all(int code) { return code == exit_usage || code == exit_input || code == exit_missing; }

constexpr std::size_t undecided_told = 3; // with why

// Why a sweep ended before its last seed.
enum class Stop : std::uint8_t { none, time, interruption, failure };

std::string_view name_of(Stop stop) {
    constexpr std::string_view names[] = {"", "time", "interruption", "failure"};
    return names[static_cast<std::size_t>(stop)];
}

Stop stop_of(const SweepResult& result, bool until_failure, bool failed) {
    if (result.interrupted) return Stop::interruption;
    if (result.seeds >= result.planned) return Stop::none;
    return until_failure && failed ? Stop::failure : Stop::time;
}

// All scenarios of one call, one after the other.
struct Sweeper {
    const SweepCommandOptions& options;
    SweepOptions sweep{};
    std::vector<KeptRepro> kept{}; // replayed before the seeds
    std::string folder{};
    std::size_t saved = 0;
    std::uint64_t seeds = 0; // of all scenarios, so far
    std::uint64_t planned = 0;
    bool out_of_time = false;
    std::string repeat_line{};          // repeats the first failure
    bool ends_in_repeat = false;        // the last line printed was one
    std::vector<std::string> unsaved{}; // why repros could not be written
    std::vector<JunitCase> cases{};

    void print(const std::string& text) {
        say("{}", text);
        std::fflush(stdout);
        ends_in_repeat = false;
    }
    int run(const std::string& scenario);
    int run_kept();
    int run_scenario(const std::string& scenario);
    SweepResult run_seeds(const std::string& scenario, Failures& failures, std::optional<Progress>& progress);
    void print_result(const std::string& scenario, const SweepResult& result, Stop stop, const std::string& vacuous);
    void print_json(const std::string& scenario, const SweepResult& result, Stop stop, const std::string& vacuous);
    void keep(const std::string& scenario, Failure& failure);
    JunitCase tell_failure(const std::string& scenario, const Failure& failure);
    void keep_diverged(const std::string& scenario, const Summary& summary);
    int tell_remarks(const std::string& scenario, const SweepResult& result);
    void add_cases(const std::string& scenario, const SweepResult& result, const std::vector<JunitCase>& failed,
                   const std::string& vacuous);
    sim::Problem publish_cases();
    std::uint64_t planned_each() const; // seeds of one scenario
    std::string range() const;
    void tell_end(int code, const std::string& names);
};

// {"crash":{"armed":12,"fired":11,"effective":9},...}
std::string json_of(const std::map<std::string, KindCounts>& kinds) {
    std::string json;
    for (const auto& [kind, counts] : kinds)
        json += (json.empty() ? "{" : ",") + json_string(kind) + ":{\"armed\":" + std::to_string(counts.armed) +
                ",\"fired\":" + std::to_string(counts.fired) + ",\"effective\":" + std::to_string(counts.effective) +
                "}";
    return json.empty() ? "{}" : json + "}";
}

void Sweeper::print_json(const std::string& scenario, const SweepResult& result, Stop stop,
                         const std::string& vacuous) {
    Object("sweep")
        .text("scenario", scenario)
        .number("first", sweep.seed_first)
        .number("last", sweep.seed_last)
        .count("seeds", result.seeds)
        .count("planned", result.planned)
        .count("violated", result.violated.size())
        .count("undecided", result.undecided.size())
        .count("verified", result.verified)
        .count("nondeterministic", result.diverged.size())
        .count("lost", result.lost.size())
        .flag("interrupted", result.interrupted)
        .text_or_null("stopped_by", name_of(stop))
        .text("vacuous", vacuous)
        .count("answered_median", median(result.answered))
        .count("refused_median", median(result.refused))
        .count("unknown_median", median(result.unknown))
        .count("effective_median", median(result.effective))
        .count("notes_median", median(result.notes))
        .raw("kinds", json_of(result.kinds))
        .counts("goals", result.goals)
        .texts("goals_unreached", goals_unreached(result))
        .print();
}

void Sweeper::print_result(const std::string& scenario, const SweepResult& result, Stop stop,
                           const std::string& vacuous) {
    const std::string all = stop == Stop::none ? "" : " of " + std::to_string(result.planned);
    std::string text = scenario + ": " + std::to_string(result.seeds) + all + " seeds, " +
                       std::to_string(result.violated.size()) + " violated, " +
                       std::to_string(result.undecided.size()) + " undecided; " + std::to_string(result.verified) +
                       " that passed were repeated in a fresh process\n";
    if (stop == Stop::interruption) text += "  interrupted\n";
    if (stop == Stop::time) text += "  stopped by --time\n";
    if (stop == Stop::failure) text += "  stopped by --until-failure\n";
    text += "  medians: " + std::to_string(median(result.answered)) + " operations answered, " +
            std::to_string(median(result.refused)) + " refused, " + std::to_string(median(result.unknown)) +
            " unknown, " + std::to_string(median(result.effective)) + " faults effective\n";
    for (const auto& [kind, counts] : result.kinds)
        text += "  " + kind + std::string(kind.size() < 12 ? 12 - kind.size() : 0, ' ') + " armed " +
                std::to_string(counts.armed) + ", fired " + std::to_string(counts.fired) + ", effective " +
                std::to_string(counts.effective) + "\n";
    for (const auto& [goal, reached] : result.goals)
        if (reached > 0) text += "  goal " + goal + " reached in " + std::to_string(reached) + " seeds\n";
    const std::string unreached = sim::join(goals_unreached(result));
    if (!unreached.empty()) text += "  goals that no seed reached: " + unreached + "\n";
    if (!vacuous.empty()) text += "  vacuous: " + vacuous + "\n";
    print(text);
}

// At once, so that nothing is lost if the sweep is killed hours later.
void Sweeper::keep(const std::string& scenario, Failure& failure) {
    const std::string stem = scenario + "-" + std::to_string(failure.first.input.seed);
    const sim::Checked<std::string> path = save(failure.first, folder, stem);
    if (path) {
        failure.path = *path;
        ++saved;
        return;
    }
    complain(path.complaint());
    unsaved.push_back("no repro of " + scenario + ", seed " + std::to_string(failure.first.input.seed) +
                      " was kept: " + path.complaint().text());
}

// What does not repeat leaves a repro as well: it has the checkpoints with which another run can be compared.
void Sweeper::keep_diverged(const std::string& scenario, const Summary& summary) {
    const sim::Checked<std::string> path = save(summary, folder, scenario + "-" + std::to_string(summary.input.seed));
    if (!path) {
        complain(path.complaint());
        return;
    }
    ++saved;
    if (!options.json) print("compare with it by:\n" + replay_line(*path) + "\n");
}

// And says it in short, for who reads no terminal.
JunitCase Sweeper::tell_failure(const std::string& scenario, const Failure& failure) {
    const Summary& summary = failure.first;
    std::optional<Minimal> minimal;
    if (!failure.path.empty() && !options.no_shrink) minimal = minimal_of(summary, failure.path, options.jobs);
    const std::string line = failure.path.empty() ? run_line(scenario, summary.input.seed, options.input)
                                                  : replay_line(minimal ? minimal->path : failure.path);
    if (repeat_line.empty()) repeat_line = line;
    const Summary& shown = minimal ? minimal->shrunk.smallest : summary;
    const std::string as_found = minimal ? "as it was found: " + replay_line(failure.path) + "\n" : "";
    JunitCase in_short{scenario, "seed " + std::to_string(summary.input.seed), JunitCase::Outcome::failed,
                       summary.fingerprint(), shown.findings.front().text + "\n" + as_found + line};
    if (options.json) {
        Object object("failure");
        object.text("scenario", scenario).number("seed", summary.input.seed);
        add_finding(object, summary).count("seeds", failure.seeds).text_or_null("repro", failure.path);
        add_minimal(object, minimal).print();
        return in_short;
    }
    print("\n" + scenario + ", seed " + std::to_string(summary.input.seed) +
          (failure.seeds > 1 ? " and " + std::to_string(failure.seeds - 1) + " more" : "") + "\n");
    tell(shown);
    if (minimal) tell_sizes(*minimal);
    print(as_found);
    print((failure.path.empty() ? "run it again with:\n" : "replay with:\n") + line + "\n");
    ends_in_repeat = true;
    return in_short;
}

// Seeds that were not decided, seeds that passed and did not repeat, seeds of which nothing is known.
int Sweeper::tell_remarks(const std::string& scenario, const SweepResult& result) {
    for (std::size_t i = 0; i < result.undecided.size(); ++i) {
        const Remark& each = result.undecided[i];
        if (options.json)
            Object("undecided").number("seed", each.seed).text("why", each.text).print();
        else if (i < undecided_told)
            print("undecided: seed " + std::to_string(each.seed) + ": " +
                  shown_line(each.text.substr(0, each.text.find('\n'))) + "\n");
    }
    if (!options.json && result.undecided.size() > undecided_told)
        print("undecided: " + std::to_string(result.undecided.size() - undecided_told) + " seeds more\n");
    for (const Diverged& each : result.diverged) {
        print_divergence(each.summary, each.divergence, options.json);
        ends_in_repeat = false;
        keep_diverged(scenario, each.summary);
    }
    for (const Remark& each : result.lost) {
        if (options.json)
            Object("lost").number("seed", each.seed).text("why", each.text).print();
        else
            print("lost: seed " + std::to_string(each.seed) + ": " + shown_line(each.text) + "\n");
    }
    return worse(result.lost.empty() ? exit_passed : exit_internal,
                 result.diverged.empty() ? exit_passed : exit_nondeterminism);
}

void Sweeper::add_cases(const std::string& scenario, const SweepResult& result, const std::vector<JunitCase>& failed,
                        const std::string& vacuous) {
    using Outcome = JunitCase::Outcome;
    const auto add = [&](const std::string& name, Outcome outcome, const std::string& message,
                         const std::string& text) {
        cases.push_back({scenario, name, outcome, message, text});
    };
    const std::string name =
        range() + ", " + std::to_string(result.seeds) + " of " + std::to_string(result.planned) + " seeds";
    add(name, vacuous.empty() ? Outcome::passed : Outcome::unknown, "vacuous", vacuous);
    cases.insert(cases.end(), failed.begin(), failed.end());
    const auto add_remarks = [&](const std::vector<Remark>& remarks, const std::string& message) {
        for (const Remark& each : remarks)
            add("seed " + std::to_string(each.seed), Outcome::unknown, message, each.text);
    };
    if (options.undecided_max.is_exceeded(result.undecided.size(), result.seeds))
        add_remarks(result.undecided, "undecided");
    for (const Diverged& each : result.diverged)
        add("seed " + std::to_string(each.summary.input.seed), Outcome::unknown, "nondeterminism",
            each.divergence.text());
    add_remarks(result.lost, "lost");
}

// Before the last line, which is the one to copy.
sim::Problem Sweeper::publish_cases() {
    if (prints_annotations(options.json)) ends_in_repeat = false;
    return publish("sweep", cases, options.junit, options.json);
}

// Failures are repeated, kept and counted as they come.
SweepResult Sweeper::run_seeds(const std::string& scenario, Failures& failures, std::optional<Progress>& progress) {
    sweep.progress = [&](const SweepResult& so_far) {
        // Seeds are folded in their order: the next one is what all others wait for.
        const std::uint64_t next = sweep.seed_first + sweep.shard + so_far.seeds * sweep.shards;
        const std::string violated = std::to_string(so_far.violated.size()) + " violated";
        if (next <= sweep.seed_last) progress->show(so_far.seeds, violated, "seed " + std::to_string(next));
    };
    sweep.violated = [&](const Summary& each) {
        Failure* failure = failures.add(each);
        if (failure != nullptr) keep(scenario, *failure);
        return failure != nullptr;
    };
    return engine::sweep(sweep);
}

// What failed once comes first. Of a sweep in parts the first part has them.
int Sweeper::run_kept() {
    if (sweep.shard != 0) return exit_passed;
    KeptResult result = replay_kept_repros(kept, sweep.input, options.json);
    if (!result.failed.empty() && repeat_line.empty()) repeat_line = replay_line(result.failed);
    if (result.count > 0) ends_in_repeat = false;
    std::move(result.cases.begin(), result.cases.end(), std::back_inserter(cases));
    return result.code;
}

int Sweeper::run(const std::string& scenario) {
    if (const sim::Problem problem = read_input(scenario, options.input, sweep.input)) return complain(*problem);
    const int code = run_kept();
    if (code != exit_passed && options.until_failure) return code;
    const int one = run_scenario(scenario);
    return code == exit_passed || ends_all(one) ? one : worse(code, one);
}

int Sweeper::run_scenario(const std::string& scenario) {
    std::optional<Progress> progress;
    progress.emplace(scenario, "seeds", planned_each(), static_cast<double>(sweep.seconds_max));
    int unrepeated = exit_passed; // the worst of the failures that did not repeat
    Failures failures([&](const Summary& each) {
        progress->clear();
        const int one = repeat(each, options.json);
        if (one == exit_nondeterminism) keep_diverged(scenario, each);
        unrepeated = worse(unrepeated, one == exit_passed || one == exit_nondeterminism ? one : exit_internal);
        return one == exit_passed;
    });
    const SweepResult result = run_seeds(scenario, failures, progress);
    progress.reset();
    if (result.problem) return complain(*result.problem);
    const Stop stop = stop_of(result, sweep.until_failure, !failures.all().empty());
    seeds += result.seeds;
    out_of_time |= stop == Stop::time;
    const bool enough = stop == Stop::none || stop == Stop::time;
    const std::string vacuous = enough ? vacuity(*sweep.input.scenario, result) : "";
    if (options.json)
        print_json(scenario, result, stop, vacuous);
    else
        print_result(scenario, result, stop, vacuous);
    int code = worse(tell_remarks(scenario, result), unrepeated);
    std::vector<JunitCase> failed;
    for (const Failure& each : failures.all()) failed.push_back(tell_failure(scenario, each));
    add_cases(scenario, result, failed, vacuous);
    if (!failures.all().empty()) code = worse(code, exit_violated);
    if (!vacuous.empty()) code = worse(code, exit_vacuous);
    if (options.undecided_max.is_exceeded(result.undecided.size(), result.seeds)) code = worse(code, exit_undecided);
    return code;
}

std::uint64_t Sweeper::planned_each() const {
    const std::uint64_t all = sweep.seed_last - sweep.seed_first + 1;
    return all <= sweep.shard ? 0 : (all - sweep.shard - 1) / sweep.shards + 1;
}

std::string Sweeper::range() const {
    const std::string text = "seeds " + std::to_string(sweep.seed_first) + ".." + std::to_string(sweep.seed_last);
    return sweep.shards == 1 ? text
                             : text + ", shard " + std::to_string(sweep.shard) + "/" + std::to_string(sweep.shards);
}

std::string_view outcome(int code) {
    return code == exit_passed           ? "passed"
           : code == exit_vacuous        ? "vacuous"
           : code == exit_undecided      ? "undecided"
           : code == exit_nondeterminism ? "nondeterminism"
                                         : "failed";
}

// The last line: the one to copy if there is a failure, else what became of the whole.
void Sweeper::tell_end(int code, const std::string& names) {
    for (const std::string& why : unsaved) mention("orrery: {}\n", shown_line(why));
    if (options.json) return;
    const std::string part = std::to_string(seeds) + " of " + std::to_string(planned) + " seeds, ";
    if (!repeat_line.empty() && !ends_in_repeat)
        print("repeat the first failure with:\n" + repeat_line + "\n");
    else if (!repeat_line.empty())
        return;
    else if (interruption() != 0)
        print("interrupted: " + part + names + ", " + range() + "\n");
    else if (out_of_time)
        print(std::string(code == exit_passed ? "none failed" : outcome(code)) + ": " + part +
              "stopped by --time: " + names + "\n");
    else
        print(std::string(outcome(code)) + ": " + names + ", " + range() + "\n");
}

// What makes this sweep another one than others.
std::string manifest_of(const std::vector<std::string>& names, const Sweeper& sweeper) {
    const SweepOptions& sweep = sweeper.sweep;
    std::string text = "scenarios " + sim::join(names, " ") + "\nseeds " + std::to_string(sweep.seed_first) + ".." +
                       std::to_string(sweep.seed_last) + "\nshards " + std::to_string(sweep.shards) + "\n";
    for (const Given& setting : sweeper.options.input.all_settings()) text += "set " + setting.text + "\n";
    if (sweep.input.plan) text += "plan " + sim::hexadecimal(sim::name_hash(faults::print(*sweep.input.plan))) + "\n";
    return text + "source " + std::string(source_identity()) + "\n";
}

SweepOptions sweep_options(const SweepCommandOptions& options) {
    SweepOptions sweep;
    sweep.seed_first = options.seeds.first;
    sweep.seed_last = options.seeds.last;
    sweep.seconds_max = options.seconds_max;
    sweep.shard = options.shard.index;
    sweep.shards = options.shard.count;
    sweep.jobs = jobs_or_cores(options.jobs);
    sweep.until_failure = options.until_failure;
    sweep.verify_one_of = options.verify.interval;
    sweep.interrupted = [] { return interruption() != 0; };
    return sweep;
}

bool takes_settings(const Scenario& scenario, const GivenList& given) {
    sim::Settings settings = default_settings(scenario);
    return std::all_of(given.begin(), given.end(), [&](const Given& each) {
        const std::string_view text = each.text;
        const std::size_t equals = std::min(text.find('='), text.size());
        const std::string_view value = text.substr(std::min(equals + 1, text.size()));
        return !set_setting(scenario, settings, text.substr(0, equals), value);
    });
}

// Of scenarios that nobody named, those that take the settings that somebody chose; if none does, all, so that it is
// said what is wrong.
void leave_out(const SweepCommandOptions& options, std::vector<std::string>& names) {
    std::vector<std::string> taking, lacking;
    for (const std::string& name : names)
        (takes_settings(*find_scenario(name), options.input.settings) ? taking : lacking).push_back(name);
    if (taking.empty() || lacking.empty()) return;
    std::fprintf(stderr, "orrery: left out, as they do not have a setting or value that was chosen: %s\n",
                 sim::join(lacking).c_str());
    names = taking;
}

// The scenarios that are asked for, or else all that are not wrong on purpose. One that is wrong as data is left out,
// and `code` says so; the others are run.
std::vector<std::string> names_of(const SweepCommandOptions& options, int& code) {
    std::vector<std::string> names = options.scenarios;
    if (names.empty())
        for (const Scenario* scenario : all_scenarios())
            if (!scenario->faulty) names.push_back(scenario->name);
    std::erase_if(names, [&](const std::string& name) {
        const Scenario* scenario = find_scenario(name);
        const sim::Problem problem = scenario == nullptr ? std::nullopt : problem_of(*scenario);
        if (problem) code = complain(*problem);
        return problem.has_value();
    });
    if (options.scenarios.empty()) leave_out(options, names);
    return names;
}

// Everything else that is wrong is complained of before anything runs or is written.
sim::Problem read_names(const SweepCommandOptions& options, RunInput& input, const std::vector<std::string>& names) {
    for (auto each = names.begin(); each != names.end(); ++each) {
        if (std::find(names.begin(), each, *each) != each)
            return sim::usage_complaint("scenario " + *each + " is given twice");
        sim::Problem problem = read_input(*each, options.input, input);
        if (problem && names.size() > 1) problem->message = *each + ": " + problem->message;
        if (problem) return problem;
    }
    return std::nullopt;
}

} // namespace

int sweep(const SweepCommandOptions& options) {
    Sweeper sweeper{options, sweep_options(options)};
    int code = exit_passed;
    const std::vector<std::string> names = names_of(options, code);
    if (names.empty())
        return code != exit_passed ? code : complain(sim::usage_complaint("there is no scenario to sweep"));
    if (const sim::Problem problem = read_names(options, sweeper.sweep.input, names)) return complain(*problem);
    sim::Checked<std::vector<KeptRepro>> kept = read_kept_repros(options.repros);
    if (!kept) return complain(kept.complaint());
    sweeper.kept = std::move(*kept);
    const std::string manifest = manifest_of(names, sweeper);
    sweeper.folder =
        options.out.empty() ? own_folder(names.size() == 1 ? names.front() : "sweep", manifest) : options.out;
    OutputDirectory directory;
    const std::string part = std::to_string(options.shard.index) + "-of-" + std::to_string(options.shard.count);
    if (const sim::Problem problem = directory.take(sweeper.folder, manifest, part)) return complain(*problem);
    listen_for_interruption();
    sweeper.planned = sweeper.planned_each() * names.size();
    const std::string all = sim::join(names);
    if (!options.json) sweeper.print(all + ", " + sweeper.range() + "\n");
    bool stopped = false;
    for (const std::string& name : names) {
        if (interruption() != 0) {
            if (!options.json) sweeper.print("interrupted before " + name + "\n");
            break;
        }
        const int one = sweeper.run(name);
        stopped = ends_all(one);
        code = stopped ? one : worse(code, one);
        if (stopped) break;
    }
    const sim::Problem unpublished = stopped ? std::nullopt : sweeper.publish_cases();
    if (sweeper.saved == 0) directory.remove_if_empty();
    if (stopped) return code;
    sweeper.tell_end(code, all);
    if (!unpublished) return code;
    const int missing = complain(*unpublished);
    return code == exit_passed ? missing : code;
}

} // namespace orrery::scenarios::command
