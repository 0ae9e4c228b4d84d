// The scenarios that this program was handed, what can be wrong with one as data, and the settings that all share.
#include "orrery/scenarios/scenario.h"

#include <algorithm>

#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/recorded_form.h"
#include "orrery/reports/models/registry.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {
namespace {

constexpr std::uint64_t hosts_max = 10'000; // of one role

std::vector<const Scenario*>& handed_in() {
    static std::vector<const Scenario*> scenarios;
    return scenarios;
}

// Says of one scenario what is wrong with it, field by field. Each check returns what is wrong, or nothing.
class Inspection {
public:
    explicit Inspection(const Scenario& scenario) : scenario_(scenario) {}
    sim::Problem problem() const {
        using Check = sim::Problem (Inspection::*)() const;
        for (const Check check : {&Inspection::name, &Inspection::settings, &Inspection::roles, &Inspection::clients,
                                  &Inspection::faults, &Inspection::judges, &Inspection::folds, &Inspection::times})
            if (sim::Problem problem = (this->*check)()) return problem;
        return std::nullopt;
    }

private:
    sim::Problem wrong(const std::string& field, const std::string& text) const {
        return sim::usage_complaint("scenario '" + scenario_.name + "' is wrong: " + field + ": " + text);
    }
    sim::Problem name() const;
    sim::Problem settings() const;
    sim::Problem roles() const;
    sim::Problem count(const std::string& field, const Count& count) const;
    sim::Problem clients() const;
    sim::Problem faults() const;
    sim::Problem judges() const;
    sim::Problem folds() const; // monitors and goals
    sim::Problem times() const;

    const Scenario& scenario_;
};

// It stands in file names and in lines of a repro.
sim::Problem Inspection::name() const {
    const std::string& name = scenario_.name;
    if (name.empty()) return wrong("name", "expected one, got none");
    const bool fits = std::none_of(name.begin(), name.end(), [](char each) {
        const auto code = static_cast<unsigned char>(each);
        return code < ' ' || code == 127 || each == '/';
    });
    if (!fits || name.front() == ' ' || name.back() == ' ' || name.front() == '-' || name.front() == '.')
        return wrong("name", "expected a word like 'raft-kv', without control characters, '/' or blanks at its ends");
    // A copy that a test made of one in the list may keep its name.
    const std::vector<const Scenario*>& all = handed_in();
    if (std::find(all.begin(), all.end(), &scenario_) == all.end()) return std::nullopt;
    for (const Scenario* other : all)
        if (other != &scenario_ && other->name == name) return wrong("name", "another scenario has the same");
    return std::nullopt;
}

sim::Problem Inspection::settings() const {
    const std::vector<Setting> all = settings_of(scenario_);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Setting& setting = all[i];
        const std::string field = "setting '" + setting.name + "'";
        if (setting.name.empty()) return wrong("settings", "expected a name for each, got none");
        for (std::size_t j = 0; j < i; ++j)
            if (all[j].name == setting.name)
                return wrong(field, i < scenario_.settings.size() ? "two have this name"
                                                                  : "every scenario has one of this name");
        const auto& legal = setting.legal;
        if (!legal.empty() && std::find(legal.begin(), legal.end(), setting.standard) == legal.end())
            return wrong(field,
                         "expected its default to be one of " + sim::join(legal) + ", got '" + setting.standard + "'");
        if (setting.swarm && legal.empty())
            return wrong(field, "expected legal values, since sweeps draw one of them; got none");
    }
    return std::nullopt;
}

sim::Problem Inspection::count(const std::string& field, const Count& count) const {
    const std::string expected = "expected a number of hosts from 1 to " + std::to_string(hosts_max) + ", got ";
    if (count.setting.empty()) {
        if (count.number >= 1 && count.number <= hosts_max) return std::nullopt;
        return wrong(field, expected + std::to_string(static_cast<std::int32_t>(count.number)));
    }
    for (const Setting& setting : scenario_.settings) {
        if (setting.name != count.setting) continue;
        std::vector<std::string> values = setting.legal;
        values.push_back(setting.standard);
        for (const std::string& value : values) {
            std::uint64_t number = 0;
            if (!sim::parse_integer(value, number) || number < 1 || number > hosts_max)
                return wrong(field, "setting '" + setting.name + "': " + expected + "'" + value + "'");
        }
        return std::nullopt;
    }
    return wrong(field, "expected a number or the name of a setting of the scenario, got '" + count.setting + "'");
}

sim::Problem Inspection::roles() const {
    if (scenario_.roles.empty()) return wrong("roles", "expected at least one: something must run");
    std::vector<std::string_view> known{"client"}; // the hosts that drive the workload
    for (const Role& role : scenario_.roles) {
        const std::string field = "role '" + role.name + "'";
        if (role.name.empty()) return wrong("roles", "expected a name for each, got none");
        if (role.name == "client") return wrong(field, "the hosts of the clients have this name");
        if (std::find(known.begin(), known.end(), role.name) != known.end()) return wrong(field, "two have this name");
        if (!role.main) return wrong(field, "expected a function that it runs, got none");
        if (sim::Problem problem = count(field + ", count", role.count)) return problem;
        known.push_back(role.name);
    }
    return std::nullopt;
}

sim::Problem Inspection::clients() const {
    const Clients& clients = scenario_.clients;
    if (clients.count > hosts_max)
        return wrong("clients, count",
                     "expected at most " + std::to_string(hosts_max) + ", got " + std::to_string(clients.count));
    if (clients.count > 0 && !clients.main) return wrong("clients", "expected a function that they run, got none");
    if (clients.model == nullptr) return std::nullopt;
    if (clients.initial && clients.model->live(clients.initial) == nullptr)
        return wrong("clients, initial",
                     "a " + std::string(clients.model->name()) + " cannot start at " + clients.initial->rendered());
    const auto* known = reports::models::language(clients.model->name());
    if (known != nullptr && known != &reports::models::recorded_form(*clients.model))
        return wrong("clients, model", "another model is called '" + std::string(clients.model->name()) + "'");
    return std::nullopt;
}

sim::Problem Inspection::faults() const {
    std::vector<std::string> names{"client"};
    for (const Role& role : scenario_.roles) names.push_back(role.name);
    const sim::Problem problem = faults::problem_of(scenario_.faults, names);
    if (!problem) return std::nullopt;
    return sim::usage_complaint("scenario '" + scenario_.name + "' is wrong: " + problem->message);
}

sim::Problem Inspection::judges() const {
    for (const std::string& asked : scenario_.judges) {
        const std::string name = asked.substr(0, asked.find('='));
        const reports::judges::Judge* judge = reports::judges::find_judge(name);
        std::vector<std::string> names;
        for (const reports::judges::Judge& each : reports::judges::registry()) names.emplace_back(each.name);
        if (judge == nullptr)
            return wrong("judges", "there is no judge '" + name + "'; see list" + sim::suggestion(name, names));
        const std::string parameter = name.size() == asked.size() ? "" : asked.substr(name.size() + 1);
        if (const auto problem = reports::judges::problem_of_parameter(*judge, parameter))
            return wrong("judges", problem->message);
        if (scenario_.clients.model != nullptr && !reports::judges::takes(*judge, scenario_.clients.model->name()))
            return wrong("judges", "'" + name + "' does not judge histories of a " +
                                       std::string(scenario_.clients.model->name()));
    }
    return std::nullopt;
}

sim::Problem Inspection::folds() const {
    for (const sim::MonitorFactory monitor : scenario_.monitors)
        if (monitor == nullptr) return wrong("monitors", "expected functions that make one, got a null pointer");
    sim::Settings settings;
    for (const Setting& each : settings_of(scenario_)) settings.set(each.name, each.standard);
    for (const sim::NoteKind& note : scenario_.goals.of(settings))
        if (!note.goal) return wrong("goals", "note '" + std::string(note.name) + "' is not declared as a goal");
    return std::nullopt;
}

sim::Problem Inspection::times() const {
    if (scenario_.duration.count() <= 0) return wrong("duration", "expected a length of time above zero");
    if (scenario_.recovery.count() < 0) return wrong("recovery", "expected a length of time of at least zero");
    if (scenario_.think.count() < 0) return wrong("think", "expected a length of time of at least zero");
    return std::nullopt;
}

} // namespace

void set_scenarios(std::vector<const Scenario*> scenarios) {
    for (const Scenario* scenario : scenarios) {
        CHECK(scenario != nullptr);
        if (scenario->clients.model != nullptr) reports::models::add_language(*scenario->clients.model);
    }
    std::stable_sort(scenarios.begin(), scenarios.end(),
                     [](const Scenario* a, const Scenario* b) { return a->name < b->name; });
    handed_in() = std::move(scenarios);
}

const std::vector<const Scenario*>& all_scenarios() { return handed_in(); }

const Scenario* find_scenario(std::string_view name) {
    for (const Scenario* scenario : handed_in())
        if (scenario->name == name) return scenario;
    return nullptr;
}

std::uint32_t client_count(const Scenario& scenario, const sim::Settings& settings) {
    return scenario.clients.count == 0 ? 0 : static_cast<std::uint32_t>(settings.integer("clients"));
}

sim::Problem problem_of(const Scenario& scenario) { return Inspection(scenario).problem(); }

std::vector<Setting> settings_of(const Scenario& scenario) {
    std::vector<Setting> settings = scenario.settings;
    if (scenario.clients.count > 0) {
        settings.push_back(
            {"clients", std::to_string(scenario.clients.count), {}, false, "how many clients", hosts_max});
        settings.push_back({"think",
                            sim::duration_text(scenario.think),
                            {},
                            false,
                            "how long a client waits between two operations, at most"});
    }
    settings.push_back({"latency", "1500us", {"1500us", "15ms"}, true, "of a message, at most"});
    settings.push_back(
        {"links", "even", {"even", "uneven"}, true, "whether each link has a slowest latency of its own"});
    const auto has_disk = [](const Role& role) { return role.disk; };
    if (std::any_of(scenario.roles.begin(), scenario.roles.end(), has_disk))
        settings.push_back({"sync", "2ms", {"2ms", "30ms"}, true, "of a disk, at most"});
    settings.push_back({"policy", "time", {"time", "random"}, false, "order of events"});
    settings.push_back({"slack", "0ns", {}, false, "how late the policy may run an event"});
    settings.push_back({"faults", "default", {}, false, "which are drawn: none, default, or kinds like crash=0,cut=4"});
    settings.push_back({"flaws", "", {}, false, "planted bugs to switch on, separated by commas"});
    settings.push_back({"duration", sim::duration_text(scenario.duration), {}, false, "from the start to the heal"});
    settings.push_back({"recovery",
                        sim::duration_text(scenario.recovery),
                        {},
                        false,
                        "from the heal to the end; the bound of progress; 0s: none is asked"});
    settings.push_back({"events", "20000000", {}, false, "the most events of a run"});
    settings.push_back({"core", "all", {"all"}, false, "who restarts at the heal"});
    settings.push_back({"knowledge", "true", {"true", "false"}, false, "an operation that reached nobody has failed"});
    settings.push_back({"judges", "all", {"all", "histories", "monitors", "progress"}, false, "who judges"});
    settings.push_back(
        {"online", "true", {"true", "false"}, false, "a run that is not linearizable ends where it shows"});
    settings.push_back({"budget", "2000000", {}, false, "nodes that the search of a judge may visit"});
    settings.push_back({"drift",
                        std::to_string(scenario.drift),
                        {},
                        false,
                        "clock drift, at most, in parts per billion",
                        100'000'000});
    return settings;
}

} // namespace orrery::scenarios
