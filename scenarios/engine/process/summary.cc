#include "orrery/scenarios/engine/process/summary.h"

#include "orrery/scenarios/engine/artifact/repro.h"

namespace orrery::scenarios::engine {

Summary summarise(const RunInput& input, const RunOutput& output, Detail detail) {
    const bool whole = detail == Detail::whole || output.verdict != RunVerdict::passed;
    Summary summary;
    summary.seed = input.seed;
    summary.verdict = output.verdict;
    for (const sim::Finding& finding : output.findings)
        summary.findings.push_back({finding.fingerprint(), finding.text, finding.time.nanoseconds, finding.event});
    summary.undecided = output.undecided;
    if (whole) summary.repro = print(make_repro(input, output));
    for (const faults::Fault& fault : output.plan.faults) {
        const auto found = output.efficacies.find(fault.id);
        const sim::world::Efficacy counts = found == output.efficacies.end() ? sim::world::Efficacy{} : found->second;
        summary.faults.push_back(
            {fault.id, whole ? faults::print(fault) : "", fault.kind, counts.armed, counts.fired, counts.effective});
    }
    for (const auto& [goal, count] : output.goals) summary.goals.push_back(goal);
    for (const sim::Override& each : output.unmet) summary.unmet.push_back(print(each));
    summary.digest = output.digest;
    summary.events = output.events;
    summary.answered = output.answered;
    summary.gave_up = output.gave_up;
    summary.notes = output.notes;
    summary.effective = output.effective_faults();
    return summary;
}

} // namespace orrery::scenarios::engine
