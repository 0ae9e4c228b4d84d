// One exchange: send, then wait for the reply with this call's number.
#include "orrery/protocols/rpc/client.h"

#include "orrery/protocols/rpc/flaws.h"

namespace orrery::rpc {

Exchange::Exchange(sim::Env& env, sim::Address to, std::string_view service, sim::Bytes argument, bool one_way)
    : env_(env), to_(with_port(to)) {
    sim::Result<sim::Socket> bound = env.bind(0);
    if (!bound.ok()) return;
    socket_ = std::move(*bound);
    sequence_ = socket_.address().port;
    boot_ = FLAW(rpc_boot_not_in_request_id) ? env.self().address.host : env.self().boot;
    request_ = sim::encode(Request{boot_, sequence_, one_way, std::string(service), std::move(argument)});
    sent_ = send().ok();
}

sim::Status Exchange::send() { return socket_.send(to_, label_request, request_.copy()); }

Outcome<sim::Bytes> Exchange::wait(sim::Deadline deadline, CallOptions options) {
    if (!sent_) return Refused{"not sent"};
    while (true) {
        sim::Deadline next = deadline;
        if (options.resend.count() > 0) {
            const sim::Deadline again = env_.deadline(options.resend);
            if (again.at < deadline.at) next = again;
        }
        sim::Result<sim::Datagram> datagram = socket_.receive(next);
        if (!datagram.ok()) {
            if (datagram.error() != sim::Error::timed_out || next.at == deadline.at)
                return Unknown{std::string(sim::name(datagram.error()))};
            (void)send();
            continue;
        }
        std::optional<Reply> reply = sim::decode<Reply>(datagram->bytes);
        if (!reply || reply->boot != boot_ || reply->sequence != sequence_) continue;
        switch (reply->kind) {
        case ReplyKind::value: return std::move(reply->content);
        case ReplyKind::refused: return Refused{std::string(reply->content.text())};
        case ReplyKind::unknown: return Unknown{std::string(reply->content.text())};
        }
    }
}

} // namespace orrery::rpc
