#include "orrery/scenarios/command/run_input.h"

#include <algorithm>

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using engine::RunInput;

namespace {

sim::Problem find(const std::string& name, RunInput& input) {
    input.scenario = find_scenario(name);
    if (input.scenario != nullptr) return std::nullopt;
    std::vector<std::string> names;
    for (const Scenario* each : all_scenarios()) names.push_back(each->name);
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
    if (const auto wrong = engine::set_setting(*input.scenario, input.settings, key, setting.text.substr(equals + 1)))
        return complaint_of(setting, *wrong);
    return std::nullopt;
}

sim::Problem read_plan(const std::string& file, RunInput& input) {
    const std::optional<std::string> text = engine::read_file(file);
    if (!text) return sim::Complaint{sim::Cause::input, {file}, "cannot be read"};
    auto parsed = faults::parse_plan(*text, file);
    if (const auto* wrong = std::get_if<faults::PlanError>(&parsed))
        return sim::Complaint{sim::Cause::input, {file, wrong->line, wrong->column}, "expected " + wrong->expected};
    input.plan = std::get<faults::Plan>(std::move(parsed));
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
    return options.plan.empty() ? std::nullopt : read_plan(options.plan, input);
}

sim::Complaint plan_complaint(const std::string& file, const std::string& text, const std::string& wrong) {
    // `wrong` begins with the fault's name, "f101: ", and quotes what it stumbled on.
    const std::string name = wrong.substr(0, wrong.find(':'));
    const std::size_t quote = wrong.find('\'');
    const std::string stumbled =
        quote == std::string::npos ? "" : wrong.substr(quote + 1, wrong.find('\'', quote + 1) - quote - 1);
    sim::Complaint complaint{sim::Cause::input, {file}, wrong};
    std::size_t number = 0;
    for (const std::string_view line : sim::split(text, '\n')) {
        ++number;
        const std::size_t begin = line.find_first_not_of(' ');
        if (begin == std::string_view::npos || !line.substr(begin).starts_with(name + " ")) continue;
        const std::size_t column = stumbled.empty() ? std::string_view::npos : line.find(stumbled, begin + name.size());
        complaint.place.line = number;
        complaint.place.column = (column == std::string_view::npos ? begin : column) + 1;
        break;
    }
    return complaint;
}

sim::Complaint plan_complaint(const InputOptions& options, const std::string& wrong) {
    return plan_complaint(options.plan, engine::read_file(options.plan).value_or(""), wrong);
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
