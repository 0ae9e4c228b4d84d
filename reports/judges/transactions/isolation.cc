// What was read, dependencies and their cycles, and then the level itself: does what was found break the one asked for?
#include "orrery/reports/judges/transactions/isolation.h"

#include <algorithm>

#include "orrery/reports/judges/transactions/consistency.h"
#include "orrery/reports/judges/transactions/cycles.h"
#include "orrery/reports/judges/transactions/dependencies.h"
#include "orrery/reports/judges/transactions/levels.h"
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
    return anomalies;
}

class Judgement {
public:
    Judgement(const Case& given, const Transactions& transactions) : given_(given), transactions_(transactions) {
        verdict_.outcome = Verdict::Outcome::passed;
        verdict_.basis = "dependencies";
        verdict_.keys = transactions.keys.size();
        for (const Transaction& each : transactions.all) verdict_.operations += each.outcome != Call::Outcome::fail;
    }

    Verdict of_lists() {
        Dependencies made = list_dependencies(transactions_);
        if (!made.ambiguous.empty()) return undecided(told_apart(made.ambiguous));
        take(anomalies_of(transactions_, made, order_of(given_.judge), verdict_.nodes));
        const bool causal = given_.judge == "causal";
        const bool snapshots = implies(given_.judge, "snapshot-isolation") && !implies(given_.judge, "serializable");
        if (is_broken() || (!causal && !snapshots)) return finish();
        const ListWriters writers = list_writers(transactions_);
        if (causal) take(decide_causal_lists(writers.history, writers.known, given_.options, verdict_.nodes));
        // Nothing shows the order of appends that nobody read; snapshots ask for one.
        if (snapshots && writers.unordered)
            take(decide_lists(writers.history, given_.judge, writers.known, given_.options, verdict_.nodes));
        return finish();
    }

    Verdict of_registers() {
        const RegisterHistory history = register_history(transactions_);
        if (!history.ambiguous.empty()) return undecided(told_apart(history.ambiguous));
        const bool weak = given_.judge == "read-committed" || given_.judge == "read-atomic" || given_.judge == "causal";
        const bool by_dependencies = given_.judge == "read-uncommitted" || given_.judge == "consistent-view";
        take(history.anomalies);
        // Whoever does not see its own write reads what was not committed then (Plume).
        if (given_.judge == "read-committed" && history.own_write_missed) broken_too_ = given_.judge;
        if (is_broken() && weak) return finish();
        const JudgeOptions& options = given_.options;
        const bool strong = !weak && !by_dependencies;
        const bool is_long = history.size() > long_history;
        if (strong && is_long && !is_broken() && is_explained_in_time(history, given_.judge, options, verdict_.nodes))
            return finish();
        // Of a long history cycles of dependencies are found much sooner than that there is no order at all.
        const bool cycles_first = by_dependencies || (strong && is_long);
        LevelDecision decision;
        if (!is_broken() && !cycles_first) {
            decision = decide_registers(history, given_.judge, options, verdict_.nodes);
            if (decision.outcome == Verdict::Outcome::passed) return finish();
        }
        if (!weak) {
            Dependencies made = register_dependencies(history);
            verdict_.anomalies.clear();
            take(anomalies_of(transactions_, made, order_of(given_.judge), verdict_.nodes));
        }
        if (!is_broken() && cycles_first && given_.judge != "read-uncommitted")
            decision = decide_registers(history, given_.judge, options, verdict_.nodes);
        if (!is_broken()) take(std::move(decision));
        return finish();
    }

private:
    static std::string told_apart(const std::string& ambiguous) {
        return ambiguous + ": write values that are all different under a key";
    }
    Verdict undecided(const std::string& reason) {
        verdict_.outcome = Verdict::Outcome::undecided;
        verdict_.anomalies.clear();
        verdict_.blocked.emplace();
        verdict_.blocked->suggestions = {reason};
        if (out_of_memory_) blame_memory(*verdict_.blocked, given_.options.memory);
        return std::move(verdict_);
    }

    void take(const std::vector<Anomaly>& anomalies) {
        verdict_.anomalies.insert(verdict_.anomalies.end(), anomalies.begin(), anomalies.end());
    }
    void take(LevelDecision decision) {
        verdict_.basis = "order search";
        if (decision.outcome == Verdict::Outcome::undecided) reason_ = decision.reason;
        out_of_memory_ = decision.out_of_memory;
        take(decision.anomalies);
    }
    Broken broken() const {
        std::vector<std::string_view> kinds;
        for (const Anomaly& each : verdict_.anomalies) kinds.push_back(each.kind);
        return broken_by(kinds);
    }
    bool is_broken() const {
        const auto breaks = [&](const Anomaly& each) { return rules_out(each.kind, given_.judge); };
        return !broken_too_.empty() || std::any_of(verdict_.anomalies.begin(), verdict_.anomalies.end(), breaks);
    }

    Verdict finish() {
        Broken all = broken();
        const bool violated = is_broken();
        if (!violated && !reason_.empty()) return undecided(reason_);
        verdict_.outcome = violated ? Verdict::Outcome::violated : Verdict::Outcome::passed;
        if (!broken_too_.empty()) { // it is weaker than all of them
            all.implied.insert(all.implied.begin(), all.weakest.begin(), all.weakest.end());
            all.weakest = {broken_too_};
        }
        verdict_.broken = std::move(all.weakest);
        verdict_.also_broken = std::move(all.implied);
        if (!violated) verdict_.anomalies.clear(); // they break other models, not this one
        std::stable_sort(verdict_.anomalies.begin(), verdict_.anomalies.end(),
                         [](const Anomaly& a, const Anomaly& b) { return severity(a.kind) < severity(b.kind); });
        for (Anomaly& each : verdict_.anomalies)
            if (const std::string_view names = literature_of(each.kind); !names.empty())
                each.story += " (" + std::string(names) + ")";
        return std::move(verdict_);
    }

    const Case& given_;
    const Transactions& transactions_;
    Verdict verdict_;
    std::string broken_too_;     // a model that the kinds of the anomalies alone do not rule out
    std::string reason_;         // undecided: why
    bool out_of_memory_ = false; // the same
};

} // namespace

Verdict judge_isolation(const Case& given) {
    const bool lists = given.model == "list-append";
    auto read = read_transactions(given, lists);
    if (!read) return cannot_judge(read.complaint());
    Judgement judgement(given, *read);
    return lists ? judgement.of_lists() : judgement.of_registers();
}

} // namespace orrery::reports::judges::transactions
