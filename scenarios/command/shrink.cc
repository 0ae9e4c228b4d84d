// orrery shrink: from the repro of a failure to the smallest run that fails likewise, as a repro of its own.
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/minimal.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

std::string end_text(ShrinkEnd end) {
    switch (end) {
    case ShrinkEnd::minimal:
        return "nothing that was tried makes it smaller";
    case ShrinkEnd::spent:
        return "the runs are spent; --runs gives it more";
    case ShrinkEnd::interrupted:
        return "interrupted";
    }
    return "";
}

void tell_json(const ShrinkCommandOptions& options, const Minimal& minimal) {
    const Shrunk& shrunk = minimal.shrunk;
    std::string passes;
    for (const ShrinkPass& each : shrunk.passes)
        passes += fmt::format("{}{{\"pass\":{},\"runs\":{},\"kept\":{},\"rounds\":{}}}", passes.empty() ? "" : ",",
                              json_string(each.name), each.tried, each.kept, each.rounds);
    constexpr const char* ends[] = {"minimal", "spent", "interrupted"};
    Object("shrink")
        .text("file", options.file)
        .text("repro", minimal.path)
        .text("finding", shrunk.smallest.fingerprint())
        .raw("before", size_json(shrunk.before))
        .raw("after", size_json(shrunk.after))
        .count("runs", shrunk.runs)
        .text("end", ends[static_cast<std::size_t>(shrunk.end)])
        .raw("passes", "[" + passes + "]")
        .print();
}

void tell_text(const Minimal& minimal) {
    const Shrunk& shrunk = minimal.shrunk;
    tell(shrunk.smallest);
    say("\n");
    for (const ShrinkPass& each : shrunk.passes)
        if (each.tried > 0) say("  {:<16} {:>5} runs, {} of them smaller\n", each.name, each.tried, each.kept);
    tell_sizes(minimal);
    say("{}\nwritten to {}\nreplay with:\n{}\n", end_text(shrunk.end), shown_line(minimal.path),
        replay_line(minimal.path));
}

} // namespace

int shrink(const ShrinkCommandOptions& options) {
    const std::string path = options.out.empty() ? minimal_path(options.file) : options.out;
    if (const sim::Problem problem = problem_of_names({{"the repro", options.file}, {"--out", path}}))
        return complain(*problem);
    const sim::Checked<Repro> repro = read_repro(options.file);
    if (!repro) return complain(repro.complaint());
    if (repro->expected != RunVerdict::violated)
        return complain({sim::Cause::input,
                         {options.file},
                         "expects " + std::string(name(repro->expected)) + ": only a failure can be shrunk"});
    listen_for_interruption();
    if (!options.json) say("{}\n", headline(repro->input));
    std::fflush(stdout);
    Summary failure;
    failure.input = repro->input;
    failure.verdict = RunVerdict::violated;
    failure.findings = repro->recorded().findings;
    const sim::Checked<Minimal> minimal = make_minimal(failure, path, options.runs_max, options.jobs);
    if (!minimal) return complain({minimal.complaint().cause, {options.file}, minimal.complaint().message});
    if (options.json)
        tell_json(options, *minimal);
    else
        tell_text(*minimal);
    return exit_passed;
}

} // namespace orrery::scenarios::command
