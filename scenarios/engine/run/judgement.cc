#include "orrery/scenarios/engine/run/judgement.h"

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/views/story.h"

namespace orrery::scenarios::engine {
namespace {

// The event in which the answer was returned that no order explains; 0 if the verdict names none.
std::uint64_t offending_event(const reports::Verdict& verdict, const std::vector<reports::Call>& calls,
                              const std::vector<std::uint64_t>& events) {
    if (!verdict.counterexample) return 0;
    const std::size_t unpassable = verdict.counterexample->unpassable;
    CHECK(unpassable < calls.size());
    const std::optional<std::size_t> entry = calls[unpassable].return_entry;
    return entry && *entry < events.size() ? events[*entry] : 0;
}

} // namespace

sim::Finding no_progress(std::uint64_t client, std::uint64_t answers, sim::WorldTime time) {
    return {"progress", "no progress", "every client gets answers after the heal",
            "client" + std::to_string(client) + " got " + std::to_string(answers) +
                " answers to operations invoked after the heal",
            time};
}

bool is_judged_by(const RunInput& input, std::string_view who) {
    const std::string& judges = input.settings.text("judges");
    return judges == "all" || judges == who;
}

Judgement judge_history(const RunInput& input, const reports::History& history,
                        const std::vector<std::uint64_t>& events) {
    Judgement judgement;
    if (!is_judged_by(input, "histories") || history.model.empty()) return judgement;
    const auto calls = reports::calls(history);
    CHECK(calls.ok()); // drivers record well-formed histories
    for (const std::string& judge : input.scenario->judges) {
        reports::judges::JudgeOptions options;
        options.judge = judge;
        options.language = input.scenario->clients.model;
        options.budget = static_cast<std::uint64_t>(input.settings.integer("budget"));
        reports::Verdict verdict = reports::judges::judge(history, options);
        if (std::optional<sim::Finding> finding = reports::finding(verdict, *calls)) {
            finding->event = offending_event(verdict, *calls, events);
            judgement.findings.push_back(std::move(*finding));
        } else if (!verdict.passed() && judgement.undecided.empty()) {
            judgement.undecided = reports::views::story(verdict, *calls);
        }
        if (judgement.verdict.judge.empty() || judgement.verdict.passed()) judgement.verdict = std::move(verdict);
    }
    return judgement;
}

} // namespace orrery::scenarios::engine
