// The pure core of Raft: a message or a tick in, effects out. No clock, no disk, no network; chance
// comes in with each call. Source: Ongaro and Ousterhout, In Search of an Understandable Consensus
// Algorithm, 2014, with conflict hints after section 5.3 and the no-op of section 8; and Ongaro's dissertation of the
// same year for what the options switch on.
//
// After every call the owner takes the effects: it makes hard state and new entries durable, then sends the messages,
// which promise what is durable, then applies up to commit(). core.cc opens with all that the owner has to do.
#pragma once

#include <iterator>
#include <vector>

#include "orrery/protocols/raft/log.h"
#include "orrery/protocols/raft/message.h"
#include "orrery/protocols/raft/quorum.h"

namespace orrery::raft {

struct CoreOptions {
    Member self = 0;
    Member count = 3;
    std::uint32_t election_ticks = 8; // without a leader before it campaigns; at most twice as many
    std::uint32_t heartbeat_ticks = 2;
    std::size_t batch = 16; // most entries of one append
    // Section 9.6 of the dissertation: before it campaigns it asks whether it would be elected, so that a member that
    // was cut off and comes back deposes no leader. Members that hear from a leader say no, so without check_quorum a
    // leader that can send but not hear keeps its followers for ever.
    bool pre_vote = false;
    // Section 6.2: a leader that a majority does not answer for election_ticks steps down. Section 4.2.3: who has heard
    // from a leader in its last election_ticks ignores candidates.
    bool check_quorum = false;
};

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };

// How often rare paths were taken, so that a test can see that it took them.
struct Rare {
    std::uint64_t hints = 0; // conflict hints that spared a leader more than one step back
    Index withheld = 0;      // the last entry of an earlier term that a majority had and that was not committed
};

class Core {
public:
    Core(CoreOptions options, HardState hard, std::vector<Entry> entries, std::uint64_t random);

    // `count` ticks have passed. What became due meanwhile happens once.
    void tick(std::uint64_t random, std::uint32_t count = 1);
    // After so many ticks the core has something to do; at least 1.
    std::uint32_t ticks_until_due() const;
    void step(Message message, std::uint64_t random);
    // Appends a command. Returns its index, or 0 if this is not the leader, or hands over.
    Index propose(sim::Bytes command);
    // Hands leadership over to another member as soon as that has the whole log (section 3.10 of the dissertation).
    // Until it leads, or for election_ticks, nothing can be proposed. False, and nothing changes, if this does not
    // lead, or if `to` is itself.
    bool transfer(Member to);

    Role role() const { return role_; }
    Term term() const { return hard_.term; }
    const HardState& hard() const { return hard_; }
    Index commit() const { return commit_; }
    const Log& log() const { return log_; }
    Member leader() const { return leader_; }         // count(): not known
    Member transferee() const { return transferee_; } // to whom it hands over; count(): it does not
    Member count() const { return options_.count; }
    Member self() const { return options_.self; }
    const Rare& rare() const { return rare_; }

    // Moves the messages made since they were last taken to the end of `out`.
    void take_messages(std::vector<Message>& out) {
        out.insert(out.end(), std::move_iterator(messages_.begin()), std::move_iterator(messages_.end()));
        messages_.clear();
    }
    // The entries up to `last` are durable now: the leader counts itself.
    void persisted(Index last);

private:
    struct Progress {
        Index match = 0;
        Index next = 1;
        std::uint64_t round = 0;  // of the last append sent
        bool in_flight = false;   // it is not answered yet
        std::uint32_t waited = 0; // ticks since then
        bool heard = false;       // it has answered since the leader last looked
    };

    void check() const;
    VoteResult result() const { return vote_result(voters_, votes_); }
    bool hears_leader() const;
    bool is_as_new(const Message& candidate) const;
    void reset_timer(std::uint64_t random);
    void become_follower(Term term, Member leader);
    void pre_campaign(std::uint64_t random);
    void campaign(std::uint64_t random, bool leader_asked = false);
    void ask_for_votes(Message::Kind kind, bool leader_asked);
    void hand_over();
    void become_leader();
    bool is_heard(std::uint32_t count);
    void send(Message message);
    void send_append(Member to, bool heartbeat);
    void broadcast(bool heartbeat);
    void advance_commit();
    void dispatch(Message& message, std::uint64_t random);
    void on_pre_vote(const Message& message);
    void on_pre_vote_reply(const Message& message, std::uint64_t random);
    void on_vote(const Message& message, std::uint64_t random);
    void on_vote_reply(const Message& message);
    void on_timeout_now(const Message& message, std::uint64_t random);
    void on_append(Message& message, std::uint64_t random);
    void on_append_reply(const Message& message);
    bool append_entries(Message& message);

    CoreOptions options_;
    Voters voters_;
    HardState hard_;
    Log log_;
    Role role_ = Role::follower;
    Member leader_;
    Member transferee_;
    std::uint32_t transfer_ticks_ = 0; // since the transfer began
    Index commit_ = 0;
    std::uint32_t timer_ = 0;
    std::uint32_t timeout_ = 0;
    std::vector<Vote> votes_;
    std::uint64_t pre_campaigns_ = 0; // in this boot: the answers to each name it
    std::uint32_t unheard_ = 0;       // ticks since a leader last looked whether a majority answers
    std::vector<Progress> progress_;
    std::vector<Message> messages_;
    Rare rare_;
    std::vector<Index> matches_; // scratch of advance_commit
};

} // namespace orrery::raft
