// The pure core of Multi-Paxos, for a log of slots: a message or a tick in, messages and changes of what is durable
// out. No clock, no disk, no network; chance comes in with each call. Source: Lamport, Paxos Made Simple, 2001, section
// 3; catching up and snapshots after Chandra, Griesemer and Redstone, Paxos Made Live, 2007, section 5.
//
//     members   0       1       2
//     prepare   o------>o------>o     ballot (1, 0), for all slots from 1 on
//     promise   <-------o-------o     1 has accepted v in slot 2, nobody anything in slot 1
//     accept    o------>o------>o     slot 1: nothing, it was a gap; slot 2: v; slot 3: a command, and so on
//     accepted  <-------o-------o     each slot that two of three accepted is chosen, in any order
//
// Members change by a window, as configuration.h tells: the leader proposes voters like any value, and has nothing
// proposed behind them until they decide. It proposes in a slot only with the promises of a majority of those who
// decide there, and there a majority of the same has to accept. Who joins hears the leader, and so catches up before
// it counts. Who decides nowhere any more begins no ballot, and tells those who do, until they know, that they do.
//
// The owner's duties:
// 1. One call at a time. The core calls nothing back and keeps no reference to what it was given.
// 2. `step` gets messages of members only, addressed to this one, and from whom they say. They may be lost, repeated,
//    delayed and reordered.
// 3. After a call the owner takes what is unsaved and the messages. Those that may_leave_at_once does not name wait
//    until promised(), what take_unsaved names and that all up to settled() is chosen are durable: each promises what
//    the core held when it was made. A message may be lost.
// 4. `persisted` follows once what take_unsaved named and that is durable, and not before: by it a leader counts
// itself.
// 5. What stands in the slots up to chosen() is applied in their order, each once. It never changes again.
// 6. `compact(slot)`: a snapshot of the state after `slot` is durable, with configurations().as_of(slot). Of a message
// `snapshot` the owner fills in
//    `total`, and as `data` the bytes of the snapshot after `slot` from `offset` on, at most snapshot_chunk_bytes.
// 7. A chunk (take_chunk) is written behind what is held of that snapshot, if it begins where that ends, in place of
//    any other snapshot that was begun; then chunk_written says how much is held. Once it is whole and durable, and
//    still needs_snapshot, the machine is restored from it and `restore` called with its configurations.
// 8. After a crash the core is made again of the newest durable snapshot's slot and configurations, what was promised
//    and accepted, and, as a hint, how far the log was known to be chosen. Nothing else need survive.
// 9. `tick` is called at a steady pace that all members share roughly. Time has no other use: a wrong pace costs
//    ballots, never safety. Each `random` is a fresh draw, of which the core makes its timeouts.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "orrery/protocols/paxos/configuration.h"
#include "orrery/protocols/paxos/slot_log.h"

namespace orrery::paxos {

inline constexpr std::size_t message_bytes_max = 32 * 1024;    // of values in one message, if there is more than one
inline constexpr std::size_t snapshot_chunk_bytes = 32 * 1024; // of a snapshot in one message
inline constexpr std::size_t value_bytes_max = 60'000;         // of one value: a datagram holds 65,507 bytes

struct ReplicaOptions {
    Member self = 0;
    Member count = 3;                 // at most members_max
    std::uint32_t election_ticks = 8; // without a leader before it begins a ballot; at most twice as many
    std::uint32_t heartbeat_ticks = 2;
    std::size_t batch = 16; // most values of one accept
    // Most slots that are proposed and not chosen, and after so many new members decide. In all members the same, and
    // for ever.
    Slot window = 256;
    Voters first{}; // who decides in the beginning: in all members the same; nobody: all decide
};

// What is durable when a replica is made.
struct ReplicaState {
    Slot snapshot = 0;
    Slot chosen = 0; // a hint, below the truth perhaps
    Ballot promised{};
    std::map<Slot, Accepted> accepted{};
    std::vector<Configuration> configurations{}; // as_of the snapshot; none: nobody had joined or left
};

// Something came to stand in that slot: it was accepted, or another member told that it was chosen.
struct Unsaved {
    Slot slot = 0;
    Ballot ballot{};
    bool is_learned = false;
};

// A part of the snapshot after `slot`.
struct Chunk {
    Slot slot = 0;
    std::uint64_t offset = 0;
    std::uint64_t total = 0;
    sim::Bytes data{};
};

struct ReplicaRead {
    std::uint64_t read = 0;
    Slot slot = 0; // it may be answered once all up to here is applied
    bool is_refused = false;
};

// How often rare paths were taken, so that a test can see that it took them.
struct ReplicaRare {
    std::uint64_t gaps = 0;         // filled with nothing
    std::uint64_t adopted = 0;      // values of lower ballots that were proposed again
    std::uint64_t out_of_order = 0; // slots chosen before one below
    std::uint64_t repeated = 0;     // answers that an acceptor gave twice
    std::uint64_t learned = 0;      // slots that another member had to tell
    std::uint64_t restored = 0;     // snapshots
    std::uint64_t behind = 0;       // promises by which a candidate, or a leader, heard that it is behind
    std::uint64_t hurried = 0;      // slots in which nothing was proposed, so that new members decide soon
    std::uint64_t retired = 0;      // leaders that decide nowhere any more
    std::uint64_t strangers = 0;    // ballots of members that decide nowhere any more
    std::uint64_t told = 0;         // times that one which has left told the others
};

enum class ChangeAnswer : std::uint8_t {
    done,       // they decide in all slots to come, and a majority of them has all that others decided
    under_way,  // ask again
    not_leader, // nothing was done
};

class Replica {
public:
    enum class Role : std::uint8_t { follower, preparing, leading };

    Replica(ReplicaOptions options, ReplicaState durable, std::uint64_t random);

    // `count` ticks have passed. What became due meanwhile happens once.
    void tick(std::uint64_t random, std::uint32_t count = 1);
    // After so many ticks the core has something to do; at least 1.
    std::uint32_t ticks_until_due() const;
    void step(ReplicaMessage message, std::uint64_t random);
    // The slot in which this leader proposes the command; 0 if it does not lead, cannot take more for now, or the
    // command is above value_bytes_max.
    Slot propose(sim::Bytes command);
    // Brings the cluster nearer to where these decide, and no others. Not empty, and none at or above `count` (CHECK).
    ChangeAnswer change(Voters wanted);
    // The name of a read, answered by take_answers; 0 if this does not lead.
    std::uint64_t read();

    // Moves the messages made since they were last taken to the end of `out`.
    void take_messages(std::vector<ReplicaMessage>& out);
    std::vector<Unsaved> take_unsaved() { return std::exchange(unsaved_, {}); }
    std::vector<ReplicaRead> take_answers() { return std::exchange(answers_, {}); }
    std::optional<Chunk> take_chunk() { return std::exchange(chunk_, std::nullopt); }

    // And that all up to `settled` is chosen, as settled() was then.
    void persisted(std::span<const Unsaved> saved, Slot settled);
    // `slot` is not above chosen() (CHECK).
    void compact(Slot slot);
    // So many bytes of the snapshot after `slot` are held, of the total.
    void chunk_written(Slot slot, std::uint64_t held);
    // It does not lead, and `slot` is above chosen().
    bool needs_snapshot(Slot slot) const { return role_ != Role::leading && slot > chosen_; }
    // The state is that after `slot`, which needs_snapshot (CHECK). None: nobody had joined or left.
    void restore(Slot slot, std::vector<Configuration> configurations);

    Role role() const { return role_; }
    Member self() const { return options_.self; }
    Member leader() const { return leader_; } // count: not known
    Ballot promised() const { return promised_; }
    Ballot ballot() const { return ballot_; } // the last of its own in this life
    Slot chosen() const { return chosen_; }   // all up to here is chosen
    // That the log is chosen up to here decides who may begin a ballot: it must not be forgotten.
    Slot settled() const;
    const Configurations& configurations() const { return configurations_; }
    // Whether it decides in some slot that it does not know to be chosen.
    bool is_voter() const { return configurations_.voters_from(chosen_ + 1).has(options_.self); }
    const SlotLog& log() const { return log_; }
    const ReplicaRare& rare() const { return rare_; }

private:
    using Kind = ReplicaMessage::Kind;
    struct Promise {
        Slot cursor = 0; // from here on it has not said yet; 0: it was not asked
        bool is_whole = false;
        Slot chosen = 0; // up to there it knows what was chosen
    };
    struct Tally {
        Voters accepted{};
        std::uint32_t count = 0; // of those who decide there
    };
    struct PendingRead {
        std::uint64_t read = 0;
        Slot slot = 0;
        std::uint64_t round = 0; // of the heartbeat that must be answered; 0: it is not sent yet
        Voters voters{};         // by a majority of these
    };

    Configurations beginning() const;
    void check() const;
    void reset_timer(std::uint64_t random);
    ReplicaMessage& send(Kind kind, Member to, Ballot ballot);
    bool is_possible(Ballot ballot) const;
    bool is_well_formed(const ReplicaMessage& message) const;
    void dispatch(ReplicaMessage& message, std::uint64_t random);
    void step_down(Member leader);
    void tick_leader(std::uint64_t random, std::uint32_t count);
    // The last of the slots from `first` to `last` that one message holds, with at most `count_max`.
    Slot last_that_fits(Slot first, Slot last, std::size_t count_max) const;
    // None if `last` is before `first`.
    std::vector<Accepted> entries_of(Slot first, Slot last) const;

    // replica_acceptor.cc
    void on_prepare(const ReplicaMessage& message, std::uint64_t random);
    void on_accept(ReplicaMessage& message, std::uint64_t random);
    void on_heartbeat(const ReplicaMessage& message, std::uint64_t random);
    bool follows(const ReplicaMessage& message, std::uint64_t random);
    void accept_entries(ReplicaMessage& message);

    // replica_leader.cc
    void prepare(std::uint64_t random);
    void ask_for_promise(Member to);
    void ask_for_promises();
    void on_promise(ReplicaMessage& message);
    void collect(ReplicaMessage& message, Slot behind);
    void on_whole_promise(Member from);
    void lead_if_promised();
    void lead();
    Slot proposed_last() const { return chosen_ + tally_.size(); } // while it leads
    void propose_again();
    sim::Bytes take_found(Slot slot);
    void put_own(Slot slot, sim::Bytes value);
    void send_accept(Member to, Slot first, Slot last);
    void send_proposed();
    void send_again();
    void send_heartbeats();
    bool is_heard(std::uint32_t count);
    void on_accepted(const ReplicaMessage& message);
    void on_heartbeat_reply(const ReplicaMessage& message);
    void on_refuse(const ReplicaMessage& message, std::uint64_t random);
    void count_accepted(Slot slot, Member member);
    void advance();
    bool is_confirmed(const PendingRead& read) const;
    void answer_reads();

    // replica_membership.cc
    void know_chosen(Slot slot);
    Voters peers() const;
    Voters leaving() const;
    Voters deciding(Slot slot) const;
    Slot last_of_same(Slot first, Slot last) const;
    bool has_promised(Voters voters) const;
    bool is_promised() const;
    bool may_propose(Slot slot) const;
    bool may_confirm() const;
    bool is_pending(Slot first, Slot last) const;
    bool is_near(Member member) const;
    bool can_join(Voters wanted) const;
    void hurry();
    void retire_if_removed();
    bool refuses_stranger(const ReplicaMessage& message);
    void stay_out(std::uint64_t random);
    void tell_others();
    void on_told(const ReplicaMessage& message);

    // replica_learner.cc
    void hear_chosen(Ballot ballot, Slot chosen);
    void ask_to_learn();
    void learn_from(const ReplicaMessage& message);
    void on_learn(const ReplicaMessage& message);
    void on_chosen(ReplicaMessage& message);
    void on_snapshot(ReplicaMessage& message);
    void went_on();

    ReplicaOptions options_;
    Ballot promised_;
    SlotLog log_;
    Slot chosen_ = 0;
    Configurations configurations_;
    Role role_ = Role::follower;
    Member leader_;
    std::uint32_t timer_ = 0;
    std::uint32_t timeout_ = 0;
    std::uint64_t round_heard_ = 0; // the highest of any ballot since this was made

    // Of a ballot of its own.
    Ballot ballot_{};
    std::vector<Promise> promises_{};
    std::map<Slot, Accepted> found_{}; // in promises: of each slot the value of the highest ballot
    std::uint32_t prepare_waited_ = 0; // ticks since promises were last asked for
    Slot found_last_ = 0;
    Slot sent_ = 0;                           // all up to here was sent to all
    Slot sent_before_ = 0;                    // and up to here a heartbeat before the last
    std::deque<Tally> tally_{};               // of the slots after chosen_
    std::uint64_t heartbeat_ = 0;             // the number of the last
    std::vector<std::uint64_t> heartbeats_{}; // the highest that each member has answered
    std::vector<bool> heard_{};               // whether each has answered since the leader last looked
    std::uint32_t unheard_ = 0;               // ticks since then
    std::uint64_t reads_ = 0;
    std::deque<PendingRead> pending_reads_{};
    Voters joining_{}; // they decide nowhere yet, and hear the leader

    // Of catching up.
    Slot known_chosen_ = 0; // somebody knows what was chosen up to here ...
    Member teacher_ = 0;    // ... this one
    std::uint32_t learn_waited_ = 0;
    std::uint32_t asked_in_vain_ = 0; // times
    Slot incoming_ = 0;               // the snapshot of which a part is held
    std::uint64_t incoming_held_ = 0;
    std::vector<Slot> known_{}; // by member: up to there it knows for good what was chosen

    std::vector<Unsaved> unsaved_{};
    std::vector<ReplicaRead> answers_{};
    std::optional<Chunk> chunk_{};
    std::vector<ReplicaMessage> messages_{};
    ReplicaRare rare_{};
};

} // namespace orrery::paxos
