// Bytes that were a value once, with some of them changed, cut out, doubled and moved, and bytes that never were one:
// whoever decodes them gives a value or nothing, and what is taken for a value is written with the same bytes. Some
// twenty thousand in the ordinary tests; with ORRERY_NIGHTLY in the environment so many millions that it takes minutes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "orrery/sim/bytes.h"

namespace orrery {

class Damage {
public:
    explicit Damage(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

    std::uint64_t below(std::uint64_t n) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return (state_ >> 16) % n;
    }
    std::string text() {
        std::string text(below(4) == 0 ? 100 + below(200) : below(12), ' ');
        for (char& each : text) each = static_cast<char>(below(256));
        return text;
    }
    // Mostly small, and of every size.
    std::uint64_t number() {
        const std::uint64_t bits = below(4) == 0 ? below(64) : below(8);
        const std::uint64_t high = below(UINT32_MAX) << 32;
        return (high | below(UINT32_MAX)) >> (63 - bits);
    }
    // That number or one near it, or any.
    std::uint64_t near(std::uint64_t number) {
        switch (below(6)) {
        case 0:
            return below(8) == 0 ? UINT64_MAX - below(4) : this->number();
        case 1:
            return number + below(4);
        case 2:
            return number - std::min(number, below(4));
        default:
            return number;
        }
    }
    void edit(std::string& bytes) {
        const std::size_t at = below(bytes.size() + 1);
        const std::size_t length = std::min<std::size_t>(below(8), bytes.size() - at);
        const auto byte = static_cast<char>(below(2) == 0 ? below(8) : below(256));
        switch (below(5)) {
        case 0:
            bytes.erase(at, length);
            return;
        case 1:
            bytes.insert(at, 1, byte);
            return;
        case 2:
            bytes.insert(below(bytes.size() + 1), bytes.substr(at, length));
            return;
        default:
            if (at < bytes.size()) bytes[at] = byte;
        }
    }

private:
    std::uint64_t state_;
};

// `make(damage)` gives the bytes of a value. `again(bytes)` decodes, and gives the bytes of what it found, if anything.
template <class Make, class Again>
void expect_values_or_nothing(const Make& make, const Again& again, std::uint64_t rounds = 20'000) {
    if (std::getenv("ORRERY_NIGHTLY") != nullptr) rounds *= 250;
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
        Damage damage(seed);
        std::string bytes = damage.below(16) == 0 ? damage.text() : std::string(make(damage).text());
        for (std::uint64_t edits = damage.below(4); edits > 0; --edits) damage.edit(bytes);
        const std::optional<sim::Bytes> written = again(sim::view_of(bytes));
        (written ? taken : refused) += 1;
        if (!written) continue;
        ASSERT_EQ(written->text(), bytes) << "seed " << seed;
    }
    EXPECT_GT(taken, rounds / 8);
    EXPECT_GT(refused, rounds / 8);
}

} // namespace orrery
