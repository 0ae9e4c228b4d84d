// Whom faults may hit follows from the profile and the settings; the rest is drawn by swarm.
#include "orrery/scenarios/engine/run/plan.h"

#include <algorithm>

#include "orrery/faults/swarm.h"
#include "orrery/scenarios/engine/run/fault_setting.h"

namespace orrery::scenarios::engine {
faults::Targets targets_of(const RunInput& input) {
    const Scenario& scenario = *input.scenario;
    faults::Targets targets;
    CHECK(faults::parse_selector(scenario.faults.selector, targets)); // problem_of_faults has seen to it
    targets.together = scenario.faults.together;
    targets.members_least = scenario.faults.members_least;
    const auto add = [&](const std::string& role, std::uint32_t count, bool disk) {
        if (role == scenario.faults.members)
            for (std::uint32_t i = 0; i < count; ++i) targets.members.push_back(role + std::to_string(i));
        const std::vector<std::string>& named = scenario.faults.roles;
        if (named.empty() ? role == "client" : std::find(named.begin(), named.end(), role) == named.end()) return;
        for (std::uint32_t i = 0; i < count; ++i) {
            targets.hosts.push_back(role + std::to_string(i));
            if (disk) targets.disks.push_back(targets.hosts.back());
        }
    };
    for (const Role& role : scenario.roles) add(role.name, role.count.of(input.settings), role.disk);
    add("client", client_count(scenario, input.settings), false);
    return targets;
}

faults::HostNames hosts_of(const RunInput& input) {
    CHECK(input.scenario != nullptr);
    faults::HostNames hosts;
    for (const Role& role : input.scenario->roles)
        for (std::uint32_t i = 0; i < role.count.of(input.settings); ++i)
            hosts.push_back(role.name + std::to_string(i));
    for (std::uint32_t i = 0; i < client_count(*input.scenario, input.settings); ++i)
        hosts.push_back("client" + std::to_string(i));
    return hosts;
}

sim::Problem problem_of_faults(const RunInput& input) {
    CHECK(input.scenario != nullptr);
    const Scenario& scenario = *input.scenario;
    std::vector<std::string> roles;
    for (const Role& role : scenario.roles) roles.push_back(role.name);
    roles.push_back("client");
    if (sim::Problem problem = faults::problem_of(scenario.faults, roles)) return problem;
    if (!input.plan) return std::nullopt;
    if (sim::Problem problem = faults::problem_of(*input.plan, hosts_of(input))) return problem;
    return faults::problem_of_members(*input.plan, targets_of(input).members);
}

faults::Plan plan_of(const RunInput& input) {
    CHECK(input.scenario != nullptr);
    if (input.plan) return *input.plan;
    // The setting was checked when it was set.
    const sim::Checked<faults::Profile> profile = profile_of(input.scenario->faults, input.settings.text("faults"));
    if (profile->budgets.empty()) return {};
    return faults::draw_plan(*profile, input.seed, targets_of(input), input.settings.duration("duration"));
}

} // namespace orrery::scenarios::engine
