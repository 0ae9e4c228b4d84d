#include "orrery/protocols/jsonrpc/scanner.h"

namespace orrery::jsonrpc {
namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_hexadecimal(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

// 'x', '\'' or '\x00', as Go quotes a byte.
std::string quoted(char byte) {
    static constexpr char digits[] = "0123456789abcdef";
    const auto code = static_cast<std::uint8_t>(byte);
    switch (byte) {
    case '\'':
        return R"('\'')";
    case '\\':
        return R"('\\')";
    case '\n':
        return R"('\n')";
    case '\r':
        return R"('\r')";
    case '\t':
        return R"('\t')";
    case '\b':
        return R"('\b')";
    case '\f':
        return R"('\f')";
    case '\a':
        return R"('\a')";
    case '\v':
        return R"('\v')";
    default:
        break;
    }
    if (code < 0x20 || code == 0x7f) return std::string("'\\x") + digits[code >> 4] + digits[code & 15] + "'";
    if (code < 0x80) return std::string("'") + byte + "'";
    // Go takes the byte for a character of Latin-1, of which some cannot be printed.
    if (code < 0xa1 || code == 0xad) return std::string("'\\u00") + digits[code >> 4] + digits[code & 15] + "'";
    return std::string("'") + static_cast<char>(0xc0 | code >> 6) + static_cast<char>(0x80 | (code & 0x3f)) + "'";
}

} // namespace

void Scanner::reset() {
    depth_.clear();
    state_ = State::value;
}

Scanner::Step Scanner::wrong(char byte, std::string_view where) {
    complaint_ = "invalid character " + quoted(byte) + " " + std::string(where);
    return Step::wrong;
}

Scanner::Step Scanner::step(char byte) {
    switch (state_) {
    case State::text:
    case State::escape:
    case State::hexadecimal:
        return step_text(byte);
    case State::literal:
        return step_literal(byte);
    case State::minus:
    case State::zero:
    case State::digits:
    case State::point:
    case State::fraction:
    case State::exponent:
    case State::exponent_sign:
    case State::exponent_digits:
        return step_number(byte);
    default:
        if (is_space(byte)) return is_between_values() ? Step::space : Step::inside;
        return step_structure(byte);
    }
}

Scanner::Step Scanner::step_structure(char byte) {
    switch (state_) {
    case State::value_or_end:
        return byte == ']' ? close() : begin_value(byte);
    case State::key_or_end:
        if (byte == '}') return close();
        [[fallthrough]];
    case State::key:
        if (byte != '"') return wrong(byte, "looking for beginning of object key string");
        is_key_ = true;
        state_ = State::text;
        return Step::inside;
    case State::colon:
        if (byte != ':') return wrong(byte, "after object key");
        state_ = State::value;
        return Step::inside;
    case State::comma:
        if (byte == (depth_.back() ? '}' : ']')) return close();
        if (byte != ',') return wrong(byte, depth_.back() ? "after object key:value pair" : "after array element");
        state_ = depth_.back() ? State::key : State::value;
        return Step::inside;
    default:
        return begin_value(byte);
    }
}

Scanner::Step Scanner::begin_value(char byte) {
    const auto literal = [&](std::string_view text) {
        literal_ = text;
        literal_at_ = 1;
        state_ = State::literal;
        return Step::inside;
    };
    switch (byte) {
    case '{':
        return open(true);
    case '[':
        return open(false);
    case '"':
        is_key_ = false;
        state_ = State::text;
        return Step::inside;
    case 't':
        return literal("true");
    case 'f':
        return literal("false");
    case 'n':
        return literal("null");
    case '-':
        state_ = State::minus;
        return Step::inside;
    case '0':
        state_ = State::zero;
        return Step::inside;
    default:
        if (!is_digit(byte)) return wrong(byte, "looking for beginning of value");
        state_ = State::digits;
        return Step::inside;
    }
}

Scanner::Step Scanner::open(bool is_object) {
    if (depth_.size() == depth_max_) {
        complaint_ = "exceeded max depth";
        return Step::wrong;
    }
    depth_.push_back(is_object);
    state_ = is_object ? State::key_or_end : State::value_or_end;
    return Step::inside;
}

Scanner::Step Scanner::close() {
    depth_.pop_back();
    return end_value();
}

Scanner::Step Scanner::end_value() {
    if (depth_.empty()) {
        state_ = State::value;
        return Step::last;
    }
    state_ = State::comma;
    return Step::inside;
}

Scanner::Step Scanner::step_text(char byte) {
    if (state_ == State::escape) {
        if (byte == 'u') {
            digits_left_ = 4;
            state_ = State::hexadecimal;
            return Step::inside;
        }
        if (std::string_view("bfnrt\\/\"").find(byte) == std::string_view::npos)
            return wrong(byte, "in string escape code");
        state_ = State::text;
        return Step::inside;
    }
    if (state_ == State::hexadecimal) {
        if (!is_hexadecimal(byte)) return wrong(byte, "in \\u hexadecimal character escape");
        if (--digits_left_ == 0) state_ = State::text;
        return Step::inside;
    }
    if (byte == '\\') {
        state_ = State::escape;
        return Step::inside;
    }
    if (static_cast<std::uint8_t>(byte) < 0x20) return wrong(byte, "in string literal");
    if (byte != '"') return Step::inside;
    if (!is_key_) return end_value();
    state_ = State::colon;
    return Step::inside;
}

Scanner::Step Scanner::step_literal(char byte) {
    if (byte != literal_[literal_at_])
        return wrong(byte, "in literal " + std::string(literal_) + " (expecting '" + literal_[literal_at_] + "')");
    return ++literal_at_ == literal_.size() ? end_value() : Step::inside;
}

Scanner::Step Scanner::step_number(char byte) {
    const auto go_on = [&](State state) {
        state_ = state;
        return Step::inside;
    };
    const bool is_exponent = byte == 'e' || byte == 'E';
    switch (state_) {
    case State::minus:
        if (!is_digit(byte)) return wrong(byte, "in numeric literal");
        return go_on(byte == '0' ? State::zero : State::digits);
    case State::digits:
        if (is_digit(byte)) return Step::inside;
        [[fallthrough]];
    case State::zero:
        if (byte == '.') return go_on(State::point);
        return is_exponent ? go_on(State::exponent) : end_number(byte);
    case State::point:
        if (!is_digit(byte)) return wrong(byte, "after decimal point in numeric literal");
        return go_on(State::fraction);
    case State::fraction:
        if (is_digit(byte)) return Step::inside;
        return is_exponent ? go_on(State::exponent) : end_number(byte);
    case State::exponent:
        if (byte == '+' || byte == '-') return go_on(State::exponent_sign);
        [[fallthrough]];
    case State::exponent_sign:
        if (!is_digit(byte)) return wrong(byte, "in exponent of numeric literal");
        return go_on(State::exponent_digits);
    default:
        return is_digit(byte) ? Step::inside : end_number(byte);
    }
}

// A number ends before the byte that cannot belong to it, which is then looked at on its own.
Scanner::Step Scanner::end_number(char byte) {
    if (end_value() == Step::last) return Step::behind;
    return step(byte);
}

} // namespace orrery::jsonrpc
