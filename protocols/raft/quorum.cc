// Sets of voters are small, so they are counted, not sorted: nothing is allocated.
#include "orrery/protocols/raft/quorum.h"

#include <algorithm>

#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {
namespace {

std::size_t majority_of(const Members& voters) {
    if (FLAW(raft_half_is_a_quorum)) return (voters.size() + 1) / 2;
    return voters.size() / 2 + 1;
}

} // namespace

Index committed_index(const Members& voters, std::span<const Index> matches) {
    if (voters.empty()) return index_of_nobody;
    CHECK(voters.back() < matches.size());
    Index committed = 0;
    for (const Member candidate : voters) {
        const Index index = matches[candidate];
        if (index <= committed) continue;
        const auto has_it = [&](Member voter) { return matches[voter] >= index; };
        const auto having = static_cast<std::size_t>(std::count_if(voters.begin(), voters.end(), has_it));
        if (having >= majority_of(voters)) committed = index;
    }
    return committed;
}

Index committed_index(const Voters& voters, std::span<const Index> matches) {
    return std::min(committed_index(voters.incoming, matches), committed_index(voters.outgoing, matches));
}

VoteResult vote_result(const Members& voters, std::span<const Vote> votes) {
    if (voters.empty()) return VoteResult::won;
    CHECK(voters.back() < votes.size());
    std::size_t granted = 0;
    std::size_t missing = 0;
    for (const Member voter : voters) {
        granted += votes[voter] == Vote::granted;
        missing += votes[voter] == Vote::none;
    }
    CHECK(granted + missing <= voters.size());
    if (granted >= majority_of(voters)) return VoteResult::won;
    return granted + missing >= majority_of(voters) ? VoteResult::pending : VoteResult::lost;
}

VoteResult vote_result(const Voters& voters, std::span<const Vote> votes) {
    const VoteResult incoming = vote_result(voters.incoming, votes);
    const VoteResult outgoing = vote_result(voters.outgoing, votes);
    if (incoming == outgoing) return incoming;
    return incoming == VoteResult::lost || outgoing == VoteResult::lost ? VoteResult::lost : VoteResult::pending;
}

} // namespace orrery::raft
