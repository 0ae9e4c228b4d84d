#include "orrery/protocols/jsonrpc/reader.h"

namespace orrery::jsonrpc {

void Reader::feed(sim::ByteView bytes) {
    if (error_) return;
    if (begin_ == buffer_.size()) {
        buffer_.reset();
        begin_ = scanned_ = 0;
    } else if (begin_ > buffer_.size() / 2) {
        const std::size_t left = buffer_.size() - begin_;
        std::memmove(buffer_.data(), buffer_.data() + begin_, left);
        buffer_.resize(left);
        scanned_ -= begin_;
        begin_ = 0;
    }
    buffer_.append(bytes);
}

std::string_view Reader::take(std::size_t end) {
    const std::string_view value = buffer_.text().substr(begin_, end - begin_);
    begin_ = scanned_ = end;
    scanner_.reset();
    return value;
}

void Reader::fail(ErrorKind kind, std::string text) {
    error_ = Error{kind, std::move(text)};
    buffer_.reset();
    begin_ = scanned_ = 0;
}

std::optional<std::string_view> Reader::next() {
    while (!error_ && scanned_ < buffer_.size()) {
        const Scanner::Step step = scanner_.step(buffer_.text()[scanned_]);
        if (step == Scanner::Step::behind) return take(scanned_);
        ++scanned_;
        if (step == Scanner::Step::space) begin_ = scanned_;
        if (step == Scanner::Step::wrong)
            fail(ErrorKind::framing, scanner_.complaint());
        else if (scanned_ - begin_ > limits_.value_max)
            fail(ErrorKind::limit, "json: value too long");
        else if (step == Scanner::Step::last)
            return take(scanned_);
    }
    return std::nullopt;
}

Problem check_whole(std::string_view text) {
    Scanner scanner(Limits().depth_max);
    const auto wrong = [&](char byte) { return Error{ErrorKind::framing, scanner.complain_behind(byte)}; };
    bool is_whole = false;
    for (const char byte : text) {
        if (is_whole && Scanner::is_space(byte)) continue;
        if (is_whole) return wrong(byte);
        const Scanner::Step step = scanner.step(byte);
        if (step == Scanner::Step::wrong) return Error{ErrorKind::framing, scanner.complaint()};
        if (step == Scanner::Step::behind && !Scanner::is_space(byte)) return wrong(byte);
        is_whole = step == Scanner::Step::last || step == Scanner::Step::behind;
    }
    if (is_whole) return std::nullopt;
    // As if a space followed.
    const Scanner::Step step = scanner.step(' ');
    if (step == Scanner::Step::behind) return std::nullopt;
    return Error{ErrorKind::framing,
                 step == Scanner::Step::wrong ? scanner.complaint() : "unexpected end of JSON input"};
}

} // namespace orrery::jsonrpc
