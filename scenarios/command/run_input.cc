#include "orrery/scenarios/command/run_input.h"

#include <algorithm>

#include "orrery/scenarios/command/names.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using engine::RunInput;

namespace {

sim::Problem find(const std::string& name, RunInput& input) {
    input.scenario = find_scenario(name);
    if (input.scenario != nullptr) return problem_of(*input.scenario);
    const std::vector<std::string> names = scenario_names();
    return sim::usage_complaint("there is no scenario '" + name + "'; there are " + sim::join(names) +
                                sim::suggestion(name, names));
}

sim::Problem choose(const Given& setting, RunInput& input) {
    const std::size_t equals = setting.text.find('=');
    if (equals == std::string::npos)
        return complaint_of(setting, std::string(setting.place.file.empty() ? "--" : "") +
                                         "set expects KEY=VALUE, got '" + setting.text + "'");
    const std::string key = setting.text.substr(0, equals);
    input.chosen.insert(key);
    if (const sim::Problem wrong =
            engine::set_setting(*input.scenario, input.settings, key, setting.text.substr(equals + 1)))
        return complaint_of(setting, wrong->message);
    return std::nullopt;
}

// Of a repro, what goes wrong and what is asked; seed, settings and overrides are those of the command line.
sim::Problem take_what_happened(const std::string& file, RunInput& input) {
    sim::Checked<engine::Repro> repro = engine::read_repro(file);
    if (!repro) return repro.complaint();
    if (repro->input.scenario != input.scenario)
        return sim::Complaint{sim::Cause::input,
                              {file},
                              "is a repro of scenario " + repro->input.scenario->name + ", not of " +
                                  input.scenario->name};
    input.plan = std::move(repro->input.plan);
    input.operations = std::move(repro->input.operations);
    input.skipped = std::move(repro->input.skipped);
    const std::uint64_t clients = client_count(*input.scenario, input.settings);
    if (input.operations && !input.operations->empty() && input.operations->rbegin()->first.client >= clients)
        return sim::Complaint{sim::Cause::input,
                              {file},
                              "has operations of client" + std::to_string(input.operations->rbegin()->first.client) +
                                  ", and there are " + std::to_string(clients) + " clients"};
    return std::nullopt;
}

sim::Problem read_plan(const std::string& file, RunInput& input) {
    const sim::Checked<std::string> text = engine::read_file(file);
    if (!text) return text.complaint();
    if (text->starts_with("orrery repro")) return take_what_happened(file, input);
    sim::Checked<faults::Plan> parsed = faults::parse_plan(*text, file);
    if (!parsed) return parsed.complaint();
    input.plan = std::move(*parsed);
    return std::nullopt;
}

} // namespace

GivenList InputOptions::all_settings() const {
    GivenList all = settings;
    if (!judges.text.empty()) all.push_back({"judges=" + judges.text, judges.place});
    if (!faults.text.empty()) all.push_back({"faults=" + faults.text, faults.place});
    if (no_knowledge) all.push_back({"knowledge=false", {}});
    return all;
}

sim::Problem read_input(const std::string& scenario, const InputOptions& options, RunInput& input) {
    if (sim::Problem problem = find(scenario, input)) return problem;
    input.settings = engine::default_settings(*input.scenario);
    input.chosen.clear();
    for (const Given& setting : options.all_settings())
        if (sim::Problem problem = choose(setting, input)) return problem;
    input.plan.reset();
    if (!options.plan.empty() && !options.faults.text.empty() && options.faults.place.file.empty())
        return sim::usage_complaint("--plan says all that goes wrong; leave out --faults");
    return options.plan.empty() ? std::nullopt : read_plan(options.plan, input);
}

std::string headline(const RunInput& input) { return input.scenario->name + ", seed " + std::to_string(input.seed); }

std::string drawn_settings(const RunInput& input) {
    std::string flags;
    for (const Setting& setting : settings_of(*input.scenario)) {
        if (!setting.swarm || input.chosen.contains(setting.name)) continue;
        flags += (flags.empty() ? "--set " : " --set ") + setting.name + "=" + input.settings.text(setting.name);
    }
    return flags;
}

std::string choices_of(const RunInput& input) {
    std::string text;
    for (const std::string& key : input.chosen) text += "set " + key + "=" + input.settings.text(key) + "\n";
    return input.plan ? text + "plan\n" + faults::print(*input.plan) : text;
}

} // namespace orrery::scenarios::command
