#include "orrery/scenarios/command/explanation.h"

#include "orrery/scenarios/command/values.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/decision.h"
#include "orrery/scenarios/engine/search/futures.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

// What a quick explanation may cost: a run of a thousand events takes about a millisecond, and so does its start.
constexpr std::uint64_t quick_events_max = 400;
constexpr ExplanationBudget quick{12, 16, 100};

// Faults, operations, settings and fixed draws, a line each. Not the planted bugs: those are what the reader looks for.
std::vector<std::string> given(const Summary& failure) {
    const RunInput& input = failure.input;
    std::vector<std::string> lines;
    std::string settings;
    for (const Setting& each : settings_of(*input.scenario))
        if (each.name != "flaws" && input.settings.text(each.name) != each.standard)
            settings += (settings.empty() ? "" : ", ") + each.name + "=" + input.settings.text(each.name);
    lines.push_back("seed " + std::to_string(input.seed) + (settings.empty() ? "" : ", " + settings));
    for (const faults::Fault& each : failure.plan.faults) lines.push_back(faults::print(each));
    if (input.operations)
        for (const auto& [operation, invocation] : *input.operations)
            if (invocation.words)
                lines.push_back(
                    "client" + std::to_string(operation.client) + " asks at " +
                    reports::views::in_seconds(invocation.time) + ": " + invocation.words->f +
                    (invocation.words->key.is_nil() ? "" : " " + invocation.words->key.rendered()) +
                    (invocation.words->argument.is_nil() ? "" : " " + invocation.words->argument.rendered()));
    std::string fixed;
    for (const FixedSite& each : input.fixed)
        fixed += (fixed.empty() ? "" : ", ") + each.site + (each.host.empty() ? "" : " of " + each.host) + " " +
                 std::to_string(each.percent) + "%";
    if (!fixed.empty()) lines.push_back("draws that are fixed, from the least to the most possible: " + fixed);
    return lines;
}

} // namespace

reports::views::Explanation explanation_of(const Summary& failure, const ExplanationBudget& budget, unsigned jobs,
                                           const std::function<void(std::uint64_t runs)>& progress) {
    CHECK(failure.verdict == RunVerdict::violated);
    reports::views::Explanation explained{failure_of(failure), given(failure), {}, {}};
    explained.failure.is_minimal = failure.input.operations.has_value(); // shrinking writes them out
    FuturesOptions futures_options;
    futures_options.moments = budget.moments;
    futures_options.futures = budget.futures;
    futures_options.jobs = jobs;
    futures_options.interrupted = [] { return interruption() != 0; };
    futures_options.progress = progress;
    if (failure.findings.front().time.nanoseconds > 0) explained.inevitability = futures(failure, futures_options);
    DecisionOptions decision_options;
    decision_options.runs_max = budget.decision_runs_max;
    decision_options.interrupted = futures_options.interrupted;
    const DecisionSearch search = decision_of(failure, explained.inevitability, decision_options);
    explained.changes_tried = search.tried;
    if (search.decision) explained.decision = search.decision->told;
    if (interruption() == 0) return explained;
    explained.inevitability.clear();
    explained.changes_tried = 0;
    explained.decision.reset();
    return explained;
}

std::optional<reports::views::Explanation> quick_explanation(const Summary& failure) {
    if (!failure.input.operations || failure.events > quick_events_max) return std::nullopt;
    return explanation_of(failure, quick, jobs_or_cores(0), {});
}

} // namespace orrery::scenarios::command
