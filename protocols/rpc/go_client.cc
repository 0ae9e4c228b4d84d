// One task reads the replies and hands each to its call; another writes while there is something to send, so that calls
// which are started together leave together.
#include "orrery/protocols/rpc/go_client.h"

#include "orrery/protocols/rpc/flaws.def"

namespace orrery::rpc {
namespace {

constexpr std::size_t read_max = 64 * 1024;

// Of a wait that did not end well.
GoError error_of(sim::Error error) {
    using Kind = GoError::Kind;
    const Kind kind = error == sim::Error::cancelled   ? Kind::cancelled
                      : error == sim::Error::timed_out ? Kind::waiting
                                                       : Kind::connection;
    return {kind, std::string(sim::name(error))};
}

} // namespace

// The definitions of the argument's types have ids that no encoder gives. They are sent once, for a stream that defines
// an id twice has ended: a client makes one such call in gob, and others in jsonrpc.
gob::Problem GoArgumentOf<GoJson>::write(gob::Encoder&, sim::Bytes& out) const {
    return jsonrpc::append_gob(out, value_.text);
}
gob::Problem GoArgumentOf<GoJson>::write(std::string_view method, std::uint64_t sequence, sim::Bytes& out) const {
    jsonrpc::append(out, "{\"method\":");
    jsonrpc::append_text(out, method);
    jsonrpc::append(out, ",\"params\":[");
    jsonrpc::append_compact(out, value_.text);
    jsonrpc::append(out, "],\"id\":" + std::to_string(sequence) + "}\n");
    return std::nullopt;
}
gob::Problem GoExchangeOf<GoJson>::read(gob::Decoder& decoder) {
    sim::Bytes json;
    gob::Problem problem = jsonrpc::append_json(json, decoder);
    value.text = json.text();
    return problem;
}
gob::Problem GoExchangeOf<GoJson>::read(std::string_view json) {
    value.text = json;
    return std::nullopt;
}

std::optional<GoError> GoExchange::wait(sim::Deadline deadline) {
    waiter_ = env_.current();
    while (!ended_)
        if (const sim::Status parked = env_.park(deadline); !parked.ok()) return error_of(parked.error());
    return std::exchange(error_, std::nullopt);
}

void GoExchange::end(std::optional<GoError> error) {
    CHECK(!ended_);
    error_ = std::move(error);
    ended_ = true;
    if (waiter_ != sim::Task{}) env_.wake(waiter_);
}

std::optional<GoError> GoClient::open(sim::Address to, GoProtocol protocol, sim::Deadline deadline) {
    CHECK(link_ == nullptr);
    sim::Result<sim::Stream> stream = env_.connect(with_port(to), deadline);
    if (!stream.ok()) return error_of(stream.error());
    auto link = std::make_shared<Link>(env_, std::move(*stream), protocol);
    sim::Bytes rest;
    if (protocol == GoProtocol::gob_over_http)
        if (std::optional<GoError> error = shake_hands(*link, rest, deadline)) return error;
    link_ = std::move(link);
    tasks_.spawn("rpc.replies", [link = link_, first = std::make_shared<sim::Bytes>(std::move(rest))] {
        receive(*link, std::move(*first));
    });
    return std::nullopt;
}

// If there is a problem, no request is appended; definitions of types may be, which the encoder gives only once.
gob::Problem GoClient::append_gob(Link& link, const GoRequest& header, const GoArgument& argument) {
    if (gob::Problem problem = link.encoder.encode(link.unsent, header)) return problem;
    const std::size_t end = link.unsent.size(); // of the header
    gob::Problem problem = argument.write(link.encoder, link.unsent);
    if (!problem) return std::nullopt;
    sim::Bytes again; // the header, without the definitions
    CHECK(!link.encoder.encode(again, header));
    const std::size_t behind = link.unsent.size() - end;
    std::memmove(link.unsent.data() + end - again.size(), link.unsent.data() + end, behind);
    link.unsent.resize(end - again.size() + behind);
    return problem;
}

void GoClient::begin(std::string_view method, const GoArgument& argument, const std::shared_ptr<GoExchange>& exchange) {
    if (link_ == nullptr || link_->has_ended) return exchange->end(shut_down());
    const std::uint64_t sequence = link_->next++;
    const gob::Problem problem = link_->protocol == GoProtocol::json
                                     ? argument.write(method, sequence, link_->unsent)
                                     : append_gob(*link_, GoRequest{std::string(method), sequence}, argument);
    if (problem)
        exchange->end(GoError{GoError::Kind::request, problem->text});
    else
        link_->waiting.emplace(sequence, exchange);
    send(link_);
}

// "HTTP/1.0 200 Connected to Go RPC": the words behind the version must be these.
std::optional<GoError> GoClient::shake_hands(Link& link, sim::Bytes& rest, sim::Deadline deadline) {
    const sim::Status written = link.stream.write(sim::view_of(http_connect), label_go_calls, deadline);
    if (!written.ok()) return error_of(written.error());
    std::size_t size = 0;
    while ((size = http_head(rest.text())) == 0) {
        if (rest.size() > http_head_max) return GoError{GoError::Kind::connection, "malformed HTTP response"};
        const sim::Result<sim::Bytes> more = link.stream.read(read_max, deadline);
        if (!more.ok()) return error_of(more.error());
        if (more->empty()) return GoError{GoError::Kind::connection, "unexpected EOF"};
        rest.append(*more);
    }
    const std::string_view head = rest.text().substr(0, size);
    const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
    const std::string_view status = line.substr(std::min(line.find(' '), line.size() - 1) + 1);
    if (status != "200 Connected to Go RPC")
        return GoError{GoError::Kind::connection, "unexpected HTTP response: " + std::string(status)};
    rest = sim::Bytes(rest.view().subspan(size));
    return std::nullopt;
}

void GoClient::receive(Link& link, sim::Bytes bytes) {
    std::optional<GoError> error;
    while (true) {
        if (link.protocol == GoProtocol::json)
            link.reader.feed(bytes);
        else
            link.decoder.feed(bytes);
        if ((error = take(link))) break;
        sim::Result<sim::Bytes> more = link.stream.read(read_max);
        if (!more.ok() || more->empty()) {
            error = link.is_closing ? shut_down() : GoError{GoError::Kind::connection, "unexpected EOF"};
            break;
        }
        bytes = std::move(*more);
    }
    end_all(link, *error);
}

// All that is there. What makes the connection useless ends it.
std::optional<GoError> GoClient::take(Link& link) {
    const auto useless = [](const gob::Error& problem) { return GoError{GoError::Kind::connection, problem.text}; };
    if (link.protocol == GoProtocol::json) {
        while (const std::optional<std::string_view> json = link.reader.next())
            if (std::optional<GoError> error = take_json(link, *json)) return error;
        return link.reader.error() ? std::optional(useless(*link.reader.error())) : std::nullopt;
    }
    while (link.decoder.ready()) {
        if (link.header) {
            if (std::optional<GoError> error = take_gob_body(link)) return error;
            continue;
        }
        link.header.emplace();
        if (const gob::Problem problem = link.decoder.take(*link.header)) return useless(*problem);
    }
    return link.decoder.error() ? std::optional(useless(*link.decoder.error())) : std::nullopt;
}

std::shared_ptr<GoExchange> GoClient::called(Link& link, std::uint64_t sequence) {
    const auto found = FLAW(rpc_reply_taken_in_order) ? link.waiting.begin() : link.waiting.find(sequence);
    if (found == link.waiting.end()) return nullptr;
    std::shared_ptr<GoExchange> exchange = found->second.lock();
    link.waiting.erase(found);
    return exchange;
}

// A result that does not decode is told to its call, and ends the connection for all others.
std::optional<GoError> GoClient::take_gob_body(Link& link) {
    const GoResponse header = *std::exchange(link.header, std::nullopt);
    const std::shared_ptr<GoExchange> exchange = called(link, header.sequence);
    if (exchange == nullptr || !header.error.empty()) {
        (void)link.decoder.discard();
        if (exchange != nullptr) exchange->end(GoError{GoError::Kind::server, header.error});
        return std::nullopt;
    }
    const gob::Problem problem = exchange->read(link.decoder);
    if (!problem) return exchange->end(std::nullopt), std::nullopt;
    exchange->end(GoError{GoError::Kind::reply, "reading body " + problem->text});
    return GoError{GoError::Kind::connection, problem->text};
}

std::optional<GoError> GoClient::take_json(Link& link, std::string_view json) {
    jsonrpc::Reply reply;
    if (const gob::Problem problem = jsonrpc::read_reply(json, reply))
        return GoError{GoError::Kind::connection, problem->text};
    const std::shared_ptr<GoExchange> exchange = called(link, reply.id);
    if (exchange == nullptr) return std::nullopt;
    if (reply.error) return exchange->end(GoError{GoError::Kind::server, *reply.error}), std::nullopt;
    const gob::Problem problem = exchange->read(reply.result);
    if (!problem) return exchange->end(std::nullopt), std::nullopt;
    exchange->end(GoError{GoError::Kind::reply, "reading body " + problem->text});
    return GoError{GoError::Kind::connection, problem->text};
}

void GoClient::end_all(Link& link, const GoError& error) {
    link.has_ended = true;
    for (const auto& [sequence, exchange] : std::exchange(link.waiting, {}))
        if (const std::shared_ptr<GoExchange> each = exchange.lock()) each->end(error);
}

std::optional<GoError> GoClient::close() {
    if (link_ == nullptr || link_->is_closing) return shut_down();
    link_->is_closing = true;
    tasks_.cancel();
    end_all(*link_, shut_down());
    link_ = nullptr;
    return std::nullopt;
}

void GoClient::send(const std::shared_ptr<Link>& link) {
    if (std::exchange(link->sending, true)) return;
    link->env.spawn("rpc.write", [link] {
        while (!link->unsent.empty()) {
            const sim::Bytes now = std::exchange(link->unsent, sim::Bytes{});
            if (!link->stream.write(now, label_go_calls).ok()) link->unsent.reset(); // the reader finds out why
        }
        link->sending = false;
    });
}

} // namespace orrery::rpc
