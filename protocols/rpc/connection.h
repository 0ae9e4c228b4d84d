// Connection: one stream to a server, shared by many calls. Each call carries a number; one task
// reads the replies and hands each to the call that waits for it, so calls overtake each other
// freely. When the stream breaks, every call in flight is unknown at once, and the next is refused.
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

    // A second open leaves the former stream, and what is in flight there becomes unknown.
    sim::Status open(sim::Address to, sim::Deadline deadline = {});
    bool is_open() const { return link_ != nullptr && link_->open; }

    // Waits, until the deadline at most, while the server holds the stream back; then the request is
    // on its way. The Pending may outlive the Connection.
    template <class R, class A>
    Pending<R> start(std::string_view service, const A& argument, sim::Deadline deadline = {}) {
        return Pending<R>(begin(service, sim::encode(argument), false, deadline));
    }
    template <class R, class A>
    Outcome<R> call(std::string_view service, const A& argument, sim::Deadline deadline = {}) {
        return start<R>(service, argument, deadline).wait(deadline);
    }
    // One way: no reply, no knowledge.
    template <class A>
    void tell(std::string_view service, const A& argument, sim::Deadline deadline = {}) {
        (void)begin(service, sim::encode(argument), true, deadline);
    }

private:
    class StreamExchange;
    // Lives as long as its reader, or a call on it.
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
