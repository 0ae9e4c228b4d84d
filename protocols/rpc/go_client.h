// GoClient: calls to a server that speaks Go's net/rpc or net/rpc/jsonrpc; many at once on one stream.
//
//     rpc::GoClient client(env);
//     if (auto error = client.open(server, rpc::GoProtocol::gob_over_http, env.deadline(1s))) ...
//     rpc::GoReply<int> product = client.call<int>("Arith.Multiply", Args{7, 8}, env.deadline(1s));
//
// What goes wrong has the words that Go's client gives (net/rpc/client.go). A call has no deadline there; here a wait
// has one, and a reply that comes later is read and forgotten.
#pragma once

#include <map>
#include <memory>
#include <variant>

#include "orrery/protocols/jsonrpc/gob_value.h"
#include "orrery/protocols/rpc/go_wire.h"
#include "orrery/sim/sync.h"

namespace orrery::rpc {

enum class GoProtocol : std::uint8_t { gob, gob_over_http, json };

struct GoError {
    enum class Kind : std::uint8_t {
        server,     // the method, or the server in its place, answered with this error
        request,    // the argument could not be encoded: nothing was sent
        reply,      // the result could not be decoded: the connection has ended
        connection, // it could not be made, or broke: whether the call was made is unknown
        shutdown,   // it was closed, or had ended before: nothing was sent, or whether it was made is unknown
        waiting,    // the deadline came
        cancelled,  // the task was, while it waited
    };
    Kind kind = Kind::server;
    std::string text;
};

// The result of a call, or what went wrong.
template <class R>
class GoReply {
public:
    GoReply(R value) : either_(std::in_place_index<0>, std::move(value)) {}
    GoReply(GoError error) : either_(std::in_place_index<1>, std::move(error)) {}
    bool ok() const { return either_.index() == 0; }
    const R& value() const {
        CHECK(ok());
        return *std::get_if<0>(&either_);
    }
    const GoError& error() const {
        CHECK(!ok());
        return *std::get_if<1>(&either_);
    }

private:
    std::variant<R, GoError> either_;
};

// A call whose reply has not been read.
class GoExchange {
public:
    explicit GoExchange(sim::Env& env) : env_(env) {}
    virtual ~GoExchange() = default;
    virtual gob::Problem read(gob::Decoder& decoder) = 0;
    virtual gob::Problem read(std::string_view json) = 0;

    // Until it has ended; what went wrong.
    std::optional<GoError> wait(sim::Deadline deadline);
    void end(std::optional<GoError> error);
    bool has_ended() const { return ended_; }

private:
    sim::Env& env_;
    sim::Task waiter_{};
    std::optional<GoError> error_;
    bool ended_ = false;
};

// An argument or a result as JSON, for calls whose types are only known at run time: see jsonrpc/gob_value.h.
//
//     client.call<rpc::GoJson>("Arith.Multiply", rpc::GoJson{R"({"A": 7, "B": 8})"})
struct GoJson {
    std::string text;
};

// What a call sends, in either protocol.
class GoArgument {
public:
    virtual ~GoArgument() = default;
    virtual gob::Problem write(gob::Encoder& encoder, sim::Bytes& out) const = 0;
    // A whole request.
    virtual gob::Problem write(std::string_view method, std::uint64_t sequence, sim::Bytes& out) const = 0;
};

// Refers to the value.
template <class A>
class GoArgumentOf final : public GoArgument {
public:
    explicit GoArgumentOf(const A& value) : value_(value) {}
    gob::Problem write(gob::Encoder& encoder, sim::Bytes& out) const override { return encoder.encode(out, value_); }
    gob::Problem write(std::string_view method, std::uint64_t sequence, sim::Bytes& out) const override {
        return jsonrpc::append_request(out, method, value_, sequence);
    }

private:
    const A& value_;
};
template <>
class GoArgumentOf<GoJson> final : public GoArgument {
public:
    explicit GoArgumentOf(const GoJson& value) : value_(value) {}
    gob::Problem write(gob::Encoder& encoder, sim::Bytes& out) const override;
    gob::Problem write(std::string_view method, std::uint64_t sequence, sim::Bytes& out) const override;

private:
    const GoJson& value_;
};

template <class R>
class GoExchangeOf final : public GoExchange {
public:
    using GoExchange::GoExchange;
    gob::Problem read(gob::Decoder& decoder) override { return decoder.take(value); }
    gob::Problem read(std::string_view json) override { return jsonrpc::read_value(json, value); }
    R value{};
};
template <>
class GoExchangeOf<GoJson> final : public GoExchange {
public:
    using GoExchange::GoExchange;
    gob::Problem read(gob::Decoder& decoder) override;
    gob::Problem read(std::string_view json) override;
    GoJson value{};
};

// A call that was started, to be waited for once. Dropping it forgets the reply.
template <class R>
class GoPending {
public:
    explicit GoPending(std::shared_ptr<GoExchangeOf<R>> exchange) : exchange_(std::move(exchange)) {}
    GoReply<R> wait(sim::Deadline deadline = {}) {
        if (std::optional<GoError> error = exchange_->wait(deadline)) return *std::move(error);
        return std::move(exchange_->value);
    }

private:
    std::shared_ptr<GoExchangeOf<R>> exchange_;
};

class GoClient {
public:
    explicit GoClient(sim::Env& env) : env_(env), tasks_(env) {}
    GoClient(const GoClient&) = delete;
    GoClient& operator=(const GoClient&) = delete;
    ~GoClient() { (void)close(); }

    // Called once.
    std::optional<GoError> open(sim::Address to, GoProtocol protocol, sim::Deadline deadline = {});
    // Does not wait for the reply, nor for the request to leave.
    template <class R, class A>
    GoPending<R> start(std::string_view method, const A& argument) {
        auto exchange = std::make_shared<GoExchangeOf<R>>(env_);
        begin(method, GoArgumentOf<A>(argument), exchange);
        return GoPending<R>(std::move(exchange));
    }
    template <class R, class A>
    GoReply<R> call(std::string_view method, const A& argument, sim::Deadline deadline = {}) {
        return start<R>(method, argument).wait(deadline);
    }
    // Calls in flight end with "connection is shut down". A second time that is also what this returns.
    std::optional<GoError> close();

private:
    // Exists as long as the client, its reader or its writer does.
    struct Link {
        explicit Link(sim::Env& in, sim::Stream of, GoProtocol speaks)
            : env(in), stream(std::move(of)), protocol(speaks) {}
        sim::Env& env;
        sim::Stream stream;
        GoProtocol protocol;
        gob::Encoder encoder{};
        gob::Decoder decoder{};
        jsonrpc::Reader reader{};
        std::optional<GoResponse> header{}; // read, its body not yet
        std::uint64_t next = 0;
        std::map<std::uint64_t, std::weak_ptr<GoExchange>> waiting{}; // by their numbers
        sim::Bytes unsent{};
        bool sending = false;
        bool is_closing = false;
        bool has_ended = false;
    };
    static gob::Problem append_gob(Link& link, const GoRequest& header, const GoArgument& argument);
    void begin(std::string_view method, const GoArgument& argument, const std::shared_ptr<GoExchange>& exchange);
    static GoError shut_down() { return {GoError::Kind::shutdown, "connection is shut down"}; }
    static std::optional<GoError> shake_hands(Link& link, sim::Bytes& rest, sim::Deadline deadline);
    static void receive(Link& link, sim::Bytes bytes);
    static std::optional<GoError> take(Link& link);
    static std::optional<GoError> take_gob_body(Link& link);
    static std::optional<GoError> take_json(Link& link, std::string_view json);
    static std::shared_ptr<GoExchange> called(Link& link, std::uint64_t sequence);
    static void end_all(Link& link, const GoError& error);
    static void send(const std::shared_ptr<Link>& link);

    sim::Env& env_;
    std::shared_ptr<Link> link_;
    sim::TaskGroup tasks_; // the reader
};

} // namespace orrery::rpc
