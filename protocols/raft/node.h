// A node: the core driven by one task over an Env. Other tasks propose commands. Each proposal waits until its entry is
// applied, or until this node cannot learn any more whether it will be.
#pragma once

#include <memory>
#include <string>

#include "orrery/protocols/raft/message.h"
#include "orrery/sim/env.h"

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
    // The machine lives at least as long as this object.
    Node(sim::Env& env, StateMachine& machine, NodeOptions options = {});
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    // Waits for nothing: tasks are cancelled, the machine is not called any more, and whoever waits in propose gets
    // unknown. Port and files are free once the tasks have ended, each in a turn of its own.
    ~Node();

    // Recovers from the disk and spawns the tasks. False if the disk failed or the port is taken. Called once.
    bool start();
    // Ends as the destructor does, and returns when the tasks have ended and the port is free. A node does not start
    // again.
    void stop();
    // Suspends. Fails at once with not_leader before start, after the end, and on a node that does not lead.
    Proposed propose(sim::Bytes command, sim::Deadline deadline);
    bool is_leader() const;

private:
    class Running;
    // The tasks share it: what a suspended call of theirs uses outlives the node.
    std::shared_ptr<Running> running_;
};

} // namespace orrery::raft
