// orrery list: what there is to run, to set, to break.
#include <algorithm>
#include <cstdio>

#include "orrery/faults/kinds/kind.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/registry.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios::command {
namespace {

std::string roles_json(const Scenario& scenario) {
    std::string json;
    for (const Role& role : scenario.roles) {
        json += json.empty() ? "[{" : ",{";
        json += "\"name\":" + quoted(role.name);
        // As many as that setting says.
        json += role.count.setting.empty() ? ",\"count\":" + std::to_string(role.count.number)
                                           : ",\"setting\":" + quoted(role.count.setting);
        json += std::string(",\"disk\":") + (role.disk ? "true}" : "false}");
    }
    return json.empty() ? "[]" : json + "]";
}

std::string clients_json(const Scenario& scenario) {
    if (scenario.clients.count == 0) return "null";
    const auto* model = scenario.clients.model;
    return "{\"count\":" + std::to_string(scenario.clients.count) +
           ",\"model\":" + (model == nullptr ? "null" : quoted(std::string(model->name()))) + "}";
}

struct Lister {
    bool json = false;

    void heading(const char* text) const {
        if (!json) std::printf("%s\n", text);
    }
    void entry(const char* type, const std::string& name, const std::string& text) const {
        if (json)
            Object(type).text("name", name).text("text", text).print();
        else
            std::printf("  %-28s %s\n", name.c_str(), text.c_str());
    }
    void scenario(const Scenario& scenario) const {
        std::vector<std::string> goals;
        for (const sim::NoteKind& goal : scenario.goals) goals.emplace_back(goal.name);
        const sim::Problem problem = problem_of(scenario);
        if (json) {
            Object("scenario")
                .text("name", scenario.name)
                .text("text", scenario.help)
                .flag("faulty", scenario.faulty)
                .raw("roles", roles_json(scenario))
                .raw("clients", clients_json(scenario))
                .texts("goals", goals)
                .text_or_null("problem", problem ? problem->message : "")
                .print();
            return;
        }
        std::printf("  %-28s %s%s\n", scenario.name.c_str(), scenario.help.c_str(),
                    scenario.faulty ? " (wrong on purpose)" : "");
        if (problem) std::printf("  %-28s   cannot run: %s\n", "", problem->message.c_str());
        for (const Role& role : scenario.roles)
            std::printf("  %-28s   %s %s%s\n", "", role.name.c_str(),
                        role.count.setting.empty() ? ("x " + std::to_string(role.count.number)).c_str()
                                                   : ("x " + role.count.setting).c_str(),
                        role.disk ? "" : ", without a disk");
        if (scenario.clients.count > 0) {
            const auto* model = scenario.clients.model;
            const std::string judged = model == nullptr ? "without a model" : "judged as " + std::string(model->name());
            std::printf("  %-28s   client x %u, %s\n", "", scenario.clients.count, judged.c_str());
        }
        std::string listed;
        for (const std::string& goal : goals) listed += (listed.empty() ? "" : ", ") + goal;
        if (!listed.empty()) std::printf("  %-28s   goals %s\n", "", listed.c_str());
    }
    // `scenario` is empty for the settings that all have.
    void setting(const std::string& scenario, const Setting& setting) const {
        std::string legal;
        for (const std::string& each : setting.legal) legal += (legal.empty() ? "" : "|") + each;
        if (json) {
            Object("setting")
                .text("name", setting.name)
                .text_or_null("scenario", scenario)
                .text("default", setting.standard)
                .texts("legal", setting.legal)
                .flag("swarm", setting.swarm)
                .text("text", setting.help)
                .print();
            return;
        }
        const std::string name = (scenario.empty() ? "" : scenario + " ") + setting.name;
        std::printf("  %-28s %s (default %s%s%s)\n", name.c_str(), setting.help.c_str(),
                    setting.standard.empty() ? "none" : setting.standard.c_str(),
                    legal.empty() ? "" : (", of " + legal).c_str(), setting.swarm ? ", sweeps draw it" : "");
    }
};

} // namespace

int list(bool json) {
    const Lister lister{json};
    lister.heading("scenarios");
    for (const Scenario* scenario : all_scenarios()) lister.scenario(*scenario);
    lister.heading("settings of some scenarios");
    for (const Scenario* scenario : all_scenarios())
        for (const Setting& setting : scenario->settings) lister.setting(scenario->name, setting);
    lister.heading("settings of every scenario (duration and tail have defaults of their own)");
    if (!all_scenarios().empty()) {
        const Scenario& any = *all_scenarios().front();
        std::vector<Setting> shared = settings_of(any);
        shared.erase(shared.begin(), shared.begin() + static_cast<std::ptrdiff_t>(any.settings.size()));
        for (const Setting& setting : shared) lister.setting("", setting);
    }
    lister.heading("models");
    for (const reports::models::Language* language : reports::models::languages())
        lister.entry("model", std::string(language->name()), language->verbs());
    lister.heading("judges");
    for (const reports::judges::Judge& judge : reports::judges::registry()) {
        const std::string parameter = judge.parameter.empty() ? "" : "[=" + std::string(judge.parameter) + "]";
        lister.entry("judge", std::string(judge.name) + parameter, std::string(judge.promise));
    }
    lister.heading("faults");
    for (const faults::Kind* kind : faults::standard_kinds())
        lister.entry("fault", kind->name, "takes effect when: " + kind->effective);
    lister.heading("flaws");
    std::vector<sim::Flaw*> flaws = sim::Flaw::all();
    std::sort(flaws.begin(), flaws.end(), [](const sim::Flaw* a, const sim::Flaw* b) { return a->name < b->name; });
    for (const sim::Flaw* flaw : flaws)
        lister.entry("flaw", std::string(flaw->name),
                     std::string(flaw->sentence) + " [" + std::string(flaw->source) + "]");
    return exit_passed;
}

} // namespace orrery::scenarios::command
