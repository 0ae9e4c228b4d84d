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
#include "orrery/scenarios/engine/process/account.h"
#include "orrery/scenarios/engine/process/verify.h"
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

void set_program(const char* name) { program = name; }

std::string replay_line(const std::string& file) {
    // A file whose name begins with a dash would be taken for an option.
    return shell_word(program) + " replay " + (file.starts_with("-") ? "./" : "") + shell_word(file);
}

std::string headline(const RunInput& input) { return input.scenario->name + ", seed " + std::to_string(input.seed); }

bool prepare(RunInput& input, const std::string& scenario, const std::vector<std::string>& settings) {
    input.scenario = find_scenario(scenario);
    if (input.scenario == nullptr) {
        std::string known;
        std::vector<std::string> names;
        for (const Scenario* each : all_scenarios()) {
            known += (known.empty() ? "" : ", ") + each->name;
            names.push_back(each->name);
        }
        complain(exit_usage,
                 "there is no scenario '" + scenario + "'; there are " + known + sim::suggestion(scenario, names));
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
        std::optional<std::string> wrong = "--set expects KEY=VALUE, got '" + setting + "'";
        if (equals != std::string::npos)
            wrong = set_setting(*input.scenario, input.settings, setting.substr(0, equals), setting.substr(equals + 1));
        input.chosen.insert(setting.substr(0, equals));
        if (wrong) return complain(exit_usage, *wrong), false;
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

// What is known without running again: for a run that died, or could not be told.
void tell_briefly(const Summary& summary) {
    for (const FindingRecord& each : summary.findings)
        say("violated: {}\n  at {}, event {}: {}\n", each.fingerprint, sim::duration_text(sim::Duration{each.time}),
            sim::hexadecimal(each.event), each.text);
    for (const FaultRecord& fault : summary.faults) {
        if (fault.effective == 0) continue;
        say("  {} ({} times)\n", fault.line, fault.effective);
    }
}

} // namespace

void tell(const Summary& summary) {
    say("\n");
    if (!summary.undecided.empty()) say("undecided: {}\n", summary.undecided);
    std::string story;
    const auto parsed = parse_repro(summary.repro, "repro");
    if (const auto* repro = std::get_if<Repro>(&parsed); repro != nullptr && !summary.findings.empty())
        story = account(repro->input, sim::WorldTime{summary.findings.front().time}, terminal_style());
    if (story.empty())
        tell_briefly(summary);
    else
        say("{}", story);
}

std::string own_folder(const std::string& name, const std::string& manifest) {
    return "orrery-out/" + name + "-" + sim::hexadecimal(sim::name_hash(manifest)).substr(0, 8);
}

std::string save(const Summary& summary, const std::string& folder, const std::string& stem) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const std::string path = (std::filesystem::path(folder) / (stem + ".repro")).string();
    const std::optional<std::string> wrong = write_file(path, summary.repro);
    if (!wrong) return path;
    complain(exit_missing, *wrong);
    return {};
}

bool verified(const Summary& summary, bool json) {
    const Summary again = run_elsewhere(summary.repro);
    const std::optional<std::string> parted = !again.lost.empty()    ? again.lost
                                              : !again.error.empty() ? again.error
                                                                     : divergence(summary.repro, again.repro);
    if (!parted) return true;
    if (json)
        Object("nondeterminism").number("seed", summary.seed).text("parted", *parted).print();
    else
        say("nondeterminism: seed {} does not repeat in a new process: {}\n", summary.seed, *parted);
    return false;
}

int exit_of(RunVerdict verdict) {
    return verdict == RunVerdict::passed     ? exit_passed
           : verdict == RunVerdict::violated ? exit_violated
                                             : exit_undecided;
}

} // namespace orrery::scenarios::command
