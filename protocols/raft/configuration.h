// Who belongs to the cluster and as what, and how that may change. Source: Ongaro's dissertation of 2014, chapter 4;
// learners as etcd's raft has them.
//
// Voters decide. Learners get the log and have no say. One voter more or less is a simple change: every majority
// before it shares a member with every majority after it. Any other change goes through a joint configuration, in which
// a decision needs a majority of the voters before (outgoing) and one of the voters after (incoming):
//
//     voters 1 2 3
//     enter_joint: add voter 4, make 3 a learner     incoming 1 2 4, outgoing 1 2 3, learners next 3
//     leave_joint                                    voters 1 2 4, learners 3
//
// A voter that is to be a learner is still needed as a voter until the joint configuration is left, and is never both.
//
// These are values and pure functions: when a change comes into force, and how many may be under way, is the core's to
// decide. On the wire and on disks a configuration is its encoding.
#pragma once

#include <span>
#include <variant>

#include "orrery/protocols/raft/quorum.h"

namespace orrery::raft {

struct Configuration {
    Voters voters{};
    Members learners{};      // none of them a voter
    Members learners_next{}; // outgoing voters that become learners when the joint configuration is left
    bool auto_leave = false; // of a joint configuration: the leader leaves it as soon as it may

    bool is_joint() const { return !voters.outgoing.empty(); }
    bool operator==(const Configuration&) const = default;
    static constexpr auto members() {
        return std::tuple{sim::member("voters", &Configuration::voters),
                          sim::member("learners", &Configuration::learners),
                          sim::member("learners_next", &Configuration::learners_next),
                          sim::member("auto_leave", &Configuration::auto_leave)};
    }
};

// What a member is to be. A change to what it is already changes nothing, and so does the removal of a stranger.
struct Change {
    enum class Kind : std::uint8_t { voter, learner, removed };
    Kind kind{};
    Member member = 0;
};

enum class Refusal : std::uint8_t {
    already_joint,  // a joint configuration must be left before the next change
    not_joint,      // there is nothing to leave
    no_voters,      // a configuration without voters has none that could decide on another
    no_voters_left, // it would have none
    many_voters,    // a simple change of more than one voter
};

using Changed = std::variant<Configuration, Refusal>;

// Each takes a configuration that one of them has made, or one with nobody in it, and gives the next one or why there
// is none. Changes count in their order; the last word on a member stands.
//
// Of one voter at most, and any number of learners. The empty configuration may be changed so too.
Changed change_simply(const Configuration& configuration, std::span<const Change> changes);
// To a joint configuration whose incoming voters are the present ones after the changes.
Changed enter_joint(const Configuration& configuration, std::span<const Change> changes, bool auto_leave);
Changed leave_joint(const Configuration& configuration);

bool is_in(const Members& members, Member member);
// Of either set.
bool is_voter(const Configuration& configuration, Member member);
// Whether a configuration of these members is one that the functions above could have made. What comes from outside
// need not be.
bool is_valid(const Configuration& configuration, Member count);

// Whether those of its voters who are no witnesses are a majority by themselves: of three one may be a witness. So what
// a majority has is with one that has it whole; and a witness that has more than they have - whoever gave it that is
// gone - keeps none of them from leading.
bool is_held_by_majority(const Configuration& configuration, const Members& witnesses);

// All who decide.
Members all_voters(const Configuration& configuration);
// All who get the log, and whose progress a leader follows.
Members everyone(const Configuration& configuration);

} // namespace orrery::raft
