// From names to a judge and its case; everything that cannot be judged ends here with a reason.
#include "orrery/reports/judges/judge.h"

#include <algorithm>

#include "orrery/reports/judges/independent.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/sim/check.h"
#include "orrery/sim/text.h"

namespace orrery::reports::judges {

namespace {

std::string no_such_judge(const std::string& name) {
    std::vector<std::string_view> names;
    for (const Judge& each : registry()) names.push_back(each.name);
    return "no judge is called " + name + "; there are " + sim::join(names);
}

// What every judge owes: evidence of a violation, within the calls, and nothing that contradicts the outcome.
void check_evidence(const Verdict& verdict, std::size_t calls) {
    CHECK(!verdict.error || verdict.outcome == Verdict::Outcome::undecided);
    CHECK(!verdict.violated() || verdict.counterexample || !verdict.anomalies.empty());
    CHECK(verdict.violated() || !verdict.counterexample);
    CHECK(verdict.passed() || verdict.certificate.empty());
    CHECK(!verdict.blocked || verdict.outcome == Verdict::Outcome::undecided);
    for (const std::size_t each : evidence(verdict)) CHECK(each < calls);
}

// What nobody was answered in is neither passed nor undecided by any judge: it is vacuous.
void mark_unanswered(Verdict& verdict, const std::vector<Call>& all) {
    const auto answered = [](const Call& call) { return call.outcome == Call::Outcome::ok; };
    verdict.unanswered = std::none_of(all.begin(), all.end(), answered);
    if (!verdict.unanswered || verdict.violated() || verdict.error) return;
    verdict.outcome = Verdict::Outcome::passed;
    verdict.blocked.reset();
    CHECK(verdict.vacuous());
}

} // namespace

Verdict judge(const History& history, const JudgeOptions& options) {
    std::string_view model = options.model.empty() ? history.model : options.model;
    if (options.language != nullptr) model = options.language->name();
    const std::string asked = options.judge.empty() ? std::string(judge_of(model)) : options.judge;
    const std::size_t equals = asked.find('=');
    const Judge* judge = find_judge(asked.substr(0, equals));
    const std::string parameter = equals == std::string::npos ? "" : asked.substr(equals + 1);
    if (judge == nullptr) return cannot_judge(sim::usage_complaint(no_such_judge(asked)));
    const std::vector<Call> none;
    const sim::Checked<std::vector<Call>> paired = calls(history);
    const Case given{history, paired ? *paired : none, judge->name, model, parameter, options};
    Verdict verdict;
    if (!paired)
        verdict = cannot_judge(paired.complaint());
    else if (!takes(*judge, model))
        verdict = cannot_judge(sim::usage_complaint(std::string(judge->name) + " does not judge a history of a " +
                                                    std::string(model) + "; it takes " + sim::join(judge->models)));
    else if (const sim::Problem problem = problem_of_parameter(*judge, parameter))
        verdict = cannot_judge(*problem);
    else if (has_independent_keys(given, *judge))
        verdict = judge_each_key(given);
    else
        verdict = judge->judge(given);
    verdict.judge = judge->name;
    verdict.model = model;
    check_evidence(verdict, given.calls.size());
    mark_unanswered(verdict, given.calls);
    return verdict;
}

} // namespace orrery::reports::judges
