// orrery run: one seed, told as it happens.
#include <cstdio>

#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/claim.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
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
        .number("seed", summary.seed)
        .text("verdict", name(summary.verdict))
        .text("digest", sim::hexadecimal(summary.digest))
        .count("events", summary.events)
        .count("answered", summary.answered)
        .count("gave_up", summary.gave_up)
        .count("effective", summary.effective)
        .text_or_null("finding", summary.fingerprint())
        .text_or_null("undecided", summary.undecided)
        .text_or_null("repro", repro)
        .print();
}

// Reads a plan; 0, or a code after one line to stderr.
int read_plan(const std::string& file, RunInput& input) {
    const std::optional<std::string> text = read_file(file);
    if (!text) return complain(exit_input, file + ": cannot be read");
    auto parsed = faults::parse_plan(*text, file);
    if (!parsed.ok()) return complain(exit_input, parsed.complaint().text());
    input.plan = std::move(*parsed);
    return 0;
}

// The story to stdout, the trace and the history to their files: all in the child that runs.
Watcher watcher_of(const RunOptions& options, TraceFile& trace, sim::world::World*& world) {
    Watcher watcher;
    const bool tells = !options.json && !options.quiet;
    const bool traces = !options.trace.empty();
    watcher.owns_stdout = tells;
    watcher.at_start = [&world](sim::world::World& started) { world = &started; };
    if (tells || traces)
        watcher.observe = [&trace, &world, tells, traces](const sim::Observation& seen) {
            if (tells) tell_observation(seen);
            if (traces) trace.add(seen, *world);
        };
    watcher.keep = [&options, &trace, traces](const RunOutput& output) -> std::optional<std::string> {
        if (!options.history.empty())
            if (auto wrong = write_file(options.history, reports::formats::write_jsonl(output.history))) return wrong;
        return traces ? trace.complete() : std::nullopt;
    };
    return watcher;
}

// Whoever wrote a fault down should know that its trigger was never met, or its target not there.
void tell_never_begun(const Summary& summary) {
    for (const FaultRecord& fault : summary.faults)
        if (fault.fired == 0) say("f{} never began: {}\n", fault.id, fault.line);
}

int tell_result(const RunInput& input, const Summary& summary, const RunOptions& options) {
    std::string path;
    if (summary.verdict != RunVerdict::passed)
        path = save(summary, options.out, input.scenario->name + "-" + std::to_string(input.seed));
    if (options.json) {
        print_json(input, summary, path);
        return exit_of(summary.verdict);
    }
    if (summary.verdict != RunVerdict::passed) tell(summary);
    say("\n{}: {} events, {} operations answered, digest {}\n{}\n", painted(summary.verdict), summary.events,
        summary.answered, sim::hexadecimal(summary.digest), headline(input));
    if (summary.gave_up > 0) say("{} keys became too wide to be judged as it happened\n", summary.gave_up);
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
    if (const sim::Problem problem = problem_of_faults(input))
        return complain(exit_code(problem->cause), problem->text());
    if (const auto owner = claimed_by(options.out)) return complain(exit_usage, *owner);
    TraceFile trace;
    if (!options.trace.empty())
        if (const auto wrong = trace.open(options.trace, input)) return complain(exit_missing, *wrong);
    if (!options.json) say("{}\n", headline(input));
    sim::world::World* world = nullptr;
    const Summary summary = run_isolated(input, watcher_of(options, trace, world));
    if (!summary.lost.empty()) return complain(exit_internal, headline(input) + ": " + summary.lost);
    if (summary.error.starts_with("cannot write ")) return complain(exit_missing, summary.error);
    if (!summary.error.empty()) return complain(exit_input, summary.error);
    if ((options.verify || summary.verdict == RunVerdict::violated) && !verified(summary, options.json))
        return exit_nondeterminism;
    return tell_result(input, summary, options);
}

} // namespace orrery::scenarios::command
