// Who decides: in each slot the majorities are those of one set of members, its voters, and a value that is chosen in
// the log says who they are further on. Source: Lamport, Paxos Made Simple, 2001, end of section 3; Lamport, Malkhi and
// Zhou, Reconfiguring a State Machine, 2010, section 3.1.
//
//     slots    1 .. 4         5            6 .. 20      21 ..
//     value    commands       voters 1 2   commands     commands
//     voters   0 1 2          0 1 2        0 1 2        1 2          with a window of 16
//
// What is chosen in slot i counts from slot i + window on. Nobody proposes in a slot before all that lies a window or
// more below it is chosen, so whoever proposes knows who decides there.
#pragma once

#include <bit>
#include <optional>
#include <span>
#include <vector>

#include "orrery/protocols/paxos/replica_message.h"

namespace orrery::paxos {

inline constexpr Member members_max = 64;

// A set of members.
struct Voters {
    std::uint64_t bits = 0; // a bit for each

    static Voters all(Member count) { return {UINT64_MAX >> (members_max - count)}; } // 1 to members_max
    static Voters of(std::span<const Member> members) {
        Voters voters;
        for (const Member member : members) voters.add(member);
        return voters;
    }
    void add(Member member) {
        CHECK(member < members_max);
        bits |= std::uint64_t{1} << member;
    }
    bool has(Member member) const { return member < members_max && (bits >> member & 1) != 0; }
    bool is_empty() const { return bits == 0; }
    std::uint32_t count() const { return static_cast<std::uint32_t>(std::popcount(bits)); }
    std::uint32_t quorum() const { return count() / 2 + 1; }
    // Whether these, and perhaps others, are a majority of it.
    bool is_decided_by(Voters agreeing) const { return (*this & agreeing).count() >= quorum(); }
    std::vector<Member> list() const {
        std::vector<Member> members;
        for (Member member = 0; member < members_max; ++member)
            if (has(member)) members.push_back(member);
        return members;
    }

    Voters without(Voters others) const { return {bits & ~others.bits}; }
    friend Voters operator&(Voters left, Voters right) { return {left.bits & right.bits}; }
    friend Voters operator|(Voters left, Voters right) { return {left.bits | right.bits}; }
    bool operator==(const Voters&) const = default;
    static constexpr auto members() { return std::tuple{sim::member("bits", &Voters::bits)}; }
};

struct Configuration {
    Slot chosen_in = 0; // 0: it is the first
    Slot since = 0;     // the first slot in which its voters decide
    Voters voters{};

    bool operator==(const Configuration&) const = default;
    static constexpr auto members() {
        return std::tuple{sim::member("chosen_in", &Configuration::chosen_in),
                          sim::member("since", &Configuration::since), sim::member("voters", &Configuration::voters)};
    }
};

// Those that a replica knows: in their order, and each takes the place of the one before.
class Configurations {
public:
    explicit Configurations(Voters first) : known_{{0, 0, first}} {}
    // `known` is_valid (CHECK).
    explicit Configurations(std::vector<Configuration> known);
    // Whether that list is one that as_of could have made, of so many members.
    static bool is_valid(std::span<const Configuration> known, Member count);

    Voters of(Slot slot) const;
    const Configuration& last() const { return known_.back(); }
    // Those that decide in slots from this one on.
    std::span<const Configuration> from(Slot slot) const;
    // All of their voters.
    Voters voters_from(Slot slot) const;
    // As they were when all up to this slot was chosen and nothing behind it: what a snapshot of that slot holds. The
    // slot is not below what was forgotten.
    std::vector<Configuration> as_of(Slot slot) const;
    void enter(Configuration next);
    // Nobody asks any more for a slot up to this one.
    void forget(Slot slot);
    std::span<const Configuration> known() const { return known_; }

private:
    std::vector<Configuration> known_;
};

// What stands in a slot is one of three: no bytes at all; a command, as it was given, but behind a zero if it begins
// with a zero; or voters, behind a zero and a one.
sim::Bytes value_of_command(sim::Bytes command);
sim::Bytes value_of_voters(Voters voters);
// Of a value that is neither empty nor voters.
sim::ByteView command_of(sim::ByteView value);
// Empty: it is something else.
std::optional<Voters> voters_of(sim::ByteView value);
// "0 2 3".
std::string voters_text(Voters voters);

} // namespace orrery::paxos
