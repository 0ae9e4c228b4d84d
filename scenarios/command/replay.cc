// orrery replay: a repro once more in a new process; or here, for a debugger.
#include <cstdio>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/scenarios/engine/process/break_event.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

// From other sources a replay is best effort: what still holds, and where it parted.
void tell_other_source(const Repro& repro, const Summary& summary, const std::optional<std::string>& parted) {
    std::printf("made from other sources; best effort:\n");
    std::printf("  %s\n", parted ? parted->c_str() : "the runs agree all the same");
    const bool same = summary.fingerprint() == repro.fingerprint;
    std::printf("  the fingerprint %s\n", same ? "is still the same" : "is another one now");
}

// Whatever the source: a decision that was never taken changes nothing, and whoever wrote it should know.
void tell_unmet(const Summary& summary) {
    if (!summary.unmet.empty()) std::printf("overrides that met no draw:\n");
    for (const std::string& line : summary.unmet) std::printf("  %s\n", line.c_str());
}

void tell_json(const Repro& repro, const Summary& summary, const std::optional<std::string>& parted) {
    Object("replay")
        .text("scenario", repro.input.scenario->name)
        .number("seed", summary.seed)
        .text("verdict", name(summary.verdict))
        .text("digest", sim::hexadecimal(summary.digest))
        .count("events", summary.events)
        .text_or_null("finding", summary.fingerprint())
        .flag("same_source", repro.source == source_identity())
        .flag("same_fingerprint", summary.fingerprint() == repro.fingerprint)
        .text_or_null("parted", parted.value_or(""))
        .texts("unmet", summary.unmet)
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
    Watcher watcher;
    watcher.at_start = [&](sim::world::World& world) {
        world.set_event_hook([&met, event](std::uint64_t begins) {
            if (begins != event) return;
            met = true;
            orrery_break_event(begins);
        });
    };
    const auto ran = engine::run(repro.input, watcher);
    if (const auto* wrong = std::get_if<std::string>(&ran)) return complain(exit_input, *wrong);
    if (!met) return complain(exit_usage, "no event " + wanted + " began in this run");
    return exit_of(std::get<RunOutput>(ran).verdict);
}

int write_trace(const RunInput& input, const std::string& file) {
    TraceFile trace;
    if (const auto wrong = trace.open(file, input)) return complain(exit_missing, *wrong);
    sim::world::World* world = nullptr;
    Watcher watcher;
    watcher.at_start = [&world](sim::world::World& started) { world = &started; };
    watcher.observe = [&](const sim::Observation& seen) { trace.add(seen, *world); };
    watcher.keep = [&](const RunOutput&) { return trace.complete(); };
    const Summary summary = run_isolated(input, watcher);
    const std::string& wrong = summary.error.empty() ? summary.lost : summary.error;
    return wrong.empty() ? 0 : complain(exit_missing, wrong);
}

} // namespace

int replay(const ReplayOptions& options) {
    const std::optional<std::string> text = read_file(options.file);
    if (!text) return complain(exit_input, options.file + ": cannot be read");
    const std::variant<Repro, sim::Complaint> parsed = parse_repro(*text, options.file);
    if (const auto* wrong = std::get_if<sim::Complaint>(&parsed)) return complain(exit_input, wrong->text());
    const Repro& repro = std::get<Repro>(parsed);
    if (const sim::Problem problem = problem_of_faults(repro.input))
        return complain(exit_code(problem->cause), problem->text());
    if (!options.json) std::printf("%s\n", headline(repro.input).c_str());
    std::fflush(stdout);
    if (!options.break_at.empty()) return run_to_break(repro, options.break_at);
    if (!options.trace.empty())
        if (const int code = write_trace(repro.input, options.trace)) return code;
    const Summary summary = run_elsewhere(*text);
    if (!summary.lost.empty()) return complain(exit_internal, options.file + ": " + summary.lost);
    if (!summary.error.empty()) return complain(exit_input, summary.error);
    const bool same_source = repro.source == source_identity();
    const bool repeated = summary.digest == repro.digest && summary.verdict == repro.expected &&
                          summary.fingerprint() == repro.fingerprint;
    std::optional<std::string> parted = divergence(*text, summary.repro);
    if (!repeated && !parted) parted = "verdict or fingerprint differ";
    if (options.json) {
        tell_json(repro, summary, parted);
    } else {
        tell(summary);
        std::printf("\n%s, digest %s\n", painted(summary.verdict).c_str(), sim::hexadecimal(summary.digest).c_str());
        tell_unmet(summary);
        if (!same_source) tell_other_source(repro, summary, parted);
        if (same_source && !repeated) std::printf("the replay is not what was recorded: %s\n", parted->c_str());
        std::printf("%s\n", headline(repro.input).c_str());
        if (summary.verdict != RunVerdict::passed) std::printf("replay with:\n%s\n", replay_line(options.file).c_str());
    }
    return same_source && !repeated ? exit_nondeterminism : exit_of(summary.verdict);
}

} // namespace orrery::scenarios::command
