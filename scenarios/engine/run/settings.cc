// A setting's value is a text that was checked against its declaration before any run sees it. What is wrong with one
// is said with what would be legal, and with the column of the wrong word.
#include "orrery/scenarios/engine/run/settings.h"

#include <algorithm>

#include "orrery/scenarios/engine/run/fault_setting.h"
#include "orrery/sim/flaw.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

constexpr std::chrono::hours duration_max{24 * 30}; // far from the end of 64 bits of nanoseconds

sim::Complaint wrong_value(std::string message, std::size_t column = 1) {
    return {sim::Cause::usage, {"", 0, column}, std::move(message)};
}

sim::Problem flaws_problem(const Scenario& scenario, std::string_view list) {
    if (list.empty()) return std::nullopt;
    std::vector<std::string> names;
    for (const sim::Flaw* flaw : sim::Flaw::all()) names.emplace_back(flaw->name);
    for (const std::string_view wanted : sim::split(list, ',')) {
        const std::size_t column = static_cast<std::size_t>(wanted.data() - list.data()) + 1;
        const auto found = std::find(names.begin(), names.end(), wanted);
        if (found == names.end())
            return wrong_value("there is no flaw '" + std::string(wanted) + "'; see orrery list" +
                                   sim::suggestion(wanted, names),
                               column);
        const sim::Flaw& flaw = *sim::Flaw::all()[static_cast<std::size_t>(found - names.begin())];
        if (flaw.scenarios.empty())
            return wrong_value("flaw '" + std::string(wanted) + "' shows in no scenario, but in a test of its protocol",
                               column);
        if (!flaw.shows_in(scenario.name))
            return wrong_value("flaw '" + std::string(wanted) + "' shows in " + sim::join(flaw.scenarios) +
                                   ", not in " + scenario.name,
                               column);
    }
    return std::nullopt;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

sim::Problem value_problem(const Scenario& scenario, const Setting& setting, std::string_view value) {
    const auto expected = [&](const std::string& what) {
        return wrong_value("setting " + setting.name + " expects " + what + ", got '" + std::string(value) + "'");
    };
    if (!setting.legal.empty()) {
        if (std::find(setting.legal.begin(), setting.legal.end(), value) != setting.legal.end()) return std::nullopt;
        return expected("one of " + sim::join(setting.legal));
    }
    if (setting.name == "flaws") return flaws_problem(scenario, value);
    if (setting.name == "faults") {
        const sim::Checked<faults::Profile> profile = profile_of(scenario.faults, value);
        return profile ? sim::Problem{} : profile.complaint();
    }
    sim::Duration length{};
    if (sim::parse_duration(setting.standard, length)) {
        if (sim::parse_duration(value, length) && length.count() >= 0 && length <= duration_max) return std::nullopt;
        return expected("a length of time in " + sim::duration_units() + ", like 150ms, at most " +
                        sim::duration_text(duration_max));
    }
    if (!is_number(setting.standard)) return std::nullopt;
    std::uint64_t number = 0;
    if (is_number(value) && sim::parse_integer(value, number) && number <= setting.most) return std::nullopt;
    return expected("a whole number, at most " + std::to_string(setting.most));
}

// Repros and scripts of users may still have these names and values.
std::string_view current_name(const Scenario& scenario, std::string_view name) {
    const auto& own = scenario.settings;
    const bool is_own = std::any_of(own.begin(), own.end(), [&](const Setting& each) { return each.name == name; });
    return name == "tail" && !is_own ? "recovery" : name;
}
std::string_view current_spelling(std::string_view name, std::string_view value) {
    return name == "judges" && value == "linearizable" ? "histories" : value;
}

} // namespace

sim::Settings default_settings(const Scenario& scenario) {
    sim::Settings settings;
    for (const Setting& setting : settings_of(scenario)) settings.set(setting.name, setting.standard);
    return settings;
}

RunInput input_of(const Scenario& scenario, std::uint64_t seed) {
    RunInput input;
    input.scenario = &scenario;
    input.settings = default_settings(scenario);
    input.seed = seed;
    return input;
}

sim::Problem set_setting(const Scenario& scenario, sim::Settings& settings, std::string_view name,
                         std::string_view value) {
    name = current_name(scenario, name);
    std::vector<std::string> names;
    for (const Setting& setting : settings_of(scenario)) {
        if (setting.name == name) {
            value = current_spelling(name, value);
            if (sim::Problem problem = value_problem(scenario, setting, value)) return problem;
            settings.set(std::string(name), std::string(value));
            return std::nullopt;
        }
        names.push_back(setting.name);
    }
    return sim::usage_complaint("scenario " + scenario.name + " has no setting '" + std::string(name) + "'; it has " +
                                sim::join(names) + sim::suggestion(name, names));
}

void draw_settings(RunInput& input) {
    CHECK(input.scenario != nullptr);
    sim::Chance chance(sim::mix(input.seed, sim::name_hash("settings")));
    for (const Setting& setting : settings_of(*input.scenario)) {
        if (!setting.swarm || input.chosen.contains(setting.name)) continue;
        const std::uint64_t choice = chance.draw(sim::name_hash(setting.name), "setting", 0, setting.legal.size());
        input.settings.set(setting.name, setting.legal[choice]);
    }
}

void switch_flaws(const sim::Settings& settings) {
    const std::string& list = settings.text("flaws");
    const std::vector<std::string_view> wanted = sim::split(list, ',');
    for (sim::Flaw* flaw : sim::Flaw::all())
        flaw->on = std::find(wanted.begin(), wanted.end(), flaw->name) != wanted.end();
}

} // namespace orrery::scenarios::engine
