// What holds of every message: it comes back as it was; cut short anywhere, or with a byte too many, it
// is refused; and from noise comes nothing that would not be written as that same noise.
#pragma once

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "orrery/sim/codec.h"

namespace orrery {

// `same` compares by value, and names every field, so that one that the codec forgets is missed.
template <class T, class Same>
void expect_comes_back(const T& message, Same same) {
    const std::optional<T> decoded = sim::decode<T>(sim::encode(message));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(same(*decoded, message));
}

template <class T>
void expect_refused_unless_whole(const T& message) {
    sim::Bytes bytes = sim::encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) RC_ASSERT(!sim::decode<T>(bytes.view().first(size)));
    const auto more = *rc::gen::arbitrary<std::uint8_t>();
    bytes.append({&more, 1});
    RC_ASSERT(!sim::decode<T>(bytes));
}

// Bytes that were a message once, some of them drawn anew; and bytes that never were one. Noise with
// small numbers passes for counts more often than noise of all numbers.
template <class T>
void expect_no_other_spelling(const T& message) {
    sim::Bytes bytes = sim::encode(message);
    for (int edits = *rc::gen::inRange(0, 6); edits > 0; --edits) {
        const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
        bytes.data()[at] = *rc::gen::arbitrary<std::uint8_t>();
    }
    const auto noise = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(0, 4));
    for (const sim::ByteView view : {bytes.view(), sim::ByteView(noise)}) {
        const std::optional<T> decoded = sim::decode<T>(view);
        if (decoded) RC_ASSERT(sim::encode(*decoded).text() == sim::text_of(view));
    }
}

inline sim::Bytes draw_bytes() { return sim::Bytes(*rc::gen::arbitrary<std::vector<std::uint8_t>>()); }

} // namespace orrery
