// Calls by datagrams (by streams: connection.h). Each call has a socket of its own, so a late reply finds a closed
// port. Its number is that port, and the ports of a boot ascend. A restarted client uses the same ports again, so a
// reply names the boot of the client too.
//
//     rpc::Outcome<int> product = rpc::call<int>(env, server, "Arith.Multiply", pair, 100ms);
//
// With CallOptions::resend a request is sent again within its deadline while no reply comes, under the same boot and
// number; one boot of the server executes it at most once. A server that has restarted does not know what it executed
// before: when it refuses a request that is older than itself, the outcome is unknown.
#pragma once

#include <memory>
#include <string_view>

#include "orrery/protocols/rpc/message.h"

namespace orrery::rpc {

struct CallOptions {
    sim::Duration resend{0}; // how often to send again; 0: once only
};

// A call that was sent. Dropping it forgets the reply.
class Exchange {
public:
    virtual ~Exchange() = default;
    // The encoded value; refused only if the server said so or nothing was sent.
    virtual Outcome<sim::Bytes> wait(sim::Deadline deadline) = 0;
};

// A call as one datagram, which is sent again while no reply comes.
class DatagramExchange final : public Exchange {
public:
    DatagramExchange(sim::Env& env, sim::Address to, std::string_view service, sim::Bytes argument, bool one_way,
                     CallOptions options = {});
    Outcome<sim::Bytes> wait(sim::Deadline deadline) override;

private:
    sim::Status send();
    bool is_definite(const Reply& reply) const;
    sim::Env& env_;
    sim::Address to_;
    CallOptions options_;
    sim::Socket socket_;
    sim::Bytes request_;
    std::uint64_t boot_ = 0;
    std::uint64_t sequence_ = 0;
    sim::Monotonic sent_at_{}; // for the first time
    bool sent_ = false;
};

// Of a wait for a reply that did not end well.
inline Unknown unknown_after(sim::Error error) {
    return {std::string(sim::name(error)), error == sim::Error::cancelled};
}
// The outcome that a reply carries.
Outcome<sim::Bytes> outcome_of(Reply reply);

template <class R>
Outcome<R> decoded(Outcome<sim::Bytes> outcome) {
    if (outcome.is_refused()) return outcome.refused();
    if (outcome.is_unknown()) return outcome.unknown();
    std::optional<R> value = sim::decode<R>(outcome.value());
    if (!value) return Unknown{"the reply does not decode"};
    return std::move(*value);
}

// A call that was started and is waited for later: asynchronous calls, several at once.
template <class R>
class Pending {
public:
    explicit Pending(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
    Outcome<R> wait(sim::Deadline deadline = {}) { return decoded<R>(exchange_->wait(deadline)); }

private:
    std::unique_ptr<Exchange> exchange_;
};

template <class R, class A>
Pending<R> start(sim::Env& env, sim::Address to, std::string_view service, const A& argument,
                 CallOptions options = {}) {
    return Pending<R>(std::make_unique<DatagramExchange>(env, to, service, sim::encode(argument), false, options));
}

template <class R, class A>
Outcome<R> call(sim::Env& env, sim::Address to, std::string_view service, const A& argument, sim::Deadline deadline,
                CallOptions options = {}) {
    DatagramExchange exchange(env, to, service, sim::encode(argument), false, options);
    return decoded<R>(exchange.wait(deadline));
}

template <class R, class A>
Outcome<R> call(sim::Env& env, sim::Address to, std::string_view service, const A& argument, sim::Duration timeout,
                CallOptions options = {}) {
    return call<R>(env, to, service, argument, env.deadline(timeout), options);
}

// Sends a request that is not answered: the sender never learns whether it arrived.
template <class A>
void notify(sim::Env& env, sim::Address to, std::string_view service, const A& argument) {
    DatagramExchange(env, to, service, sim::encode(argument), true);
}
// The former name of notify, for programs that use it.
template <class A>
void tell(sim::Env& env, sim::Address to, std::string_view service, const A& argument) {
    notify(env, to, service, argument);
}

} // namespace orrery::rpc
