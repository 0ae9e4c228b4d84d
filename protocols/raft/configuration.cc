// Sets are vectors in ascending order. What holds of every configuration is checked before and after each change.
#include "orrery/protocols/raft/configuration.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace orrery::raft {
namespace {

void add(Members& members, Member member) {
    const auto place = std::lower_bound(members.begin(), members.end(), member);
    if (place == members.end() || *place != member) members.insert(place, member);
}
void remove(Members& members, Member member) {
    const auto place = std::lower_bound(members.begin(), members.end(), member);
    if (place != members.end() && *place == member) members.erase(place);
}
bool is_ascending(const Members& members) {
    return std::adjacent_find(members.begin(), members.end(), std::greater_equal<>()) == members.end();
}

bool is_consistent(const Configuration& configuration) {
    const auto& [voters, learners, learners_next, auto_leave] = configuration;
    for (const Members* members : {&voters.incoming, &voters.outgoing, &learners, &learners_next})
        if (!is_ascending(*members)) return false;
    for (const Member learner : learners)
        if (is_voter(configuration, learner)) return false;
    for (const Member next : learners_next)
        if (!is_in(voters.outgoing, next) || is_in(voters.incoming, next)) return false;
    if (configuration.is_joint()) return !voters.incoming.empty();
    return learners_next.empty() && !auto_leave;
}

void check(const Configuration& configuration) { CHECK(is_consistent(configuration)); }

void remove_member(Configuration& configuration, Member member) {
    remove(configuration.voters.incoming, member);
    remove(configuration.learners, member);
    remove(configuration.learners_next, member);
}

void apply(Configuration& configuration, const Change& change) {
    remove_member(configuration, change.member);
    switch (change.kind) {
    case Change::Kind::voter:
        add(configuration.voters.incoming, change.member);
        return;
    case Change::Kind::learner:
        add(is_in(configuration.voters.outgoing, change.member) ? configuration.learners_next : configuration.learners,
            change.member);
        return;
    case Change::Kind::removed:
        return;
    }
}

// How many are in one of the two only.
std::size_t difference(const Members& a, const Members& b) {
    Members different;
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(different));
    return different.size();
}

} // namespace

Changed change_simply(const Configuration& configuration, std::span<const Change> changes) {
    check(configuration);
    if (configuration.is_joint()) return Refusal::already_joint;
    Configuration next = configuration;
    for (const Change& change : changes) apply(next, change);
    if (next.voters.incoming.empty()) return Refusal::no_voters_left;
    if (difference(configuration.voters.incoming, next.voters.incoming) > 1) return Refusal::many_voters;
    check(next);
    return next;
}

Changed enter_joint(const Configuration& configuration, std::span<const Change> changes, bool auto_leave) {
    check(configuration);
    if (configuration.is_joint()) return Refusal::already_joint;
    if (configuration.voters.incoming.empty()) return Refusal::no_voters;
    Configuration next = configuration;
    next.voters.outgoing = next.voters.incoming;
    next.auto_leave = auto_leave;
    for (const Change& change : changes) apply(next, change);
    if (next.voters.incoming.empty()) return Refusal::no_voters_left;
    check(next);
    return next;
}

Changed leave_joint(const Configuration& configuration) {
    check(configuration);
    if (!configuration.is_joint()) return Refusal::not_joint;
    Configuration next;
    next.voters.incoming = configuration.voters.incoming;
    next.learners = configuration.learners;
    for (const Member member : configuration.learners_next) add(next.learners, member);
    check(next);
    return next;
}

bool is_in(const Members& members, Member member) { return std::binary_search(members.begin(), members.end(), member); }

bool is_voter(const Configuration& configuration, Member member) {
    return is_in(configuration.voters.incoming, member) || is_in(configuration.voters.outgoing, member);
}

bool is_valid(const Configuration& configuration, Member count) {
    if (!is_consistent(configuration) || configuration.voters.incoming.empty()) return false;
    return everyone(configuration).back() < count;
}

bool is_held_by_majority(const Configuration& configuration, const Members& witnesses) {
    for (const Members* voters : {&configuration.voters.incoming, &configuration.voters.outgoing}) {
        const auto is_witness = [&](Member voter) { return is_in(witnesses, voter); };
        const auto count = static_cast<std::size_t>(std::count_if(voters->begin(), voters->end(), is_witness));
        if (!voters->empty() && 2 * count >= voters->size()) return false;
    }
    return true;
}

Members all_voters(const Configuration& configuration) {
    Members all = configuration.voters.incoming;
    for (const Member member : configuration.voters.outgoing) add(all, member);
    return all;
}

Members everyone(const Configuration& configuration) {
    Members all = all_voters(configuration);
    for (const Member member : configuration.learners) add(all, member);
    return all;
}

} // namespace orrery::raft
