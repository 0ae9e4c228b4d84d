// A node: the core driven by one task over an Env. Other tasks propose commands. Each proposal waits until its entry is
// applied, or until this node cannot learn any more whether it will be.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/storage.h"
#include "orrery/sim/sync.h"

namespace orrery::raft {

// What the log drives. It must be deterministic: every replica applies the same commands in the same order, and must
// come to the same state and results.
class StateMachine {
public:
    virtual ~StateMachine() = default;
    virtual sim::Bytes apply(Index index, sim::ByteView command) = 0;
};

struct NodeOptions {
    std::string role = "server";
    std::uint64_t port = 2;
    sim::Duration tick{20'000'000};
    std::uint32_t election_ticks = 8;
    std::uint32_t heartbeat_ticks = 2;
    std::size_t batch = 16; // most entries of one append
    bool pre_vote = false;  // these two: see CoreOptions
    bool check_quorum = false;
};

struct Proposed {
    enum class Kind : std::uint8_t {
        applied,    // `result` is what the state machine returned
        not_leader, // it was not appended and never will be; `leader` is set if one is known
        unknown,    // it was appended, and then leadership was lost or the time was up
    };
    Kind kind = Kind::unknown;
    sim::Bytes result{};
    sim::Address leader{};
};

// The notes of rare paths in a node. A sweep counts how many of its seeds reached each.
std::vector<sim::NoteKind> goals();

class Node {
public:
    Node(sim::Env& env, StateMachine& machine, NodeOptions options = {});
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // Recovers from the disk and spawns the tasks. False if the disk failed. Called once.
    bool start();
    // Ends the tasks and returns when they have ended. A node is not destroyed before, unless its process has died.
    void stop();
    // Suspends. Fails at once with not_leader before start, and on a node that does not lead.
    Proposed propose(sim::Bytes command, sim::Deadline deadline);
    bool is_leader() const { return core_ != nullptr && core_->role() == Role::leader; }

private:
    struct Waiter {
        sim::Task task{};
        Term term = 0;
        bool done = false;
        Proposed outcome{};
    };

    sim::Task spawn(std::string_view name, void (Node::*task)());
    void receive();
    void drive();
    void tick();
    sim::Deadline next_tick() const;
    bool persist();
    void send_messages();
    void apply_committed();
    void publish_role();
    void publish_state();
    void publish_log(Index first, Index last);
    void publish_rare();
    std::uint64_t random() { return env_.draw("election", UINT32_MAX); }

    sim::Env& env_;
    StateMachine& machine_;
    NodeOptions options_;
    Storage storage_;
    std::unique_ptr<Core> core_;
    sim::Socket socket_;
    std::vector<sim::Address> members_; // by Member
    sim::Signal work_;
    std::vector<Message> inbox_;
    std::vector<Message> arrived_; // what was in inbox_ when the round began
    std::vector<Message> outbox_;
    sim::Monotonic ticked_{}; // ticks were counted up to this time
    HardState durable_{};
    Index applied_ = 0;
    Index published_last_ = 0;    // last index of the log as it was published
    Index published_shorter_ = 0; // and as it was when it had fewer entries than that
    std::optional<Role> published_role_;
    std::optional<Term> published_term_;
    Term published_leader_term_ = 0;
    Rare published_rare_{};
    std::map<Index, Waiter*> waiters_;
    sim::Task receiver_{};
    sim::Task driver_{};
    sim::Signal ended_; // one of the two
    sim::TaskGroup tasks_;
};

} // namespace orrery::raft
