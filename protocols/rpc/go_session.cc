// One task reads; one, while there is something to send, writes. Whoever encodes does not suspend meanwhile, so that
// replies follow each other whole on the stream, and a type is defined before its first value.
#include "orrery/protocols/rpc/go_session.h"

namespace orrery::rpc {

void GoSession::serve(Wire wire, sim::Bytes first) {
    CHECK(wire != Wire::own);
    if (wire == Wire::http) return serve_http(std::move(first));
    if (wire == Wire::json) return serve_json(std::move(first));
    serve_gob(std::move(first));
}

void GoSession::serve_http(sim::Bytes head) {
    std::size_t size = 0;
    while ((size = http_head(head.text())) == 0)
        if (head.size() > http_head_max || !read_more(head)) return;
    const std::string answer = http_answer(head.text().substr(0, size), published_);
    unsent_.append(sim::view_of(answer));
    send();
    if (answer == http_connected) serve_gob(sim::Bytes(head.view().subspan(size)));
}

bool GoSession::read_more(sim::Bytes& bytes) {
    if (broken_) return false;
    const sim::Result<sim::Bytes> more = stream_.read(read_max);
    if (!more.ok() || more->empty()) return false;
    bytes.append(*more);
    return true;
}

void GoSession::serve_gob(sim::Bytes bytes) {
    do {
        decoder_.feed(bytes);
        bytes.clear();
        while (room().ok() && decoder_.ready())
            if (!(header_ ? take_gob_body() : take_gob())) return;
        if (decoder_.error()) return;
    } while (read_more(bytes));
}

// A header that cannot be read ends the connection: what follows belongs to nobody.
bool GoSession::take_gob() {
    header_.emplace();
    return !decoder_.take(*header_);
}

bool GoSession::take_gob_body() {
    Call call{shared_from_this(), nullptr, *std::exchange(header_, std::nullopt)};
    Found found = find_method(published_, call.header.method);
    if (found.method == nullptr) {
        (void)decoder_.discard();
        finish(call, found.problem);
        return true;
    }
    call.invocation = found.method->begin();
    if (const gob::Problem problem = call.invocation->read(decoder_)) {
        finish(call, problem->text);
        return true;
    }
    return run(std::move(call));
}

void GoSession::serve_json(sim::Bytes bytes) {
    jsonrpc::Reader reader;
    do {
        reader.feed(bytes);
        bytes.clear();
        while (room().ok()) {
            const std::optional<std::string_view> json = reader.next();
            if (!json) break;
            if (!take_json(*json)) return;
        }
        if (reader.error()) return;
    } while (read_more(bytes));
}

bool GoSession::take_json(std::string_view json) {
    jsonrpc::Request request;
    if (jsonrpc::read_request(json, request)) return false;
    Call call{shared_from_this(), nullptr, {}, std::string(request.id)};
    Found found = find_method(published_, request.method);
    if (found.method == nullptr) {
        finish(call, found.problem);
        return true;
    }
    call.invocation = found.method->begin();
    if (const gob::Problem problem = call.invocation->read(request)) {
        finish(call, problem->text);
        return true;
    }
    return run(std::move(call));
}

bool GoSession::run(Call call) {
    const auto shared = std::make_shared<Call>(std::move(call));
    return start_([shared] { shared->session->finish(*shared, shared->invocation->run()); }).ok();
}

// An empty error is none, as in Go.
void GoSession::finish(const Call& call, const std::optional<std::string>& error) {
    if (broken_) return;
    const bool has_result = call.invocation != nullptr && !error;
    if (call.id.empty()) {
        reply_gob(call, error);
    } else if (!has_result) {
        jsonrpc::append_error(unsent_, call.id, *error);
    } else if (const gob::Problem problem = call.invocation->write(call.id, unsent_)) {
        broken_ = true; // as in Go: what cannot be encoded ends the connection
    }
    send();
}

void GoSession::reply_gob(const Call& call, const std::optional<std::string>& error) {
    gob::Problem problem =
        encoder_.encode(unsent_, GoResponse{call.header.method, call.header.sequence, error.value_or("")});
    if (!problem) problem = error ? encoder_.encode(unsent_, Nothing{}) : call.invocation->write(encoder_, unsent_);
    if (problem) broken_ = true;
}

sim::Status GoSession::room() {
    while (!broken_ && unsent_.size() >= unsent_max)
        if (const sim::Status waited = room_.wait(); !waited.ok()) return waited;
    return broken_ ? sim::Status(sim::Error::reset) : sim::success();
}

void GoSession::send() {
    if (!std::exchange(sending_, true)) spawn_writer_([self = shared_from_this()] { self->drain(); });
}

void GoSession::drain() {
    CHECK(sending_);
    while (!unsent_.empty()) {
        const sim::Bytes now = std::exchange(unsent_, sim::Bytes{});
        if (!stream_.write(now, label_go_replies).ok()) {
            broken_ = true;
            unsent_.reset();
        }
        room_.signal();
    }
    sending_ = false;
    room_.signal();
}

} // namespace orrery::rpc
