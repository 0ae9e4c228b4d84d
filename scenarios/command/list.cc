// orrery list: what there is to run, to set, to break; all of it in a line each, or in full what has one of the names
// given: a scenario, setting, model, judge, fault or flaw, or all of one kind: `flaws`.
#include <algorithm>
#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/registry.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/flaw.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using engine::json_string;
using engine::Object;

namespace {

std::string roles_json(const Scenario& scenario) {
    std::string json;
    for (const Role& role : scenario.roles) {
        json += json.empty() ? "[{" : ",{";
        json += "\"name\":" + json_string(role.name);
        // As many as that setting says.
        json += role.count.setting.empty() ? ",\"count\":" + std::to_string(role.count.number)
                                           : ",\"setting\":" + json_string(role.count.setting);
        json += std::string(",\"disk\":") + (role.disk ? "true}" : "false}");
    }
    return json.empty() ? "[]" : json + "]";
}

std::string clients_json(const Scenario& scenario) {
    if (scenario.clients.count == 0) return "null";
    const auto* model = scenario.clients.model;
    return "{\"count\":" + std::to_string(scenario.clients.count) +
           ",\"model\":" + (model == nullptr ? "null" : json_string(std::string(model->name()))) + "}";
}

// Prints what is wanted of it, under headings that have something below them.
class Lister {
public:
    explicit Lister(const ListOptions& options) : json_(options.json), names_(options.names) {}

    // `group`: a name for all that stands below it.
    void heading(const std::string& group, const std::string& text) {
        heading_ = text;
        known_.insert(group);
        of_wanted_group_ = is_named(group);
    }
    void heading(const std::string& group) { heading(group, group); }
    void entry(const char* type, const std::string& name, const std::string& text, const std::string& more = {}) {
        known_.insert(name);
        if (!is_wanted(name)) return;
        if (json_)
            Object(type).text("name", name).text("text", text).print();
        else
            line("  {:<28} {}{}\n", name, text, names_.empty() || more.empty() ? "" : "\n" + indented(more));
    }
    void scenario(const Scenario& scenario);
    // `scenario` is empty for the settings that all have.
    void setting(const std::string& scenario, const Setting& setting);
    // What is wanted and was not there.
    sim::Problem missing() const {
        for (const std::string& name : names_)
            if (!found_.contains(name))
                return sim::usage_complaint("nothing is called '" + name + "'; see orrery list" +
                                            sim::suggestion(name, {known_.begin(), known_.end()}));
        return std::nullopt;
    }

private:
    bool is_named(const std::string& name) {
        const bool named = std::find(names_.begin(), names_.end(), name) != names_.end();
        if (named) found_.insert(name);
        return named;
    }
    bool is_wanted(const std::string& name) { return is_named(name) || names_.empty() || of_wanted_group_; }
    template <class... Values>
    void line(fmt::format_string<Values...> format, Values&&... values) {
        if (!heading_.empty()) say("{}\n", heading_);
        heading_.clear();
        say(format, std::forward<Values>(values)...);
    }
    static std::string indented(const std::string& text) { return std::string(31, ' ') + text; }

    bool json_;
    const std::vector<std::string>& names_;
    std::string heading_{};
    bool of_wanted_group_ = false;
    std::set<std::string> known_{};
    std::set<std::string> found_{};
};

void Lister::scenario(const Scenario& scenario) {
    known_.insert(scenario.name);
    if (!is_wanted(scenario.name)) return;
    std::vector<std::string> goals;
    for (const sim::NoteKind& goal : scenario.goals.of(engine::default_settings(scenario)))
        goals.emplace_back(goal.name);
    const sim::Problem problem = problem_of(scenario);
    if (json_) {
        Object("scenario")
            .text("name", scenario.name)
            .text("text", scenario.help)
            .flag("faulty", scenario.faulty)
            .raw("roles", roles_json(scenario))
            .raw("clients", clients_json(scenario))
            .texts("judges", scenario.judges)
            .texts("goals", goals)
            .text_or_null("problem", problem ? problem->message : "")
            .print();
        return;
    }
    line("  {:<28} {}{}\n", scenario.name, scenario.help, scenario.faulty ? " (wrong on purpose)" : "");
    if (problem) line("{}cannot run: {}\n", indented("  "), shown_line(problem->message));
    for (const Role& role : scenario.roles)
        line("{}{} x {}{}\n", indented("  "), role.name,
             role.count.setting.empty() ? std::to_string(role.count.number) : role.count.setting,
             role.disk ? "" : ", without a disk");
    if (scenario.clients.count > 0)
        line("{}client x {}, {}\n", indented("  "), scenario.clients.count,
             scenario.clients.model == nullptr ? "without a model"
                                               : "judged as " + std::string(scenario.clients.model->name()));
    if (!goals.empty()) line("{}goals {}\n", indented("  "), sim::join(goals));
    if (names_.empty()) return;
    line("{}judged by {}\n", indented("  "), sim::join(scenario.judges));
    for (const faults::Kind* kind : faults::standard_kinds())
        if (const std::uint32_t most = scenario.faults.count(kind->name); most > 0)
            line("{}fault {}, at most {} a seed, twice that in storms\n", indented("  "), kind->name, most);
}

void Lister::setting(const std::string& scenario, const Setting& setting) {
    known_.insert(setting.name);
    const bool of_wanted = std::find(names_.begin(), names_.end(), scenario) != names_.end();
    if (!of_wanted && !is_wanted(setting.name)) return;
    if (json_) {
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
    line("  {:<28} {} (default {}{}{})\n", (scenario.empty() ? "" : scenario + " ") + setting.name, setting.help,
         setting.standard.empty() ? "none" : setting.standard,
         setting.legal.empty() ? "" : ", of " + sim::join(setting.legal, "|"),
         setting.swarm ? ", the seed draws it" : "");
}

void list_settings(Lister& lister) {
    lister.heading("settings", "settings of some scenarios");
    for (const Scenario* scenario : all_scenarios())
        for (const Setting& setting : scenario->settings) lister.setting(scenario->name, setting);
    lister.heading("settings", "settings of every scenario (duration and recovery have defaults of their own)");
    if (all_scenarios().empty()) return;
    const Scenario& any = *all_scenarios().front();
    std::vector<Setting> shared = settings_of(any);
    shared.erase(shared.begin(), shared.begin() + static_cast<std::ptrdiff_t>(any.settings.size()));
    for (const Setting& setting : shared) lister.setting("", setting);
}

void list_flaws(Lister& lister) {
    lister.heading("flaws");
    std::vector<sim::Flaw*> flaws = sim::Flaw::all();
    std::sort(flaws.begin(), flaws.end(), [](const sim::Flaw* a, const sim::Flaw* b) { return a->name < b->name; });
    for (const sim::Flaw* flaw : flaws)
        lister.entry(
            "flaw", std::string(flaw->name), std::string(flaw->sentence) + " [" + std::string(flaw->source) + "]",
            (flaw->scenarios.empty() ? "shown by a test of its protocol" : "shows in " + sim::join(flaw->scenarios)) +
                (flaw->seen == sim::Flaw::Seen::clients ? "; clients can see it" : "; only monitors can see it"));
}

// "probability=1/10 delay=50ms (required)"
std::string parameters_of(const faults::Kind& kind) {
    std::vector<std::string> all;
    if (kind.strikes_message()) all.emplace_back("message=server0>server1:raft.append:40 (required)");
    for (const faults::Parameter& each : kind.parameters)
        all.push_back(each.name + "=" + (each.required ? each.example + " (required)" : each.print(each.standard)));
    return all.empty() ? "" : "takes " + sim::join(all, " ");
}

} // namespace

int list(const ListOptions& options) {
    Lister lister(options);
    lister.heading("scenarios");
    for (const Scenario* scenario : all_scenarios()) lister.scenario(*scenario);
    list_settings(lister);
    lister.heading("models");
    for (const reports::models::Language* language : reports::models::languages())
        lister.entry("model", std::string(language->name()), language->verbs());
    lister.heading("judges");
    for (const reports::judges::Judge& judge : reports::judges::registry())
        lister.entry("judge", std::string(judge.name), std::string(judge.promise),
                     judge.parameter.empty() ? "" : "takes =" + std::string(judge.parameter));
    lister.heading("faults");
    for (const faults::Kind* kind : faults::standard_kinds())
        lister.entry("fault", kind->name, "takes effect when: " + kind->effective, parameters_of(*kind));
    list_flaws(lister);
    const sim::Problem missing = lister.missing();
    return missing ? complain(*missing) : exit_passed;
}

} // namespace orrery::scenarios::command
