// An operator hears of it before a machine is taken down.
#include <gtest/gtest.h>

#include "orrery/faults/injector.h"
#include "orrery/faults/operator_order.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

// What happened, in words: "1001ms told 1", "1500ms down s1", "2000ms up s1". All is healed after 5 s.
std::vector<std::string> story_of(const std::string& plan) {
    std::vector<std::string> story;
    sim::world::World world({.seed = 2});
    const auto tell = [&](const std::string& what) {
        const auto now = std::chrono::floor<std::chrono::milliseconds>(world.now() - sim::WorldTime{});
        story.push_back(std::to_string(now.count()) + "ms " + what);
    };
    for (std::uint32_t i = 0; i < 3; ++i)
        world.add_host({"s" + std::to_string(i), "server", i, [](sim::Env& env) { (void)env.park(); }});
    world.add_host({"o0", "operator", 0, [&](sim::Env& env) {
                        auto orders = env.bind(OperatorOrder::port);
                        while (true) {
                            const auto datagram = orders->receive();
                            if (!datagram.ok()) return;
                            const auto order = sim::decode<OperatorOrder>(datagram->bytes);
                            ASSERT_TRUE(order.has_value());
                            EXPECT_EQ(order->kind, OperatorOrder::Kind::drain);
                            EXPECT_EQ(order->role, "server");
                            for (const std::uint32_t place : order->places) tell("told " + std::to_string(place));
                        }
                    }});
    world.set_recorder([&](const sim::Observation& seen) {
        if (seen.time == sim::WorldTime{}) return; // the first boots
        if (seen.kind == sim::Observation::Kind::crash) tell("down " + std::string(seen.host_name));
        if (seen.kind == sim::Observation::Kind::boot) tell("up " + std::string(seen.host_name));
    });
    Injector injector(world);
    const sim::Checked<Plan> parsed = parse_plan(plan, "plan");
    EXPECT_TRUE(parsed.ok());
    EXPECT_FALSE(injector.arm(*parsed).has_value());
    world.boot_all();
    world.run_until(sim::WorldTime{} + 5s);
    injector.heal_all();
    world.run_until(sim::WorldTime{} + 6s);
    return story;
}

using Story = std::vector<std::string>;

TEST(Drain, TellsThenTakesDownThenStarts) {
    EXPECT_EQ(story_of("f1 drain target=s1 at=1s for=2s"), (Story{"1001ms told 1", "1500ms down s1", "3000ms up s1"}));
    EXPECT_EQ(
        story_of("f1 drain target=s0,s2 at=1s for=1s notice=20ms"),
        (Story{"1001ms told 0", "1001ms told 2", "1020ms down s0", "1020ms down s2", "2000ms up s0", "2000ms up s2"}));
    EXPECT_EQ(story_of("f1 drain target=s1 at=1s"), (Story{"1001ms told 1", "1500ms down s1", "5000ms up s1"}));
}

TEST(Drain, ThatEndsBeforeItsNoticeTakesNothingDown) {
    EXPECT_EQ(story_of("f1 drain target=s1 at=1s for=400ms"), Story{"1001ms told 1"});
    EXPECT_EQ(story_of("f1 drain target=s1 at=4800ms"), Story{"4801ms told 1"}); // the heal
}

TEST(Drain, LeavesAMachineAloneThatIsDown) {
    EXPECT_EQ(story_of("f1 crash target=s1 at=1s for=3s\nf2 drain target=s1 at=2s for=1s"),
              (Story{"1000ms down s1", "4000ms up s1"}));
}

TEST(Drain, IsDrawnForMembersWithTimeToLeadElsewhere) {
    const Targets targets{.hosts = {"s0", "s1", "o0"}, .members = {"s0", "s1"}};
    std::size_t count = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed)
        for (const Fault& fault : draw_plan({{"drain", 9}}, seed, targets, 10s).faults) {
            ++count;
            ASSERT_EQ(fault.target.hosts.size(), 1u);
            EXPECT_NE(fault.target.hosts.front(), "o0");
            EXPECT_GE(fault.parameters.get<sim::Duration>("notice"), 300ms);
            EXPECT_GT(fault.duration, fault.parameters.get<sim::Duration>("notice"));
        }
    EXPECT_GT(count, 50u);
}

} // namespace
} // namespace orrery::faults
