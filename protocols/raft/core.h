// The pure core of Raft: a message or a tick in, effects out. No clock, no disk, no network; chance
// comes in with each call. Source: Ongaro and Ousterhout, In Search of an Understandable Consensus
// Algorithm, 2014, with conflict hints after section 5.3 and the no-op of section 8; and Ongaro's dissertation of the
// same year for what the options switch on.
//
// The core decides; its owner acts. It relies on the owner for this:
//
// 1. One call at a time. The core calls nothing back and keeps no reference to what it was given.
// 2. `step` gets messages of members of this cluster only, addressed to this member, whole, and from whom they say.
//    They may be lost, repeated, delayed and reordered.
// 3. After a call the owner takes the messages. None is sent before hard() is durable. Those that promise nothing
//    (leaves_early) may leave then; the others wait until the log, as it was when they were taken, is durable too: each
//    promises what the core held when it was made. A message may be lost.
// 4. `persisted(last)` follows once the entries up to `last` are durable, and not before: by it the leader counts
//    itself towards a majority. The log may have grown meanwhile; it must not have been truncated.
// 5. Entries up to commit() are applied in the order of their indexes, each once in a boot. They never change again.
//    A command that is empty opens a term and means nothing to a state machine, nor do entries of other kinds.
// 6. When a snapshot of the state machine is durable, up to an entry that was applied, together with mark(index), the
//    owner says compact(index). It keeps that snapshot until it says so of a newer one: leaders send it.
// 7. Before a message `snapshot` is sent the owner fills in its chunk of the snapshot that ends with message.index:
//    `total`, and as `data` the bytes from `offset` on, at most chunk_bytes, none if the offset is the total. If the
//    offset is above the total, or it has that snapshot no more, it drops the message. No snapshot is empty. To a
//    witness the message goes as it is.
// 8. Chunks that arrive are taken after each call (take_pieces), in their order, and written: one at offset 0 begins a
//    file anew, and every other goes on where the one before it ended. Then `piece_written`, and once the file holds
//    `total` bytes and is durable: if commit() is still below its index, the state machine is put in its state, the
//    entries before it may go, and `restore` follows before any other call. At a witness every chunk is the whole: it
//    has no data, and there is no state machine.
// 9. After a crash a core is made again from the durable hard state, snapshot and the entries after it. Nothing else
//    need survive, and half a received snapshot is of no use.
// 10. `tick` is called at a steady pace that all members share roughly. A wrong pace costs elections, never safety, but
//    for lease_reads: there the pace must be as options.h says, and a `read` comes after the ticks that have passed.
// 11. Each `random` is a fresh draw, of which the core makes the election timeout.
#pragma once

#include <iterator>
#include <span>
#include <vector>

#include "orrery/protocols/raft/answers.h"
#include "orrery/protocols/raft/early.h"
#include "orrery/protocols/raft/log.h"
#include "orrery/protocols/raft/options.h"
#include "orrery/protocols/raft/progress.h"

namespace orrery::raft {

class Core {
public:
    // As it comes from the disk: the mark is that of the newest snapshot, and the entries follow it.
    Core(CoreOptions options, HardState hard, Mark mark, std::vector<Entry> entries, std::uint64_t random);

    // `count` ticks have passed. What became due meanwhile happens once.
    void tick(std::uint64_t random, std::uint32_t count = 1);
    // After so many ticks the core has something to do; at least 1.
    std::uint32_t ticks_until_due() const;
    void step(Message&& message, std::uint64_t random);
    // Appends a command. Returns its index, or 0 if this is not the leader, or hands over, or too much of what was
    // proposed is not committed yet.
    Index propose(sim::Bytes command);
    // Sends the command to whoever leads, if options say so: the number of the request, which no other boot gives, and
    // by which take_forwarded() names it if an answer comes. 0, and nothing happens, if nobody else is known to lead.
    std::uint64_t forward(sim::ByteView command);
    void take_forwarded(std::vector<ForwardAnswer>& out) { move_to_end(forward_answers_, out); }
    // Hands leadership over to another member as soon as that has the whole log (section 3.10 of the dissertation).
    // Until it leads, or for election_ticks, nothing can be proposed. False, and nothing changes, if this does not
    // lead, or if `to` is itself or no voter.
    bool transfer(Member to);
    // Changes who belongs to the cluster (chapter 4 of the dissertation), in force as soon as it is in the log. More
    // than one voter more or less goes through a joint configuration, which the leader leaves by itself. A leader that
    // is no voter any more leads until that is committed. Members that were removed hear nothing more, and campaign if
    // they do not know: pre_vote and check_quorum make that harmless.
    // By joint_explicit the leader stays in the joint configuration until it is told to change nothing.
    ChangeAnswer change(std::span<const Change> changes, Transition transition = Transition::automatic);
    // Of who leads, and of the promise to elect nobody else: this member votes at once for whoever campaigns. Nothing
    // if it leads, or if leases count on the promise.
    void forget_leader();

    // A linearizable read that does not go through the log (section 6.4 of the dissertation). The answer comes out of
    // take_reads, under the token, which is the owner's. Who follows asks the leader. Refused if no leader is known or
    // it changes, while it hands over, and after election_ticks.
    void read(std::uint64_t token);
    void take_reads(std::vector<ReadAnswer>& out) { move_to_end(read_answers_, out); }

    Role role() const { return role_; }
    Term term() const { return hard_.term; }
    const HardState& hard() const { return hard_; }
    Index commit() const { return commit_; }
    const Log& log() const { return log_; }
    // A configuration and the entry since which it is in force here, committed or not.
    struct InForce {
        Index since = 0;
        Configuration configuration;
    };
    // The first is that of the snapshot, or of the beginning; the last is in force.
    const std::vector<InForce>& configurations() const { return configurations_; }
    // What a leader knows of a member.
    const Progress& progress(Member member) const {
        CHECK(role_ == Role::leader);
        CHECK(member < options_.count);
        return progress_[member];
    }
    Member leader() const { return leader_; }         // count(): not known
    Member transferee() const { return transferee_; } // to whom it hands over; count(): it does not
    Member count() const { return options_.count; }
    Member self() const { return options_.self; }
    const Configuration& configuration() const { return configurations_.back().configuration; } // in force here
    bool is_witness(Member member) const { return is_in(options_.witnesses, member); }
    std::uint64_t configurations_adopted() const { return adopted_; } // grows whenever another may be in force
    const Rare& rare() const { return rare_; }
    const EarlyAppends& early() const { return early_; }

    // Moves the messages made since they were last taken to the end of `out`. Appends are made here, so that all that
    // was proposed since goes out as one.
    void take_messages(std::vector<Message>& out);
    // The entries up to `last` are durable now: the leader counts itself.
    void persisted(Index last);

    // What belongs to a snapshot whose last entry is `index`, which is not above commit() nor in the snapshot already.
    Mark mark(Index index) const;
    // A snapshot up to there is durable: duty 6. The entries in it are forgotten here.
    void compact(Index index);
    void take_pieces(std::vector<Piece>& out) { move_to_end(pieces_, out); }
    // So many bytes of the snapshot that ends with `index` are in a file now, though they need not be durable.
    void piece_written(Index index, std::uint64_t held);
    // What came as that snapshot is none: it has to come once more, from its beginning.
    void pieces_refused(Index index);
    // Whether some leader of this cluster could have made a snapshot with this end.
    bool is_possible(const Mark& mark) const;
    // The snapshot is durable and the state machine in its state: duty 8. False, and nothing changes, if commit() has
    // come as far without it. The mark is_possible, and of a term that is not above term() (CHECK).
    bool restore(const Mark& mark);

private:
    // The snapshot that this member receives.
    struct Incoming {
        Index index = 0;
        Member from = 0;
        Term term = 0;           // in which it leads: from another one comes another file
        std::uint64_t taken = 0; // bytes that arrived in their order
        std::uint64_t total = 0;
        std::uint64_t round = 0; // of the last chunk
    };

    // A read that the leader has not answered yet.
    struct Read {
        Member from = 0;         // who asked: itself, or a member that forwarded it
        std::uint64_t token = 0; // the number of its request, if it was forwarded
        Index index = 0;         // the answer, once it is known to be new enough; 0: nothing of the term is committed
        std::uint64_t round = 0; // a majority has to answer what was sent after this
        std::uint64_t since = 0; // in ticks_
    };
    struct Forwarded {
        std::uint64_t token = 0;
        std::uint64_t request = 0; // 0: not sent yet
        std::uint64_t since = 0;
    };
    // The rounds from `round` on went out at that time or later.
    struct SentAt {
        std::uint64_t round = 0;
        std::uint64_t ticks = 0;
    };

    template <class Each>
    static void move_to_end(std::vector<Each>& from, std::vector<Each>& out) {
        if (from.empty()) return;
        out.insert(out.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
        from.clear();
    }
    // core.cc
    void check() const;
    void dispatch(Message& message, std::uint64_t random);
    void send(Message&& message);
    Message& begin_message(Member to);
    // validation.cc
    bool is_well_formed(const Message& message) const;
    bool is_well_formed(const Entry& entry) const;
    bool is_possible(const Configuration& configuration) const;
    bool contradicts(const Message& message) const;
    bool replaces_known(const Message& append) const;
    // election.cc
    VoteResult result() const;
    bool may_campaign() const;
    bool hears_leader() const;
    bool is_heard(std::uint32_t count);
    bool is_as_new(const Message& candidate) const;
    void reset_timer(std::uint64_t random);
    void enter_term(Term term, std::uint32_t vote);
    void become_follower(Term term, Member leader);
    void become_leader();
    void pre_campaign(std::uint64_t random);
    void campaign(std::uint64_t random, bool leader_asked = false);
    void ask_for_votes(Message::Kind kind, bool leader_asked);
    void hand_over();
    void on_pre_vote(const Message& message);
    void on_pre_vote_reply(const Message& message, std::uint64_t random);
    void on_vote(const Message& message, std::uint64_t random);
    void on_vote_reply(const Message& message);
    void on_timeout_now(const Message& message, std::uint64_t random);
    // replication.cc
    void replicate();
    bool may_append(const Progress& progress) const;
    Index fill_append(Message& message, std::size_t& bytes) const;
    void send_append(Member to, Progress& progress);
    void send_missing(Member to, Progress& progress);
    void send_heartbeat(Member to, const Progress& progress);
    void advance_commit();
    std::size_t bytes_of(Index after, Index last) const;
    bool follow(const Message& message, std::uint64_t random);
    void on_append(Message& message, std::uint64_t random);
    void on_append_reply(const Message& message);
    void on_refusal(const Message& message, Progress& progress);
    void go_back_if_more_is_missing(const Message& message, Progress& progress);
    void skip_compacted(Message& message) const;
    bool append_entries(Message& message);
    void acknowledge(Member to, Index index);
    void hears(Progress& progress, std::uint64_t round);
    // reads.cc
    bool has_committed() const { return log_.term(commit_) == hard_.term; }
    bool has_lease();
    void remember_sending();
    std::uint64_t sent_at(std::uint64_t round) const;
    void add_read(Member from, std::uint64_t token);
    void start_reads();
    void confirm_reads();
    void answer(const Read& read, Index index);
    void forward_reads();
    void refuse_reads();
    void refuse_old_reads();
    void refuse_forwarded();
    void on_read(const Message& message);
    void on_read_reply(const Message& message);
    // forwarding.cc
    void on_propose(Message& message);
    void on_propose_reply(const Message& message);
    // snapshot.cc
    bool has(Index index, Term term) const;
    void send_chunks(Member to, Progress& progress);
    void send_chunk(Member to, SnapshotProgress& snapshot);
    void resume(SnapshotProgress& snapshot);
    void on_snapshot(Message& message, std::uint64_t random);
    void on_snapshot_reply(const Message& message);
    void answer_chunk();
    // membership.cc
    void append(Entry&& entry);
    void truncate(Index index);
    void enter(Index index, Configuration configuration);
    void adopt();
    void append_configuration(const Configuration& configuration);
    Changed changed(std::span<const Change> changes, Transition transition) const;
    bool lags(std::span<const Change> changes) const;
    void finish_change();

    CoreOptions options_;
    std::vector<InForce> configurations_;
    std::uint64_t adopted_ = 0;
    Members others_; // who gets the log, without this one
    HardState hard_;
    Log log_;
    Role role_ = Role::follower;
    Member leader_;
    Member transferee_;
    std::uint32_t transfer_ticks_ = 0; // since the transfer began
    Index commit_ = 0;
    Index verified_ = 0; // up to there the log is known to be that of the leader of this term
    EarlyAppends early_; // of that leader
    std::uint32_t timer_ = 0;
    std::uint32_t timeout_ = 0;
    std::vector<Vote> votes_;
    std::uint64_t pre_campaigns_ = 0;   // in this boot: the answers to each name it
    std::uint32_t unheard_ = 0;         // ticks since a leader last looked whether a majority answers
    std::size_t uncommitted_bytes_ = 0; // of a leader: of the commands after commit_
    std::uint64_t round_ = 0;           // of the last append, heartbeat or chunk of this leadership
    bool heartbeat_due_ = false;
    std::vector<Progress> progress_;
    std::vector<Message> messages_;
    Incoming incoming_;
    std::vector<Piece> pieces_;
    Rare rare_;
    std::uint64_t ticks_ = 1;    // in this boot
    std::uint32_t since_leader_; // ticks since a leader was heard, up to election_ticks
    std::vector<Read> reads_;    // in the order of their rounds
    std::vector<Forwarded> forwarded_;
    std::uint64_t requests_; // the last one of them; no other boot has the same
    std::vector<ReadAnswer> read_answers_;
    std::vector<ForwardAnswer> forward_answers_;
    std::vector<SentAt> sent_;       // oldest first, as far back as a lease may reach
    bool asked_to_campaign_ = false; // in this leadership a member was, and may do so at any time
    std::vector<Index> matches_;     // scratch of who counts what a majority has
};

} // namespace orrery::raft
