// orrery live: a scenario as real processes on this machine, told as `run` tells a simulated one.
#include "orrery/scenarios/engine/live/live_run.h"

#include <algorithm>
#include <filesystem>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/scenarios/engine/live/logs.h"
#include "orrery/scenarios/engine/run/judgement.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/simpler.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

struct Asked {
    RunInput input{};
    sim::Duration recovery{}; // as the settings have it: what is judged by progress has as much
    bool has_time_for_progress() const {
        return recovery.count() > 0 && input.settings.duration("recovery") >= recovery;
    }
};

// What of a run's time is for answers after the faults: as a simulated one has, but a quarter at most.
void set_times(std::int64_t seconds, sim::Settings& settings) {
    if (seconds == 0) return;
    const sim::Duration all = std::chrono::seconds(seconds);
    const sim::Duration recovery = std::min(settings.duration("recovery"), all / 4);
    settings.set("duration", sim::duration_text(all - recovery));
    settings.set("recovery", sim::duration_text(recovery));
}

sim::Checked<Asked> asked_for(const LiveCommandOptions& options) {
    Asked asked;
    RunInput& input = asked.input;
    if (const sim::Problem problem = read_input(options.scenario, options.input, input)) return *problem;
    if (input.operations)
        return sim::usage_complaint("real clients draw what they ask; give --plan a plan, not a repro");
    input.seed = options.seed;
    draw_settings(input);
    asked.recovery = input.settings.duration("recovery");
    set_times(options.seconds, input.settings);
    if (const sim::Problem problem = problem_of_faults(input)) return *problem;
    if (input.settings.text("judges") == "progress" && !asked.has_time_for_progress())
        return sim::usage_complaint("a run that short is not judged by progress: that takes four times the recovery, " +
                                    sim::duration_text(asked.recovery * 4));
    return asked;
}

// The folder that was given for the run, which must not hold anything; empty: it gets one of its own.
sim::Checked<std::string> take_folder(const std::string& given) {
    std::error_code error;
    if (given.empty()) return given;
    if (std::filesystem::exists(given, error) && !std::filesystem::is_empty(given, error))
        return sim::usage_complaint("--out " + given + " is there, and not an empty folder");
    std::filesystem::create_directories(given, error);
    if (error) return sim::missing_complaint("cannot make the folder " + given + ": " + error.message());
    return std::filesystem::absolute(given).string();
}

void tell_row(const reports::trace::Row& row, const std::vector<std::string>& hosts) {
    using Kind = reports::trace::Row::Kind;
    const std::string what = row.kind == Kind::crash         ? "is " + row.name
                             : row.kind == Kind::fault_begin ? "fault begins: " + row.name
                                                             : "fault ends: " + row.name;
    say("{:11.6f} s  {:<10} {}\n", static_cast<double>(row.time.nanoseconds) / 1e9,
        row.is_fault() ? "" : hosts.at(row.host),
        shown_line(row.kind == Kind::crash && row.name == "died" ? "dies" : what));
    std::fflush(stdout);
}

// The history, the logs of all processes as one trace, and of a violation what happened as a repro, where a run without
// a folder of its own leaves nothing.
struct Kept {
    std::string history{};
    std::string trace{};
    std::string repro{}; // empty: the run was not violated
    sim::Problem problem{};
};

// The same faults, and the same operations at the same times, simulated: whatever comes of it.
sim::Problem write_what_happened(const RunInput& input, const live::LiveResult& result, const std::string& file) {
    RunInput simulated = input;
    simulated.plan = result.happened;
    if (input.scenario->clients.model != nullptr) {
        const std::vector<WrittenOperation> asked = operations_of(result.summary);
        simulated.operations.emplace(asked.begin(), asked.end());
    }
    const Summary summary = run_in_child(simulated);
    if (!summary.is_known()) return why_unknown(summary);
    return write_file(file, print(make_repro(simulated, summary)));
}

Kept keep(const RunInput& input, const live::LiveResult& result, const std::string& out) {
    const Summary& summary = result.summary;
    const std::string folder = out.empty() ? "orrery-out" : out;
    const std::string stem = out.empty() ? input.scenario->name + "-live-" + std::to_string(input.seed) + "." : "";
    Kept kept;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    kept.history = (std::filesystem::path(folder) / (stem + "history.jsonl")).string();
    kept.trace = (std::filesystem::path(folder) / (stem + "trace.jsonl")).string();
    TraceHead head = head_of(input);
    head.hosts = summary.hosts;
    std::string trace = trace_line(head);
    for (const reports::trace::Row& row : summary.recording.rows) trace += trace_line(row, summary.hosts);
    kept.problem = write_file(kept.trace, trace);
    if (!kept.problem) kept.problem = write_file(kept.history, reports::formats::write_jsonl(summary.history));
    if (kept.problem || summary.verdict != RunVerdict::violated) return kept;
    kept.repro = (std::filesystem::path(folder) / (stem + "happened.repro")).string();
    kept.problem = write_what_happened(input, result, kept.repro);
    return kept;
}

live::NotJudging not_judging(const RunInput& input, const Summary& summary) {
    if (!is_judged_by(input, "monitors")) return {};
    return live::not_judging(summary.recording.rows, input.scenario->monitors);
}

// Why a run that passed has tested nothing, in a clause: of what should go wrong nothing could be done, say.
std::string why_nothing_was_tested(const RunInput& input, const live::LiveResult& result) {
    if (is_vacuous(input, result.summary)) return why_vacuous(input, result.summary);
    const std::size_t left_out = result.left_out.size();
    const bool is_spared = left_out > 0 && left_out == result.summary.plan.faults.size();
    return is_spared && result.summary.verdict == RunVerdict::passed ? "all its faults were left out" : "";
}

// What a simulated run of the same length, with the same faults and operations, is asked for by; where it is no
// violation, a place from which to search.
std::string simulated_line(const LiveCommandOptions& options, const RunInput& input, const std::string& repro) {
    InputOptions simulated = options.input;
    simulated.plan = repro;
    simulated.faults = {};
    for (const char* key : {"duration", "recovery"})
        if (options.seconds != 0) simulated.settings.push_back({std::string(key) + "=" + input.settings.text(key), {}});
    return run_line(options.scenario, options.seed, simulated);
}

void print_live_run(const RunInput& input, const live::LiveResult& result, const Kept& kept) {
    const Summary& summary = result.summary;
    std::vector<std::string> left_out;
    for (const live::LeftOut& each : result.left_out) left_out.push_back(faults::print(each.fault) + ": " + each.why);
    std::vector<std::string> never;
    for (const faults::Fault& each : result.never_began()) never.push_back(faults::print(each));
    const live::NotJudging silent = not_judging(input, summary);
    Object object("live");
    object.text("scenario", input.scenario->name)
        .number("seed", input.seed)
        .text("verdict", why_nothing_was_tested(input, result).empty() ? name(summary.verdict) : "vacuous")
        .count("answered", summary.answered)
        .count("effective", result.faults_began())
        .texts("never_began", never)
        .texts("left_out", left_out)
        .texts("deaf", silent.deaf)
        .texts("blind", silent.blind_names());
    add_finding(object, summary)
        .text_or_null("undecided", summary.undecided)
        .text_or_null("history", kept.history)
        .text_or_null("trace", kept.trace)
        .text_or_null("happened", kept.repro)
        .print();
}

// What of this run is not as it is in a simulated one.
void tell_how(const Asked& asked, const live::LiveResult& result) {
    if (asked.recovery.count() == 0)
        say("progress was not judged, for recovery is 0s\n");
    else if (!asked.has_time_for_progress())
        say("progress was not judged, for {} after the faults are too short\n",
            sim::duration_text(asked.input.settings.duration("recovery")));
    if (result.loses_unsynced)
        say("the servers kept in memory what they had not synced, so that each kill was a loss of power\n");
}

// A line for each reason, with the faults that it concerns.
void tell_left_out(const live::LiveResult& result) {
    std::vector<std::string> told;
    for (const live::LeftOut& each : result.left_out) {
        const std::string key = each.fault.kind + ": " + each.why;
        if (std::find(told.begin(), told.end(), key) != told.end()) continue;
        told.push_back(key);
        const auto count =
            std::count_if(result.left_out.begin(), result.left_out.end(), [&](const live::LeftOut& other) {
                return other.fault.kind == each.fault.kind && other.why == each.why;
            });
        say("left out: {} of kind {}; {}\n", count, each.fault.kind, each.why);
    }
    for (const faults::Fault& each : result.never_began()) say("never began: {}\n", shown_line(faults::print(each)));
}

void tell_live_run(const LiveCommandOptions& options, const Asked& asked, const live::LiveResult& result,
                   const Kept& kept) {
    const RunInput& input = asked.input;
    const Summary& summary = result.summary;
    if (!summary.findings.empty()) say("\n{}", reports::views::failure(failure_of(summary), terminal_style()));
    tell_undecided(summary.undecided);
    const std::string why = why_nothing_was_tested(input, result);
    say("\n{}: {} processes, {} operations answered, {} faults{}\n",
        why.empty() ? painted(summary.verdict) : std::string("vacuous"), summary.hosts.size(), summary.answered,
        result.faults_began(), result.is_interrupted ? ", up to where it was interrupted" : "");
    if (!why.empty()) say("{}, so nothing was tested\n", why);
    tell_left_out(result);
    tell_not_judging(not_judging(input, summary));
    tell_how(asked, result);
    say("{}\n", headline(input));
    if (kept.history.empty()) return;
    if (!input.scenario->monitors.empty())
        say("what its processes said:\n{}\n", check_line({"--monitors", "all"}, kept.trace));
    if (input.scenario->clients.model != nullptr)
        say("its history:\n{}\n", check_line({"--counterexample"}, kept.history));
    if (!kept.repro.empty()) say("a simulated run of what happened:\n{}\n", simulated_line(options, input, kept.repro));
}

} // namespace

int live(const LiveCommandOptions& options) {
    const sim::Checked<Asked> asked = asked_for(options);
    if (!asked) return complain(asked.complaint());
    const RunInput& input = asked->input;
    const sim::Checked<std::string> folder = take_folder(options.out);
    if (!folder) return complain(folder.complaint());
    live::LiveOptions how{input, *folder, !options.out.empty(), asked->has_time_for_progress()};
    if (!options.json)
        say("{}, live for {}\n", headline(input),
            sim::duration_text(input.settings.duration("duration") + input.settings.duration("recovery")));
    std::fflush(stdout);
    if (!options.json && !options.quiet) how.at_row = tell_row;
    std::optional<SlowWorkAside> slow;
    how.at_judging = [&] { slow.emplace(options.scenario + ": judging"); };
    const sim::Checked<live::LiveResult> result = live::run_live(how);
    slow.reset();
    if (!result) return complain(result.complaint());
    const Summary& summary = result->summary;
    Kept kept;
    if (!options.out.empty() || summary.verdict != RunVerdict::passed) kept = keep(input, *result, options.out);
    if (options.json)
        print_live_run(input, *result, kept);
    else
        tell_live_run(options, *asked, *result, kept);
    if (kept.problem) complain(*kept.problem);
    const int code = why_nothing_was_tested(input, *result).empty() ? exit_of(summary.verdict) : exit_vacuous;
    return code == exit_passed && kept.problem ? exit_missing : code;
}

} // namespace orrery::scenarios::command
