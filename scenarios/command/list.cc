// orrery list: what there is to run, to set, to break.
#include <algorithm>
#include <cstdio>

#include "orrery/faults/kinds/kind.h"
#include "orrery/reports/models/registry.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios::command {
namespace {

void entry(bool json, const char* type, const std::string& name, const std::string& text) {
    if (json)
        std::printf("{\"type\":%s,\"version\":1,\"name\":%s,\"text\":%s}\n", quoted(type).c_str(), quoted(name).c_str(),
                    quoted(text).c_str());
    else
        std::printf("  %-28s %s\n", name.c_str(), text.c_str());
}

} // namespace

int list(bool json) {
    const auto heading = [&](const char* text) {
        if (!json) std::printf("%s\n", text);
    };
    heading("scenarios");
    for (const Scenario* scenario : all_scenarios()) entry(json, "scenario", scenario->name, scenario->help);
    heading("settings of every scenario, and of some");
    for (const Scenario* scenario : all_scenarios())
        for (const Setting& setting : scenario->settings)
            entry(json, "setting", scenario->name + " " + setting.name, setting.help + " (default " + setting.standard + ")");
    if (!all_scenarios().empty())
        for (const Setting& setting : settings_of(*all_scenarios().front()))
            entry(json, "setting", setting.name,
                  setting.help + " (default " + (setting.standard.empty() ? "none" : setting.standard) + ")");
    heading("models");
    for (const reports::models::Language* language : reports::models::languages())
        entry(json, "model", std::string(language->name()), language->verbs());
    heading("faults");
    for (const faults::Kind* kind : faults::kinds())
        entry(json, "fault", std::string(kind->name), "takes effect when: " + std::string(kind->effective));
    heading("flaws");
    std::vector<sim::Flaw*> flaws = sim::Flaw::all();
    std::sort(flaws.begin(), flaws.end(), [](const sim::Flaw* a, const sim::Flaw* b) { return a->name < b->name; });
    for (const sim::Flaw* flaw : flaws)
        entry(json, "flaw", std::string(flaw->name), std::string(flaw->sentence) + " [" + std::string(flaw->source) + "]");
    return exit_passed;
}

} // namespace orrery::scenarios::command
