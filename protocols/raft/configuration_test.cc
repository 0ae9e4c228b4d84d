// Changes of the configuration: each refusal, and what holds after any row of changes. The oracle keeps no sets, but a
// word on each member.
#include "orrery/protocols/raft/configuration.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace orrery::raft {
namespace {

using Kind = Change::Kind;
using Changes = std::vector<Change>;

Configuration configuration_of(Members voters, Members learners = {}) {
    Configuration configuration;
    configuration.voters.incoming = std::move(voters);
    configuration.learners = std::move(learners);
    return configuration;
}
Changes voters_of(const Members& members) {
    Changes changes;
    for (const Member member : members) changes.push_back({Kind::voter, member});
    return changes;
}
Refusal refusal(const Changed& changed) {
    EXPECT_TRUE(std::holds_alternative<Refusal>(changed));
    return std::get<Refusal>(changed);
}
Configuration accepted(const Changed& changed) {
    EXPECT_TRUE(std::holds_alternative<Configuration>(changed));
    return std::get<Configuration>(changed);
}

bool contains(const Members& members, Member member) {
    return std::find(members.begin(), members.end(), member) != members.end();
}

// What is wrong with a configuration; empty: nothing.
std::string objection(const Configuration& configuration) {
    const auto& [voters, learners, learners_next, auto_leave] = configuration;
    for (const Members* each : {&voters.incoming, &voters.outgoing, &learners, &learners_next})
        for (std::size_t i = 1; i < each->size(); ++i)
            if ((*each)[i - 1] >= (*each)[i]) return "a set is not in order";
    for (const Member each : learners)
        if (contains(voters.incoming, each) || contains(voters.outgoing, each)) return "a learner is a voter";
    for (const Member each : learners_next)
        if (!contains(voters.outgoing, each))
            return "one waits to be a learner, and is none of the old voters";
        else if (contains(voters.incoming, each))
            return "one is to be a voter and a learner";
    if (voters.outgoing.empty() && !learners_next.empty()) return "one waits to be a learner, and nothing is left";
    if (voters.outgoing.empty() && auto_leave) return "a configuration that is not joint is to be left";
    if (voters.incoming.empty()) return "no voters";
    return {};
}

Changes draw_changes() {
    Changes changes;
    for (int count = *rc::gen::inRange(0, 6); count > 0; --count) {
        const Kind kind = *rc::gen::element(Kind::voter, Kind::learner, Kind::removed);
        const auto member = *rc::gen::inRange<Member>(0, 6);
        changes.push_back({kind, member});
    }
    return changes;
}

// A configuration to which a row of changes led.
Configuration draw_configuration() {
    Configuration configuration = configuration_of(Members{*rc::gen::inRange<Member>(0, 6)});
    for (int steps = *rc::gen::inRange(0, 12); steps > 0; --steps) {
        const int what = *rc::gen::inRange(0, 3);
        const Changes changes = draw_changes();
        const Changed changed = what == 0   ? change_simply(configuration, changes)
                                : what == 1 ? enter_joint(configuration, changes, changes.size() % 2 == 0)
                                            : leave_joint(configuration);
        if (const auto* next = std::get_if<Configuration>(&changed); next != nullptr) configuration = *next;
        RC_ASSERT(objection(configuration) == "");
    }
    return configuration;
}

// Whether some of each hold a majority in their own configuration without sharing a member: two decisions that do not
// know of each other.
bool can_disagree(const Voters& one, const Voters& other) {
    constexpr unsigned everybody = 1u << 6;
    const auto decides = [](const Voters& voters, unsigned group) {
        std::vector<Vote> votes(6, Vote::refused);
        for (Member member = 0; member < 6; ++member)
            if ((group >> member & 1) != 0) votes[member] = Vote::granted;
        return vote_result(voters, votes) == VoteResult::won;
    };
    for (unsigned group = 0; group < everybody; ++group)
        if (decides(one, group) && decides(other, everybody - 1 - group)) return true;
    return false;
}

RC_GTEST_PROP(Configuration, KeepsItsInvariantsThroughAnyRowOfChanges, ()) {
    const Configuration configuration = draw_configuration();
    RC_CLASSIFY(configuration.is_joint(), "joint");
    RC_CLASSIFY(!configuration.learners_next.empty(), "learners next");
    RC_CLASSIFY(!configuration.learners.empty(), "learners");
}

RC_GTEST_PROP(Configuration, NeverLetsTwoMajoritiesDecideApartAcrossAChange, ()) {
    const Configuration before = draw_configuration();
    const Changes changes = draw_changes();
    for (const Changed& changed :
         {change_simply(before, changes), enter_joint(before, changes, false), leave_joint(before)})
        if (const auto* after = std::get_if<Configuration>(&changed); after != nullptr)
            RC_ASSERT(!can_disagree(before.voters, after->voters));
}

TEST(Configuration, WouldLetTwoMajoritiesDecideApartIfTwoVotersCameAtOnce) {
    EXPECT_TRUE(can_disagree({{0, 1, 2}, {}}, {{2, 3, 4}, {}}));
    EXPECT_TRUE(can_disagree({{0}, {}}, {{0, 1, 2}, {}}));
    EXPECT_FALSE(can_disagree({{0, 1}, {}}, {{0, 1, 2}, {}}));
}

using Words = std::map<Member, Kind>;

Configuration configuration_of(const Words& words) {
    Configuration configuration;
    for (const auto& [member, kind] : words) {
        if (kind == Kind::voter) configuration.voters.incoming.push_back(member);
        if (kind == Kind::learner) configuration.learners.push_back(member);
    }
    return configuration;
}

// By way of a joint configuration the last word on each member stands, whatever it was before.
void expect_last_words(const Words& before, const Changes& changes) {
    Words after = before;
    for (const Change& change : changes) after[change.member] = change.kind;
    const Configuration expected = configuration_of(after);
    const Changed joint = enter_joint(configuration_of(before), changes, false);
    const Changed simple = change_simply(configuration_of(before), changes);
    if (expected.voters.incoming.empty()) {
        EXPECT_EQ(refusal(joint), Refusal::no_voters_left);
        EXPECT_EQ(refusal(simple), Refusal::no_voters_left);
        return;
    }
    const Configuration between = accepted(joint);
    EXPECT_EQ(objection(between), "");
    EXPECT_EQ(between.voters, (Voters{expected.voters.incoming, configuration_of(before).voters.incoming}));
    EXPECT_EQ(accepted(leave_joint(between)), expected);
    Members all;
    for (Member member = 0; member < 3; ++member) {
        const bool was_voter = contains(between.voters.outgoing, member);
        if (was_voter || (after.contains(member) && after[member] != Kind::removed)) all.push_back(member);
    }
    EXPECT_EQ(everyone(between), all);
    // A simple change leads to the same, or there are too many voters in it.
    int voters = 0;
    for (Member member = 0; member < 3; ++member)
        voters += contains(between.voters.outgoing, member) != contains(between.voters.incoming, member);
    if (voters > 1)
        EXPECT_EQ(refusal(simple), Refusal::many_voters);
    else
        EXPECT_EQ(accepted(simple), expected);
}

// Every configuration of three members, and every row of up to three changes.
TEST(Configuration, IsAfterAJointOneWhatTheLastWordOnEachMemberSays) {
    std::vector<Changes> rows = {{}};
    for (std::size_t begin = 0, length = 1; length <= 3; ++length) {
        const std::size_t end = rows.size();
        for (; begin < end; ++begin)
            for (unsigned i = 0; i < 9; ++i) {
                Changes longer = rows[begin];
                longer.push_back({static_cast<Kind>(i / 3), static_cast<Member>(i % 3)});
                rows.push_back(std::move(longer));
            }
    }
    EXPECT_EQ(rows.size(), 1u + 9 + 81 + 729);
    for (unsigned i = 0; i < 27; ++i) {
        const Words words = {
            {0, static_cast<Kind>(i % 3)}, {1, static_cast<Kind>(i / 3 % 3)}, {2, static_cast<Kind>(i / 9)}};
        if (configuration_of(words).voters.incoming.empty()) continue;
        for (const Changes& changes : rows) expect_last_words(words, changes);
    }
}

TEST(Configuration, RefusesWhatIsNoChange) {
    const Configuration empty;
    EXPECT_EQ(refusal(leave_joint(empty)), Refusal::not_joint);
    EXPECT_EQ(refusal(enter_joint(empty, voters_of({1}), false)), Refusal::no_voters);
    EXPECT_EQ(refusal(change_simply(empty, Changes{{Kind::learner, 1}})), Refusal::no_voters_left);
    EXPECT_EQ(refusal(change_simply(empty, voters_of({1, 2}))), Refusal::many_voters);
    const Configuration three = configuration_of({0, 1, 2});
    EXPECT_EQ(refusal(change_simply(three, voters_of({3, 4}))), Refusal::many_voters);
    EXPECT_EQ(refusal(change_simply(three, Changes{{Kind::removed, 0}, {Kind::voter, 3}})), Refusal::many_voters);
    EXPECT_EQ(refusal(enter_joint(three, Changes{{Kind::removed, 0}, {Kind::learner, 1}, {Kind::removed, 2}}, false)),
              Refusal::no_voters_left);
    EXPECT_EQ(refusal(leave_joint(three)), Refusal::not_joint);
    const Configuration joint = accepted(enter_joint(three, {}, true));
    EXPECT_EQ(refusal(change_simply(joint, {})), Refusal::already_joint);
    EXPECT_EQ(refusal(enter_joint(joint, {}, true)), Refusal::already_joint);
}

TEST(Configuration, KeepsAVoterThatIsToLearnAmongTheOldVotersUntilItIsLeft) {
    const Changes changes = {{Kind::voter, 4}, {Kind::learner, 3}};
    const Configuration joint = accepted(enter_joint(configuration_of({1, 2, 3}), changes, true));
    EXPECT_EQ(joint.voters, (Voters{{1, 2, 4}, {1, 2, 3}}));
    EXPECT_EQ(joint.learners_next, Members{3});
    EXPECT_EQ(joint.learners, Members{});
    EXPECT_TRUE(joint.auto_leave);
    EXPECT_EQ(everyone(joint), (Members{1, 2, 3, 4}));
    EXPECT_EQ(accepted(leave_joint(joint)), configuration_of({1, 2, 4}, {3}));
}

} // namespace
} // namespace orrery::raft
