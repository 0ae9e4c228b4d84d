// One task receives; handlers run in their own.
#include "orrery/protocols/rpc/server.h"

#include "orrery/protocols/rpc/flaws.h"

namespace orrery::rpc {
namespace {

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
    const char* kind = reply->kind == ReplyKind::value ? "value" : reply->kind == ReplyKind::refused ? "refused" : "unknown";
    return std::string(kind) + " #" + std::to_string(reply->sequence);
}

Server::Server(sim::Env& env, ServerOptions options) : env_(env), options_(options), tasks_(env) {
    sim::Result<sim::Socket> bound = env.bind(options.port);
    CHECK(bound.ok());
    socket_ = std::move(*bound);
}

void Server::serve() {
    while (true) {
        sim::Result<sim::Datagram> datagram = socket_.receive();
        if (!datagram.ok()) return;
        std::optional<Request> request = sim::decode<Request>(datagram->bytes);
        if (request) take(std::move(*request), datagram->from);
    }
}

void Server::take(Request request, sim::Address from) {
    Call call{std::move(request), from};
    Duplicates::Verdict verdict = duplicates_.admit(call.request.boot, call.request.sequence);
    if (FLAW(rpc_no_duplicate_filter)) verdict = Duplicates::Verdict::fresh;
    switch (verdict) {
    case Duplicates::Verdict::running:
    case Duplicates::Verdict::stale: return;
    case Duplicates::Verdict::finished:
        if (!call.request.one_way)
            (void)socket_.send(from, label_reply, duplicates_.reply(call.request.boot, call.request.sequence).copy());
        return;
    case Duplicates::Verdict::fresh: break;
    }
    if (running_ < options_.concurrency)
        start(std::move(call));
    else if (waiting_.size() < options_.queue)
        waiting_.push_back(std::move(call));
    else
        reply(call, {ReplyKind::refused, sim::Bytes("overloaded")});
}

void Server::start(Call call) {
    ++running_;
    auto shared = std::make_shared<Call>(std::move(call));
    tasks_.spawn("rpc.handler", [this, shared] {
        run(*shared);
        --running_;
        if (waiting_.empty()) return;
        Call next = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        start(std::move(next));
    });
}

void Server::run(const Call& call) {
    const auto service = services_.find(call.request.service);
    if (service == services_.end()) {
        reply(call, {ReplyKind::refused, sim::Bytes("unknown service " + call.request.service)});
        return;
    }
    env_.note(note_execute, call.request.boot, call.request.sequence, call.request.service);
    reply(call, service->second(call.request.argument));
}

void Server::reply(const Call& call, const Answer& answer) {
    const sim::Bytes bytes = sim::encode(Reply{call.request.boot, call.request.sequence, answer.kind, answer.content.copy()});
    duplicates_.finish(call.request.boot, call.request.sequence, bytes);
    if (!call.request.one_way) (void)socket_.send(call.from, label_reply, bytes.copy());
}

} // namespace orrery::rpc
