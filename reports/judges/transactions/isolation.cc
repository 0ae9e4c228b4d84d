// Dependencies, cycles, and then the table of consistency models: does what was found break the one asked for?
#include "orrery/reports/judges/transactions/isolation.h"

#include <algorithm>

#include "orrery/reports/judges/transactions/consistency.h"
#include "orrery/reports/judges/transactions/cycles.h"
#include "orrery/reports/judges/transactions/dependencies.h"
#include "orrery/reports/judges/transactions/words.h"

namespace orrery::reports::judges::transactions {
namespace {

Anomaly anomaly_of(const Transactions& transactions, const Cycle& cycle) {
    Anomaly anomaly;
    anomaly.kind = class_of(cycle);
    for (const Dependency& each : cycle) {
        anomaly.operations.push_back(transactions.all[each.from].call);
        anomaly.reasons.push_back(reason_of(transactions, each));
    }
    anomaly.story = story_of(cycle);
    return anomaly;
}

// The order between transactions that a model promises, besides that of what they read and wrote. Real time
// holds the order of each client.
Relations order_of(std::string_view model) {
    if (implies(model, "strong-snapshot-isolation")) return just(Relation::process) | just(Relation::realtime);
    return implies(model, "strong-session-snapshot-isolation") ? just(Relation::process) : Relations{0};
}

std::vector<Anomaly> anomalies_of(const Transactions& transactions, Dependencies& made, Relations order,
                                  std::uint64_t& work) {
    if ((order & just(Relation::process)) != 0) add_process_order(transactions, made.graph);
    if ((order & just(Relation::realtime)) != 0) add_realtime_order(transactions, made.graph);
    made.graph.finish();
    std::vector<Anomaly> anomalies = std::move(made.anomalies);
    for (const Cycle& each : find_cycles(made.graph, order, work)) anomalies.push_back(anomaly_of(transactions, each));
    std::stable_sort(anomalies.begin(), anomalies.end(),
                     [](const Anomaly& a, const Anomaly& b) { return severity(a.kind) < severity(b.kind); });
    return anomalies;
}

} // namespace

Verdict judge_isolation(const Case& given) {
    const bool lists = given.model == "list-append";
    auto read = read_transactions(given, lists);
    if (const auto* error = std::get_if<HistoryError>(&read)) return cannot_judge(given, *error);
    const Transactions& transactions = *std::get_if<Transactions>(&read);
    Dependencies made = lists ? list_dependencies(transactions)
                              : register_dependencies(transactions, given.history.initial.has_value());
    Verdict verdict;
    verdict.basis = "dependencies";
    verdict.keys = transactions.keys.size();
    for (const Transaction& each : transactions.all) verdict.operations += each.outcome != Call::Outcome::fail;
    if (!made.ambiguous.empty()) {
        verdict.blocked.emplace();
        verdict.blocked->suggestions = {made.ambiguous + ": write values that are all different under a key"};
        return verdict;
    }
    verdict.anomalies = anomalies_of(transactions, made, order_of(given.judge), verdict.nodes);
    std::vector<std::string_view> kinds;
    for (const Anomaly& each : verdict.anomalies) kinds.push_back(each.kind);
    Broken broken = broken_by(kinds);
    const auto is_broken = [&](const std::vector<std::string>& models) {
        return std::find(models.begin(), models.end(), given.judge) != models.end();
    };
    const bool violated = is_broken(broken.weakest) || is_broken(broken.implied);
    verdict.outcome = violated ? Verdict::Outcome::violated : Verdict::Outcome::passed;
    verdict.broken = std::move(broken.weakest);
    verdict.also_broken = std::move(broken.implied);
    if (!violated) verdict.anomalies.clear(); // they break other models, not this one
    return verdict;
}

} // namespace orrery::reports::judges::transactions
