#include "orrery/scenarios/command/failed_run.h"

#include <filesystem>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/account.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

// What is known without running again: for a run that died, or could not be told.
void tell_briefly(const Summary& summary) {
    for (const FindingRecord& each : summary.findings)
        say("violated: {}\n  at {}, event {}: {}\n", shown_line(each.fingerprint),
            sim::duration_text(sim::Duration{each.time}), sim::hexadecimal(each.event), shown_line(each.text));
    for (const FaultRecord& fault : summary.faults)
        if (fault.effective > 0) say("  {} ({} times)\n", shown_line(fault.line), fault.effective);
}

std::string story_of(const Summary& summary) {
    if (summary.findings.empty()) return {};
    const auto parsed = parse_repro(summary.repro, "repro");
    const auto* repro = std::get_if<Repro>(&parsed);
    if (repro == nullptr) return {};
    return account(repro->input, sim::WorldTime{summary.findings.front().time}, terminal_style());
}

} // namespace

void tell(const Summary& summary) {
    say("\n");
    if (!summary.undecided.empty()) say("undecided: {}\n", shown_line(summary.undecided));
    const std::string story = story_of(summary);
    if (story.empty()) return tell_briefly(summary);
    say("{}", story);
    const FindingRecord& finding = summary.findings.front();
    if (finding.event != 0)
        say("\nfound at {}, in event {}; replay --break-at stops a debugger there\n",
            reports::views::in_seconds(sim::WorldTime{finding.time}), sim::hexadecimal(finding.event));
}

Object& add_finding(Object& object, const Summary& summary) {
    object.text_or_null("finding", summary.fingerprint());
    if (summary.findings.empty()) return object.raw("text", "null").raw("time", "null").raw("event", "null");
    const FindingRecord& finding = summary.findings.front();
    object.text("text", finding.text).text("time", std::to_string(finding.time));
    return object.text_or_null("event", finding.event == 0 ? "" : sim::hexadecimal(finding.event));
}

sim::Checked<std::string> save(const Summary& summary, const std::string& folder, const std::string& stem) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return sim::missing_complaint("cannot make the folder " + folder + ": " + error.message());
    const std::string path = (std::filesystem::path(folder) / (stem + ".repro")).string();
    if (const std::optional<std::string> wrong = write_file(path, summary.repro)) return sim::missing_complaint(*wrong);
    return path;
}

bool is_repeated(const Summary& summary, bool json) {
    const Summary again = run_elsewhere(summary.repro);
    const std::optional<std::string> parted = !again.lost.empty()    ? again.lost
                                              : !again.error.empty() ? again.error
                                                                     : divergence(summary.repro, again.repro);
    if (!parted) return true;
    if (json)
        Object("nondeterminism").number("seed", summary.seed).text("parted", *parted).print();
    else
        say("nondeterminism: seed {} does not repeat in a new process: {}\n", summary.seed, shown_line(*parted));
    return false;
}

int exit_of(RunVerdict verdict) {
    return verdict == RunVerdict::passed     ? exit_passed
           : verdict == RunVerdict::violated ? exit_violated
                                             : exit_undecided;
}

std::string own_folder(const std::string& name, const std::string& manifest) {
    return "orrery-out/" + name + "-" + sim::hexadecimal(sim::name_hash(manifest)).substr(0, 8);
}

} // namespace orrery::scenarios::command
