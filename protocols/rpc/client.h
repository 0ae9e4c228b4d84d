// Calls. Each has a socket of its own, so a late reply finds a closed port; its number is the port,
// which no boot uses twice. A restarted client uses the ports again: a reply names the boot too.
//
//     rpc::Outcome<int> product = rpc::call<int>(env, server, "Arith.Multiply", pair, 100ms);
//
// A request is sent again within its deadline while no reply comes, under the same id; the server
// executes it at most once.
#pragma once

#include <memory>
#include <string_view>

#include "orrery/protocols/rpc/message.h"
#include "orrery/protocols/rpc/outcome.h"

namespace orrery::rpc {

struct CallOptions {
    sim::Duration resend{0}; // how often to send again; 0: once only
};

// One call on its way. Dropping it forgets the reply.
class Exchange {
public:
    Exchange(sim::Env& env, sim::Address to, std::string_view service, sim::Bytes argument, bool one_way);
    // The encoded value; refused only if the server said so or nothing was sent.
    Outcome<sim::Bytes> wait(sim::Deadline deadline, CallOptions options = {});

private:
    sim::Status send();
    sim::Env& env_;
    sim::Address to_;
    sim::Socket socket_;
    sim::Bytes request_;
    std::uint64_t boot_ = 0;
    std::uint64_t sequence_ = 0;
    bool sent_ = false;
};

template <class R>
Outcome<R> decoded(Outcome<sim::Bytes> outcome) {
    if (outcome.is_refused()) return Refused{outcome.reason()};
    if (outcome.is_unknown()) return Unknown{outcome.reason()};
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
Pending<R> start(sim::Env& env, sim::Address to, std::string_view service, const A& argument) {
    return Pending<R>(std::make_unique<Exchange>(env, to, service, sim::encode(argument), false));
}

template <class R, class A>
Outcome<R> call(sim::Env& env, sim::Address to, std::string_view service, const A& argument, sim::Deadline deadline,
                CallOptions options = {}) {
    Exchange exchange(env, to, service, sim::encode(argument), false);
    return decoded<R>(exchange.wait(deadline, options));
}

template <class R, class A>
Outcome<R> call(sim::Env& env, sim::Address to, std::string_view service, const A& argument, sim::Duration timeout,
                CallOptions options = {}) {
    return call<R>(env, to, service, argument, env.deadline(timeout), options);
}

// One way: no reply, no knowledge.
template <class A>
void tell(sim::Env& env, sim::Address to, std::string_view service, const A& argument) {
    Exchange(env, to, service, sim::encode(argument), true);
}

} // namespace orrery::rpc
