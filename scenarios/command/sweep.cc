// orrery sweep: many seeds, progress on the way, the failures at the end.
#include <cstdio>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/sweep_range.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/output_directory.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/search/failures.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

// More severe first; what is wrong with the sweep itself comes after a violation, before all else.
int worse(int a, int b) {
    constexpr int order[] = {exit_violated, exit_internal, exit_nondeterminism, exit_vacuous, exit_undecided};
    for (const int code : order)
        if (a == code || b == code) return code;
    return exit_passed;
}

constexpr std::size_t undecided_told = 3; // with why

// All scenarios of one call, one after the other.
struct Course {
    const SweepCommandOptions& options;
    SweepOptions sweep{};
    Share undecided_max{};
    std::string folder{};
    std::size_t saved = 0;
    std::string replay{};        // of the first failure
    bool ends_in_replay = false; // the last line printed was one

    void say(const std::string& text) {
        std::printf("%s", text.c_str());
        std::fflush(stdout);
        ends_in_replay = false;
    }
    int run(const std::string& scenario);
    void print(const std::string& scenario, const SweepResult& result, const std::string& vacuous);
    void print_json(const std::string& scenario, const SweepResult& result, const std::string& vacuous);
    void keep(const std::string& scenario, Failure& failure);
    void keep_diverged(const std::string& scenario, const Summary& summary);
    void tell_failure(const std::string& scenario, const Failure& failure);
    int tell_remarks(const std::string& scenario, const SweepResult& result);
};

// {"crash":{"armed":12,"fired":11,"effective":9},...}
std::string json_of(const std::map<std::string, KindCounts>& kinds) {
    std::string json;
    for (const auto& [kind, counts] : kinds)
        json += (json.empty() ? "{" : ",") + quoted(kind) + ":{\"armed\":" + std::to_string(counts.armed) +
                ",\"fired\":" + std::to_string(counts.fired) + ",\"effective\":" + std::to_string(counts.effective) +
                "}";
    return json.empty() ? "{}" : json + "}";
}

void Course::print_json(const std::string& scenario, const SweepResult& result, const std::string& vacuous) {
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
        .text("vacuous", vacuous)
        .count("answered_median", median(result.answered))
        .count("effective_median", median(result.effective))
        .count("notes_median", median(result.notes))
        .raw("kinds", json_of(result.kinds))
        .counts("goals", result.goals)
        .texts("goals_unreached", goals_unreached(result))
        .print();
}

void Course::print(const std::string& scenario, const SweepResult& result, const std::string& vacuous) {
    std::string text = scenario + ": " + std::to_string(result.seeds) + " seeds, " +
                       std::to_string(result.violated.size()) + " violated, " +
                       std::to_string(result.undecided.size()) + " undecided; " + std::to_string(result.verified) +
                       " that passed were repeated in a fresh process\n";
    if (result.interrupted) text += "  interrupted: " + std::to_string(result.planned) + " seeds were planned\n";
    text += "  medians: " + std::to_string(median(result.answered)) + " operations answered, " +
            std::to_string(median(result.effective)) + " faults effective\n";
    for (const auto& [kind, counts] : result.kinds)
        text += "  " + kind + std::string(kind.size() < 12 ? 12 - kind.size() : 0, ' ') + " armed " +
                std::to_string(counts.armed) + ", fired " + std::to_string(counts.fired) + ", effective " +
                std::to_string(counts.effective) + "\n";
    for (const auto& [goal, seeds] : result.goals)
        if (seeds > 0) text += "  goal " + goal + " reached in " + std::to_string(seeds) + " seeds\n";
    const std::string unreached = sim::join(goals_unreached(result));
    if (!unreached.empty()) text += "  goals that no seed reached: " + unreached + "\n";
    if (!vacuous.empty()) text += "  vacuous: " + vacuous + "\n";
    say(text);
}

// At once, so that nothing is lost if the sweep is killed hours later.
void Course::keep(const std::string& scenario, Failure& failure) {
    failure.path = save(failure.first, folder, scenario + "-" + std::to_string(failure.first.input.seed));
    saved += !failure.path.empty();
}

// What does not repeat leaves a repro as well: it has the checkpoints with which another run can be compared.
void Course::keep_diverged(const std::string& scenario, const Summary& summary) {
    const std::string path = save(summary, folder, scenario + "-" + std::to_string(summary.input.seed));
    if (path.empty()) return;
    ++saved;
    if (!options.json) say("compare with it by:\n" + replay_line(path) + "\n");
}

void Course::tell_failure(const std::string& scenario, const Failure& failure) {
    const std::string& path = failure.path;
    const Summary& summary = failure.first;
    if (!path.empty() && replay.empty()) replay = replay_line(path);
    if (options.json) {
        Object("failure")
            .text("scenario", scenario)
            .number("seed", summary.input.seed)
            .text("finding", summary.fingerprint())
            .count("seeds", failure.seeds)
            .text_or_null("repro", path)
            .print();
        return;
    }
    say("\n" + scenario + ", seed " + std::to_string(summary.input.seed) +
        (failure.seeds > 1 ? " and " + std::to_string(failure.seeds - 1) + " more" : "") + "\n");
    tell(summary);
    if (path.empty()) return;
    say("replay with:\n" + replay_line(path) + "\n");
    ends_in_replay = true;
}

// Seeds that were not decided, seeds that passed and did not repeat, seeds of which nothing is known.
int Course::tell_remarks(const std::string& scenario, const SweepResult& result) {
    for (std::size_t i = 0; i < result.undecided.size(); ++i) {
        const Remark& each = result.undecided[i];
        if (options.json)
            Object("undecided").number("seed", each.seed).text("why", each.text).print();
        else if (i < undecided_told)
            say("undecided: seed " + std::to_string(each.seed) + ": " + each.text + "\n");
    }
    if (!options.json && result.undecided.size() > undecided_told)
        say("undecided: " + std::to_string(result.undecided.size() - undecided_told) + " seeds more\n");
    for (const Diverged& each : result.diverged) {
        print_divergence(each.summary, each.divergence, options.json);
        keep_diverged(scenario, each.summary);
    }
    for (const Remark& each : result.lost) {
        if (options.json)
            Object("lost").number("seed", each.seed).text("why", each.text).print();
        else
            say("lost: seed " + std::to_string(each.seed) + ": " + each.text + "\n");
    }
    return worse(result.lost.empty() ? exit_passed : exit_internal,
                 result.diverged.empty() ? exit_passed : exit_nondeterminism);
}

int Course::run(const std::string& scenario) {
    if (!prepare(sweep.input, scenario, options.settings)) return exit_usage;
    const std::uint64_t all = sweep.seed_last - sweep.seed_first + 1;
    std::optional<Progress> progress;
    progress.emplace(scenario, "seeds", (all + sweep.shards - 1 - sweep.shard) / sweep.shards,
                     static_cast<double>(sweep.seconds_max));
    int unrepeated = exit_passed; // the worst of the failures that did not repeat
    Failures failures([&](const Summary& each) {
        if (progress) progress->clear();
        const int one = verified(each, options.json);
        if (one == exit_nondeterminism) keep_diverged(scenario, each);
        unrepeated = worse(unrepeated, one == exit_passed || one == exit_nondeterminism ? one : exit_internal);
        return one == exit_passed;
    });
    sweep.progress = [&](const SweepResult& so_far) {
        progress->show(so_far.seeds, std::to_string(so_far.violated.size()) + " violated");
    };
    sweep.violated = [&](const Summary& each) {
        Failure* failure = failures.add(each);
        if (failure != nullptr) keep(scenario, *failure);
        return failure != nullptr;
    };
    const SweepResult result = engine::sweep(sweep);
    progress.reset();
    if (result.problem) return complain(*result.problem);
    const bool shortened = result.interrupted || (sweep.until_failure && !failures.all().empty());
    const std::string vacuous = shortened ? "" : vacuity(*sweep.input.scenario, result);
    if (options.json)
        print_json(scenario, result, vacuous);
    else
        print(scenario, result, vacuous);
    int code = worse(tell_remarks(scenario, result), unrepeated);
    for (const Failure& each : failures.all()) tell_failure(scenario, each);
    if (!failures.all().empty()) code = worse(code, exit_violated);
    if (!vacuous.empty()) code = worse(code, exit_vacuous);
    if (undecided_max.is_exceeded(result.undecided.size(), result.seeds)) code = worse(code, exit_undecided);
    return code;
}

// What makes this sweep another one than others.
std::string manifest_of(const std::vector<std::string>& names, const SweepCommandOptions& options,
                        const SweepOptions& sweep) {
    std::string text = "scenarios";
    for (const std::string& name : names) text += " " + name;
    text += "\nseeds " + std::to_string(sweep.seed_first) + ".." + std::to_string(sweep.seed_last) + "\nshards " +
            std::to_string(sweep.shards) + "\n";
    for (const std::string& setting : options.settings) text += "set " + setting + "\n";
    return text + "source " + std::string(source_identity()) + "\n";
}

std::string_view outcome(int code) {
    if (interruption() != 0) return "interrupted";
    return code == exit_passed           ? "passed"
           : code == exit_vacuous        ? "vacuous"
           : code == exit_undecided      ? "undecided"
           : code == exit_nondeterminism ? "nondeterminism"
                                         : "failed";
}

} // namespace

int sweep(const SweepCommandOptions& options) {
    Course course{options};
    if (const auto wrong = read_range(options, course.sweep, course.undecided_max)) return complain(exit_usage, *wrong);
    std::vector<std::string> names = options.scenarios;
    if (names.empty())
        for (const Scenario* scenario : all_scenarios())
            if (!scenario->faulty) names.push_back(scenario->name);
    // A scenario that is wrong as data is left out; the others are run.
    int code = exit_passed;
    std::erase_if(names, [&](const std::string& name) {
        const Scenario* scenario = find_scenario(name);
        const sim::Problem problem = scenario == nullptr ? std::nullopt : problem_of(*scenario);
        if (problem) code = complain(sim::exit_code(problem->cause), problem->message);
        return problem.has_value();
    });
    if (names.empty()) return code == exit_passed ? complain(exit_usage, "there is no scenario to sweep") : code;
    // Everything else that is wrong is told before anything runs or is written.
    for (const std::string& name : names)
        if (!prepare(course.sweep.input, name, options.settings)) return exit_usage;
    const std::string manifest = manifest_of(names, options, course.sweep);
    course.folder =
        options.out.empty() ? own_folder(names.size() == 1 ? names.front() : "sweep", manifest) : options.out;
    OutputDirectory directory;
    const std::string part = std::to_string(course.sweep.shard) + "-of-" + std::to_string(course.sweep.shards);
    if (const sim::Problem problem = directory.take(course.folder, manifest, part)) return complain(*problem);
    listen_for_interruption();
    course.sweep.interrupted = [] { return interruption() != 0; };
    const std::string head = sim::join(names) + ", seeds " + std::to_string(course.sweep.seed_first) + ".." +
                             std::to_string(course.sweep.seed_last) +
                             (options.shard.empty() ? "" : ", shard " + options.shard) + "\n";
    if (!options.json) course.say(head);
    for (const std::string& name : names) {
        if (interruption() != 0) {
            if (!options.json) course.say("interrupted before " + name + "\n");
            break;
        }
        const int one = course.run(name);
        if (one == exit_input || one == exit_missing) return one;
        code = worse(code, one);
    }
    if (course.saved == 0 && options.out.empty()) directory.remove_if_empty();
    if (options.json) return code;
    if (course.replay.empty())
        course.say(std::string(outcome(code)) + ": " + head);
    else if (!course.ends_in_replay)
        course.say("replay the first failure with:\n" + course.replay + "\n");
    return code;
}

} // namespace orrery::scenarios::command
