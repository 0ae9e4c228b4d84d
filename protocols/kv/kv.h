// The store as a service, replicated by a consensus protocol and called over rpc, and its client.
#pragma once

#include <optional>

#include "orrery/protocols/kv/command.h"
#include "orrery/protocols/rpc/rpc.h"

namespace orrery::kv {

// The notes of rare paths in servers and their nodes. A sweep counts how many of its seeds reached each.
std::vector<sim::NoteKind> goals(std::string_view engine = "raft");

// Main of a server: recovers, joins the cluster of its role, and serves "Kv.Do" until its process dies.
void serve(sim::Env& env);

// A client finds the leader, and repeats its command until the deadline. Its first session is the boot of its process,
// so a process has one client.
class Client {
public:
    explicit Client(sim::Env& env, std::string_view role = "server")
        : env_(env), servers_(env.peers(role)), session_(env.self().boot) {
        CHECK(!servers_.empty());
    }
    // The next command goes to this server first, by its place in the role, as if it were the one that leads.
    void ask_first(std::size_t server) {
        CHECK(server < servers_.size());
        guess_ = server;
        was_sent_ = false;
    }
    std::size_t servers() const { return servers_.size(); }
    // Refused only if no attempt can have reached a log; unknown with any doubt.
    rpc::Outcome<Result> run(const Operation& operation, sim::Deadline deadline);
    rpc::Outcome<Transacted> run(const Transaction& transaction, sim::Deadline deadline);
    // Returns once these servers are the voters, and no others. Unknown: it may still come to that.
    rpc::Outcome<Result> reconfigure(std::vector<std::uint32_t> voters, sim::Deadline deadline);
    // Returns once the leader has begun to hand over to this server.
    rpc::Outcome<Result> transfer(std::uint32_t to, sim::Deadline deadline);
    // Reads at any server. It may miss what others wrote lately, but never what this client wrote or was shown before.
    // Never unknown: a read has no effect.
    rpc::Outcome<Result> read_nearby(const std::string& key, sim::Deadline deadline);

private:
    void begin_session();
    void go_on(const rpc::Outcome<Result>& outcome);
    // Asks one server after the other, and where they send it, until one gives a value. `maybe`: unknown at the end.
    template <class Argument>
    rpc::Outcome<Result> ask(std::string_view method, const Argument& argument, sim::Deadline deadline);

    sim::Env& env_;
    sim::Peers servers_;
    std::size_t guess_ = 0; // index of the server that is asked next
    std::size_t turn_ = 0;  // the last that was not named by another
    bool was_sent_ = false; // the next one was
    std::uint64_t session_;
    std::uint64_t sequence_ = 0;
    std::uint64_t answered_ = 0; // the latest command of the session that was answered
    std::uint64_t shown_ = 0;    // the latest log index of a state that was read nearby
};

} // namespace orrery::kv
