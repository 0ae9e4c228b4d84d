// What the verbs share: finding a scenario, telling a failure, saving a repro.
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <thread>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/files.h"
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

void tell(const Summary& summary, const std::string& replay) {
    if (!summary.findings.empty()) {
        const FindingRecord& first = summary.findings.front();
        std::printf("\nviolated: %s\n  at %s: %s\n", first.fingerprint.c_str(),
                    sim::duration_text(sim::Duration{first.time}).c_str(), first.text.c_str());
        for (std::size_t i = 1; i < summary.findings.size() && i < 6; ++i)
            std::printf("  also %s: %s\n", summary.findings[i].fingerprint.c_str(), summary.findings[i].text.c_str());
    }
    if (!summary.undecided.empty()) std::printf("\nundecided: %s\n", summary.undecided.c_str());
    if (!summary.story.empty()) std::printf("\n%s\n", summary.story.c_str());
    bool any = false;
    for (const FaultRecord& fault : summary.faults) {
        if (fault.effective == 0) continue;
        if (!any) std::printf("\nfaults that took effect:\n");
        any = true;
        std::printf("  %s (%llu times)\n", fault.line.c_str(), static_cast<unsigned long long>(fault.effective));
    }
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
