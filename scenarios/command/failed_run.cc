#include "orrery/scenarios/command/failed_run.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "orrery/faults/kinds/kind.h"
#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/explanation.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/recorded.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

// What is known without running again: for a run that died, or cannot be shown.
void tell_briefly(const Summary& summary) {
    for (const sim::Finding& each : summary.findings)
        say("violated: {}\n  at {}, event {}: {}\n", shown_line(each.fingerprint()),
            sim::duration_text(each.time - sim::WorldTime{}), sim::hexadecimal(each.event), shown_line(each.text));
    for (const faults::Fault& fault : summary.plan.faults) {
        const std::uint64_t effective = summary.efficacy(fault.id).effective;
        if (effective > 0) say("  {} ({} times)\n", shown_line(faults::print(fault)), effective);
    }
}

std::vector<faults::Fault> faults_that_never_began(const RunInput& input, const Summary& summary) {
    std::vector<faults::Fault> never;
    if (!input.plan) return never;
    for (const faults::Fault& fault : summary.plan.faults)
        if (summary.efficacy(fault.id).fired == 0) never.push_back(fault);
    return never;
}

} // namespace

std::vector<std::string> never_began(const RunInput& input, const Summary& summary) {
    std::vector<std::string> lines;
    for (const faults::Fault& fault : faults_that_never_began(input, summary)) lines.push_back(faults::print(fault));
    return lines;
}

void tell_never_began(const RunInput& input, const Summary& summary, std::size_t most) {
    const std::vector<faults::Fault> never = faults_that_never_began(input, summary);
    for (std::size_t i = 0; i < std::min(most, never.size()); ++i) {
        say("never began: {}\n", shown_line(faults::print(never[i])));
        const std::string& besides = faults::standard_kinds().of(never[i]).begins;
        if (!besides.empty()) say("  a {} begins only when {}\n", never[i].kind, besides);
    }
    if (never.size() > most) say("  and {} more\n", never.size() - most);
}

void tell_undecided(const std::string& why) {
    const char* start = "undecided: ";
    for (const std::string_view line : sim::split(why, '\n'))
        if (!line.empty()) say("{}{}\n", std::exchange(start, "  "), shown_line(line));
}

void tell(const Summary& summary) {
    say("\n");
    tell_undecided(summary.why_undecided());
    std::optional<Summary> again;
    if (!summary.findings.empty()) again = recorded(summary);
    if (!again) return tell_briefly(summary);
    if (const auto explained = quick_explanation(*again)) {
        say("{}", reports::views::explanation(*explained, terminal_style()));
    } else {
        reports::views::Failure failure = failure_of(*again);
        failure.is_minimal = summary.input.operations.has_value(); // shrinking writes them out
        say("{}", reports::views::failure(failure, terminal_style()));
    }
    const sim::Finding& finding = summary.findings.front();
    if (finding.event != 0)
        say("\nfound at {}, in event {}; replay --gdb stops a debugger there\n",
            reports::views::in_seconds(finding.time), sim::hexadecimal(finding.event));
}

Object& add_finding(Object& object, const Summary& summary) {
    object.text_or_null("finding", summary.fingerprint());
    if (summary.findings.empty()) return object.raw("text", "null").raw("time", "null").raw("event", "null");
    const sim::Finding& finding = summary.findings.front();
    object.text("text", finding.text).text("time", std::to_string(finding.time.nanoseconds));
    return object.text_or_null("event", finding.event == 0 ? "" : sim::hexadecimal(finding.event));
}

sim::Checked<std::string> save(const Summary& summary, const std::string& folder, const std::string& stem) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return sim::missing_complaint("cannot make the folder " + folder + ": " + error.message());
    const std::string path = (std::filesystem::path(folder) / (stem + ".repro")).string();
    if (const sim::Problem problem = write_file(path, print(make_repro(summary.input, summary)))) return *problem;
    return path;
}

sim::Complaint why_unknown(const Summary& summary) {
    if (summary.problem) return *summary.problem;
    const std::string why = summary.interrupted ? "interrupted before its end" : summary.lost;
    return {sim::Cause::internal, {}, headline(summary.input) + ": " + why};
}

void print_divergence(const Summary& summary, const Divergence& divergence, bool json) {
    if (json)
        Object("nondeterminism").number("seed", summary.input.seed).text("diverged", divergence.text()).print();
    else
        say("nondeterminism: seed {} does not repeat in a fresh process: {}\n", summary.input.seed,
            shown_line(divergence.text()));
}

int repeat(const Summary& summary, bool json) {
    const Verification verification = verify(summary);
    if (!verification.again.is_known()) return complain(why_unknown(verification.again));
    if (!verification.diverged) return exit_passed;
    print_divergence(summary, *verification.diverged, json);
    return exit_nondeterminism;
}

int exit_of(RunVerdict verdict) {
    return verdict == RunVerdict::passed     ? exit_passed
           : verdict == RunVerdict::violated ? exit_violated
                                             : exit_undecided;
}

std::string why_vacuous(const RunInput& input, const Summary& summary) {
    const Scenario& scenario = *input.scenario;
    if (summary.verdict != RunVerdict::passed) return "";
    if (scenario.clients.count > 0) return summary.answered > 0 ? "" : "no operation was answered";
    const bool is_noted = scenario.minimum_work.notes == 0 || summary.notes > 0;
    return is_noted ? "" : "nobody noted " + scenario.minimum_work.note;
}
bool is_vacuous(const RunInput& input, const Summary& summary) { return !why_vacuous(input, summary).empty(); }

std::string own_folder(const std::string& name, const std::string& manifest) {
    return "orrery-out/" + name + "-" + sim::hexadecimal(sim::name_hash(manifest)).substr(0, 8);
}

} // namespace orrery::scenarios::command
