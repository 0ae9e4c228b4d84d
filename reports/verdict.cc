// A finding is a violated verdict in one line, at the time when it showed.
#include "orrery/reports/verdict.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports {

std::string_view name(Verdict::Outcome outcome) {
    constexpr std::string_view names[] = {"passed", "violated", "undecided"};
    return names[static_cast<std::size_t>(outcome)];
}

std::vector<std::size_t> evidence(const Verdict& verdict) {
    if (verdict.counterexample) return verdict.counterexample->operations;
    return verdict.anomalies.empty() ? std::vector<std::size_t>{} : verdict.anomalies[0].operations;
}

std::optional<sim::Finding> finding(const Verdict& verdict, const std::vector<Call>& operations) {
    if (!verdict.violated()) return {};
    sim::Finding finding;
    finding.judge = verdict.judge;
    if (!verdict.counterexample) {
        CHECK(!verdict.anomalies.empty()); // every violation has evidence
        const Anomaly& worst = verdict.anomalies.front();
        finding.kind = worst.kind;
        finding.rule = "the history is " + verdict.judge;
        finding.text = worst.story;
        // It showed when the last of its operations returned.
        for (const std::size_t each : worst.operations) {
            CHECK(each < operations.size());
            if (operations[each].outcome != Call::Outcome::unknown)
                finding.time = std::max(finding.time, operations[each].returned);
        }
        return finding;
    }
    const Counterexample& found = *verdict.counterexample;
    finding.kind = name(found.kind);
    finding.rule = rule_of(found.kind);
    finding.text = found.story;
    CHECK(found.unpassable < operations.size());
    finding.time = operations[found.unpassable].returned;
    return finding;
}

} // namespace orrery::reports
