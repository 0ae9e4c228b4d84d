// Quorums against their definition, over every case of up to four members: each two sets of voters, each index, each
// vote.
#include "orrery/protocols/raft/quorum.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>

namespace orrery::raft {
namespace {

constexpr Member members_max = 4;

// The members whose bits are set.
Members members_of(unsigned bits) {
    Members members;
    for (Member member = 0; bits != 0; ++member, bits >>= 1)
        if ((bits & 1) != 0) members.push_back(member);
    return members;
}

// Calls visit(voters) for each two sets of members.
template <class Visit>
void for_each_voters(Visit visit) {
    for (unsigned incoming = 0; incoming < 1u << members_max; ++incoming)
        for (unsigned outgoing = 0; outgoing < 1u << members_max; ++outgoing)
            visit(Voters{members_of(incoming), members_of(outgoing)});
}

// Calls visit(digits) for each row of `members_max` digits below `base`.
template <class Visit>
void for_each_row(unsigned base, Visit visit) {
    std::vector<unsigned> digits(members_max, 0);
    while (true) {
        visit(digits);
        std::size_t place = 0;
        while (place < digits.size() && ++digits[place] == base) digits[place++] = 0;
        if (place == digits.size()) return;
    }
}

// More than half of the voters say yes. Of nobody this is true, so that a set without voters forbids nothing.
template <class Says>
bool is_majority(const Members& voters, Says says) {
    const auto yes = std::count_if(voters.begin(), voters.end(), says);
    return voters.empty() || static_cast<std::size_t>(2 * yes) > voters.size();
}

// By trying one index after the other.
Index committed_slowly(const Voters& voters, const std::vector<Index>& matches) {
    if (voters.incoming.empty() && voters.outgoing.empty()) return index_of_nobody;
    Index committed = 0;
    for (Index index = 1; index <= *std::max_element(matches.begin(), matches.end()); ++index) {
        const auto has_it = [&](Member member) { return matches[member] >= index; };
        if (is_majority(voters.incoming, has_it) && is_majority(voters.outgoing, has_it)) committed = index;
    }
    return committed;
}

// By trying every way in which those who have not voted may vote.
VoteResult result_slowly(const Voters& voters, const std::vector<Vote>& votes) {
    bool may_win = false;
    bool may_lose = false;
    for (unsigned bits = 0; bits < 1u << votes.size(); ++bits) {
        const auto grants = [&](Member member) {
            return votes[member] == Vote::granted || (votes[member] == Vote::none && (bits >> member & 1) != 0);
        };
        const bool wins = is_majority(voters.incoming, grants) && is_majority(voters.outgoing, grants);
        may_win = may_win || wins;
        may_lose = may_lose || !wins;
    }
    if (may_win && may_lose) return VoteResult::pending;
    return may_win ? VoteResult::won : VoteResult::lost;
}

TEST(Quorum, CommitsWhatAMajorityOfEachSetHas) {
    std::size_t above = 0;
    for_each_voters([&](const Voters& voters) {
        for_each_row(4, [&](const std::vector<unsigned>& digits) {
            const std::vector<Index> matches(digits.begin(), digits.end());
            const Index committed = committed_index(voters, matches);
            ASSERT_EQ(committed, committed_slowly(voters, matches));
            above += committed > 0 && committed != index_of_nobody;
        });
    });
    EXPECT_GT(above, 10'000u);
}

TEST(Quorum, HasWonOrLostOnceTheMissingVotesCannotChangeIt) {
    std::size_t seen[3] = {};
    for_each_voters([&](const Voters& voters) {
        for_each_row(3, [&](const std::vector<unsigned>& digits) {
            std::vector<Vote> votes;
            for (const unsigned digit : digits) votes.push_back(static_cast<Vote>(digit));
            const VoteResult result = vote_result(voters, votes);
            ASSERT_EQ(result, result_slowly(voters, votes));
            ++seen[static_cast<std::size_t>(result)];
        });
    });
    for (const std::size_t each : seen) EXPECT_GT(each, 1000u);
}

TEST(Quorum, OfOneSetIsThatOfTwoWhereTheOtherIsEmptyOrTheSame) {
    for (unsigned bits = 0; bits < 1u << members_max; ++bits) {
        const Members voters = members_of(bits);
        for_each_row(3, [&](const std::vector<unsigned>& digits) {
            const std::vector<Index> matches(digits.begin(), digits.end());
            std::vector<Vote> votes;
            for (const unsigned digit : digits) votes.push_back(static_cast<Vote>(digit));
            const Voters both[] = {{voters, {}}, {{}, voters}, {voters, voters}};
            for (const Voters& each : both) {
                ASSERT_EQ(committed_index(each, matches), committed_index(voters, matches));
                ASSERT_EQ(vote_result(each, votes), vote_result(voters, votes));
            }
        });
    }
}

// Larger sets, and indexes as far apart as they may be. The index in the middle of the sorted ones, or just below the
// middle if their number is even.
RC_GTEST_PROP(Quorum, CommitsTheIndexInTheMiddle, ()) {
    const auto matches = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<Index>>());
    Members voters;
    for (Member member = 0; member < matches.size(); ++member) voters.push_back(member);
    std::vector<Index> sorted = matches;
    std::sort(sorted.begin(), sorted.end());
    RC_ASSERT(committed_index(voters, matches) == sorted[(sorted.size() - 1) / 2]);
}

TEST(Quorum, LooksAtNobodyButTheVoters) {
    const Members voters = {1, 2};
    const std::vector<Index> matches = {9, 3, 4, 9};
    EXPECT_EQ(committed_index(voters, matches), 3u);
    const std::vector<Vote> votes = {Vote::granted, Vote::granted, Vote::none, Vote::granted};
    EXPECT_EQ(vote_result(voters, votes), VoteResult::pending);
}

} // namespace
} // namespace orrery::raft
