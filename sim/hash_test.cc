// Of hashes of bytes: the same everywhere, and another for another content.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "orrery/sim/hash.h"

namespace orrery::sim {
namespace {

TEST(HashOfBytes, IsTheSameInEveryBuild) {
    EXPECT_EQ(hash_bytes({}), 0u);
    std::string text;
    std::uint64_t all = 0;
    for (char c = '!'; c < '~'; ++c) all = mix(all, hash_bytes(view_of(text += c)));
    EXPECT_EQ(all, 8557975378514715245u); // by a program of its own in another language
}

TEST(HashOfBytes, ChangesWithEachBitAndWithTheLength) {
    for (std::size_t size = 1; size < 70; ++size) {
        std::string text(size, '\0');
        std::set<std::uint64_t> seen{hash_bytes(view_of(text)), hash_bytes(view_of(text + '\0'))};
        for (std::size_t bit = 0; bit < 8 * size; ++bit) {
            std::string other = text;
            other[bit / 8] = static_cast<char>(1 << bit % 8);
            seen.insert(hash_bytes(view_of(other)));
        }
        EXPECT_EQ(seen.size(), 8 * size + 2) << size;
    }
}

} // namespace
} // namespace orrery::sim
