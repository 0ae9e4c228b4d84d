// A node: the core driven by one task over an Env. It proposes values of its own, one after the other, each until some
// decree has it; what is chosen is handed out in the order of the decrees.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "orrery/protocols/paxos/core.h"
#include "orrery/protocols/paxos/storage.h"
#include "orrery/sim/sync.h"

namespace orrery::paxos {

struct NodeOptions {
    std::string role = "server";
    std::uint64_t port = 3;
    sim::Duration pause_max{100'000'000};    // between two values of its own
    sim::Duration patience_min{60'000'000};  // for a ballot, before the next one ...
    sim::Duration patience_max{200'000'000}; // ... drawn, so that two members do not go on at once for ever
};

class Node {
public:
    // `next`: the value that is wanted after `count` values of this node's have been chosen. Not empty.
    Node(sim::Env& env, std::function<std::string(std::uint64_t count)> next, NodeOptions options = {});
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // Recovers from the disk, and takes part until the process dies, the task is cancelled, or the disk fails.
    void run();

private:
    void receive();
    bool drive();
    void propose();
    bool persist();
    void publish_changes(const std::map<Decree, bool>& changed);
    void send_messages();
    void learn();

    sim::Env& env_;
    std::function<std::string(std::uint64_t count)> next_;
    NodeOptions options_;
    Storage storage_;
    std::unique_ptr<Core> core_;
    sim::Socket socket_;
    std::vector<sim::Address> members_; // by Member
    sim::Signal work_;
    sim::Signal ended_; // the task that receives
    std::vector<Message> inbox_;
    std::vector<Message> outbox_;
    std::uint64_t mine_ = 0;      // values of its own that were chosen
    sim::Monotonic due_{};        // when it begins its next ballot
    Ballot published_ballot_{};   // the last of its own of which the proposal was published ...
    Decree published_decree_ = 0; // ... and in which decree
};

} // namespace orrery::paxos
