// One task receives datagrams, one accepts streams, one reads each stream, each handler runs in its own, and so does
// each writer of replies that are ready.
#include "orrery/protocols/rpc/server.h"

#include "orrery/protocols/rpc/duplicates.h"
#include "orrery/protocols/rpc/flaws.def"
#include "orrery/protocols/rpc/frames.h"
#include "orrery/protocols/rpc/go_session.h"
#include "orrery/sim/sync.h"

namespace orrery::rpc {
namespace {

// At the end of a server, for replies that wait to be read.
constexpr sim::Duration linger{1'000'000'000};

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

class Server::Running : public std::enable_shared_from_this<Running> {
public:
    Running(sim::Env& env, ServerOptions options, std::shared_ptr<const Offered> offered);

    void serve();
    // Does not suspend. The tasks end in turns of their own.
    void end();
    // The same from another task: whoever serves returns, and writes nothing more.
    void abandon();

private:
    struct Call {
        Request request;
        sim::Address from{};
        std::shared_ptr<Frames> frames{}; // of the stream that it came on; null: it came as a datagram
    };

    void receive();
    void accept();
    void serve_stream(sim::Stream stream);
    void read(const std::shared_ptr<Frames>& frames);
    sim::Status start_when_free(std::function<void()> call);
    void take(Call call);
    void admit(Call call);
    void start(Call call);
    void spawn(std::string_view name, std::function<void()> task);
    void spawn_writer(std::function<void()> write);
    void await_tasks();
    void await_writers();
    void end_handler();
    void run(const Call& call);
    void reply(const Call& call, const Answer& answer);

    sim::Env& env_;
    ServerOptions options_;
    std::shared_ptr<const Offered> offered_;
    sim::Monotonic born_;
    sim::Socket socket_;
    Duplicates duplicates_;
    bool has_ended_ = false;      // no call is taken any more
    sim::Task serving_{};         // within serve
    std::size_t running_ = 0;     // handlers
    std::size_t connections_ = 0; // streams that are being read
    std::vector<Call> waiting_;
    sim::Signal free_;        // signalled when a handler ends and no call waits
    std::size_t alive_ = 0;   // tasks, but for writers
    sim::Signal ended_;       // signalled when one of them ends
    std::size_t writing_ = 0; // writers
    sim::Signal written_;     // signalled when one of them ends
    sim::TaskGroup tasks_;
    sim::TaskGroup writers_;
};

Server::Server(sim::Env& env, ServerOptions options)
    : offered_(std::make_shared<Offered>()), running_(std::make_shared<Running>(env, options, offered_)) {}
Server::~Server() { running_->abandon(); }
void Server::serve() { std::shared_ptr(running_)->serve(); }

Server::Running::Running(sim::Env& env, ServerOptions options, std::shared_ptr<const Offered> offered)
    : env_(env), options_(options), offered_(std::move(offered)), born_(env.now()), free_(env), ended_(env),
      written_(env), tasks_(env), writers_(env) {
    CHECK(options_.concurrency > 0);
    CHECK(options_.connections > 0);
    sim::Result<sim::Socket> bound = env.bind(options.port);
    CHECK(bound.ok());
    socket_ = std::move(*bound);
}

void Server::Running::serve() {
    CHECK(alive_ == 0);
    serving_ = env_.current();
    spawn("rpc.accept", [this] { accept(); });
    receive();
    end();
    await_tasks();
    await_writers();
    serving_ = {};
}

void Server::Running::end() {
    has_ended_ = true;
    waiting_.clear();
    tasks_.cancel();
}

void Server::Running::abandon() {
    end();
    writers_.cancel();
    env_.cancel(serving_);
}

void Server::Running::await_tasks() {
    while (alive_ > 0)
        if (const sim::Status waited = ended_.wait(); !waited.ok() && waited.error() == sim::Error::dead) return;
}

void Server::Running::await_writers() {
    const sim::Deadline until = env_.deadline(linger);
    while (writing_ > 0 && written_.wait(until).ok()) {
    }
    writers_.cancel();
    while (writing_ > 0)
        if (const sim::Status waited = written_.wait(); !waited.ok() && waited.error() == sim::Error::dead) return;
}

void Server::Running::spawn(std::string_view name, std::function<void()> task) {
    ++alive_;
    tasks_.spawn(name, [self = shared_from_this(), run = std::move(task)] {
        run();
        CHECK(self->alive_ > 0);
        --self->alive_;
        self->ended_.signal();
    });
}

void Server::Running::spawn_writer(std::function<void()> write) {
    ++writing_;
    writers_.spawn("rpc.write", [self = shared_from_this(), run = std::move(write)] {
        run();
        CHECK(self->writing_ > 0);
        --self->writing_;
        self->written_.signal();
    });
}

void Server::Running::receive() {
    while (true) {
        sim::Result<sim::Datagram> datagram = socket_.receive();
        if (!datagram.ok()) return;
        std::optional<Request> request = sim::decode<Request>(datagram->bytes);
        if (request) take({std::move(*request), datagram->from});
    }
}

void Server::Running::accept() {
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
void Server::Running::serve_stream(sim::Stream stream) {
    const Published& published = offered_->published;
    sim::Bytes first;
    while (!published.empty() && first.size() < wire_bytes) {
        const sim::Result<sim::Bytes> more = stream.read(16 * 1024);
        if (!more.ok() || more->empty()) return;
        first.append(*more);
    }
    const auto spawn_writer = [self = shared_from_this()](std::function<void()> write) {
        self->spawn_writer(std::move(write));
    };
    const Wire wire = published.empty() ? Wire::own : wire_of(first);
    if (wire == Wire::own)
        return read(std::make_shared<Frames>(env_, std::move(stream), std::move(first), spawn_writer));
    std::make_shared<GoSession>(
        env_, std::move(stream), published,
        [self = shared_from_this()](std::function<void()> call) { return self->start_when_free(std::move(call)); },
        spawn_writer)
        ->serve(wire, std::move(first));
}

// The frames are shared by this task, the handlers of requests that came on them, and the writer of replies: the stream
// is closed when the last of these has ended. A frame that does not decode as a request ends the reading, because its
// sender speaks another protocol. While the client does not read its replies, no more requests are taken from it.
void Server::Running::read(const std::shared_ptr<Frames>& frames) {
    while (frames->room().ok()) {
        const sim::Result<sim::Bytes> frame = frames->read();
        if (!frame.ok()) return;
        std::optional<Request> request = sim::decode<Request>(*frame);
        if (!request) return;
        admit({std::move(*request), {}, frames});
    }
}

void Server::Running::take(Call call) {
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

void Server::Running::admit(Call call) {
    if (has_ended_) return;
    if (running_ < options_.concurrency) {
        CHECK(waiting_.empty()); // a handler that ends starts the next call at once
        start(std::move(call));
    } else if (waiting_.size() < options_.queue)
        waiting_.push_back(std::move(call));
    else
        reply(call, refusal({"overloaded"}));
    CHECK(waiting_.size() <= options_.queue);
}

void Server::Running::start(Call call) {
    ++running_;
    CHECK(running_ <= options_.concurrency);
    auto shared = std::make_shared<Call>(std::move(call));
    spawn("rpc.handler", [this, shared] {
        run(*shared);
        end_handler();
    });
}

sim::Status Server::Running::start_when_free(std::function<void()> call) {
    while (running_ >= options_.concurrency)
        if (const sim::Status waited = free_.wait(); !waited.ok()) return waited;
    if (has_ended_) return sim::Error::closed;
    ++running_;
    spawn("rpc.handler", [this, run = std::move(call)] {
        run();
        end_handler();
    });
    return sim::success();
}

void Server::Running::end_handler() {
    CHECK(running_ > 0);
    --running_;
    if (waiting_.empty()) return free_.signal();
    Call next = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    start(std::move(next));
}

void Server::Running::run(const Call& call) {
    const auto service = offered_->services.find(call.request.service);
    if (service == offered_->services.end()) {
        reply(call, refusal({"unknown service " + call.request.service}));
        return;
    }
    env_.note(note_execute, call.request.boot, call.request.sequence, call.request.service);
    reply(call, service->second(call.request.argument));
}

void Server::Running::reply(const Call& call, const Answer& answer) {
    const bool is_nameless = FLAW(rpc_refusal_without_number) && answer.kind == ReplyKind::refused;
    const std::uint64_t sequence = is_nameless ? 0 : call.request.sequence;
    const sim::Bytes bytes =
        sim::encode(Reply{call.request.boot, sequence, answer.kind, env_.now() - born_, answer.content.copy()});
    CHECK(call.frames != nullptr || call.from.is_set());
    if (call.frames != nullptr) {
        if (!call.request.one_way) (void)call.frames->write(bytes, label_reply);
        return;
    }
    duplicates_.finish(call.request.boot, call.request.sequence, bytes);
    if (!call.request.one_way) (void)socket_.send(call.from, label_reply, bytes.copy());
}

} // namespace orrery::rpc
