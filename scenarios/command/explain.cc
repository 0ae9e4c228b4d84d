// orrery explain: one page that tells a failure: what was violated, how it came to it, when it had become inevitable,
// and what would have had to be otherwise.
#include <unistd.h>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/explanation.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

constexpr std::size_t page_columns = 116; // where no terminal says how wide it is

Object& add_parting(Object& object, const std::string& name, const reports::views::Parting& parting) {
    return object.text(name, parting.change)
        .text_or_null(name + "_line", parting.line)
        .count(name + "_common_events", parting.common);
}

void tell_json(const std::string& file, const Summary& failure, const reports::views::Explanation& explained) {
    Object object("explain");
    object.text("file", file).text("scenario", failure.input.scenario->name).number("seed", failure.input.seed);
    add_finding(object, failure);
    std::string moments;
    for (const reports::views::Inevitability& each : explained.inevitability)
        moments +=
            fmt::format("{}{{\"time\":\"{}\",\"failed\":{},\"tried\":{},\"least_percent\":{},\"most_percent\":{}}}",
                        moments.empty() ? "" : ",", each.time.nanoseconds, each.failed, each.tried,
                        each.interval().first, each.interval().second);
    object.raw("inevitability", "[" + moments + "]");
    if (explained.decision) {
        add_parting(object, "decision", explained.decision->critical);
        add_parting(object, "nearest", explained.decision->nearest.value_or(explained.decision->critical));
    }
    object.print();
}

} // namespace

int explain(const ExplainOptions& options) {
    if (const sim::Problem problem = problem_of_names({{"the repro", options.file}})) return complain(*problem);
    const sim::Checked<Repro> repro = read_repro(options.file);
    if (!repro) return complain(repro.complaint());
    listen_for_interruption();
    ChildOptions child;
    child.detail = Detail::events;
    child.run.record_until = sim::WorldTime{INT64_MAX};
    const Summary failure = run_in_child(repro->input, child);
    if (!failure.is_known()) return complain(why_unknown(failure));
    if (failure.verdict != RunVerdict::violated)
        return complain({sim::Cause::input, {options.file}, "the run does not fail: there is nothing to explain"});
    const ExplanationBudget budget;
    Progress progress("futures", "runs", budget.moments * budget.futures);
    const reports::views::Explanation explained = explanation_of(failure, budget, jobs_or_cores(options.jobs),
                                                                 [&](std::uint64_t runs) { progress.show(runs, ""); });
    progress.clear();
    if (interruption() != 0)
        (void)complain({sim::Cause::internal, {}, "interrupted: futures and decision are left out"});
    if (options.json) {
        tell_json(options.file, failure, explained);
        return exit_passed;
    }
    reports::views::Style style = terminal_style();
    style.width = terminal_width(STDOUT_FILENO, page_columns);
    say("{}\n\n{}\nreplay with:\n{}\n", headline(failure.input), reports::views::explanation(explained, style),
        replay_line(options.file));
    return exit_passed;
}

} // namespace orrery::scenarios::command
