// Who belongs to the cluster, and how that changes (chapter 4 of the dissertation).
//
// A configuration is in force from the moment it is in the log, and no longer when its entry is cut off. So the log and
// configurations_ change together, here. One change is under way at a time, and none before the leader has committed an
// entry of its term: else two leaders could each commit a change that the other does not know of, and the majorities of
// the two need not meet (Ongaro on raft-dev, 2015).
#include <algorithm>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {

void Core::append(Entry&& entry) {
    const bool is_configuration = entry.kind == Entry::Kind::configuration;
    if (role_ == Role::leader) uncommitted_bytes_ += entry.command.size() + FLAW(raft_uncommitted_bytes_leak);
    log_.append(std::move(entry));
    if (!is_configuration) return;
    auto configuration = sim::decode<Configuration>(log_.entry(log_.last_index()).command);
    CHECK(configuration.has_value());
    enter(log_.last_index(), std::move(*configuration));
}

void Core::truncate(Index index) {
    log_.truncate(index);
    const std::size_t before = configurations_.size();
    while (configurations_.back().since > index) configurations_.pop_back();
    if (configurations_.size() < before) adopt();
}

void Core::enter(Index index, Configuration configuration) {
    CHECK(is_valid(configuration, options_.count));
    CHECK(is_held_by_majority(configuration, options_.witnesses));
    CHECK(configurations_.empty() || index > configurations_.back().since);
    configurations_.push_back({index, std::move(configuration)});
    adopt();
}

// What follows from the configuration in force. Of who is new the leader knows nothing.
void Core::adopt() {
    ++adopted_;
    Members others = everyone(configuration());
    std::erase(others, options_.self);
    if (role_ == Role::leader) {
        for (const Member member : others) {
            if (is_in(others_, member)) continue;
            progress_[member] = {};
            progress_[member].joined = round_;
            progress_[member].next = std::max(log_.first_index(), log_.last_index()); // so it hears at once
        }
        if (!is_in(configuration().voters.incoming, transferee_)) transferee_ = options_.count;
    }
    others_ = std::move(others);
}

ChangeAnswer Core::change(std::span<const Change> changes, Transition transition) {
    for (const Change& each : changes) CHECK(each.member < options_.count);
    if (role_ != Role::leader) return ChangeAnswer::not_leader;
    if (transferee_ < options_.count) return ChangeAnswer::hands_over;
    if (log_.term(commit_) != hard_.term && !FLAW(raft_change_too_early)) return ChangeAnswer::too_early;
    if (configurations_.back().since > commit_ && !FLAW(raft_changes_overlap)) return ChangeAnswer::under_way;
    const bool leaves = changes.empty() && configuration().is_joint() && !configuration().auto_leave;
    if (configuration().is_joint() && !leaves) return ChangeAnswer::under_way;
    if (lags(changes)) return ChangeAnswer::lags;
    const Changed next = leaves ? leave_joint(configuration()) : changed(changes, transition);
    const Configuration* made = std::get_if<Configuration>(&next);
    if (made == nullptr || *made == configuration()) return ChangeAnswer::impossible;
    if (!is_held_by_majority(*made, options_.witnesses)) return ChangeAnswer::witnesses;
    append_configuration(*made);
    advance_commit(); // of fewer voters a majority may have what one of more had not
    check();
    return ChangeAnswer::appended;
}

// Nothing changed is no change, and not a reason for a joint configuration.
Changed Core::changed(std::span<const Change> changes, Transition transition) const {
    Changed simple = change_simply(configuration(), changes);
    const Configuration* next = std::get_if<Configuration>(&simple);
    if (next != nullptr && (transition == Transition::automatic || *next == configuration())) return simple;
    if (next == nullptr && std::get<Refusal>(simple) != Refusal::many_voters) return simple;
    Changed joint = enter_joint(configuration(), changes, transition != Transition::joint_explicit);
    const Configuration* entered = std::get_if<Configuration>(&joint);
    return FLAW(raft_joint_skipped) && entered != nullptr ? leave_joint(*entered) : joint;
}

// A voter that has to catch up first would hold up every commit until it has.
bool Core::lags(std::span<const Change> changes) const {
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
        if (change.kind != Change::Kind::voter || change.member == options_.self) return false;
        if (is_voter(configuration(), change.member)) return false;
        return progress_[change.member].match + options_.batch < log_.last_index();
    });
}

void Core::append_configuration(const Configuration& configuration) {
    CHECK(role_ == Role::leader);
    append({hard_.term, sim::encode(configuration), Entry::Kind::configuration});
}

// A leader leaves a joint configuration that is committed, if that is up to it, and steps down when the committed one
// goes without it.
void Core::finish_change() {
    CHECK(role_ == Role::leader);
    if (configurations_.back().since > commit_) return;
    if (configuration().is_joint()) {
        if (!configuration().auto_leave) return; // it will be told to
        if (FLAW(raft_joint_left_only_if_last) && configurations_.back().since < commit_) return;
        const Changed next = leave_joint(configuration());
        append_configuration(std::get<Configuration>(next));
        advance_commit();
    } else if (!is_voter(configuration(), options_.self) && !FLAW(raft_removed_leader_leads_on)) {
        become_follower(hard_.term, options_.count);
    }
}

} // namespace orrery::raft
