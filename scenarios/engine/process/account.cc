#include "orrery/scenarios/engine/process/account.h"

#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/engine/process/isolate.h"
#include "orrery/scenarios/engine/run/recorder.h"

namespace orrery::scenarios::engine {
namespace {

reports::views::Failure failure_of(const RunInput& input, const RunOutput& output, Recorder& recorder) {
    reports::views::Failure failed;
    failed.findings = output.findings;
    // What the judge of the history found is shown by its operations, whatever event ended the last of them.
    for (sim::Finding& finding : failed.findings)
        if (finding.judge == output.judgement.judge) finding.event = 0;
    failed.history = output.history;
    failed.verdict = output.judgement;
    failed.cast.hosts = output.hosts;
    for (std::uint32_t i = 0; i < input.scenario->clients.count; ++i)
        failed.cast.clients.push_back("client" + std::to_string(i));
    failed.recording = recorder.take();
    for (const faults::Fault& fault : output.plan.faults) {
        const auto counted = output.efficacies.find(fault.id);
        failed.strikes.push_back(
            {fault.id, faults::print(fault), counted == output.efficacies.end() ? 0 : counted->second.effective});
    }
    return failed;
}

} // namespace

std::string account(const RunInput& input, sim::WorldTime found, const reports::views::Style& style) {
    Recorder recorder(found.nanoseconds == 0 ? sim::WorldTime{INT64_MAX} : found);
    Watcher watcher;
    watcher.observe = [&](const sim::Observation& seen) { recorder.observe(seen); };
    watcher.tell = [&](const RunOutput& output) {
        return reports::views::failure(failure_of(input, output, recorder), style);
    };
    return run_isolated(input, watcher).story;
}

} // namespace orrery::scenarios::engine
