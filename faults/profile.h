// Profile: the budget from which swarm draws a plan. A count is the most faults of that kind per seed, twice as
// many in a seed that has storms.
//
//     .faults = {{"crash", 2}, {"cut", 2}}
//     .faults = {{{"crash", 2}, {"cut", 2}}, {.storms = 0, .selector = "raft.role=leader"}}
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "orrery/faults/plan.h"

namespace orrery::faults {

// The most that a seed has of one kind.
struct Budget {
    std::string kind;
    std::uint32_t count = 0;
    Budget(std::string name, std::uint32_t most) : kind(std::move(name)), count(most) {}
};

// When and whom, as far as a profile says.
struct ProfileOptions {
    std::uint32_t storms = 2;           // short times in which many faults begin, at most
    sim::Duration shortest{10'000'000}; // of a fault
    sim::Duration longest{8'000'000'000};
    std::vector<std::string> roles{}; // whose hosts may be struck; none: every role but clients
    std::string selector{};           // STATE=VALUE of the host near which most bugs are; none: no such host
    std::uint32_t together = 0;       // hosts that lose power at once, at most; 0: all of them, or one
    std::string members{};            // the role whose cluster an operator can be told to change; none: nobody can be
    std::uint32_t members_least = 1;  // of them are always wanted
};

struct Profile : ProfileOptions {
    static constexpr std::uint32_t count_max = 49; // with storms twice that, and a kind has a hundred ids

    Profile() = default;
    Profile(std::initializer_list<Budget> all, ProfileOptions options = {})
        : ProfileOptions(std::move(options)), budgets(all) {}

    std::vector<Budget> budgets{};

    std::uint32_t count(std::string_view kind) const {
        for (const Budget& budget : budgets)
            if (budget.kind == kind) return budget.count;
        return 0;
    }
};

// What is wrong with a profile in a scenario of these roles ("client" is the one that drives the workload), if
// anything: then swarm cannot draw from it, or would draw nothing without a word.
sim::Problem problem_of(const Profile& profile, const std::vector<std::string>& roles,
                        const KindList& kinds = standard_kinds());

// Whom faults may strike: the names of hosts, and of those among them that have a disk; by which state the scenario's
// selector finds its host, if it has one; and of whom an operator can say who is a member.
struct Targets {
    HostNames hosts{};
    HostNames disks{};
    std::string key{};
    std::string value{};
    std::uint32_t together = 0; // hosts that lose power at once, at most; 0: all of them, or one
    HostNames members{};
    std::uint32_t members_least = 1; // of them are always wanted
};

// Sets key and value from a selector STATE=VALUE. False if it is no such thing; an empty one is none, and fine.
bool parse_selector(std::string_view selector, Targets& targets);

} // namespace orrery::faults
