// orrery replay: a repro once more in a new process; or here, for a debugger.
#include <cstdio>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/scenarios/engine/process/break_event.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

// From other sources a replay is best effort: what still holds, and where it diverged.
void tell_other_source(const Repro& repro, const Summary& summary, const std::string& diverged) {
    std::printf("made from other sources; best effort:\n");
    std::printf("  %s\n", diverged.empty() ? "the runs agree all the same" : diverged.c_str());
    const bool same = summary.fingerprint() == repro.fingerprint;
    std::printf("  the fingerprint %s\n", same ? "is still the same" : "is another one now");
}

// Whatever the source: a decision that was never taken changes nothing, and whoever wrote it should know.
void tell_unmet(const Summary& summary) {
    if (!summary.unmet.empty()) std::printf("overrides that met no draw:\n");
    for (const sim::Override& each : summary.unmet) std::printf("  %s\n", print(each).c_str());
}

void tell_json(const Repro& repro, const Summary& summary, const std::string& diverged) {
    std::vector<std::string> unmet;
    for (const sim::Override& each : summary.unmet) unmet.push_back(print(each));
    Object("replay")
        .text("scenario", repro.input.scenario->name)
        .number("seed", repro.input.seed)
        .text("verdict", name(summary.verdict))
        .text("digest", sim::hexadecimal(summary.digest))
        .count("events", summary.events)
        .text_or_null("finding", summary.fingerprint())
        .flag("same_source", repro.source == source_identity())
        .flag("same_fingerprint", summary.fingerprint() == repro.fingerprint)
        .text_or_null("diverged", diverged)
        .texts("unmet", unmet)
        .print();
}

// In this very process, so that a debugger that started it stops within the run.
int run_to_break(const Repro& repro, const std::string& wanted) {
    std::uint64_t event = 0;
    const bool prefixed = wanted.starts_with("0x");
    if (!sim::parse_hexadecimal(std::string_view(wanted).substr(prefixed ? 2 : 0), event))
        return complain(exit_usage,
                        "--break-at expects an event's identity, 16 hexadecimal digits, got '" + wanted + "'");
    bool met = false;
    engine::RunOptions options;
    options.watcher.at_event = [&met, event](std::uint64_t begins) {
        if (begins != event) return;
        met = true;
        orrery_break_event(begins);
    };
    const sim::Checked<RunResult> ran = engine::run(repro.input, options);
    if (!ran) return complain(ran.complaint());
    if (!met) return complain(exit_usage, "no event " + wanted + " began in this run");
    return exit_of(ran->verdict);
}

int write_trace(const RunInput& input, const std::string& file) {
    TraceFile trace;
    if (const sim::Problem problem = trace.open(file, input)) return complain(*problem);
    sim::world::World* world = nullptr;
    ChildOptions child;
    child.run.watcher.at_start = [&world](sim::world::World& started) { world = &started; };
    child.run.watcher.observe = [&](const sim::Observation& seen) { trace.add(seen, *world); };
    child.afterwards = [&] { return trace.flush(); };
    const Summary summary = run_in_child(input, child);
    if (!summary.is_known()) return complain_of(summary);
    const sim::Problem problem = summary.left_undone ? summary.left_undone : trace.complete();
    return problem ? complain(*problem) : exit_passed;
}

} // namespace

int replay(const ReplayOptions& options) {
    const sim::Checked<std::string> text = read_file(options.file);
    if (!text) return complain(text.complaint());
    const sim::Checked<Repro> parsed = parse_repro(*text, options.file);
    if (!parsed) return complain(parsed.complaint());
    const Repro& repro = *parsed;
    if (const sim::Problem problem = problem_of_faults(repro.input)) return complain(*problem);
    listen_for_interruption();
    if (!options.json) std::printf("%s\n", headline(repro.input).c_str());
    std::fflush(stdout);
    if (!options.break_at.empty()) return run_to_break(repro, options.break_at);
    if (!options.trace.empty())
        if (const int code = write_trace(repro.input, options.trace)) return code;
    const Summary summary = run_in_fresh_process(repro.input);
    if (!summary.is_known()) return complain_of(summary);
    const bool same_source = repro.source == source_identity();
    const std::optional<Divergence> divergence = engine::divergence(repro.recorded(), summary);
    const std::string diverged = divergence ? divergence->text() : "";
    if (options.json) {
        tell_json(repro, summary, diverged);
    } else {
        tell(summary);
        std::printf("\n%s, digest %s\n", painted(summary.verdict).c_str(), sim::hexadecimal(summary.digest).c_str());
        tell_unmet(summary);
        if (!same_source) tell_other_source(repro, summary, diverged);
        if (same_source && divergence) std::printf("the replay is not what was recorded: %s\n", diverged.c_str());
        std::printf("%s\n", headline(repro.input).c_str());
        if (summary.verdict != RunVerdict::passed) std::printf("replay with:\n%s\n", replay_line(options.file).c_str());
    }
    return same_source && divergence ? exit_nondeterminism : exit_of(summary.verdict);
}

} // namespace orrery::scenarios::command
