// One task receives datagrams, one accepts streams, one reads each stream, and each handler runs in its own. All of
// them use the Server object, so serve() returns only when the last of them has ended.
#include "orrery/protocols/rpc/server.h"

#include "orrery/protocols/rpc/flaws.def"

namespace orrery::rpc {
namespace {

// From this monitors see what was executed, and how often.
constexpr sim::NoteKind note_execute{"rpc.execute", {"boot", "sequence", "service"}};

} // namespace

std::string describe_request(sim::ByteView bytes) {
    const std::optional<Request> request = sim::decode<Request>(bytes);
    if (!request) return "malformed";
    return request->service + " #" + std::to_string(request->sequence);
}

std::string describe_reply(sim::ByteView bytes) {
    const std::optional<Reply> reply = sim::decode<Reply>(bytes);
    if (!reply) return "malformed";
    const char* kind = reply->kind == ReplyKind::value     ? "value"
                       : reply->kind == ReplyKind::refused ? "refused"
                                                           : "unknown";
    return std::string(kind) + " #" + std::to_string(reply->sequence);
}

Server::Server(sim::Env& env, ServerOptions options)
    : env_(env), options_(options), born_(env.now()), free_(env), ended_(env), tasks_(env) {
    CHECK(options_.concurrency > 0);
    CHECK(options_.connections > 0);
    sim::Result<sim::Socket> bound = env.bind(options.port);
    CHECK(bound.ok());
    socket_ = std::move(*bound);
}

void Server::serve() {
    CHECK(alive_ == 0);
    spawn("rpc.accept", [this] { accept(); });
    receive();
    waiting_.clear();
    tasks_.cancel();
    while (alive_ > 0)
        if (const sim::Status waited = ended_.wait(); !waited.ok() && waited.error() == sim::Error::dead) return;
}

void Server::spawn(std::string_view name, std::function<void()> task) {
    ++alive_;
    tasks_.spawn(name, [this, run = std::move(task)] {
        run();
        CHECK(alive_ > 0);
        --alive_;
        ended_.signal();
    });
}

void Server::receive() {
    while (true) {
        sim::Result<sim::Datagram> datagram = socket_.receive();
        if (!datagram.ok()) return;
        std::optional<Request> request = sim::decode<Request>(datagram->bytes);
        if (request) take({std::move(*request), datagram->from});
    }
}

void Server::accept() {
    while (true) {
        while (connections_ >= options_.connections)
            if (!ended_.wait().ok()) return;
        sim::Result<sim::Stream> stream = env_.accept(socket_);
        if (!stream.ok()) return;
        auto shared = std::make_shared<sim::Stream>(std::move(*stream));
        CHECK(connections_ < options_.connections);
        ++connections_;
        spawn("rpc.read", [this, shared] {
            serve_stream(std::move(*shared));
            CHECK(connections_ > 0);
            --connections_;
        });
    }
}

// Without published methods, all streams are this tree's own.
void Server::serve_stream(sim::Stream stream) {
    sim::Bytes first;
    while (!published_.empty() && first.size() < wire_bytes) {
        const sim::Result<sim::Bytes> more = stream.read(16 * 1024);
        if (!more.ok() || more->empty()) return;
        first.append(*more);
    }
    const Wire wire = published_.empty() ? Wire::own : wire_of(first);
    if (wire == Wire::own) return read(std::make_shared<Frames>(env_, std::move(stream), std::move(first)));
    std::make_shared<GoSession>(env_, std::move(stream), published_, [this](std::function<void()> call) {
        return start_when_free(std::move(call));
    })->serve(wire, std::move(first));
}

// The frames are shared by this task, the handlers of requests that came on them, and the writer of replies: the stream
// is closed when the last of these has ended. A frame that does not decode as a request ends the reading, because its
// sender speaks another protocol. While the client does not read its replies, no more requests are taken from it.
void Server::read(const std::shared_ptr<Frames>& frames) {
    while (frames->room().ok()) {
        const sim::Result<sim::Bytes> frame = frames->read();
        if (!frame.ok()) return;
        std::optional<Request> request = sim::decode<Request>(*frame);
        if (!request) return;
        admit({std::move(*request), {}, frames});
    }
}

void Server::take(Call call) {
    Duplicates::Verdict verdict = duplicates_.admit(call.request.boot, call.request.sequence);
    if (FLAW(rpc_no_duplicate_filter)) verdict = Duplicates::Verdict::fresh;
    switch (verdict) {
    case Duplicates::Verdict::running:
    case Duplicates::Verdict::stale:
        return;
    case Duplicates::Verdict::finished:
        if (!call.request.one_way)
            (void)socket_.send(call.from, label_reply,
                               duplicates_.reply(call.request.boot, call.request.sequence).copy());
        return;
    case Duplicates::Verdict::fresh:
        admit(std::move(call));
        return;
    }
}

void Server::admit(Call call) {
    if (running_ < options_.concurrency) {
        CHECK(waiting_.empty()); // a handler that ends starts the next call at once
        start(std::move(call));
    } else if (waiting_.size() < options_.queue)
        waiting_.push_back(std::move(call));
    else
        reply(call, refusal({"overloaded"}));
    CHECK(waiting_.size() <= options_.queue);
}

void Server::start(Call call) {
    ++running_;
    CHECK(running_ <= options_.concurrency);
    auto shared = std::make_shared<Call>(std::move(call));
    spawn("rpc.handler", [this, shared] {
        run(*shared);
        end_handler();
    });
}

sim::Status Server::start_when_free(std::function<void()> call) {
    while (running_ >= options_.concurrency)
        if (const sim::Status waited = free_.wait(); !waited.ok()) return waited;
    ++running_;
    spawn("rpc.handler", [this, run = std::move(call)] {
        run();
        end_handler();
    });
    return sim::success();
}

void Server::end_handler() {
    CHECK(running_ > 0);
    --running_;
    if (waiting_.empty()) return free_.signal();
    Call next = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    start(std::move(next));
}

void Server::run(const Call& call) {
    const auto service = services_.find(call.request.service);
    if (service == services_.end()) {
        reply(call, refusal({"unknown service " + call.request.service}));
        return;
    }
    env_.note(note_execute, call.request.boot, call.request.sequence, call.request.service);
    reply(call, service->second(call.request.argument));
}

void Server::reply(const Call& call, const Answer& answer) {
    const sim::Bytes bytes = sim::encode(
        Reply{call.request.boot, call.request.sequence, answer.kind, env_.now() - born_, answer.content.copy()});
    CHECK(call.frames != nullptr || call.from.is_set());
    if (call.frames != nullptr) {
        if (!call.request.one_way) (void)call.frames->write(bytes, label_reply);
        return;
    }
    duplicates_.finish(call.request.boot, call.request.sequence, bytes);
    if (!call.request.one_way) (void)socket_.send(call.from, label_reply, bytes.copy());
}

} // namespace orrery::rpc
