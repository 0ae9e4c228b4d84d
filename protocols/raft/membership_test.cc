// Changes of the membership, in dialogues with one core: what is in force when, who counts and who campaigns.
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/one_core_test.h"

namespace orrery::raft {
namespace {

using ChangeKind = Change::Kind;

Configuration voters(Members members, Members learners = {}) {
    return {.voters = {.incoming = std::move(members)}, .learners = std::move(learners)};
}
Entry configuration_entry(Term term, const Configuration& configuration) {
    return {term, sim::encode(configuration), Entry::Kind::configuration};
}
CoreOptions five(Configuration first) { return {.self = 0, .count = 5, .batch = 4, .first = std::move(first)}; }

// Leads term 5 of voters that are all in `first`; the no-op, entry 1, is committed.
Core leader_of(const Configuration& first) {
    Core core(five(first), {4, 0}, {}, {}, 0);
    ticks(core, 8);
    for (const Member member : first.voters.incoming)
        if (member != 0) replied(core, Message::Kind::vote_reply, member, 5, true);
    EXPECT_EQ(core.role(), Role::leader);
    core.persisted(1);
    for (const Member member : everyone(first))
        if (member != 0) replied(core, Message::Kind::append_reply, member, 5, true, 1, 1);
    EXPECT_EQ(core.commit(), 1u);
    (void)taken(core);
    return core;
}
ChangeAnswer answer_to(Core& core, std::vector<Change> changes) { return core.change(changes); }
void has_all(Core& core, Member member) {
    replied(core, Message::Kind::append_reply, member, core.term(), true, core.log().last_index(), 1000);
}
void entry_came(Core& core, Term term, Index after, Term after_term, Entry entry, Index commit = 0) {
    Message message;
    message.kind = Message::Kind::append;
    message.from = 1;
    message.term = term;
    message.index = after;
    message.index_term = after_term;
    message.commit = commit;
    message.entries.push_back(std::move(entry));
    core.step(std::move(message), 0);
}

TEST(Membership, IsInForceOnceInTheLogAndNoLongerWhenCutOff) {
    Core core(five(voters({0, 1, 2})), {4, 0}, {}, {}, 0);
    entry_came(core, 4, 0, 0, configuration_entry(4, voters({0, 1, 2, 3})));
    EXPECT_EQ(core.configuration(), voters({0, 1, 2, 3}));
    entry_came(core, 4, 1, 4, configuration_entry(4, voters({0, 1, 2, 3}, {4})));
    EXPECT_EQ(core.configuration(), voters({0, 1, 2, 3}, {4}));
    entry_came(core, 5, 1, 4, {5, {}});
    EXPECT_EQ(core.configuration(), voters({0, 1, 2, 3}));
    entry_came(core, 6, 0, 0, {6, {}});
    EXPECT_EQ(core.configuration(), voters({0, 1, 2}));
}

TEST(Membership, IsReadFromTheLogAfterARestart) {
    std::vector<Entry> entries;
    entries.push_back(configuration_entry(3, voters({0, 1})));
    entries.push_back(configuration_entry(3, voters({0, 1}, {4})));
    Core core(five(voters({0, 1, 2})), {4, 0}, {}, std::move(entries), 0);
    EXPECT_EQ(core.configuration(), voters({0, 1}, {4}));
    entry_came(core, 4, 2, 3, {4, {}}, 3);
    EXPECT_EQ(core.mark(1).configuration, voters({0, 1}));
    EXPECT_EQ(core.mark(3).configuration, voters({0, 1}, {4}));
    core.persisted(3);
    core.compact(1);
    EXPECT_EQ(core.mark(1).configuration, voters({0, 1}));
    EXPECT_EQ(core.mark(2).configuration, voters({0, 1}, {4}));
}

TEST(Membership, ChangesByOneVoterAtOnce) {
    Core core = leader_of(voters({0, 1, 2}, {3}));
    EXPECT_EQ(answer_to(core, {{ChangeKind::voter, 3}}), ChangeAnswer::appended);
    EXPECT_EQ(core.configuration(), voters({0, 1, 2, 3}));
    core.persisted(2);
    has_all(core, 1);
    EXPECT_EQ(core.commit(), 1u); // two of four
    has_all(core, 3);
    EXPECT_EQ(core.commit(), 2u);
}

TEST(Membership, ChangesByMoreThroughAJointOneThatTheLeaderLeavesOnce) {
    Core core = leader_of(voters({0, 1, 2}, {3, 4}));
    EXPECT_EQ(answer_to(core, {{ChangeKind::voter, 3}, {ChangeKind::voter, 4}, {ChangeKind::learner, 2}}),
              ChangeAnswer::appended);
    EXPECT_TRUE(core.configuration().is_joint());
    EXPECT_EQ(core.configuration().voters.incoming, (Members{0, 1, 3, 4}));
    EXPECT_EQ(core.configuration().voters.outgoing, (Members{0, 1, 2}));
    core.persisted(2);
    has_all(core, 3);
    has_all(core, 4);
    EXPECT_EQ(core.commit(), 1u); // of those before only the leader
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 4}}), ChangeAnswer::under_way);
    has_all(core, 2);
    EXPECT_EQ(core.commit(), 2u);
    EXPECT_EQ(core.configuration(), voters({0, 1, 3, 4}, {2}));
    EXPECT_EQ(core.log().last_index(), 3u);
    core.persisted(3);
    has_all(core, 3);
    has_all(core, 4);
    EXPECT_EQ(core.commit(), 3u);
    EXPECT_EQ(core.log().last_index(), 3u); // and no leave more
}

TEST(Membership, StaysJointUntilItIsToldToLeaveIfItWasAskedTo) {
    Core core = leader_of(voters({0, 1, 2}, {3}));
    const std::vector<Change> promotion{{ChangeKind::voter, 3}};
    EXPECT_EQ(core.change({}, Transition::joint_explicit), ChangeAnswer::impossible);
    EXPECT_EQ(core.change(promotion, Transition::joint_explicit), ChangeAnswer::appended);
    EXPECT_EQ(core.configuration().voters.incoming, (Members{0, 1, 2, 3}));
    EXPECT_EQ(core.configuration().voters.outgoing, (Members{0, 1, 2}));
    core.persisted(2);
    has_all(core, 1);
    EXPECT_EQ(core.change({}), ChangeAnswer::under_way); // the joint one is not committed
    has_all(core, 2);
    EXPECT_EQ(core.commit(), 2u);
    EXPECT_EQ(core.log().last_index(), 2u);
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 1}}), ChangeAnswer::under_way);
    EXPECT_EQ(core.change({}), ChangeAnswer::appended);
    EXPECT_EQ(core.configuration(), voters({0, 1, 2, 3}));
    EXPECT_EQ(core.log().last_index(), 3u);
}

TEST(Membership, GoesThroughAJointOneForOneVoterIfItIsAskedTo) {
    Core core = leader_of(voters({0, 1, 2}, {3}));
    const std::vector<Change> nothing{{ChangeKind::voter, 1}};
    EXPECT_EQ(core.change(nothing, Transition::joint_implicit), ChangeAnswer::impossible);
    const std::vector<Change> promotion{{ChangeKind::voter, 3}};
    EXPECT_EQ(core.change(promotion, Transition::joint_implicit), ChangeAnswer::appended);
    EXPECT_TRUE(core.configuration().is_joint());
    core.persisted(2);
    has_all(core, 1);
    has_all(core, 2);
    EXPECT_EQ(core.commit(), 2u);
    EXPECT_EQ(core.configuration(), voters({0, 1, 2, 3})); // left by itself
    EXPECT_EQ(core.log().last_index(), 3u);
}

TEST(Membership, IsLeftJointToTheNextLeader) {
    const Changed joint =
        enter_joint(voters({0, 1}), std::vector<Change>{{ChangeKind::voter, 2}, {ChangeKind::removed, 1}}, true);
    std::vector<Entry> entries;
    entries.push_back(configuration_entry(4, std::get<Configuration>(joint)));
    Core core(five(voters({0, 1})), {4, 0}, {}, std::move(entries), 0);
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 2, 5, true);
    EXPECT_EQ(core.role(), Role::candidate);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    EXPECT_EQ(core.role(), Role::leader);
    core.persisted(2);
    has_all(core, 2);
    EXPECT_TRUE(core.configuration().is_joint());
    has_all(core, 1);
    EXPECT_EQ(core.configuration(), voters({0, 2}));
}

TEST(Membership, IsNotChangedWhenThatWouldBeUnsafeOrOfNoUse) {
    Core follower(five(voters({0, 1, 2})), {4, 0}, {}, {}, 0);
    EXPECT_EQ(answer_to(follower, {{ChangeKind::removed, 1}}), ChangeAnswer::not_leader);
    ticks(follower, 8);
    replied(follower, Message::Kind::vote_reply, 1, 5, true);
    EXPECT_EQ(answer_to(follower, {{ChangeKind::removed, 1}}), ChangeAnswer::too_early);
    Core core = leader_of(voters({0, 1, 2}));
    EXPECT_EQ(answer_to(core, {}), ChangeAnswer::impossible);
    EXPECT_EQ(answer_to(core, {{ChangeKind::voter, 1}}), ChangeAnswer::impossible);
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 0}, {ChangeKind::removed, 1}, {ChangeKind::removed, 2}}),
              ChangeAnswer::impossible);
    EXPECT_EQ(answer_to(core, {{ChangeKind::learner, 3}}), ChangeAnswer::appended);
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 3}}), ChangeAnswer::under_way);
    core.persisted(2);
    has_all(core, 1);
    EXPECT_TRUE(core.transfer(1));
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 3}}), ChangeAnswer::hands_over);
    EXPECT_EQ(core.log().last_index(), 2u);
}

TEST(Membership, TakesOnNoVoterThatLags) {
    Core core = leader_of(voters({0, 1, 2}, {3}));
    for (int i = 0; i < 4; ++i) (void)core.propose(sim::Bytes("x"));
    core.persisted(5);
    has_all(core, 1);
    EXPECT_EQ(core.commit(), 5u);
    EXPECT_EQ(answer_to(core, {{ChangeKind::voter, 4}}), ChangeAnswer::lags); // it has nothing
    (void)core.propose(sim::Bytes("x"));
    EXPECT_EQ(answer_to(core, {{ChangeKind::voter, 3}}), ChangeAnswer::lags); // it lags by more than an append
    replied(core, Message::Kind::append_reply, 3, 5, true, 2, 1000);
    EXPECT_EQ(answer_to(core, {{ChangeKind::voter, 3}}), ChangeAnswer::appended);
}

TEST(Membership, GivesLearnersTheLogAndNoSay) {
    Core core = leader_of(voters({0, 1}, {2, 3, 4}));
    EXPECT_EQ(core.propose(sim::Bytes("x")), 2u);
    EXPECT_EQ(taken(core).size(), 4u);
    core.persisted(2);
    for (const Member learner : {2u, 3u, 4u}) has_all(core, learner);
    EXPECT_EQ(core.commit(), 1u);
    EXPECT_FALSE(core.transfer(2));
    EXPECT_TRUE(core.transfer(1));
}

TEST(Membership, CountsNoVotesOfOthers) {
    Core core(five(voters({0, 1, 2}, {3})), {4, 0}, {}, {}, 0);
    ticks(core, 8);
    EXPECT_EQ(taken(core), (Lines{"vote to 1 term 5 last 0/0", "vote to 2 term 5 last 0/0"}));
    replied(core, Message::Kind::vote_reply, 3, 5, true);
    replied(core, Message::Kind::vote_reply, 4, 5, true);
    EXPECT_EQ(core.role(), Role::candidate);
}

TEST(Membership, LetsOnlyVotersCampaignButAnyoneVote) {
    for (const Configuration& first : {voters({1, 2}), voters({1, 2}, {0})}) {
        Core core(five(first), {4, 0}, {}, {}, 0);
        ticks(core, 100);
        EXPECT_EQ(core.role(), Role::follower);
        replied(core, Message::Kind::timeout_now, 1, 4, false);
        EXPECT_EQ(core.term(), 4u);
        asked_for_vote(core, 1, 5, 0, 0); // it may be a voter by now and not know
        EXPECT_EQ(taken(core), Lines{"voted to 1 term 5 yes"});
    }
}

// Members 0 and 1; the leader, 0, removes itself and restarts. Member 1 cannot be elected, as it lacks that entry.
TEST(Membership, LetsAVoterWhoseRemovalMayBeUnknownToOthersCampaign) {
    std::vector<Entry> entries;
    entries.push_back(configuration_entry(4, voters({1})));
    Core core(five(voters({0, 1})), {4, 0}, {}, std::move(entries), 0);
    ticks(core, 8);
    EXPECT_EQ(taken(core), Lines{"vote to 1 term 5 last 1/4"});
    EXPECT_EQ(core.role(), Role::candidate); // its own vote does not count
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    EXPECT_EQ(core.role(), Role::leader);
    has_all(core, 1);
    EXPECT_EQ(core.commit(), 2u);
    EXPECT_EQ(core.role(), Role::follower);
    ticks(core, 100); // now it is known
    EXPECT_EQ(core.role(), Role::follower);
}

TEST(Membership, KeepsALeaderThatIsRemovedUntilThatIsCommittedWithoutIt) {
    Core core = leader_of(voters({0, 1, 2}));
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 0}}), ChangeAnswer::appended);
    EXPECT_EQ(core.propose(sim::Bytes("x")), 3u);
    core.persisted(3);
    replied(core, Message::Kind::append_reply, 1, 5, true, 2, 1000);
    EXPECT_EQ(core.commit(), 1u); // one of two
    EXPECT_EQ(core.role(), Role::leader);
    replied(core, Message::Kind::append_reply, 2, 5, true, 2, 1000);
    EXPECT_EQ(core.commit(), 2u);
    EXPECT_EQ(core.role(), Role::follower);
}

TEST(Membership, CommitsWhatAMajorityOfFewerVotersHas) {
    Core core = leader_of(voters({0, 1, 2, 3}));
    EXPECT_EQ(core.propose(sim::Bytes("x")), 2u);
    core.persisted(2);
    has_all(core, 1);
    EXPECT_EQ(core.commit(), 1u); // two of four
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 3}}), ChangeAnswer::appended);
    EXPECT_EQ(core.commit(), 2u); // two of three
}

TEST(Membership, StartsOverWithAMemberThatComesBack) {
    Core core = leader_of(voters({0, 1, 2}));
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 2}}), ChangeAnswer::appended);
    core.persisted(2);
    has_all(core, 1);
    (void)taken(core);
    EXPECT_EQ(answer_to(core, {{ChangeKind::learner, 2}}), ChangeAnswer::appended);
    EXPECT_EQ(taken(core),
              (Lines{"append to 1 term 5 after 2/5 commit 2 +5", "append to 2 term 5 after 2/5 commit 2 +5"}));
}

// Member 2 has acknowledged nine entries, left, come back with another disk, and now an old answer of it arrives again.
// Gives what the leader says to making it a voter, for which it has to have caught up.
ChangeAnswer after_an_old_answer() {
    Core core = leader_of(voters({0, 1, 2}));
    for (Index index = 2; index <= 9; ++index) EXPECT_EQ(core.propose(sim::Bytes("x")), index);
    core.persisted(9);
    has_all(core, 1);
    const auto old_answer = [&] { replied(core, Message::Kind::append_reply, 2, 5, true, 9, 1); };
    (void)taken(core);
    old_answer();
    EXPECT_EQ(answer_to(core, {{ChangeKind::removed, 2}}), ChangeAnswer::appended);
    core.persisted(10);
    has_all(core, 1);
    EXPECT_EQ(answer_to(core, {{ChangeKind::learner, 2}}), ChangeAnswer::appended);
    core.persisted(11);
    has_all(core, 1);
    EXPECT_EQ(core.commit(), 11u);
    old_answer();
    return answer_to(core, {{ChangeKind::voter, 2}});
}

TEST(Membership, CountsNothingThatAMemberAcknowledgedBeforeItCameBack) {
    EXPECT_EQ(after_an_old_answer(), ChangeAnswer::lags);
}

TEST(Membership, OfASnapshotTakesThePlaceOfWhatTheLogHad) {
    Core core(five(voters({0, 1, 2})), {4, 0}, {}, {}, 0);
    entry_came(core, 4, 0, 0, configuration_entry(4, voters({0, 1, 2, 3})));
    const Changed joint =
        enter_joint(voters({1, 2}), std::vector<Change>{{ChangeKind::voter, 0}, {ChangeKind::removed, 1}}, true);
    EXPECT_TRUE(core.restore({5, 4, std::get<Configuration>(joint)}));
    EXPECT_EQ(core.configuration(), std::get<Configuration>(joint));
    entry_came(core, 4, 5, 4, configuration_entry(4, voters({0, 2})));
    EXPECT_EQ(core.configuration(), voters({0, 2}));
    entry_came(core, 5, 5, 4, {5, {}});
    EXPECT_EQ(core.configuration(), std::get<Configuration>(joint));
}

TEST(Membership, OfALaterEntryStaysInForceWhenASnapshotEndsBeforeIt) {
    Core core(five(voters({0, 1, 2})), {4, 0}, {}, {}, 0);
    entry_came(core, 4, 0, 0, {4, {}});
    entry_came(core, 4, 1, 4, configuration_entry(4, voters({0, 1, 2, 3})));
    EXPECT_TRUE(core.restore({1, 4, voters({0, 1, 2})}));
    EXPECT_EQ(core.configuration(), voters({0, 1, 2, 3}));
    entry_came(core, 5, 1, 4, {5, {}});
    EXPECT_EQ(core.configuration(), voters({0, 1, 2}));
}

TEST(Membership, ThatNoCoreHasMadeIsNotTaken) {
    Core core(five(voters({0, 1, 2})), {4, 0}, {}, {}, 0);
    entry_came(core, 4, 0, 0, configuration_entry(4, voters({0, 1, 9})));
    entry_came(core, 4, 0, 0, configuration_entry(4, voters({})));
    entry_came(core, 4, 0, 0, configuration_entry(4, voters({2, 1})));
    entry_came(core, 4, 0, 0, {4, sim::Bytes("?"), Entry::Kind::configuration});
    EXPECT_EQ(core.log().last_index(), 0u);
    EXPECT_EQ(taken(core), Lines{});
}

#if defined(ORRERY_FLAWS)
// Four voters; an earlier leader may have removed one of the others and restarted, of which this log has nothing. Three
// remain to each, and a majority of either set of three is two: two leaders could both commit.
TEST(Membership, IsChangedTwiceAtOnceWhenANewLeaderDoesNotWait) {
    flaws::raft_change_too_early.on = true;
    Core core(five(voters({0, 1, 2, 3})), {4, 0}, {}, {}, 0);
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    replied(core, Message::Kind::vote_reply, 2, 5, true);
    const ChangeAnswer answer = core.change(std::vector<Change>{{ChangeKind::removed, 3}});
    flaws::raft_change_too_early.on = false;
    EXPECT_EQ(answer, ChangeAnswer::appended);
    EXPECT_EQ(core.commit(), 0u);
}

TEST(Membership, TrustsAnEmptyDiskWhenOldAnswersCount) {
    flaws::raft_answers_of_earlier_member_count.on = true;
    const ChangeAnswer answer = after_an_old_answer();
    flaws::raft_answers_of_earlier_member_count.on = false;
    EXPECT_EQ(answer, ChangeAnswer::appended);
}

TEST(Membership, LosesTheVotersUntilNowWhenASnapshotForgetsThem) {
    flaws::raft_snapshot_forgets_joint.on = true;
    Core core(five(voters({0, 1, 2})), {4, 0}, {}, {}, 0);
    const Changed joint =
        enter_joint(voters({1, 2}), std::vector<Change>{{ChangeKind::voter, 0}, {ChangeKind::removed, 1}}, true);
    EXPECT_TRUE(core.restore({5, 4, std::get<Configuration>(joint)}));
    flaws::raft_snapshot_forgets_joint.on = false;
    EXPECT_EQ(core.configuration(), voters({0, 2}));
}

TEST(Membership, WaitsForEverForAMemberThatDoesNotKnowItIsAVoter) {
    flaws::raft_learner_never_votes.on = true;
    Core core(five(voters({1, 2}, {0})), {4, 0}, {}, {}, 0);
    asked_for_vote(core, 1, 5, 0, 0);
    flaws::raft_learner_never_votes.on = false;
    EXPECT_EQ(taken(core), Lines{});
}

TEST(Membership, IsLedByWhoHasNoVoteWhenAnyoneCampaigns) {
    flaws::raft_non_voter_campaigns.on = true;
    Core core(five(voters({1, 2}, {0})), {4, 0}, {}, {}, 0);
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 1, 5, true);
    replied(core, Message::Kind::vote_reply, 2, 5, true);
    flaws::raft_non_voter_campaigns.on = false;
    EXPECT_EQ(core.role(), Role::leader);
}

TEST(Membership, StaysJointWhenItIsLeftOnlyAtTheEndOfWhatIsCommitted) {
    flaws::raft_joint_left_only_if_last.on = true;
    Core core = leader_of(voters({0, 1, 2}));
    EXPECT_EQ(answer_to(core, {{ChangeKind::voter, 3}, {ChangeKind::removed, 2}}), ChangeAnswer::appended);
    EXPECT_EQ(core.propose(sim::Bytes("x")), 3u);
    core.persisted(3);
    for (const Member member : {1u, 2u, 3u}) has_all(core, member);
    flaws::raft_joint_left_only_if_last.on = false;
    EXPECT_EQ(core.commit(), 3u);
    EXPECT_TRUE(core.configuration().is_joint());
}

TEST(Membership, AsksForVotesLikeAnyoneWhenNobodyIsToldThatTheLeaderWantsIt) {
    flaws::raft_transferee_ignored.on = true;
    Core core = made({4, 0}, {4});
    replied(core, Message::Kind::timeout_now, 1, 4, false);
    flaws::raft_transferee_ignored.on = false;
    EXPECT_EQ(taken(core), (Lines{"vote to 1 term 5 last 1/4", "vote to 2 term 5 last 1/4"}));
}
#endif

} // namespace
} // namespace orrery::raft
