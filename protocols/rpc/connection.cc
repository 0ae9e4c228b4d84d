// One task reads the replies of a connection and hands each to the call that waits for it. The stream and the table of
// waiting calls are a Link, which the reader and the calls share: it outlives a Connection that is dropped or reopened.
#include "orrery/protocols/rpc/connection.h"

#include "orrery/protocols/rpc/flaws.def"

namespace orrery::rpc {

// A call whose request was sent; `link` is null if it could not be.
class Connection::StreamExchange final : public Exchange {
public:
    StreamExchange(sim::Env& env, std::shared_ptr<Link> link, std::uint64_t sequence)
        : env_(env), link_(std::move(link)), sequence_(sequence) {
        if (link_ == nullptr) return;
        const bool fresh = link_->waiting.emplace(sequence_, this).second;
        CHECK(fresh);
    }
    ~StreamExchange() override {
        if (link_ != nullptr) link_->waiting.erase(sequence_);
    }
    StreamExchange(const StreamExchange&) = delete;
    StreamExchange& operator=(const StreamExchange&) = delete;

    Outcome<sim::Bytes> wait(sim::Deadline deadline) override {
        if (link_ == nullptr) return Refused{"not sent"};
        waiter_ = env_.current();
        while (!reply_) {
            if (!link_->open) return Unknown{"the connection broke"};
            if (const sim::Status parked = env_.park(deadline); !parked.ok()) return unknown_after(parked.error());
        }
        return outcome_of(std::move(*reply_));
    }
    void take(Reply reply) {
        reply_ = std::move(reply);
        wake();
    }
    void wake() const { env_.wake(waiter_); }

private:
    sim::Env& env_;
    std::shared_ptr<Link> link_;
    std::uint64_t sequence_;
    sim::Task waiter_{};
    std::optional<Reply> reply_;
};

sim::Status Connection::open(sim::Address to, sim::Deadline deadline) {
    tasks_.cancel();
    link_ = nullptr;
    sim::Result<sim::Stream> stream = env_.connect(with_port(to), deadline);
    if (!stream.ok()) return stream.error();
    link_ = std::make_shared<Link>(std::make_shared<Frames>(env_, std::move(*stream)));
    tasks_.spawn("rpc.replies", [link = link_] { receive(*link); });
    return sim::success();
}

void Connection::receive(Link& link) {
    while (true) {
        const sim::Result<sim::Bytes> frame = link.frames->read();
        if (!frame.ok()) break;
        std::optional<Reply> reply = sim::decode<Reply>(*frame);
        if (!reply) break; // the peer speaks another protocol
        const auto found = link.waiting.find(reply->sequence);
        if (found != link.waiting.end()) found->second->take(std::move(*reply)); // else its call has ended
    }
    CHECK(link.open);
    if (FLAW(rpc_calls_outlive_connection)) return;
    link.open = false;
    for (const auto& [sequence, exchange] : link.waiting) exchange->wake();
}

std::unique_ptr<Exchange> Connection::begin(std::string_view service, sim::Bytes argument, bool one_way,
                                            sim::Deadline deadline) {
    std::shared_ptr<Link> link = is_open() ? link_ : nullptr;
    if (link != nullptr && (!link->frames->room(deadline).ok() || !link->open)) link = nullptr;
    const std::uint64_t sequence = ++sequence_;
    if (link != nullptr) {
        const Request request{env_.self().boot, sequence, one_way, std::string(service), std::move(argument)};
        if (!link->frames->write(sim::encode(request), label_request).ok()) link = nullptr;
    }
    return std::make_unique<StreamExchange>(env_, std::move(link), sequence);
}

} // namespace orrery::rpc
