// A replica of raft: its engine, driven by a node.
#pragma once

#include "orrery/protocols/raft/engine.h"
#include "orrery/protocols/replication/node.h"

namespace orrery::raft {

struct NodeOptions {
    std::string role = "server";
    std::uint64_t port = 2;
    sim::Duration tick{20'000'000};
    CoreOptions core{};       // `self` and `count` are set by the node
    Index snapshot_every = 0; // so many entries after a snapshot another is made; 0: none ever
    replication::Format message_format = replication::newest_format;
};

class Node final : public replication::Node {
public:
    // The machine lives at least as long as this object.
    Node(sim::Env& env, replication::StateMachine& machine, const NodeOptions& options = {})
        : replication::Node(
              env, machine,
              std::make_unique<Engine>(env, EngineOptions{options.role, options.port, options.snapshot_every,
                                                          options.tick, options.core, options.message_format}),
              {"raft", options.port, options.tick}) {}
};

} // namespace orrery::raft
