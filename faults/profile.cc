// A profile is written by hand in a scenario: names in it can be misspelt.
#include "orrery/faults/profile.h"

#include <algorithm>

#include "orrery/faults/kinds/kind.h"
#include "orrery/sim/text.h"

namespace orrery::faults {
namespace {

sim::Problem problem_of_budgets(const Profile& profile, const KindList& kinds) {
    for (auto budget = profile.budgets.begin(); budget != profile.budgets.end(); ++budget) {
        const Kind* kind = kinds.find(budget->kind);
        const std::vector<std::string> drawn = kinds.drawn_names();
        if (kind == nullptr)
            return sim::usage_complaint("faults: expected a kind of fault: " + alternatives(drawn) + ", got '" +
                                        budget->kind + "'" + sim::suggestion(budget->kind, drawn));
        if (kind->strikes_message())
            return sim::usage_complaint(
                "faults: expected a kind of fault that a seed can draw: " + alternatives(drawn) + ", got '" +
                budget->kind + "', which strikes a message that a plan must name");
        if (budget->count > Profile::count_max)
            return sim::usage_complaint("faults: expected at most " + std::to_string(Profile::count_max) + " of '" +
                                        budget->kind + "', got " + std::to_string(budget->count));
        if (std::any_of(profile.budgets.begin(), budget,
                        [&](const Budget& before) { return before.kind == budget->kind; }))
            return sim::usage_complaint("faults: expected each kind once, got '" + budget->kind + "' twice");
        if (kind->strikes_members && profile.members.empty())
            return sim::usage_complaint("faults: expected a role in faults.members for '" + budget->kind +
                                        "': nobody can be told to change members");
    }
    return std::nullopt;
}

sim::Problem problem_of_role(const std::string& field, const std::string& role, const std::vector<std::string>& roles) {
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) return std::nullopt;
    return sim::usage_complaint("faults." + field + ": expected a role of the scenario: " + alternatives(roles) +
                                ", got '" + role + "'" + sim::suggestion(role, roles));
}

} // namespace

sim::Problem problem_of(const Profile& profile, const std::vector<std::string>& roles, const KindList& kinds) {
    if (sim::Problem problem = problem_of_budgets(profile, kinds)) return problem;
    for (const std::string& role : profile.roles)
        if (sim::Problem problem = problem_of_role("roles", role, roles)) return problem;
    if (!profile.members.empty())
        if (sim::Problem problem = problem_of_role("members", profile.members, roles)) return problem;
    if (profile.members_least == 0)
        return sim::usage_complaint("faults.members_least: expected at least 1: nobody would be left");
    Targets targets;
    if (!parse_selector(profile.selector, targets))
        return sim::usage_complaint("faults.selector: expected STATE=VALUE like raft.role=leader, got '" +
                                    profile.selector + "'");
    if (profile.shortest.count() <= 0)
        return sim::usage_complaint("faults.shortest: expected a length of time above 0s, got " +
                                    sim::duration_text(profile.shortest));
    if (profile.longest < profile.shortest)
        return sim::usage_complaint("faults.longest: expected no less than faults.shortest, " +
                                    sim::duration_text(profile.shortest) + ", got " +
                                    sim::duration_text(profile.longest));
    return std::nullopt;
}

bool parse_selector(std::string_view selector, Targets& targets) {
    if (selector.empty()) return true;
    const std::size_t equals = selector.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == selector.size()) return false;
    if (selector.find(' ') != std::string_view::npos) return false; // it would be two words of a plan
    targets.key = selector.substr(0, equals);
    targets.value = selector.substr(equals + 1);
    return true;
}

} // namespace orrery::faults
