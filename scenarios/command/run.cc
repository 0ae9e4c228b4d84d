// orrery run: one seed, told as it happens.
#include <cstdio>

#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/output_directory.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

// One line an observation: boots, crashes, faults and notes; messages would drown them.
void tell_observation(const sim::Observation& seen) {
    using Kind = sim::Observation::Kind;
    if (seen.kind == Kind::send || seen.kind == Kind::deliver || seen.kind == Kind::lose || seen.kind == Kind::state)
        return;
    std::string text;
    switch (seen.kind) {
    case Kind::boot:
        text = "boots as " + std::string(seen.name);
        break;
    case Kind::crash:
        text = "dies";
        break;
    case Kind::fault_begin:
        text = "fault begins: " + std::string(seen.name);
        break;
    case Kind::fault_end:
        text = "fault ends: " + std::string(seen.name);
        break;
    default:
        text = seen.name;
        for (std::size_t i = 0; i < seen.fields.size(); ++i)
            text += " " + std::string(seen.note->fields[i]) + "=" + sim::to_text(seen.fields[i]);
    }
    say("{:11.6f} s  {:<10} {}\n", static_cast<double>(seen.time.nanoseconds) / 1e9, seen.host_name, text);
}

void print_json(const RunInput& input, const Summary& summary, const std::string& repro) {
    Object("run")
        .text("scenario", input.scenario->name)
        .number("seed", input.seed)
        .text("verdict", name(summary.verdict))
        .text("digest", sim::hexadecimal(summary.digest))
        .count("events", summary.events)
        .count("answered", summary.answered)
        .count("effective", summary.effective_faults())
        .text_or_null("finding", summary.fingerprint())
        .text_or_null("undecided", summary.undecided)
        .text_or_null("repro", repro)
        .print();
}

// Reads a plan; 0, or a code after one line to stderr.
int read_plan(const std::string& file, RunInput& input) {
    const sim::Checked<std::string> text = read_file(file);
    if (!text) return complain(text.complaint());
    sim::Checked<faults::Plan> parsed = faults::parse_plan(*text, file);
    if (!parsed) return complain(parsed.complaint());
    input.plan = std::move(*parsed);
    return 0;
}

// The story to stdout and the trace to its file as it happens, in the child that runs.
ChildOptions options_of(const RunOptions& options, TraceFile& trace, sim::world::World*& world) {
    ChildOptions child;
    const bool tells = !options.json && !options.quiet;
    const bool traces = !options.trace.empty();
    child.detail = Detail::history;
    child.owns_stdout = tells;
    child.run.watcher.at_start = [&world](sim::world::World& started) { world = &started; };
    if (tells || traces)
        child.run.watcher.observe = [&trace, &world, tells, traces](const sim::Observation& seen) {
            if (tells) tell_observation(seen);
            if (traces) trace.add(seen, *world);
        };
    if (traces) child.afterwards = [&trace] { return trace.flush(); };
    return child;
}

// What the user asked for besides the verdict. It stands whatever becomes of that: 0, or a code after a line to stderr.
int write_records(const RunOptions& options, const Summary& summary, TraceFile& trace) {
    sim::Problem problem = summary.left_undone;
    if (!problem && !options.trace.empty()) problem = trace.complete();
    int code = problem ? complain(*problem) : exit_passed;
    if (options.history.empty()) return code;
    problem = write_file(options.history, reports::formats::write_jsonl(summary.history));
    return problem ? complain(*problem) : code;
}

std::string save_run(const RunOptions& options, const Summary& summary) {
    return save(summary, options.out, summary.input.scenario->name + "-" + std::to_string(summary.input.seed));
}

// What does not repeat leaves a repro as well: it has the checkpoints with which another run can be compared.
void tell_repro(const RunInput& input, const std::string& path, bool json) {
    if (json || path.empty()) return;
    say("{}\nreplay with:\n{}\n", headline(input), replay_line(path));
}

// Whoever wrote a fault down should know that its trigger was never met, or its target not there.
void tell_never_begun(const Summary& summary) {
    for (const faults::Fault& fault : summary.plan.faults)
        if (summary.efficacy(fault.id).fired == 0) say("f{} never began: {}\n", fault.id, faults::print(fault));
}

int tell_result(const RunInput& input, const Summary& summary, const RunOptions& options) {
    std::string path;
    if (summary.verdict != RunVerdict::passed) path = save_run(options, summary);
    if (options.json) {
        print_json(input, summary, path);
        return exit_of(summary.verdict);
    }
    if (summary.verdict != RunVerdict::passed) tell(summary);
    say("\n{}: {} events, {} operations answered, digest {}\n{}\n", painted(summary.verdict), summary.events,
        summary.answered, sim::hexadecimal(summary.digest), headline(input));
    if (!options.plan.empty()) tell_never_begun(summary);
    if (!path.empty()) say("replay with:\n{}\n", replay_line(path));
    return exit_of(summary.verdict);
}

} // namespace

int run(const RunOptions& options) {
    RunInput input;
    if (!prepare(input, options.scenario, options.settings)) return exit_usage;
    input.seed = options.seed;
    if (!options.plan.empty())
        if (const int code = read_plan(options.plan, input)) return code;
    draw_settings(input);
    if (const sim::Problem problem = problem_of_faults(input)) return complain(*problem);
    if (const sim::Problem held = refuse_if_held(options.out)) return complain(*held);
    TraceFile trace;
    if (!options.trace.empty())
        if (const sim::Problem problem = trace.open(options.trace, input)) return complain(*problem);
    if (!options.json) say("{}\n", headline(input));
    listen_for_interruption();
    sim::world::World* world = nullptr;
    const Summary summary = run_in_child(input, options_of(options, trace, world));
    if (!summary.is_known()) return complain_of(summary);
    const int unwritten = write_records(options, summary, trace);
    if (options.verify || summary.verdict == RunVerdict::violated) {
        const int code = verified(summary, options.json);
        if (code == exit_nondeterminism) tell_repro(input, save_run(options, summary), options.json);
        if (code != exit_passed) return code;
    }
    const int code = tell_result(input, summary, options);
    return code == exit_passed ? unwritten : code;
}

} // namespace orrery::scenarios::command
