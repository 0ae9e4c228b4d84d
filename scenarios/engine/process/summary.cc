// What a view shows of a failure, from what is known of the run.
#include "orrery/scenarios/engine/process/summary.h"

#include "orrery/reports/judges/linearizable/minimal_history.h"

namespace orrery::scenarios::engine {

reports::views::Failure failure_of(const Summary& summary) {
    CHECK(summary.input.scenario != nullptr);
    reports::views::Failure failure;
    failure.findings = summary.findings;
    failure.history = summary.history;
    failure.verdict = summary.judgement;
    failure.participants.hosts = summary.hosts;
    for (std::uint32_t i = 0; i < client_count(*summary.input.scenario, summary.input.settings); ++i)
        failure.participants.clients.push_back("client" + std::to_string(i));
    failure.recording = summary.recording;
    if (const auto calls = reports::calls(summary.history))
        failure.minimal = reports::judges::linearizable::minimal_history(
            summary.history, *calls, summary.judgement, {.language = summary.input.scenario->clients.model});
    for (const faults::Fault& fault : summary.plan.faults)
        failure.applied_faults.push_back({fault.id, faults::print(fault), summary.efficacy(fault.id).effective});
    return failure;
}

} // namespace orrery::scenarios::engine
