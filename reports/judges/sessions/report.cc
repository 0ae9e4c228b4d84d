// The nodes of a cycle that are no accesses only carry a reason from the edge before to the edge after them.
#include "orrery/reports/judges/sessions/report.h"

#include "orrery/sim/check.h"

namespace orrery::reports::judges::sessions {

Verdict verdict_so_far(const Accesses& accesses, const Case& given) {
    Verdict verdict;
    verdict.basis = "precedence";
    verdict.operations = accesses.operations;
    verdict.keys = accesses.keys;
    verdict.nodes = accesses.all.size();
    if (!accesses.ambiguous.empty()) {
        verdict.blocked.emplace();
        verdict.blocked->suggestions = {accesses.ambiguous + ": write values that are all different under a key"};
        return verdict;
    }
    verdict.outcome = Verdict::Outcome::passed;
    for (const std::uint32_t each : accesses.from_nowhere) {
        verdict.outcome = Verdict::Outcome::violated;
        const std::size_t call = accesses.all[each].call;
        verdict.anomalies.push_back({"value from nowhere",
                                     given.calls[call].key,
                                     {call},
                                     {},
                                     given.calls[call].rendered() + ", which nobody wrote"});
    }
    return verdict;
}

void report_cycle(Verdict& verdict, const Accesses& accesses, const std::vector<Precedence::Edge>& cycle,
                  std::string kind, std::string story) {
    CHECK(!cycle.empty());
    CHECK(cycle.back().to == cycle.front().from); // it closes
    Anomaly anomaly;
    anomaly.kind = std::move(kind);
    anomaly.story = std::move(story);
    // Nodes that are no accesses only join the edges before and after them.
    std::string reason;
    for (const Precedence::Edge& each : cycle) {
        if (each.from < accesses.all.size()) anomaly.operations.push_back(accesses.all[each.from].call);
        if (!each.reason.empty()) reason = each.reason;
        if (each.to < accesses.all.size()) anomaly.reasons.push_back(std::exchange(reason, {}));
    }
    CHECK(anomaly.reasons.size() == anomaly.operations.size());
    verdict.outcome = Verdict::Outcome::violated;
    verdict.anomalies.push_back(std::move(anomaly));
}

} // namespace orrery::reports::judges::sessions
