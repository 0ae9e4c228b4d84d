#include "orrery/sim/peers.h"

#include <gtest/gtest.h>

#include <vector>

namespace orrery::sim {
namespace {

// Every role of up to four hosts, seen by each of them and by another: as a list without the one that asks.
TEST(Peers, AreTheRoleWithoutTheOneThatAsks) {
    for (std::size_t count = 0; count <= 4; ++count) {
        std::vector<Address> role;
        for (std::size_t i = 0; i < count; ++i) role.push_back({i + 1, 0});
        for (std::size_t self = 0; self <= count; ++self) {
            std::vector<Address> expected = role;
            if (self < count) expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(self));
            const Peers peers(role, self);
            std::vector<Address> walked;
            for (const Address each : peers) walked.push_back(each);
            EXPECT_EQ(walked, expected) << count << " hosts, seen by " << self;
            EXPECT_EQ(peers.size(), expected.size());
            EXPECT_EQ(peers.empty(), expected.empty());
            for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(peers[i], expected[i]);
        }
    }
    EXPECT_TRUE(Peers().empty());
    EXPECT_EQ(Peers().begin(), Peers().end());
}

TEST(PeersDeathTest, HaveNoneBeyondTheLast) {
    const std::vector<Address> role{{1, 0}, {2, 0}};
    EXPECT_DEATH((void)Peers(role, 0)[1], "i < size");
}

} // namespace
} // namespace orrery::sim
