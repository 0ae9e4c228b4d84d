// Raft as an engine of replication: the core, its storage, and what is said of it in notes and states, from which the
// monitors judge; nothing here reads them.
#pragma once

#include <memory>
#include <string>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/storage.h"
#include "orrery/protocols/replication/engine.h"

namespace orrery::raft {

// The notes of rare paths. A sweep counts how many of its seeds reached each.
std::vector<sim::NoteKind> goals();

class Engine final : public replication::Engine {
public:
    // The members are the processes of the role, and speak to each other at that port. How long a tick is matters to
    // monitors only.
    Engine(sim::Env& env, std::string_view role, std::uint64_t port, CoreOptions options, sim::Duration tick);

    bool open() override;
    bool round(sim::Socket& socket) override;
    void keep_snapshot(Index applied, sim::Bytes state) override;
    bool receive(const sim::Datagram& datagram) override;
    void tick(std::uint32_t count) override { core_->tick(random(), count); }
    std::uint32_t ticks_until_due() const override { return core_->ticks_until_due(); }
    std::optional<replication::Step> next() override;
    std::optional<replication::Place> propose(sim::Bytes command) override;
    std::uint64_t begin_read() override;
    std::optional<replication::ReadAnswer> next_answer() override;
    bool is_snapshot_wanted() const override;
    bool is_leader() const override { return core_->role() == Role::leader; }
    std::optional<Member> leader() const override;
    const std::vector<sim::Address>& members() const override { return members_; }

private:
    bool persist(sim::Socket& socket);
    void send_messages(sim::Socket& socket);
    void publish_role();
    void publish_state();
    void publish_log(Index first, Index last);
    void publish_rare();
    void publish_start();
    void publish_promise(const Message& message);
    void publish_commit();
    std::uint64_t random() { return env_.draw("election", UINT32_MAX); }

    sim::Env& env_;
    std::uint64_t port_;
    CoreOptions options_;
    sim::Duration tick_;
    std::vector<sim::Address> members_; // by Member
    Storage storage_;
    std::unique_ptr<Core> core_;
    std::vector<Message> inbox_;
    std::vector<Message> arrived_; // what was in inbox_ when the round began
    std::vector<Message> outbox_;
    HardState durable_{};
    Index applied_ = 0;
    Index published_last_ = 0;    // last index of the log as it was published
    Index published_shorter_ = 0; // and as it was when it had fewer entries than that
    std::optional<Role> published_role_;
    std::optional<Term> published_term_;
    Term published_leader_term_ = 0;
    Rare published_rare_{};
    Index published_commit_ = 0;
    Term published_vote_term_ = 0;                        // of the vote that was promised last
    std::pair<Term, Index> published_acknowledged_{0, 0}; // what was acknowledged last
};

} // namespace orrery::raft
