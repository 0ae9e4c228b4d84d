// A node: an engine and a machine, driven over an Env. Rounds follow one another: take what has come, decide, make it
// durable at once, answer, apply. Many messages share one sync that way.
#pragma once

#include <memory>
#include <string>

#include "orrery/protocols/replication/engine.h"
#include "orrery/protocols/replication/replicator.h"

namespace orrery::replication {

// Of all engines: whether a server leads is the state replication.role (leader, follower), and that it begins to the
// note replication.leads.
// The notes of rare paths in a node.
std::vector<sim::NoteKind> node_goals();

struct NodeOptions {
    std::string name; // of its tasks: "raft"
    std::uint64_t port = 2;
    sim::Duration tick{20'000'000};
};

class Node : public Replicator {
public:
    // The machine lives at least as long as this object.
    Node(sim::Env& env, StateMachine& machine, std::unique_ptr<Engine> engine, NodeOptions options);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    // Waits for nothing: tasks are cancelled, the machine is not called any more, and whoever waits in propose or read
    // gets unknown. Port and files are free once the tasks have ended, each in a turn of its own.
    ~Node() override;

    bool start() override;
    void stop() override;
    Proposed propose(sim::Bytes command, sim::Deadline deadline) override;
    Proposed read(sim::Deadline deadline) override;
    Proposed reconfigure(std::vector<std::uint32_t> voters, sim::Deadline deadline) override;
    bool transfer(std::uint32_t to) override;
    bool is_leader() const override;

private:
    class Running;
    // The tasks share it: what a suspended call of theirs uses outlives the node.
    std::shared_ptr<Running> running_;
};

} // namespace orrery::replication
