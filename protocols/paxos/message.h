// The messages of the Synod (Lamport, Paxos Made Simple, 2001, section 2.2) and what they carry. Each decree - a place
// in the list of values that the members agree on - is a Synod of its own.
#pragma once

#include <cstdint>
#include <string>

#include "orrery/sim/codec.h"

namespace orrery::paxos {

using Decree = std::uint64_t; // from 1
using Member = std::uint32_t; // place in the cluster, from 0

// A proposal's number. It has the member in it, so that no two members ever use one; a member uses none twice.
struct Ballot {
    std::uint64_t round = 0; // from 1; 0: none
    Member member = 0;

    bool is_none() const { return round == 0; }
    auto operator<=>(const Ballot&) const = default;
    static constexpr auto members() {
        return std::tuple{sim::member("round", &Ballot::round), sim::member("member", &Ballot::member)};
    }
};

struct Message {
    enum class Kind : std::uint8_t { prepare, promise, accept, accepted, refuse, chosen };

    Kind kind{};
    Member from = 0;
    Member to = 0;
    Decree decree = 0;
    Ballot ballot{};     // what it is about; chosen: none
    Ballot other{};      // promise: the highest in which the acceptor accepted anything; refuse: what it has promised
    std::string value{}; // accept, chosen: it; promise: what was accepted in `other`

    static constexpr auto members() {
        return std::tuple{sim::member("kind", &Message::kind),     sim::member("from", &Message::from),
                          sim::member("to", &Message::to),         sim::member("decree", &Message::decree),
                          sim::member("ballot", &Message::ballot), sim::member("other", &Message::other),
                          sim::member("value", &Message::value)};
    }
};

// What a member must not forget of a decree.
struct Acceptance {
    Ballot promised{}; // it takes part in no ballot below
    Ballot accepted{}; // the highest in which it accepted a value; none: it never did
    std::string value{};
    bool is_chosen = false; // then `value` is what was chosen

    bool operator==(const Acceptance&) const = default;
    static constexpr auto members() {
        return std::tuple{sim::member("promised", &Acceptance::promised),
                          sim::member("accepted", &Acceptance::accepted), sim::member("value", &Acceptance::value),
                          sim::member("is_chosen", &Acceptance::is_chosen)};
    }
};

} // namespace orrery::paxos
