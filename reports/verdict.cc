#include "orrery/reports/verdict.h"

#include "orrery/reports/judges/violation.h"

namespace orrery::reports {

std::string_view name(Verdict::Outcome outcome) {
    constexpr std::string_view names[] = {"passed", "violated", "undecided"};
    return names[static_cast<std::size_t>(outcome)];
}

std::optional<sim::Finding> finding(const Verdict& verdict, const std::vector<Call>& operations) {
    if (!verdict.violated() || !verdict.counterexample) return {};
    const Counterexample& found = *verdict.counterexample;
    sim::Finding finding;
    finding.judge = verdict.judge;
    finding.kind = found.kind;
    finding.rule = judges::rule_of(found.kind);
    finding.text = found.story;
    finding.time = operations[found.unpassable].returned;
    return finding;
}

} // namespace orrery::reports
