// Who is at which place, and who may speak.
#include "orrery/protocols/replication/members.h"

#include <gtest/gtest.h>

#include "orrery/sim/world/world.h"

namespace orrery::replication {
namespace {

using namespace std::chrono_literals;

// Each finds itself at its own place, and all find the same order.
TEST(Members, AreInTheOrderOfTheirPlaces) {
    sim::world::World world({.seed = 1});
    std::vector<std::vector<std::uint64_t>> seen(3);
    std::vector<std::uint64_t> own(3);
    for (std::uint32_t index = 0; index < 3; ++index)
        world.add_host({"s" + std::to_string(index), "server", index, [&, index](sim::Env& env) {
                            for (const sim::Address each : members_of(env, "server")) seen[index].push_back(each.host);
                            own[index] = env.self().address.host;
                        }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    for (std::uint32_t index = 0; index < 3; ++index) {
        ASSERT_EQ(seen[index].size(), 3u);
        EXPECT_EQ(seen[index], seen[0]);
        EXPECT_EQ(seen[index][index], own[index]);
    }
}

TEST(Members, SpeakAsThemselvesAndToWhomTheyMean) {
    const std::vector<sim::Address> members{{10, 0}, {11, 0}, {12, 0}};
    const auto is_taken = [&](Member from, Member to, std::uint64_t sender) {
        return is_spoken_by_a_member(members, 0, from, to, {sender, 77});
    };
    EXPECT_TRUE(is_taken(1, 0, 11));
    EXPECT_FALSE(is_taken(3, 0, 13)); // no member
    EXPECT_FALSE(is_taken(1, 0, 12)); // another member in its name
    EXPECT_FALSE(is_taken(1, 0, 99)); // a stranger in its name
    EXPECT_FALSE(is_taken(0, 0, 10)); // itself
    EXPECT_FALSE(is_taken(1, 2, 11)); // meant for another
}

} // namespace
} // namespace orrery::replication
