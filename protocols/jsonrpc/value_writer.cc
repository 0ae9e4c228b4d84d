#include "orrery/protocols/jsonrpc/value_writer.h"

#include <charconv>

#include "orrery/protocols/jsonrpc/utf8.h"

namespace orrery::jsonrpc {
namespace {

constexpr char hexadecimal_digits[] = "0123456789abcdef";

// A character that cannot stand as it is; empty if it can.
std::string escaped(const Character& character) {
    const std::uint32_t code = character.code;
    if (!character.is_valid) return "\\ufffd";
    if (code == '"' || code == '\\') return {'\\', static_cast<char>(code)};
    if (code == '\n') return "\\n";
    if (code == '\r') return "\\r";
    if (code == '\t') return "\\t";
    if (code < 0x20 || code == '<' || code == '>' || code == '&')
        return std::string("\\u00") + hexadecimal_digits[code >> 4] + hexadecimal_digits[code & 15];
    // Ends of lines to JavaScript, not to JSON.
    if (code == 0x2028 || code == 0x2029) return std::string("\\u202") + hexadecimal_digits[code & 15];
    return {};
}

// The digits and the exponent of "-1.2345e-07", as an integer's text has a sign, digits, and tens that follow.
struct Decimal {
    bool is_negative = false;
    std::string digits;
    int point = 0; // so many digits stand before it
};

template <class T>
Decimal shortest(T value) {
    char buffer[64];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    std::string_view text(buffer, static_cast<std::size_t>(result.ptr - buffer));
    Decimal decimal;
    decimal.is_negative = text.starts_with('-');
    if (decimal.is_negative) text.remove_prefix(1);
    const std::size_t e = text.find('e');
    for (const char each : text.substr(0, e))
        if (each != '.') decimal.digits += each;
    const std::string_view exponent = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.point);
    ++decimal.point;
    return decimal;
}

// Like JavaScript: an exponent only below 1e-6 and from 1e21 on.
std::string number_text(const Decimal& decimal) {
    std::string digits = decimal.digits;
    const int count = static_cast<int>(digits.size());
    std::string text = decimal.is_negative ? "-" : "";
    if (digits == "0") return text + "0";
    if (decimal.point < -5 || decimal.point > 21) {
        const int exponent = decimal.point - 1;
        if (count > 1) digits.insert(1, ".");
        // Go pads a positive exponent to two digits, and no negative one.
        const std::string size = std::to_string(exponent < 0 ? -exponent : exponent);
        return text + digits + (exponent < 0 ? "e-" : "e+") + (exponent > 0 && size.size() < 2 ? "0" : "") + size;
    }
    if (decimal.point <= 0) return text + "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + digits;
    if (decimal.point >= count)
        return text + digits + std::string(static_cast<std::size_t>(decimal.point - count), '0');
    return text + digits.insert(static_cast<std::size_t>(decimal.point), ".");
}

} // namespace

void append_text(sim::Bytes& out, std::string_view text) {
    append(out, "\"");
    std::size_t plain = 0; // bytes that stand as they are and were not appended yet
    while (plain < text.size()) {
        const Character character = first_character(text.substr(plain));
        const std::string instead = escaped(character);
        if (instead.empty()) {
            plain += character.size;
            continue;
        }
        append(out, text.substr(0, plain));
        append(out, instead);
        text.remove_prefix(plain + character.size);
        plain = 0;
    }
    append(out, text);
    append(out, "\"");
}

void append_base64(sim::Bytes& out, sim::ByteView content) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text = "\"";
    for (std::size_t at = 0; at < content.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, content.size() - at);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < count ? content[at + i] : 0u);
        for (std::size_t i = 0; i < 4; ++i) text += i <= count ? digits[bits >> (18 - 6 * i) & 63] : '=';
    }
    append(out, text + "\"");
}

void append_number(sim::Bytes& out, double value) { append(out, number_text(shortest(value))); }
void append_number(sim::Bytes& out, float value) { append(out, number_text(shortest(value))); }

void append_compact(sim::Bytes& out, std::string_view json) {
    bool in_text = false;
    while (!json.empty()) {
        const char byte = json[0];
        if (in_text && byte == '\\') {
            append(out, json.substr(0, 2));
            json.remove_prefix(2);
            continue;
        }
        if (byte == '"') in_text = !in_text;
        const Character character = first_character(json);
        const bool is_space = !in_text && std::string_view(" \t\r\n").find(byte) != std::string_view::npos;
        const bool is_escaped = character.is_valid && byte != '"' && !escaped(character).empty();
        if (is_escaped && !is_space)
            append(out, escaped(character));
        else if (!is_space)
            append(out, json.substr(0, character.size));
        json.remove_prefix(character.size);
    }
}

} // namespace orrery::jsonrpc
