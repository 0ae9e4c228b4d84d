// What a view shows of a failure, from what is known of the run.
#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

reports::views::Failure failure_of(const Summary& summary) {
    CHECK(summary.input.scenario != nullptr);
    reports::views::Failure failure;
    failure.findings = summary.findings;
    failure.history = summary.history;
    failure.verdict = summary.judgement;
    failure.cast.hosts = summary.hosts;
    for (std::uint32_t i = 0; i < summary.input.scenario->clients.count; ++i)
        failure.cast.clients.push_back("client" + std::to_string(i));
    failure.recording = summary.recording;
    for (const faults::Fault& fault : summary.plan.faults)
        failure.strikes.push_back({fault.id, faults::print(fault), summary.efficacy(fault.id).effective});
    return failure;
}

} // namespace orrery::scenarios::engine
