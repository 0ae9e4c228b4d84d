// Making a repro, and printing it.
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {

Repro make_repro(const RunInput& input, const RunOutput& output) {
    Repro repro{input,        output.verdict,    {}, output.digest, output.events, std::string(source_identity()),
                output.hosts, output.checkpoints};
    repro.input.plan = output.plan;
    if (!output.findings.empty()) repro.fingerprint = output.findings.front().fingerprint();
    return repro;
}

std::string print(const sim::Override& each) {
    return "override " + std::to_string(each.event) + " " + std::to_string(each.site) + " " +
           std::to_string(each.count) + " " + std::to_string(each.outcome) + " " + std::to_string(each.choices);
}

std::string print(const Repro& repro) {
    const RunInput& input = repro.input;
    std::string text = "orrery repro 1\nscenario " + input.scenario->name + "\nsource " + repro.source + "\nseed " +
                       std::to_string(input.seed) + "\n";
    for (const auto& [key, value] : input.settings.values()) text += "set " + key + "=" + value + "\n";
    for (const sim::Override& each : input.overrides) text += print(each) + "\n";
    for (const auto& each : input.reseeds)
        text += "reseed " + std::to_string(each.time.nanoseconds) + " " + std::to_string(each.salt) + "\n";
    for (const Skip& each : input.skipped)
        text += "skip " + std::to_string(each.client) + " " + std::to_string(each.number) + "\n";
    text += "plan\n" + faults::print(input.plan.value_or(faults::Plan{})) + "end\n";
    text += "expect " + std::string(name(repro.expected)) + (repro.fingerprint.empty() ? "" : " " + repro.fingerprint) +
            "\n";
    text += "digest " + sim::hexadecimal(repro.digest) + "\nevents " + std::to_string(repro.events) + "\n";
    if (!repro.hosts.empty()) text += "hosts";
    for (const std::string& host : repro.hosts) text += " " + host;
    if (!repro.hosts.empty()) text += "\n";
    for (const sim::world::Checkpoint& each : repro.checkpoints) {
        text += "checkpoint " + std::to_string(each.events) + " " + std::to_string(each.time.nanoseconds);
        for (const std::uint64_t digest : each.hosts) text += " " + sim::hexadecimal(digest);
        text += "\n";
    }
    return text;
}

} // namespace orrery::scenarios::engine
