// orrery shrink: from the repro of a failure to the smallest run that fails likewise, as a repro of its own.
#include <algorithm>
#include <filesystem>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/search/shrink.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

std::string size_text(const Size& size) {
    return fmt::format("{} strikes of faults, {} operations, {} events", size.strikes, size.operations, size.events);
}

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

// X.repro becomes X.minimal.repro.
std::string minimal_path(const ShrinkCommandOptions& options) {
    if (!options.out.empty()) return options.out;
    const std::filesystem::path file(options.file);
    return (file.parent_path() / (file.stem().string() + ".minimal.repro")).string();
}

void tell_json(const ShrinkCommandOptions& options, const Shrunk& shrunk, const std::string& path) {
    const auto size = [](const Size& each) {
        return fmt::format("{{\"strikes\":{},\"operations\":{},\"events\":{}}}", each.strikes, each.operations,
                           each.events);
    };
    std::string passes;
    for (const ShrinkPass& each : shrunk.passes)
        passes += fmt::format("{}{{\"pass\":{},\"runs\":{},\"kept\":{},\"rounds\":{}}}", passes.empty() ? "" : ",",
                              json_string(each.name), each.tried, each.kept, each.rounds);
    constexpr const char* ends[] = {"minimal", "spent", "interrupted"};
    Object("shrink")
        .text("file", options.file)
        .text("repro", path)
        .text("finding", shrunk.smallest.fingerprint())
        .raw("before", size(shrunk.before))
        .raw("after", size(shrunk.after))
        .count("runs", shrunk.runs)
        .text("end", ends[static_cast<std::size_t>(shrunk.end)])
        .raw("passes", "[" + passes + "]")
        .print();
}

void tell_text(const Shrunk& shrunk, const std::string& path) {
    tell(shrunk.smallest);
    say("\n");
    for (const ShrinkPass& each : shrunk.passes)
        if (each.tried > 0) say("  {:<16} {:>5} runs, {} of them smaller\n", each.name, each.tried, each.kept);
    say("from {}\nto   {}\nin {} runs: {}\nwritten to {}\n", size_text(shrunk.before), size_text(shrunk.after),
        shrunk.runs, end_text(shrunk.end), shown_line(path));
    say("replay with:\n{}\n", replay_line(path));
}

} // namespace

int shrink(const ShrinkCommandOptions& options) {
    const std::string path = minimal_path(options);
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
    Progress progress("shrinking", "runs", options.runs_max);
    ShrinkOptions how;
    how.runs_max = options.runs_max;
    how.jobs = jobs_or_cores(options.jobs);
    how.interrupted = [] { return interruption() != 0; };
    how.progress = [&](std::uint64_t runs, const Shrunk& so_far) { progress.show(runs, size_text(so_far.after)); };
    sim::Checked<Shrunk> shrunk = engine::shrink(failure, how);
    progress.clear();
    if (!shrunk) return complain({shrunk.complaint().cause, {options.file}, shrunk.complaint().message});
    if (const int code = repeat(shrunk->smallest, options.json); code != exit_passed) return code;
    if (const sim::Problem problem = write_file(path, print(make_repro(shrunk->smallest.input, shrunk->smallest))))
        return complain(*problem);
    if (options.json)
        tell_json(options, *shrunk, path);
    else
        tell_text(*shrunk, path);
    return exit_passed;
}

} // namespace orrery::scenarios::command
