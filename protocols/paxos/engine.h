// Multi-Paxos as an engine of replication: a replica, its storage and snapshots, and what is said of them in notes and
// states, from which the monitors judge; nothing here reads them.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "orrery/protocols/paxos/replica.h"
#include "orrery/protocols/paxos/replica_storage.h"
#include "orrery/protocols/replication/engine.h"
#include "orrery/protocols/replication/node.h"
#include "orrery/protocols/replication/snapshots.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::paxos {

// The notes of rare paths. A sweep counts how many of its seeds reached each.
std::vector<sim::NoteKind> goals();
// Where members change.
std::vector<sim::NoteKind> membership_goals();

struct EngineOptions {
    ReplicaOptions replica{};                                        // `self` and `count` are set by the engine
    Slot snapshot_slots = 1024;                                      // a snapshot is wanted after so many
    replication::Format message_format = replication::newest_format; // the newest that is spoken
};

class Engine final : public replication::Engine {
public:
    // The members are the processes of the role, and speak to each other at that port.
    Engine(sim::Env& env, std::string_view role, std::uint64_t port, EngineOptions options);

    bool open() override;
    bool round(sim::Socket& socket) override;
    void keep_snapshot(replication::Index applied, sim::Bytes state) override;
    bool receive(const sim::Datagram& datagram) override;
    void tick(std::uint32_t count) override { replica_->tick(random(), count); }
    std::uint32_t ticks_until_due() const override { return replica_->ticks_until_due(); }
    std::optional<replication::Step> next() override;
    std::optional<replication::Place> propose(sim::Bytes command) override;
    std::uint64_t begin_read() override;
    std::optional<replication::ReadAnswer> next_answer() override;
    bool is_snapshot_wanted() const override { return applied_ >= snapshots_.index() + options_.snapshot_slots; }
    replication::Reconfigured reconfigure(const std::vector<Member>& voters) override;
    bool transfer(Member) override { return false; } // another one only has to begin a ballot
    bool is_leader() const override { return replica_->role() == Replica::Role::leading; }
    std::optional<Member> leader() const override;
    const std::vector<sim::Address>& members() const override { return wire_.members(); }

private:
    // What came to stand in a slot, as it is published.
    struct Standing {
        Unsaved what{};
        std::int64_t digest = 0;
    };
    // Those that suspend say false if the disk failed, or the task was cancelled, or the process is dead.
    bool take_chunk();
    bool restore(Slot slot);
    bool drop();
    bool persist(sim::Socket& socket);
    void collect_unsaved();
    bool save(const std::vector<Unsaved>& unsaved, const std::vector<Standing>& standing);
    void send_at_once(sim::Socket& socket);
    bool fill(ReplicaMessage& message);
    void send(sim::Socket& socket, const ReplicaMessage& message);
    void publish_proposals(const std::vector<Standing>& standing);
    void publish_saved(const std::vector<Standing>& standing);
    void publish_recovered();
    void publish_members();
    void publish_member();
    void publish_state();
    void publish_rare();
    std::uint64_t random() { return env_.draw("paxos.election", UINT32_MAX); }

    sim::Env& env_;
    EngineOptions options_;
    replication::Wire wire_;
    ReplicaStorage storage_;
    replication::Snapshots snapshots_;
    std::unique_ptr<Replica> replica_;
    replication::Inbox<ReplicaMessage> inbox_;
    replication::Inbox<ReplicaMessage> arrived_; // what was in inbox_ when the round began
    std::vector<ReplicaMessage> outbox_;
    std::vector<Unsaved> unsaved_;   // of the round, in its order ...
    std::vector<Standing> standing_; // ... and as it will be published
    std::deque<ReplicaRead> answers_;
    Ballot durable_{}; // promise
    Slot settled_ = 0; // it is durable that all up to here is chosen
    Slot applied_ = 0; // the last step that was taken
    Slot dropped_ = 0; // a snapshot after this slot has taken the place of what the journal held
    std::optional<replication::Snapshots::Kept> restored_; // the machine does not have it yet
    sim::Bytes restoring_;                                 // the bytes of the step that was taken last
    std::optional<Replica::Role> published_role_;
    Ballot published_promise_{};
    Ballot published_leader_{};
    ReplicaRare published_rare_{};
    Slot published_members_ = 0; // all that were chosen up to here
    bool has_published_member_ = false;
};

struct ReplicaNodeOptions {
    std::string role = "server";
    std::uint64_t port = 3;
    sim::Duration tick{20'000'000};
    EngineOptions engine{};
};

// A replica of Multi-Paxos: its engine, driven by a node.
class ReplicaNode final : public replication::Node {
public:
    // The machine lives at least as long as this object.
    ReplicaNode(sim::Env& env, replication::StateMachine& machine, const ReplicaNodeOptions& options = {})
        : replication::Node(env, machine, std::make_unique<Engine>(env, options.role, options.port, options.engine),
                            {"paxos", options.port, options.tick}) {}
};

} // namespace orrery::paxos
