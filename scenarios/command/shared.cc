// What the verbs share: finding a scenario, telling a failure, saving a repro.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/failure_report.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

std::string program = "orrery";

// Quoted for a shell, where it needs to be.
std::string shell_word(const std::string& word) {
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string quoted_word = "'";
    for (const char each : word) {
        if (each == '\'')
            quoted_word += "'\\''";
        else
            quoted_word += each;
    }
    return quoted_word + "'";
}

} // namespace

int complain(int code, const std::string& text) {
    mention("orrery: {}\n", text);
    return code;
}

int complain(const sim::Complaint& complaint) { return complain(sim::exit_code(complaint.cause), complaint.text()); }

int complain_of(const Summary& summary) {
    if (summary.problem) return complain(*summary.problem);
    if (summary.interrupted) return complain(exit_internal, headline(summary.input) + ": interrupted before its end");
    return complain(exit_internal, headline(summary.input) + ": " + summary.lost);
}

void set_program(const char* name) { program = name; }

std::string replay_line(const std::string& file) {
    // A file whose name begins with a dash would be taken for an option.
    return shell_word(program) + " replay " + (file.starts_with("-") ? "./" : "") + shell_word(file);
}

std::string headline(const RunInput& input) { return input.scenario->name + ", seed " + std::to_string(input.seed); }

bool prepare(RunInput& input, const std::string& scenario, const std::vector<std::string>& settings) {
    input.scenario = find_scenario(scenario);
    if (input.scenario == nullptr) {
        std::vector<std::string> names;
        for (const Scenario* each : all_scenarios()) names.push_back(each->name);
        complain(exit_usage, "there is no scenario '" + scenario + "'; there are " + sim::join(names) +
                                 sim::suggestion(scenario, names));
        return false;
    }
    if (const sim::Problem problem = problem_of(*input.scenario)) {
        complain(sim::exit_code(problem->cause), problem->message);
        return false;
    }
    input.settings = default_settings(*input.scenario);
    input.chosen.clear();
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        sim::Problem problem = sim::usage_complaint("--set expects KEY=VALUE, got '" + setting + "'");
        if (equals != std::string::npos)
            problem =
                set_setting(*input.scenario, input.settings, setting.substr(0, equals), setting.substr(equals + 1));
        input.chosen.insert(setting.substr(0, equals));
        if (problem) return complain(*problem), false;
    }
    return true;
}

unsigned jobs_or_cores(std::uint64_t jobs) {
    if (jobs > 0) return static_cast<unsigned>(std::min<std::uint64_t>(jobs, 1024));
    const unsigned cores = std::thread::hardware_concurrency();
    return cores == 0 ? 1 : cores;
}

reports::views::Style terminal_style() {
    reports::views::Style style;
    winsize size{};
    const bool terminal = isatty(1) != 0;
    if (terminal && ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60) style.width = size.ws_col;
    const char* off = std::getenv("NO_COLOR");
    style.colours = terminal && (off == nullptr || *off == '\0');
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        const std::string locale(value);
        style.unicode = locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos;
        break;
    }
    return style;
}

namespace {

// What is known without running again: for a run that died, or cannot be shown.
void tell_briefly(const Summary& summary) {
    for (const sim::Finding& each : summary.findings)
        say("violated: {}\n  at {}, event {}: {}\n", each.fingerprint(),
            sim::duration_text(each.time - sim::WorldTime{}), sim::hexadecimal(each.event), each.text);
    for (const faults::Fault& fault : summary.plan.faults) {
        const std::uint64_t effective = summary.efficacy(fault.id).effective;
        if (effective > 0) say("  {} ({} times)\n", faults::print(fault), effective);
    }
}

} // namespace

void tell(const Summary& summary) {
    say("\n");
    if (!summary.undecided.empty()) say("undecided: {}\n", summary.undecided);
    std::optional<reports::views::Failure> failure;
    if (!summary.findings.empty()) failure = failure_report(summary);
    if (failure)
        say("{}", reports::views::failure(*failure, terminal_style()));
    else
        tell_briefly(summary);
}

std::string own_folder(const std::string& name, const std::string& manifest) {
    return "orrery-out/" + name + "-" + sim::hexadecimal(sim::name_hash(manifest)).substr(0, 8);
}

std::string save(const Summary& summary, const std::string& folder, const std::string& stem) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const std::string path = (std::filesystem::path(folder) / (stem + ".repro")).string();
    const sim::Problem problem =
        error ? sim::missing_complaint("cannot make the directory " + folder + ": " + error.message())
              : write_file(path, print(make_repro(summary.input, summary)));
    if (!problem) return path;
    complain(*problem);
    return {};
}

void print_divergence(const Summary& summary, const Divergence& divergence, bool json) {
    if (json)
        Object("nondeterminism").number("seed", summary.input.seed).text("diverged", divergence.text()).print();
    else
        say("nondeterminism: seed {} does not repeat in a fresh process: {}\n", summary.input.seed, divergence.text());
}

int verified(const Summary& summary, bool json) {
    const Verification verification = verify(summary);
    if (!verification.again.is_known()) return complain_of(verification.again);
    if (!verification.diverged) return exit_passed;
    print_divergence(summary, *verification.diverged, json);
    return exit_nondeterminism;
}

int exit_of(RunVerdict verdict) {
    return verdict == RunVerdict::passed     ? exit_passed
           : verdict == RunVerdict::violated ? exit_violated
                                             : exit_undecided;
}

} // namespace orrery::scenarios::command
