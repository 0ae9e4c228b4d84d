// Text that is no UTF-8 must not make a line that no other program can read.
#include "orrery/scenarios/engine/artifact/json.h"

#include <fmt/core.h>

namespace orrery::scenarios::engine {
namespace {

// The length of the UTF-8 sequence at the beginning; 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = byte(0) < 0x80   ? 1
                               : byte(0) < 0xc2 ? 0
                               : byte(0) < 0xe0 ? 2
                               : byte(0) < 0xf0 ? 3
                               : byte(0) < 0xf5 ? 4
                                                : 0;
    if (length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    if (length == 3 && ((byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xed && byte(1) > 0x9f))) return 0;
    if (length == 4 && ((byte(0) == 0xf0 && byte(1) < 0x90) || (byte(0) == 0xf4 && byte(1) > 0x8f))) return 0;
    return length;
}

} // namespace

std::string json_string(std::string_view text) {
    std::string result = "\"";
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        const auto byte = static_cast<unsigned char>(text[0]);
        if (length == 0) {
            result += "\\ufffd";
        } else if (byte == '"' || byte == '\\') {
            result += '\\';
            result += text[0];
        } else if (byte < 0x20) {
            result += fmt::format("\\u{:04x}", byte);
        } else {
            result += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result + "\"";
}

Object& Object::decimal(std::string_view key, double value, int digits) {
    return raw(key, fmt::format("{:.{}f}", value, digits));
}

Object& Object::texts(std::string_view key, const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& each : values) list += (list.empty() ? "" : ",") + json_string(each);
    return raw(key, "[" + list + "]");
}

Object& Object::counts(std::string_view key, const std::map<std::string, std::uint64_t>& values) {
    std::string list;
    for (const auto& [name, count] : values)
        list += (list.empty() ? "" : ",") + json_string(name) + ":" + std::to_string(count);
    return raw(key, "{" + list + "}");
}

void Object::print() const {
    const std::string all = line();
    std::fwrite(all.data(), 1, all.size(), stdout);
    std::fflush(stdout);
}

} // namespace orrery::scenarios::engine
