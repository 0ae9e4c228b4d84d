// Characters in UTF-8, and what is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::jsonrpc {

constexpr std::uint32_t replacement = 0xfffd; // stands for what is no character

struct Character {
    std::size_t size = 1; // bytes
    std::uint32_t code = replacement;
    bool is_valid = false;
};

// The first character of a text that is not empty. A byte that begins none counts as one of its own.
inline Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return {1, first, true};
    if (first < 0xc2 || first > 0xf4) return {};
    const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (text.size() < size) return {};
    std::uint32_t code = first & (0x7fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3fu);
    }
    const bool is_too_long = (size == 3 && code < 0x800) || (size == 4 && (code < 0x10000 || code > 0x10ffff));
    if (is_too_long || (code >= 0xd800 && code < 0xe000)) return {};
    return {size, code, true};
}

inline void append_character(std::string& out, std::uint32_t code) {
    const auto add = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
    if (code < 0x80) {
        add(code);
        return;
    }
    if (code < 0x800) {
        add(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            add(0xe0 | code >> 12);
        } else {
            add(0xf0 | code >> 18);
            add(0x80 | (code >> 12 & 0x3f));
        }
        add(0x80 | (code >> 6 & 0x3f));
    }
    add(0x80 | (code & 0x3f));
}

} // namespace orrery::jsonrpc
