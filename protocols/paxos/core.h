// The pure core of Paxos, for a list of decrees: a message in, messages and changes of what is durable out. No clock,
// no disk, no network, no chance. Source: Lamport, Paxos Made Simple, 2001.
//
//     members   0       1       2
//     prepare   o------>o------>o     ballot (1, 0), in decree 1: nobody has promised more
//     promise   <-------o-------o     two of three, none of whom has accepted anything: 0 may propose its own value
//     accept    o------>o------>o
//     accepted  <-------o-------o     two of three: chosen
//
// The owner's duties:
// 1. One call at a time. After it, what `take_changed` names is made durable before any message is sent: each promises
//    what the core held when it was made. A message may be lost, doubled, late, and overtaken by others.
// 2. A message to this member itself is handed to `step` like any other, and not before what it promises is durable.
// 3. `step` gets messages of members only, addressed to this one, and from whom they say.
// 4. A ballot that gets no majority for a while is followed by another (`retry`), after a time that differs from member
//    to member: two that go on at once can keep each other from ever being done.
// 5. After a crash the core is made again of what was durable. Nothing else need survive.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "orrery/protocols/paxos/message.h"

namespace orrery::paxos {

struct Learned {
    Decree decree = 0;
    std::string value{};
};

// A ballot of this member's own.
struct Proposal {
    enum class Phase : std::uint8_t { none, prepare, accept };

    Phase phase = Phase::none;
    Decree decree = 0;
    Ballot ballot{};
    std::string value{}; // what is proposed; until then, what the member wants
    Ballot highest{};    // of the promises: the ballot of the value that must be proposed; none: any may be
    std::set<Member> promised{};
    std::set<Member> accepted{};
};

class Core {
public:
    Core(Member self, Member count, std::map<Decree, Acceptance> durable);

    // Begins a ballot in the first decree of which this member does not know what was chosen, in order to have `value`
    // chosen there. Another value may come to be: see `take_learned`. No proposal is in hand (CHECK).
    void propose(std::string value);
    // Gives the ballot in hand up and begins one above all that were heard of. A proposal is in hand (CHECK).
    void retry(std::string value);
    void step(const Message& message);

    const Proposal& proposal() const { return proposal_; }
    bool is_proposing() const { return proposal_.phase != Proposal::Phase::none; }
    const Acceptance& acceptance(Decree decree) const { return acceptances_.at(decree); }
    Decree first_open() const { return first_open_; }

    // Moves the messages made since they were last taken to the end of `out`.
    void take_messages(std::vector<Message>& out);
    // The decrees of which something durable changed since they were last taken, and whether a value was accepted.
    std::map<Decree, bool> take_changed() { return std::exchange(changed_, {}); }
    // What this member has come to know as chosen since that was last taken.
    std::vector<Learned> take_learned() { return std::exchange(learned_, {}); }

private:
    std::size_t quorum() const { return count_ / 2 + 1; }
    void begin(Decree decree, std::string value);
    void send(Message::Kind kind, Member to, const Message& about);
    void promise(const Message& message);
    void accept(const Message& message);
    void on_promise(const Message& message);
    void on_accepted(const Message& message);
    void learn(Decree decree, const std::string& value);
    bool is_of_proposal(const Message& message, Proposal::Phase phase) const;

    Member self_;
    Member count_;
    std::map<Decree, Acceptance> acceptances_;
    Decree first_open_ = 1;
    Proposal proposal_{};
    std::uint64_t round_ = 0; // the highest heard of since this core was made
    std::map<Decree, bool> changed_{};
    std::vector<Learned> learned_{};
    std::vector<Message> messages_{};
};

} // namespace orrery::paxos
