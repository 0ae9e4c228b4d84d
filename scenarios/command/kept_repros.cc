// A file that cannot be read is complained of before the sweep begins: an unread repro is a bug that is not looked for.
#include "orrery/scenarios/command/kept_repros.h"

#include <algorithm>
#include <filesystem>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/process/interruption.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

JunitCase case_of(const KeptRepro& kept, const Summary& summary) {
    JunitCase result{kept.repro.input.scenario->name, kept.file};
    if (summary.verdict == RunVerdict::passed) return result;
    const bool is_violated = summary.verdict == RunVerdict::violated;
    result.outcome = is_violated ? JunitCase::Outcome::failed : JunitCase::Outcome::unknown;
    result.message = is_violated ? summary.fingerprint() : "undecided: " + summary.why_undecided();
    result.text = replay_line(kept.file);
    return result;
}

void tell_one(const KeptRepro& kept, const Summary& summary, bool json) {
    if (json) {
        Object object("kept");
        object.text("scenario", kept.repro.input.scenario->name).text("file", kept.file);
        object.text("verdict", name(summary.verdict));
        add_finding(object, summary).print();
    } else if (summary.verdict != RunVerdict::passed) {
        const std::string fingerprint = summary.fingerprint();
        say("{}: {}{}\nreplay with:\n{}\n", shown_line(kept.file), painted(summary.verdict),
            fingerprint.empty() ? "" : ", " + shown_line(fingerprint), replay_line(kept.file));
    }
}

} // namespace

sim::Checked<std::vector<KeptRepro>> read_kept_repros(const std::string& chosen) {
    std::vector<KeptRepro> kept;
    std::error_code none;
    const std::string folder = chosen.empty() ? "repros" : chosen;
    if (chosen.empty() && !std::filesystem::is_directory(folder, none)) return kept;
    const sim::Checked<std::vector<std::string>> files = files_below(folder, ".repro");
    if (!files) return files.complaint();
    for (const std::string& file : *files) {
        sim::Checked<Repro> repro = read_repro(file);
        if (!repro) return repro.complaint();
        kept.push_back({file, std::move(*repro)});
    }
    return kept;
}

KeptResult replay_kept_repros(const std::vector<KeptRepro>& kept, const RunInput& swept, bool json) {
    KeptResult result;
    const std::string& flaws = swept.settings.text("flaws");
    std::size_t passed = 0;
    for (const KeptRepro& each : kept) {
        const RunInput& input = each.repro.input;
        if (input.scenario != swept.scenario || input.settings.text("flaws") != flaws) continue;
        const Summary summary = run_in_fresh_process(input);
        if (interruption() != 0) break;
        ++result.count;
        int code = exit_internal;
        if (summary.is_known()) {
            code = exit_of(summary.verdict);
            tell_one(each, summary, json);
            result.cases.push_back(case_of(each, summary));
        } else {
            (void)complain(why_unknown(summary));
        }
        passed += code == exit_passed ? 1 : 0;
        if (code != exit_passed && result.failed.empty()) result.failed = each.file;
        // Nothing hides a violation.
        if (result.code != exit_violated && code != exit_passed) result.code = code;
    }
    if (result.count > 0 && !json) say("{}: {} of {} kept repros passed\n", swept.scenario->name, passed, result.count);
    std::fflush(stdout);
    return result;
}

} // namespace orrery::scenarios::command
