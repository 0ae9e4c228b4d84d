// Raft as an engine of replication: the core, its storage, and what is said of it in notes and states, from which the
// monitors judge; nothing here reads them.
#pragma once

#include <memory>
#include <string>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/storage.h"
#include "orrery/protocols/replication/engine.h"
#include "orrery/protocols/replication/snapshots.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {

// The notes of rare paths. A sweep counts how many of its seeds reached each.
std::vector<sim::NoteKind> goals();
// Where snapshots are made, and where members change.
std::vector<sim::NoteKind> snapshot_goals();
std::vector<sim::NoteKind> membership_goals();

struct EngineOptions {
    std::string role;         // the members are its processes ...
    std::uint64_t port = 0;   // ... and speak to each other here
    Index snapshot_every = 0; // so many entries after a snapshot another is wanted; 0: none ever
    sim::Duration tick{};     // how long one is: matters to monitors only
    CoreOptions core{};       // `self` and `count` are set by the engine
    replication::Format message_format = replication::newest_format; // the newest that is spoken
};

class Engine final : public replication::Engine {
public:
    Engine(sim::Env& env, EngineOptions options);

    bool open() override;
    bool round(sim::Socket& socket) override;
    void keep_snapshot(Index applied, sim::Bytes state) override;
    bool receive(const sim::Datagram& datagram) override;
    void tick(std::uint32_t count) override { core_->tick(random(), count); }
    std::uint32_t ticks_until_due() const override { return core_->ticks_until_due(); }
    std::optional<replication::Step> next() override;
    std::optional<replication::Place> propose(sim::Bytes command) override;
    std::uint64_t forward(sim::ByteView command) override;
    std::optional<replication::Forwarded> next_forwarded() override;
    std::uint64_t begin_read() override;
    std::optional<replication::ReadAnswer> next_answer() override;
    bool is_snapshot_wanted() const override { return !is_witness() && is_log_long(); }
    replication::Reconfigured reconfigure(const std::vector<Member>& voters) override;
    bool transfer(Member to) override { return core_->transfer(to); }
    bool is_leader() const override { return core_->role() == Role::leader; }
    std::optional<Member> leader() const override;
    const std::vector<sim::Address>& members() const override { return wire_.members(); }

private:
    bool is_witness() const { return is_in(options_.core.witnesses, options_.core.self); }
    bool is_log_long() const {
        return options_.snapshot_every > 0 && applied_ >= core_->log().snapshot_index() + options_.snapshot_every;
    }
    bool recover_snapshot(Mark& mark);
    bool persist(sim::Socket& socket);
    bool write_pieces();
    bool install(const Piece& piece);
    bool install_mark(const Piece& piece);
    bool adopt(const Mark& mark, sim::Bytes state);
    bool cut_log();
    bool keep_mark();
    void send_early(sim::Socket& socket);
    bool send_messages(sim::Socket& socket);
    bool fill(Message& message);
    bool understands(const Message& message) const;
    void send(sim::Socket& socket, const Message& message);
    void collect_answers();
    void publish_role();
    void publish_restore(const Mark& mark);
    void publish_state();
    void publish_log(Index first, Index last);
    void publish_rare();
    void publish_recovered(const Mark& mark, std::uint64_t torn);
    void publish_promise(const Message& message);
    void publish_commit();
    void publish_configurations();
    std::uint64_t random() { return env_.draw("election", UINT32_MAX); }

    sim::Env& env_;
    EngineOptions options_;
    replication::Wire wire_;
    Storage storage_;
    replication::Snapshots snapshots_;
    std::unique_ptr<Core> core_;
    replication::Inbox<Message> inbox_;
    replication::Inbox<Message> arrived_; // what was in inbox_ when the round began
    std::vector<Message> outbox_;
    std::vector<Message> sending_; // what was in outbox_ when its turn came
    HardState durable_{};
    Index applied_ = 0;
    std::optional<sim::Bytes> restored_; // the machine is to be put in this state, after `restored_index_`
    Index restored_index_ = 0;
    sim::Bytes restoring_; // what next() last gave to restore
    Index kept_ = 0;       // a snapshot up to there is durable
    std::vector<Piece> pieces_;
    std::uint64_t reads_ = 0;          // that began in this boot
    std::vector<std::uint64_t> begun_; // of them, since the last round
    std::vector<ReadAnswer> answers_;
    std::size_t answered_ = 0; // of them are given
    std::vector<ForwardAnswer> forwarded_;
    Index published_last_ = 0;    // last index of the log as it was published
    Index published_shorter_ = 0; // and as it was when it had fewer entries than that
    std::optional<Role> published_role_;
    std::optional<Term> published_term_;
    Term published_leader_term_ = 0;
    Rare published_rare_{};
    Index published_commit_ = 0;
    Configuration published_configuration_{};
    std::uint64_t published_adopted_ = UINT64_MAX;        // when that was compared last
    Index published_since_ = 0;                           // it is in force
    Term published_vote_term_ = 0;                        // of the vote that was promised last
    std::pair<Term, Index> published_acknowledged_{0, 0}; // what was acknowledged last
};

} // namespace orrery::raft
