// A cluster of cores in lockstep, whose links can be cut. In a round every member counts a tick, then all that is on
// its way arrives, and what is said thereupon, until all are silent. It begins with a leader whom all follow.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "orrery/protocols/raft/core.h"

namespace orrery::raft {

inline constexpr Member servers = 3;
inline constexpr std::uint32_t election_ticks = 8;

class Lockstep {
public:
    Lockstep(std::uint64_t seed, CoreOptions options) : random_(seed * 0x9e3779b97f4a7c15u + 1) {
        options.count = servers;
        options.election_ticks = election_ticks;
        for (options.self = 0; options.self < servers; ++options.self)
            cores_.emplace_back(options, HardState{}, Mark{}, std::vector<Entry>{}, 0);
        for (int i = 0; i < 200 && leader() == servers; ++i) round();
        EXPECT_LT(leader(), servers);
        for (int i = 0; i < 4; ++i) round();
    }
    void rounds(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i) round();
    }
    // What one says does not reach the other any more.
    void cut(Member from, Member to) { cuts_.insert({from, to}); }
    void cut_off(Member member) {
        for (Member other = 0; other < servers; ++other) {
            cut(member, other);
            cut(other, member);
        }
    }
    void heal() { cuts_.clear(); }
    Core& at(Member member) { return cores_[member]; }
    // The one that leads the highest term; `servers` if nobody leads.
    Member leader() const {
        Member found = servers;
        for (const Core& core : cores_)
            if (core.role() == Role::leader && (found == servers || core.term() > cores_[found].term()))
                found = core.self();
        return found;
    }
    Member follower() const { return (leader() + 1) % servers; }
    Member other_follower() const { return (leader() + 2) % servers; }
    std::uint64_t random() {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 7;
        random_ ^= random_ << 17;
        return random_ >> 16;
    }

private:
    void round() {
        for (Core& core : cores_) {
            core.tick(random());
            send(core);
        }
        for (int i = 0; !network_.empty(); ++i) {
            ASSERT_LT(i, 100) << "they do not fall silent";
            std::vector<Message> arriving;
            arriving.swap(network_);
            for (Message& message : arriving) {
                if (cuts_.contains({message.from, message.to})) continue;
                Core& core = cores_[message.to];
                core.step(std::move(message), random());
                send(core);
            }
        }
    }
    void send(Core& core) {
        core.persisted(core.log().last_index());
        core.take_messages(network_);
    }

    std::vector<Core> cores_;
    std::vector<Message> network_;
    std::set<std::pair<Member, Member>> cuts_;
    std::uint64_t random_;
};

inline constexpr CoreOptions plain{};
inline constexpr CoreOptions pre_vote{.pre_vote = true};
inline constexpr CoreOptions check_quorum{.check_quorum = true};
inline constexpr CoreOptions both{.pre_vote = true, .check_quorum = true};

// In how many of a hundred clusters the story ends well.
template <class Story>
int how_often(const CoreOptions& options, Story story) {
    int count = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        Lockstep cluster(seed, options);
        count += story(cluster);
    }
    return count;
}

} // namespace orrery::raft
