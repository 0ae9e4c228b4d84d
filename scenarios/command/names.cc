#include "orrery/scenarios/command/names.h"

#include <algorithm>
#include <map>

#include "orrery/faults/kinds/kind.h"
#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/registry.h"
#include "orrery/reports/trace/query.h"
#include "orrery/scenarios/bench/works.h"
#include "orrery/scenarios/scenario.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios::command {
namespace {

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

} // namespace

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const Scenario* scenario : all_scenarios()) names.push_back(scenario->name);
    return names;
}

std::vector<std::string> flaw_names() {
    std::vector<std::string> names;
    for (const sim::Flaw* flaw : sim::Flaw::all()) names.emplace_back(flaw->name);
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> model_names() {
    std::vector<std::string> names;
    for (const reports::models::Language* language : reports::models::languages()) names.emplace_back(language->name());
    return names;
}

std::vector<std::string> judge_names() {
    std::vector<std::string> names;
    for (const reports::judges::Judge& judge : reports::judges::registry()) names.emplace_back(judge.name);
    return names;
}

std::vector<std::string> monitor_names() {
    std::vector<std::string> names{"all"};
    for (const Scenario* scenario : all_scenarios())
        for (const sim::MonitorFactory factory : scenario->monitors) {
            const std::string name(factory()->name());
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
    std::sort(names.begin() + 1, names.end());
    return names;
}

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const reports::formats::Format& format : reports::formats::formats()) names.emplace_back(format.name);
    return names;
}

std::vector<std::string> written_format_names() {
    std::vector<std::string> names;
    for (const reports::formats::Format& format : reports::formats::formats())
        if (format.write != nullptr) names.emplace_back(format.name);
    return names;
}

std::vector<std::string> fault_names() { return faults::standard_kinds().names(); }

std::vector<std::string> fault_words() {
    std::vector<std::string> words{"none", "default"};
    for (const std::string& kind : faults::standard_kinds().drawn_names()) words.push_back(kind + "=");
    return words;
}

std::vector<std::string> work_names() {
    std::vector<std::string> names{"judge"};
    for (const bench::Work& work : bench::works()) names.emplace_back(work.name);
    return names;
}

std::vector<std::string> query_words() {
    std::vector<std::string> words;
    for (const std::string& kind : reports::trace::kind_names()) words.push_back("kind=" + kind);
    for (const std::string& field : reports::trace::query_fields())
        if (field != "kind") words.push_back(field);
    return words;
}

std::vector<std::string> listed_names() {
    std::vector<std::string> names{"scenarios", "settings", "models", "judges", "faults", "flaws"};
    append(names, scenario_names());
    for (const std::string& word : setting_words()) {
        const std::string name = word.substr(0, word.find('='));
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    for (const auto& more : {model_names(), judge_names(), fault_names(), flaw_names()}) append(names, more);
    return names;
}

std::vector<std::string> setting_words() {
    std::vector<std::string> words;
    const auto add = [&](const std::string& word) {
        if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    };
    for (const Scenario* scenario : all_scenarios())
        for (const Setting& setting : settings_of(*scenario)) {
            add(setting.name + "=");
            std::vector<std::string> values = setting.legal;
            if (setting.name == "flaws") values = flaw_names();
            if (setting.name == "faults") values = fault_words();
            for (const std::string& value : values) add(setting.name + "=" + value);
        }
    return words;
}

} // namespace orrery::scenarios::command
