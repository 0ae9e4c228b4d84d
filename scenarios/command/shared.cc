// What the verbs share: finding a scenario, telling a failure, saving a repro.
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/account.h"
#include "orrery/scenarios/engine/files.h"
#include "orrery/scenarios/engine/repro.h"
#include "orrery/scenarios/engine/verify.h"

namespace orrery::scenarios::command {

bool prepare(RunInput& input, const std::string& scenario, const std::vector<std::string>& settings) {
    input.scenario = find_scenario(scenario);
    if (input.scenario == nullptr) {
        std::string known;
        for (const Scenario* each : all_scenarios()) known += (known.empty() ? "" : ", ") + each->name;
        std::fprintf(stderr, "orrery: there is no scenario '%s'; there are %s\n", scenario.c_str(), known.c_str());
        return false;
    }
    input.settings = default_settings(*input.scenario);
    for (const std::string& setting : settings) {
        const std::size_t equals = setting.find('=');
        std::optional<std::string> wrong = "--set expects key=value, got '" + setting + "'";
        if (equals != std::string::npos)
            wrong = set_setting(*input.scenario, input.settings, setting.substr(0, equals), setting.substr(equals + 1));
        input.chosen.insert(setting.substr(0, equals));
        if (!wrong) continue;
        std::fprintf(stderr, "orrery: %s\n", wrong->c_str());
        return false;
    }
    return true;
}

unsigned jobs_or_cores(unsigned jobs) {
    if (jobs > 0) return jobs;
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
        std::printf("violated: %s\n  %s\n", each.fingerprint.c_str(), each.text.c_str());
    for (const FaultRecord& fault : summary.faults) {
        if (fault.effective == 0) continue;
        std::printf("  %s (%llu times)\n", fault.line.c_str(), static_cast<unsigned long long>(fault.effective));
    }
}

} // namespace

void tell(const Summary& summary, const std::string& replay) {
    std::printf("\n");
    if (!summary.undecided.empty()) std::printf("undecided: %s\n", summary.undecided.c_str());
    std::string story;
    const auto parsed = parse_repro(summary.repro, "repro");
    if (const auto* repro = std::get_if<Repro>(&parsed); repro != nullptr && !summary.findings.empty())
        story = account(repro->input, sim::WorldTime{summary.findings.front().time}, terminal_style());
    if (story.empty())
        tell_briefly(summary);
    else
        std::printf("%s", story.c_str());
    if (!replay.empty()) std::printf("\nreplay with: ./orrery replay %s\n", replay.c_str());
}

std::string save(const Summary& summary, const std::string& folder, const std::string& stem) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const std::string path = folder + "/" + stem + ".repro";
    if (!error && write_file(path, summary.repro)) return path;
    std::fprintf(stderr, "orrery: cannot write %s\n", path.c_str());
    return {};
}

bool verified(const Summary& summary) {
    const Summary again = run_elsewhere(summary.repro);
    if (again.error.empty()) {
        const std::optional<std::string> parted = divergence(summary.repro, again.repro);
        if (!parted) return true;
        std::printf("nondeterminism: seed %llu does not repeat in a new process: %s\n",
                    static_cast<unsigned long long>(summary.seed), parted->c_str());
        return false;
    }
    std::printf("nondeterminism: seed %llu: %s\n", static_cast<unsigned long long>(summary.seed), again.error.c_str());
    return false;
}

int exit_of(Verdict verdict) {
    return verdict == Verdict::passed ? exit_passed : verdict == Verdict::violated ? exit_violated : exit_undecided;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        char buffer[8];
        if (each == '"' || each == '\\') {
            result += '\\';
            result += each;
        } else if (byte < 0x20) {
            std::snprintf(buffer, sizeof buffer, "\\u%04x", byte);
            result += buffer;
        } else {
            result += each;
        }
    }
    return result + "\"";
}

} // namespace orrery::scenarios::command
