// Streams in tests: bytes as text, one value through a stream, what a decoder says.
#pragma once

#include <gtest/gtest.h>

#include "orrery/protocols/gob/decoder.h"
#include "orrery/protocols/gob/encoder.h"
#include "orrery/protocols/gob/values_test.h"

namespace orrery::gob::shapes {

// {0xff, 0x81} <-> "ff81"; spaces are for people.
inline std::string hexadecimal(sim::ByteView bytes) {
    const std::string text = quoted(bytes);
    return text.substr(1, text.size() - 2);
}
inline std::string bytes_of(std::string_view text) {
    std::string bytes;
    std::string digits;
    for (const char each : text) {
        if (each == ' ') continue;
        digits += each;
        if (digits.size() < 2) continue;
        bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
        digits.clear();
    }
    return bytes;
}
inline std::string without_spaces(std::string_view text) { return hexadecimal(sim::view_of(bytes_of(text))); }

template <class T>
sim::Bytes message_of(Encoder& encoder, const T& value) {
    sim::Bytes out;
    const Problem problem = encoder.encode(out, value);
    EXPECT_FALSE(problem) << problem->text;
    return out;
}
// A stream of its own.
template <class T>
sim::Bytes stream_of(const T& value) {
    Encoder encoder;
    return message_of(encoder, value);
}

// What comes of the next value: the value as a text, or what is wrong.
template <class T>
std::string taken(Decoder& decoder) {
    if (!decoder.ready()) return decoder.error() ? decoder.error()->text : "not ready";
    T value{};
    const Problem problem = decoder.take(value);
    return problem ? problem->text : text_of(value);
}
template <class T>
std::string taken(sim::ByteView stream) {
    Decoder decoder;
    decoder.feed(stream);
    return taken<T>(decoder);
}

} // namespace orrery::gob::shapes
