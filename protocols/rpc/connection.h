// Connection: one stream to a server, shared by many calls. Each call carries a number by which its reply finds it, so
// a quick call overtakes a slow one. When the stream breaks, every call in flight is unknown at once, and the next is
// refused.
//
//     rpc::Connection connection(env);
//     if (!connection.open(server, env.deadline(1s)).ok()) ...
//     rpc::Outcome<int> product = connection.call<int>("Arith.Multiply", pair, env.deadline(100ms));
//
// A request on a stream is sent once and arrives at most once; it is never sent again.
#pragma once

#include <map>
#include <memory>

#include "orrery/protocols/rpc/client.h"
#include "orrery/protocols/rpc/frames.h"

namespace orrery::rpc {

class Connection {
public:
    explicit Connection(sim::Env& env) : env_(env), tasks_(env) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // A second open leaves the former stream: calls in flight there become unknown.
    sim::Status open(sim::Address to, sim::Deadline deadline = {});
    bool is_open() const { return link_ != nullptr && link_->open; }

    // Waits, until the deadline at most, while the server does not read; then sends the request. The Pending may
    // outlive the Connection.
    template <class R, class A>
    Pending<R> start(std::string_view service, const A& argument, sim::Deadline deadline = {}) {
        return Pending<R>(begin(service, sim::encode(argument), false, deadline));
    }
    template <class R, class A>
    Outcome<R> call(std::string_view service, const A& argument, sim::Deadline deadline = {}) {
        return start<R>(service, argument, deadline).wait(deadline);
    }
    // Sends a request that is not answered: the sender never learns whether it arrived.
    template <class A>
    void notify(std::string_view service, const A& argument, sim::Deadline deadline = {}) {
        (void)begin(service, sim::encode(argument), true, deadline);
    }
    // The former name of notify, for programs that use it.
    template <class A>
    void tell(std::string_view service, const A& argument, sim::Deadline deadline = {}) {
        notify(service, argument, deadline);
    }

private:
    class StreamExchange;
    // Exists as long as its reader or a call on it does.
    struct Link {
        explicit Link(std::shared_ptr<Frames> stream) : frames(std::move(stream)) {}
        std::shared_ptr<Frames> frames;
        std::map<std::uint64_t, StreamExchange*> waiting; // by number
        bool open = true;
    };
    static void receive(Link& link);
    std::unique_ptr<Exchange> begin(std::string_view service, sim::Bytes argument, bool one_way,
                                    sim::Deadline deadline);

    sim::Env& env_;
    std::shared_ptr<Link> link_;
    std::uint64_t sequence_ = 0;
    sim::TaskGroup tasks_; // the reader
};

} // namespace orrery::rpc
