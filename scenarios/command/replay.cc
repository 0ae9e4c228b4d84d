// orrery replay: a repro once more, here and in a new process.
#include <cstdio>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/files.h"
#include "orrery/scenarios/engine/repro.h"
#include "orrery/scenarios/engine/verify.h"

namespace orrery::scenarios::command {
namespace {

// From other sources a replay is best effort: what still holds, and where it parted.
int tell_other_source(const Repro& repro, const Summary& summary, const std::string& text) {
    const std::string found = summary.findings.empty() ? "" : summary.findings.front().fingerprint;
    std::printf("made from other sources; best effort:\n");
    const std::optional<std::string> parted = divergence(text, summary.repro);
    std::printf("  %s\n", parted ? parted->c_str() : "the runs agree all the same");
    std::printf("  the fingerprint %s\n", found == repro.fingerprint ? "is still the same" : "is another one now");
    return exit_of(summary.verdict);
}

} // namespace

int replay(const ReplayOptions& options) {
    const std::optional<std::string> text = read_file(options.file);
    if (!text) {
        std::fprintf(stderr, "orrery: cannot read %s\n", options.file.c_str());
        return exit_input;
    }
    const std::variant<Repro, faults::PlanError> parsed = parse_repro(*text, options.file);
    if (const auto* wrong = std::get_if<faults::PlanError>(&parsed)) {
        std::fprintf(stderr, "orrery: %s\n", wrong->text().c_str());
        return exit_input;
    }
    const Repro& repro = std::get<Repro>(parsed);
    if (!options.json)
        std::printf("%s, seed %llu\n", repro.input.scenario->name.c_str(), static_cast<unsigned long long>(repro.input.seed));
    const Summary summary = run_elsewhere(*text);
    if (!summary.error.empty()) {
        std::fprintf(stderr, "orrery: %s: %s\n", options.file.c_str(), summary.error.c_str());
        return exit_input;
    }
    const std::string found = summary.findings.empty() ? "" : summary.findings.front().fingerprint;
    if (options.json) {
        std::printf("{\"type\":\"replay\",\"version\":1,\"seed\":\"%llu\",\"verdict\":\"%s\",\"digest\":\"%s\",\"finding\":%s}\n",
                    static_cast<unsigned long long>(summary.seed), std::string(name(summary.verdict)).c_str(),
                    hexadecimal(summary.digest).c_str(), quoted(found).c_str());
    } else {
        std::printf("%s, digest %s\n", std::string(name(summary.verdict)).c_str(), hexadecimal(summary.digest).c_str());
        tell(summary, options.file);
    }
    if (repro.source != source_identity()) return tell_other_source(repro, summary, *text);
    if (summary.digest == repro.digest && summary.verdict == repro.expected && found == repro.fingerprint)
        return exit_of(summary.verdict);
    const std::optional<std::string> parted = divergence(*text, summary.repro);
    std::fprintf(stderr, "orrery: the replay is not what was recorded: %s\n",
                 parted ? parted->c_str() : "verdict or fingerprint differ");
    return exit_nondeterminism;
}

} // namespace orrery::scenarios::command
