// orrery run: one seed, shown as it happens.
#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/minimal.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/state_trace_lines.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/output_directory.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
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

// "client2  asks: write 2303", "client2  is told: 2303".
void tell_entry(const reports::Entry& entry, const sim::world::Host& client) {
    using Type = reports::Entry::Type;
    const std::string words = entry.f + (entry.key.is_nil() ? "" : " " + entry.key.rendered());
    const std::string value = entry.value.is_nil() ? "" : entry.value.rendered();
    std::string text;
    switch (entry.type) {
    case Type::invoke:
        text = "asks: " + words + (value.empty() ? "" : " " + value);
        break;
    case Type::ok:
        text = "is told: " + (value.empty() ? "done" : value) + ", of its " + words;
        break;
    case Type::fail:
        text = "is refused its " + words;
        break;
    case Type::info:
        text = "learns nothing of its " + words;
        break;
    }
    say("{:11.6f} s  {:<10} {}\n", static_cast<double>(entry.time.nanoseconds) / 1e9, shown_line(client.spec.name),
        shown_line(text));
}

// Those that began, and did nothing to anybody: they hit what was idle, or what was struck already.
std::vector<std::string> changed_nothing(const RunInput& input, const Summary& summary) {
    std::vector<std::string> lines;
    if (!input.plan) return lines;
    for (const faults::Fault& fault : summary.plan.faults) {
        const sim::world::Efficacy efficacy = summary.efficacy(fault.id);
        if (efficacy.fired > 0 && efficacy.effective == 0) lines.push_back(faults::print(fault));
    }
    return lines;
}

// The operations that cannot be, a line each.
std::vector<std::string> counterexample_of(const Summary& summary) {
    std::vector<std::string> lines;
    if (const auto calls = reports::calls(summary.history))
        for (const std::size_t each : reports::evidence(summary.judgement)) lines.push_back(calls->at(each).rendered());
    return lines;
}

void print_json(const RunInput& input, const Summary& summary, const std::string& repro,
                const std::optional<Minimal>& minimal) {
    Object object("run");
    object.text("scenario", input.scenario->name)
        .number("seed", input.seed)
        .text("verdict", name(summary.verdict))
        .text("digest", sim::hexadecimal(summary.digest))
        .count("events", summary.events)
        .count("answered", summary.answered)
        .count("effective", summary.effective_faults())
        .text("drawn", drawn_settings(input))
        .texts("never_began", never_began(input, summary))
        .texts("changed_nothing", changed_nothing(input, summary));
    add_finding(object, summary)
        .texts("counterexample", counterexample_of(summary))
        .text_or_null("undecided", summary.why_undecided())
        .text_or_null("repro", repro);
    add_minimal(object, minimal).print();
}

// What --trace asks for: all rows, or the state trace of the servers of raft.
class TraceOfRun {
public:
    explicit TraceOfRun(const RunOptions& options)
        : path_(options.trace), is_state_trace_(!options.format.empty()),
          lines_([this](const std::string& line) { file_.write(line); }) {}

    sim::Problem open(const RunInput& input) {
        if (path_.empty()) return std::nullopt;
        if (!is_state_trace_) return rows_.open(path_, input);
        if (sim::Problem problem = lines_.open()) return problem;
        return file_.open(path_);
    }
    void watch(ChildOptions& child) {
        if (path_.empty()) return;
        if (is_state_trace_)
            lines_.watch(child.run.watcher);
        else
            rows_.watch(child.run.watcher);
        child.afterwards = [this] {
            if (!is_state_trace_) return rows_.flush();
            lines_.finish();
            return file_.flush();
        };
    }
    // After the run, of which `problem` is what went wrong with the writing: an exit code.
    int complete(sim::Problem problem) {
        if (path_.empty()) return exit_passed;
        if (!problem) problem = is_state_trace_ ? file_.complete() : rows_.complete();
        if (problem) return complain(*problem);
        return is_state_trace_ ? lines_.tell_if_empty() : exit_passed;
    }

private:
    std::string path_; // empty: there is none
    bool is_state_trace_;
    TraceFile rows_{};
    OutputFile file_{};
    StateTraceLines lines_;
};

// The story to stdout and the trace to its file as it happens, in the child that runs.
ChildOptions options_of(const RunOptions& options, TraceOfRun& trace, sim::world::World*& world) {
    ChildOptions child;
    const bool tells = !options.json && !options.quiet;
    child.detail = Detail::history;
    child.owns_stdout = tells;
    child.run.watcher.at_start = [&world](sim::world::World& started) { world = &started; };
    if (tells) child.run.watcher.observe = tell_observation;
    if (tells)
        child.run.watcher.at_entry = [&world](const reports::Entry& entry, sim::world::HostIndex client) {
            tell_entry(entry, world->host(client));
        };
    trace.watch(child);
    return child;
}

// What the user asked for besides the verdict. It stands whatever becomes of that: 0, or a code after a line to stderr.
int write_records(const RunOptions& options, const Summary& summary, TraceOfRun& trace) {
    const int code = trace.complete(summary.left_undone);
    if (options.history.empty()) return code;
    const sim::Problem problem = write_file(options.history, reports::formats::write_jsonl(summary.history));
    return problem ? complain(*problem) : code;
}

sim::Problem problem_of_format(const RunOptions& options) {
    if (options.format.empty()) return std::nullopt;
    if (options.format != "etcd") return sim::usage_complaint("--format expects etcd, got '" + options.format + "'");
    if (!options.trace.empty()) return std::nullopt;
    return sim::usage_complaint("--format says how --trace FILE is written, and there is no --trace");
}

// Runs with other settings or another plan are other runs: each choice has files of its own.
std::string stem_of(const RunInput& input) {
    const std::string stem = input.scenario->name + "-" + std::to_string(input.seed);
    const std::string choices = choices_of(input);
    return choices.empty() ? stem : stem + "-" + sim::hexadecimal(sim::name_hash(choices)).substr(0, 8);
}

// What does not repeat leaves a repro as well: it has the checkpoints with which another run can be compared.
int keep_diverged(const RunInput& input, const Summary& summary, const RunOptions& options) {
    const sim::Checked<std::string> saved = save(summary, options.out, stem_of(input));
    if (!saved)
        complain(saved.complaint());
    else if (!options.json)
        say("{}\nreplay with:\n{}\n", headline(input), replay_line(*saved));
    return exit_nondeterminism;
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
    std::optional<Minimal> minimal;
    if (summary.verdict == RunVerdict::violated && !path.empty() && !options.no_shrink)
        minimal = minimal_of(summary, path, 0);
    if (options.json) print_json(input, summary, path, minimal);
    if (unsaved) complain(*unsaved);
    if (options.json) return is_vacuous(input, summary) ? exit_vacuous : exit_of(summary.verdict);
    if (summary.verdict != RunVerdict::passed) tell(minimal ? minimal->shrunk.smallest : summary);
    say("\n{}: {} events, {} operations answered, digest {}\n",
        is_vacuous(input, summary) ? std::string("vacuous") : painted(summary.verdict), summary.events,
        summary.answered, sim::hexadecimal(summary.digest));
    if (is_vacuous(input, summary)) say("{}, so nothing was tested\n", why_vacuous(input, summary));
    if (input.settings.duration("recovery").count() == 0) say("progress was not judged, for recovery is 0s\n");
    tell_never_began(input, summary, SIZE_MAX);
    for (const std::string& line : changed_nothing(input, summary))
        say("began and changed nothing: {}\n", shown_line(line));
    say("{}\n", headline(input));
    if (minimal) tell_sizes(*minimal);
    if (minimal) say("as it was found: {}\n", replay_line(path));
    if (!path.empty()) say("replay with:\n{}\n", replay_line(minimal ? minimal->path : path));
    if (unsaved)
        say("no repro was kept; run it again with:\n{}\n", run_line(options.scenario, options.seed, options.input));
    return is_vacuous(input, summary) ? exit_vacuous : exit_of(summary.verdict);
}

void tell_head(const RunInput& input) {
    say("{}\n", headline(input));
    const std::string drawn = drawn_settings(input);
    if (!drawn.empty()) say("the seed drew {}\n", drawn);
}

} // namespace

int run(const RunOptions& options) {
    if (const sim::Problem problem = problem_of_format(options)) return complain(*problem);
    RunInput input;
    if (const sim::Problem problem = read_input(options.scenario, options.input, input)) return complain(*problem);
    input.seed = options.seed;
    draw_settings(input);
    if (const sim::Problem problem = problem_of_faults(input)) return complain(*problem);
    if (const sim::Problem held = refuse_if_held(options.out)) return complain(*held);
    if (const sim::Problem problem = problem_of_names(
            {{"--plan", options.input.plan}, {"--trace", options.trace}, {"--history", options.history}}))
        return complain(*problem);
    TraceOfRun trace(options);
    if (const sim::Problem problem = trace.open(input)) return complain(*problem);
    if (!options.json) tell_head(input);
    listen_for_interruption();
    sim::world::World* world = nullptr;
    ChildOptions child = options_of(options, trace, world);
    SlowWork slow(options.scenario + ": seed " + std::to_string(options.seed));
    child.while_it_runs = [&slow] { slow.show(); };
    const Summary summary = run_in_child(input, child);
    if (!summary.is_known()) return complain(why_unknown(summary));
    const int unwritten = write_records(options, summary, trace);
    if (options.verify || summary.verdict == RunVerdict::violated) {
        const int code = repeat(summary, options.json);
        if (code == exit_nondeterminism) return keep_diverged(input, summary, options);
        if (code != exit_passed) return code;
    }
    const int code = tell_result(input, summary, options);
    return code == exit_passed ? unwritten : code;
}

} // namespace orrery::scenarios::command
