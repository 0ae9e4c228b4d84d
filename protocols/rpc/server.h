// A server of services called by name and typed by their handlers:
//
//     rpc::Server server(env);
//     server.on("Arith.Multiply", [](Pair pair) { return pair.a * pair.b; });
//     server.serve();
//
// A handler returns a value, an Outcome of one, or nothing. Each call runs in a task of its own. Of more calls than
// `concurrency` the next `queue` wait, and others are refused. Unknown services and arguments that do not decode are
// refused too. A request that comes twice is executed once (see Duplicates).
//
// What is published is also answered to Go's net/rpc - on a bare connection or one that begins with HTTP - and to its
// net/rpc/jsonrpc, on the same port: the first bytes of a stream tell them apart.
//
//     server.publish("Arith.Multiply", [](const Args& args) { return args.a * args.b; });
//
// One port serves datagrams and streams. Replies on a stream are written before it is closed, also those to a client
// that has half-closed. No more requests are taken from a client that does not read its replies.
//
// When serve ends, it cancels the handlers and returns once they have ended; replies to clients that do not read them
// are given up after a second. The destructor waits for nothing: handlers are cancelled, and what they capture must
// live until each has had its turn.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "orrery/protocols/rpc/message.h"
#include "orrery/protocols/rpc/published.h"
#include "orrery/sim/env.h"

namespace orrery::rpc {

struct ServerOptions {
    std::uint64_t port = port_default;
    std::size_t concurrency = 64;   // handlers at once
    std::size_t queue = 256;        // requests waiting for one
    std::size_t connections = 1024; // streams at once; more wait to be accepted
};

class Server {
public:
    explicit Server(sim::Env& env, ServerOptions options = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    template <class Handler>
    void on(std::string service, Handler handler) {
        offered_->services[std::move(service)] = [handler = std::move(handler)](sim::ByteView argument) mutable {
            return answer(handler, argument);
        };
    }
    // The same for whoever speaks another protocol. `service` is of the form Service.Method; the types are those that
    // gob and JSON have.
    template <class Handler>
    void publish(std::string service, Handler handler) {
        const auto shared = std::make_shared<Handler>(std::move(handler));
        offered_->services[service] = [shared](sim::ByteView argument) { return answer(*shared, argument); };
        offered_->published[std::move(service)] = std::make_unique<MethodOf<Handler>>(shared);
    }
    // Returns when its task is cancelled or the process is dead. Called once.
    void serve();

private:
    struct Answer {
        ReplyKind kind{};
        sim::Bytes content;
    };
    using Service = std::function<Answer(sim::ByteView)>;
    struct Offered {
        std::map<std::string, Service, std::less<>> services;
        Published published;
    };
    class Running;

    static Answer refusal(const Refused& refused) { return {ReplyKind::refused, sim::encode(refused)}; }
    template <class Handler>
    static Answer answer(Handler& handler, sim::ByteView bytes) {
        using Argument = typename Signature<Handler>::Argument;
        using Result = typename Signature<Handler>::Result;
        std::optional<Argument> argument = sim::decode<Argument>(bytes);
        if (!argument) return refusal({"the argument does not decode"});
        if constexpr (std::is_void_v<Result>) {
            handler(std::move(*argument));
            return {ReplyKind::value, {}};
        } else {
            return answer_of(handler(std::move(*argument)));
        }
    }
    template <class T>
    static Answer answer_of(const T& result) {
        if constexpr (IsOutcome<T>::value) {
            if (result.has_value()) return {ReplyKind::value, sim::encode(result.value())};
            if (result.is_refused()) return refusal(result.refused());
            return {ReplyKind::unknown, sim::Bytes(result.reason())};
        } else {
            return {ReplyKind::value, sim::encode(result)};
        }
    }

    std::shared_ptr<Offered> offered_;
    // Its tasks share it: what a suspended call of theirs uses outlives the server.
    std::shared_ptr<Running> running_;
};

} // namespace orrery::rpc
