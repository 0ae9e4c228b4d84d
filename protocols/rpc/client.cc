// One exchange: send the request, then wait for the reply that names its boot and number, and send it again as often as
// the options say. Other datagrams that reach the socket are dropped.
#include "orrery/protocols/rpc/client.h"

#include "orrery/protocols/rpc/flaws.def"

namespace orrery::rpc {

DatagramExchange::DatagramExchange(sim::Env& env, sim::Address to, std::string_view service, sim::Bytes argument,
                                   bool one_way, CallOptions options)
    : env_(env), to_(with_port(to)), options_(options) {
    CHECK(options_.resend.count() >= 0);
    sim::Result<sim::Socket> bound = env.bind(0);
    if (!bound.ok()) return;
    socket_ = std::move(*bound);
    sequence_ = socket_.address().port;
    CHECK(sequence_ != 0);
    boot_ = FLAW(rpc_boot_not_in_request_id) ? env.self().address.host : env.self().boot;
    request_ = sim::encode(Request{boot_, sequence_, one_way, std::string(service), std::move(argument)});
    sent_at_ = env.now();
    sent_ = send().ok();
}

// A refusal means that nothing was executed only if no predecessor of this server had a copy of the request: if the
// server has been up for longer than the request has been on its way. The two clocks may differ by a fifth in speed.
bool DatagramExchange::is_definite(const Reply& reply) const {
    const sim::Duration under_way = env_.now() - sent_at_;
    CHECK(under_way.count() >= 0);
    return reply.age >= under_way + under_way / 4;
}

sim::Status DatagramExchange::send() { return socket_.send(to_, label_request, request_.copy()); }

Outcome<sim::Bytes> DatagramExchange::wait(sim::Deadline deadline) {
    if (!sent_) return Refused{"not sent"};
    while (true) {
        sim::Deadline next = deadline;
        if (options_.resend.count() > 0) {
            const sim::Deadline again = env_.deadline(options_.resend);
            if (again.at < deadline.at) next = again;
        }
        sim::Result<sim::Datagram> datagram = socket_.receive(next);
        if (!datagram.ok()) {
            if (datagram.error() != sim::Error::timed_out || next.at == deadline.at)
                return unknown_after(datagram.error());
            (void)send();
            continue;
        }
        std::optional<Reply> reply = sim::decode<Reply>(datagram->bytes);
        if (!reply || reply->boot != boot_ || reply->sequence != sequence_) continue;
        if (reply->kind == ReplyKind::refused && !is_definite(*reply))
            return Unknown{"refused by a server that may have restarted meanwhile"};
        return outcome_of(std::move(*reply));
    }
}

Outcome<sim::Bytes> outcome_of(Reply reply) {
    switch (reply.kind) {
    case ReplyKind::value:
        return std::move(reply.content);
    case ReplyKind::refused:
        if (std::optional<Refused> refused = sim::decode<Refused>(reply.content)) return std::move(*refused);
        return Unknown{"the refusal does not decode"};
    case ReplyKind::unknown:
        break;
    }
    return Unknown{std::string(reply.content.text())};
}

} // namespace orrery::rpc
