// For tests: a server in the live world at an address that other programs can call too, and a client for it or for
// another server at that address.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "orrery/sim/env.h"

namespace orrery::rpc {

// An address of the loopback interface that no other test of the machine has. Members of the cluster are "server" 0,
// at its port 7000, and "client" 0.
const std::string& server_host();

// Runs `main` as the server on a thread of its own, as long as this object is there.
class LiveServer {
public:
    explicit LiveServer(std::function<void(sim::Env&)> main);
    ~LiveServer();
    LiveServer(const LiveServer&) = delete;
    LiveServer& operator=(const LiveServer&) = delete;

private:
    struct Running;
    std::unique_ptr<Running> running_;
};

// Runs `main` as the client, to its end.
void run_client(std::function<void(sim::Env&)> main);

} // namespace orrery::rpc
