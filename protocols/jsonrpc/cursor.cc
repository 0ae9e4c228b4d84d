#include "orrery/protocols/jsonrpc/cursor.h"

#include "orrery/protocols/jsonrpc/utf8.h"
#include "orrery/sim/check.h"

namespace orrery::jsonrpc {
namespace {

constexpr std::string_view spaces = " \t\r\n";

// One past the quotation mark that ends the text at the beginning.
std::size_t text_size(std::string_view text) {
    std::size_t at = 1;
    while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at + 1;
}

// Of the four digits at the beginning.
std::uint32_t hexadecimal_unit(std::string_view digits) {
    std::uint32_t unit = 0;
    for (const char each : digits.substr(0, 4)) {
        const int value = each <= '9' ? each - '0' : (each | 0x20) - 'a' + 10;
        unit = unit << 4 | static_cast<std::uint32_t>(value);
    }
    return unit;
}

bool is_surrogate(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xe000; }

// The character of a \u, whose digits begin `rest`; takes them, and those of a second half.
std::uint32_t escaped_character(std::string_view& rest) {
    const std::uint32_t first = hexadecimal_unit(rest);
    rest.remove_prefix(4);
    if (!is_surrogate(first)) return first;
    if (first >= 0xdc00 || !rest.starts_with("\\u")) return replacement;
    const std::uint32_t second = hexadecimal_unit(rest.substr(2));
    if (second < 0xdc00 || second >= 0xe000) return replacement;
    rest.remove_prefix(6);
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

} // namespace

std::string_view Cursor::kind() const {
    switch (peek()) {
    case '{':
        return "object";
    case '[':
        return "array";
    case '"':
        return "string";
    case 't':
    case 'f':
        return "bool";
    case 'n':
        return "null";
    default:
        return "number";
    }
}

void Cursor::skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(spaces), rest_.size())); }

std::string_view Cursor::take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    skip_space();
    return taken;
}

std::string_view Cursor::skip() {
    if (peek() == '"') return take(text_size(rest_));
    if (peek() != '{' && peek() != '[') return take(rest_.find_first_of(",]} \t\r\n"));
    std::size_t depth = 0;
    std::size_t at = 0;
    do {
        const char byte = rest_[at];
        if (byte == '"') {
            at += text_size(rest_.substr(at));
            continue;
        }
        if (byte == '{' || byte == '[') ++depth;
        if (byte == '}' || byte == ']') --depth;
        ++at;
    } while (depth > 0);
    return take(at);
}

std::string Cursor::text() {
    CHECK(peek() == '"');
    std::string_view rest = skip();
    rest = rest.substr(1, rest.size() - 2);
    std::string out;
    while (!rest.empty()) {
        if (rest[0] != '\\') {
            const Character character = first_character(rest);
            if (character.is_valid)
                out.append(rest.substr(0, character.size));
            else
                append_character(out, replacement);
            rest.remove_prefix(character.size);
            continue;
        }
        const char escape = rest[1];
        rest.remove_prefix(2);
        constexpr std::string_view names = "bfnrt";
        constexpr std::string_view meanings = "\b\f\n\r\t";
        if (escape == 'u')
            append_character(out, escaped_character(rest));
        else
            out += names.find(escape) == std::string_view::npos ? escape : meanings[names.find(escape)];
    }
    return out;
}

bool Cursor::enter() {
    CHECK(peek() == '[' || peek() == '{');
    take(1);
    if (peek() != ']' && peek() != '}') return true;
    take(1);
    return false;
}

bool Cursor::next() { return take(1) == ","; }

std::string Cursor::name() {
    std::string name = text();
    CHECK(peek() == ':');
    take(1);
    return name;
}

} // namespace orrery::jsonrpc
