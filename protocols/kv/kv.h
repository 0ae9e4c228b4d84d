// The store as a service over raft, and its client.
#pragma once

#include <optional>

#include "orrery/protocols/kv/command.h"
#include "orrery/protocols/rpc/rpc.h"

namespace orrery::kv {

// The notes of servers and their nodes that a good test reaches sometimes.
std::vector<sim::NoteKind> goals();

// Main of a server: recovers, joins the cluster of its role, serves "Kv.Do" until it dies.
void serve(sim::Env& env);

// A client finds the leader, and asks again - the same command of its session - until the deadline.
class Client {
public:
    explicit Client(sim::Env& env, std::string_view role = "server") : env_(env), servers_(env.peers(role)) {}
    rpc::Outcome<Result> run(const Operation& operation, sim::Deadline deadline);

private:
    sim::Env& env_;
    std::span<const sim::Address> servers_;
    std::size_t guess_ = 0; // who may lead
    std::uint64_t sequence_ = 0;
};

} // namespace orrery::kv
