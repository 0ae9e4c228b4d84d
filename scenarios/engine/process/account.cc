#include "orrery/scenarios/engine/process/account.h"

#include <variant>

#include "orrery/reports/judges/linearizable/minimal_history.h"
#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/engine/process/isolate.h"
#include "orrery/scenarios/engine/run/recorder.h"

namespace orrery::scenarios::engine {
namespace {

reports::views::Failure failure_of(const RunInput& input, const RunOutput& output, Recorder& recorder) {
    reports::views::Failure failed;
    failed.findings = output.findings;
    failed.history = output.history;
    failed.verdict = output.judgement;
    if (const auto calls = reports::calls(output.history); std::holds_alternative<std::vector<reports::Call>>(calls))
        failed.minimal = reports::judges::linearizable::minimal_history(
            output.history, std::get<std::vector<reports::Call>>(calls), output.judgement);
    failed.participants.hosts = output.hosts;
    for (std::uint32_t i = 0; i < input.scenario->clients.count; ++i)
        failed.participants.clients.push_back("client" + std::to_string(i));
    failed.recording = recorder.take();
    for (const faults::Fault& fault : output.plan.faults) {
        const auto counted = output.efficacies.find(fault.id);
        failed.applied_faults.push_back(
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
