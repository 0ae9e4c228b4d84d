// GoSession: a connection of a client that speaks one of Go's protocols.
//
// Calls are read one after the other, each is run in a task of its own, and replies go out in the order in which calls
// end. What is ready to be sent goes out in one write: 64 quick calls that came together are answered together.
//
// A call that cannot be made - an unknown method, an argument that does not decode - is answered with an error, and the
// connection goes on. It ends when the stream cannot be read any more as the protocol; or when the client has closed
// its side, and then all calls that run are still answered (net/rpc, ServeCodec).
#pragma once

#include <functional>
#include <memory>

#include "orrery/protocols/rpc/go_wire.h"
#include "orrery/sim/sync.h"

namespace orrery::rpc {

class GoSession : public std::enable_shared_from_this<GoSession> {
public:
    // Runs a call in a task of its own, once there is room for one more. Fails when the server ends.
    using Start = std::function<sim::Status(std::function<void()>)>;
    // Runs the writer in a task of its own.
    using Spawn = std::function<void(std::function<void()>)>;

    GoSession(sim::Env& env, sim::Stream stream, const Published& published, Start start, Spawn spawn_writer)
        : stream_(std::move(stream)), published_(published), start_(std::move(start)),
          spawn_writer_(std::move(spawn_writer)), room_(env) {}

    // Returns when no more calls come. `first`: what was read of the stream before. Held by a shared_ptr, which the
    // calls that run share.
    void serve(Wire wire, sim::Bytes first);

private:
    static constexpr std::size_t read_max = 64 * 1024;   // bytes at once
    static constexpr std::size_t unsent_max = 64 * 1024; // bytes of replies, beyond which no call is read

    struct Call {
        std::shared_ptr<GoSession> session;
        std::unique_ptr<Invocation> invocation;
        GoRequest header{}; // of net/rpc
        std::string id{};   // of jsonrpc; empty: net/rpc
    };

    void serve_http(sim::Bytes head);
    void serve_gob(sim::Bytes bytes);
    bool take_gob();
    bool take_gob_body();
    void serve_json(sim::Bytes bytes);
    bool take_json(std::string_view json);
    bool run(Call call);
    void finish(const Call& call, const std::optional<std::string>& error);
    void reply_gob(const Call& call, const std::optional<std::string>& error);
    // More of the stream behind what is there; false at its end.
    bool read_more(sim::Bytes& bytes);
    sim::Status room();
    void send();
    void drain();

    sim::Stream stream_;
    const Published& published_;
    Start start_;
    Spawn spawn_writer_;
    gob::Decoder decoder_;
    gob::Encoder encoder_;
    std::optional<GoRequest> header_; // read, its body not yet
    sim::Bytes unsent_;
    sim::Signal room_;
    bool sending_ = false;
    bool broken_ = false; // nothing more is read, or sent
};

} // namespace orrery::rpc
