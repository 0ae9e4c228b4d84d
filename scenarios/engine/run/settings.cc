// Settings by name: defaults, values that someone chose, values that swarm draws.
#include <algorithm>

#include "orrery/scenarios/engine/run/fault_setting.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/sim/flaw.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

constexpr std::chrono::hours duration_most{24 * 30}; // far from the end of 64 bits of nanoseconds

// What is wrong with a list of flaws, if anything.
std::optional<std::string> flaws_objection(const Scenario& scenario, std::string_view list) {
    std::vector<std::string> names;
    for (const sim::Flaw* flaw : sim::Flaw::all()) names.emplace_back(flaw->name);
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view wanted = list.substr(0, comma);
        const auto found = std::find(names.begin(), names.end(), wanted);
        if (found == names.end())
            return "there is no flaw '" + std::string(wanted) + "'; see orrery list" + sim::suggestion(wanted, names);
        if (const sim::Flaw& flaw = *sim::Flaw::all()[static_cast<std::size_t>(found - names.begin())];
            !flaw.shows_in(scenario.name))
            return "flaw '" + std::string(wanted) + "' shows in " + sim::join(flaw.scenarios) + ", not in " +
                   scenario.name;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return std::nullopt;
}

std::optional<std::string> objection(const Scenario& scenario, const Setting& setting, std::string_view value) {
    const std::string begin = "setting " + setting.name + " expects ";
    const std::string got = ", got '" + std::string(value) + "'";
    if (!setting.legal.empty()) {
        if (std::find(setting.legal.begin(), setting.legal.end(), value) != setting.legal.end()) return std::nullopt;
        std::string legal;
        for (const std::string& each : setting.legal) legal += (legal.empty() ? "" : ", ") + each;
        return begin + "one of " + legal + got;
    }
    if (setting.name == "flaws") return flaws_objection(scenario, value);
    sim::Duration length{};
    if (sim::parse_duration(setting.standard, length)) {
        if (sim::parse_duration(value, length) && length.count() >= 0 && length <= duration_most) return std::nullopt;
        return begin + "a length of time like 150ms, at most 30 days" + got;
    }
    const auto digits = [](std::string_view text) {
        return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (!digits(setting.standard)) return std::nullopt;
    if (digits(value) && value.size() <= 18 && std::stoull(std::string(value)) <= setting.most) return std::nullopt;
    return begin + "a whole number, at most " + std::to_string(setting.most) + got;
}

} // namespace

sim::Settings default_settings(const Scenario& scenario) {
    sim::Settings settings;
    for (const Setting& setting : settings_of(scenario)) settings.set(setting.name, setting.standard);
    return settings;
}

std::optional<std::string> set_setting(const Scenario& scenario, sim::Settings& settings, std::string_view key,
                                       std::string_view value) {
    std::vector<std::string> names;
    std::string known;
    for (const Setting& setting : settings_of(scenario)) {
        if (setting.name == key) {
            if (key == "faults")
                if (const auto profile = profile_of(scenario.faults, value); !profile)
                    return profile.complaint().text();
            if (std::optional<std::string> wrong = objection(scenario, setting, value)) return wrong;
            settings.set(std::string(key), std::string(value));
            return std::nullopt;
        }
        names.push_back(setting.name);
        known += (known.empty() ? "" : ", ") + setting.name;
    }
    return "scenario " + scenario.name + " has no setting '" + std::string(key) + "'; it has " + known +
           sim::suggestion(key, names);
}

void draw_settings(RunInput& input) {
    sim::Chance chance(sim::mix(input.seed, sim::name_hash("settings")));
    for (const Setting& setting : settings_of(*input.scenario)) {
        if (!setting.swarm || input.chosen.contains(setting.name)) continue;
        const std::uint64_t choice = chance.draw(sim::name_hash(setting.name), "setting", 0, setting.legal.size());
        input.settings.set(setting.name, setting.legal[choice]);
    }
}

void switch_flaws(const sim::Settings& settings) {
    const std::string list = "," + settings.text("flaws") + ",";
    for (sim::Flaw* flaw : sim::Flaw::all())
        flaw->on = list.find("," + std::string(flaw->name) + ",") != std::string::npos;
}

} // namespace orrery::scenarios::engine
