// orrery run: one seed, told as it happens.
#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/claim.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

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
    say("{:11.6f} s  {:<10} {}\n", static_cast<double>(seen.time.nanoseconds) / 1e9, shown_line(seen.host_name),
        shown_line(text));
}

// The faults of a plan that someone wrote whose triggers were never met: likely not what he meant.
std::vector<std::string> never_began(const RunInput& input, const Summary& summary) {
    std::vector<std::string> lines;
    if (!input.plan) return lines;
    for (const FaultRecord& fault : summary.faults)
        if (fault.fired == 0) lines.push_back(fault.line);
    return lines;
}

void print_json(const RunInput& input, const Summary& summary, const std::string& repro) {
    std::vector<std::string> counterexample;
    for (const std::string_view each : sim::split(summary.story, '\n')) counterexample.emplace_back(each);
    Object object("run");
    object.text("scenario", input.scenario->name)
        .number("seed", summary.seed)
        .text("verdict", name(summary.verdict))
        .text("digest", sim::hexadecimal(summary.digest))
        .count("events", summary.events)
        .count("answered", summary.answered)
        .count("lagging", summary.lagging)
        .count("effective", summary.effective)
        .text("drawn", drawn_settings(input))
        .texts("never_began", never_began(input, summary));
    add_finding(object, summary)
        .texts("counterexample", counterexample)
        .text_or_null("undecided", summary.undecided)
        .text_or_null("repro", repro)
        .print();
}

// The operations that cannot be, a line each.
std::string counterexample_of(const RunOutput& output) {
    std::vector<std::string> lines;
    const auto read = reports::calls(output.history);
    if (const auto* calls = std::get_if<std::vector<reports::Call>>(&read))
        for (const std::size_t each : reports::evidence(output.judgement)) lines.push_back(calls->at(each).rendered());
    return sim::join(lines, "\n");
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
    if (options.json) watcher.tell = counterexample_of;
    return watcher;
}

// Runs with other settings or another plan are other runs: each choice has files of its own.
std::string stem_of(const RunInput& input) {
    const std::string stem = input.scenario->name + "-" + std::to_string(input.seed);
    const std::string choices = choices_of(input);
    return choices.empty() ? stem : stem + "-" + sim::hexadecimal(sim::name_hash(choices)).substr(0, 8);
}

void tell_passed_over(const RunInput& input, const Summary& summary) {
    for (const std::string& line : never_began(input, summary)) say("never began: {}\n", shown_line(line));
    if (summary.lagging > 0) say("{} keys became too wide to be judged as it happened\n", summary.lagging);
}

int tell_result(const RunInput& input, const Summary& summary, const RunOptions& options) {
    std::string path;
    sim::Problem unsaved;
    if (summary.verdict != RunVerdict::passed) {
        const sim::Checked<std::string> saved = save(summary, options.out, stem_of(input));
        if (saved)
            path = *saved;
        else
            unsaved = saved.complaint();
    }
    if (options.json) print_json(input, summary, path);
    if (unsaved) complain(*unsaved);
    if (options.json) return exit_of(summary.verdict);
    if (summary.verdict != RunVerdict::passed) tell(summary);
    say("\n{}: {} events, {} operations answered, digest {}\n", painted(summary.verdict), summary.events,
        summary.answered, sim::hexadecimal(summary.digest));
    tell_passed_over(input, summary);
    say("{}\n", headline(input));
    if (!path.empty()) say("replay with:\n{}\n", replay_line(path));
    if (unsaved)
        say("no repro was kept; run it again with:\n{}\n", run_line(options.scenario, options.seed, options.input));
    return exit_of(summary.verdict);
}

void tell_head(const RunInput& input) {
    say("{}\n", headline(input));
    const std::string drawn = drawn_settings(input);
    if (!drawn.empty()) say("the seed drew {}\n", drawn);
}

} // namespace

int run(const RunOptions& options) {
    RunInput input;
    if (const sim::Problem problem = read_input(options.scenario, options.input, input)) return complain(*problem);
    input.seed = options.seed;
    draw_settings(input);
    if (const auto owner = claimed_by(options.out)) return complain(sim::usage_complaint(*owner));
    TraceFile trace;
    if (!options.trace.empty())
        if (const auto wrong = trace.open(options.trace, input)) return complain(sim::missing_complaint(*wrong));
    if (!options.json) tell_head(input);
    sim::world::World* world = nullptr;
    const Summary summary = run_isolated(input, watcher_of(options, trace, world));
    if (!summary.lost.empty()) return complain({sim::Cause::internal, {}, headline(input) + ": " + summary.lost});
    if (summary.error.starts_with("cannot write ")) return complain(sim::missing_complaint(summary.error));
    if (!summary.error.empty()) return complain(plan_complaint(options.input, summary.error));
    if ((options.verify || summary.verdict == RunVerdict::violated) && !is_repeated(summary, options.json))
        return exit_nondeterminism;
    return tell_result(input, summary, options);
}

} // namespace orrery::scenarios::command
