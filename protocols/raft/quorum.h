// What a majority of the voters has decided: an election (section 5.2 of the paper) or a commit (5.3). While the
// membership changes there are two sets of voters, and a decision needs a majority of each (section 6).
//
// With voters 0 1 2 whose logs match up to 7 5 2, entries up to 5 are on a majority. If voters 2 3 are to follow them,
// with 3 at 4, both of these are needed, so only entries up to 2 are.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "orrery/protocols/raft/types.h"
#include "orrery/sim/check.h"
#include "orrery/sim/members.h"

namespace orrery::raft {

using Members = std::vector<Member>; // ascending, each once

struct Voters {
    Members incoming{};
    Members outgoing{}; // empty unless the membership is changing: those who decided alone until now
    bool operator==(const Voters&) const = default;
    static constexpr auto members() {
        return std::tuple{sim::member("incoming", &Voters::incoming), sim::member("outgoing", &Voters::outgoing)};
    }
};

enum class Vote : std::uint8_t { none, granted, refused };

enum class VoteResult : std::uint8_t {
    pending, // the votes that are missing decide
    lost,    // no vote that is missing can change it
    won,
};

// The last index of an empty set of voters, in which nothing is missing. So the other set of two decides alone.
constexpr Index index_of_nobody = std::numeric_limits<Index>::max();

// The last index that a majority has. `matches` holds the index of each member, by Member, and has a place for every
// voter; those of others are not looked at.
Index committed_index(const Members& voters, std::span<const Index> matches);
// The last index that a majority of each set has.
Index committed_index(const Voters& voters, std::span<const Index> matches);

// `votes` is by Member and has a place for every voter. An empty set has won.
VoteResult vote_result(const Members& voters, std::span<const Vote> votes);
// Won if both are; lost if one is.
VoteResult vote_result(const Voters& voters, std::span<const Vote> votes);

} // namespace orrery::raft
