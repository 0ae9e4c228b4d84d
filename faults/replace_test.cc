// A machine is lost with its disk, one at a time, and another comes.
#include <gtest/gtest.h>

#include "orrery/faults/injector.h"
#include "orrery/faults/operator_order.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

constexpr sim::StateKey brought_about{operator_members};

struct Replaced {
    std::vector<std::string> story{}; // "boots with 1 file" of s1, and orders: "0 2"
    std::map<sim::world::FaultId, sim::world::Efficacy> efficacies{};
};

// An operator brings each order about in so much time.
Replaced replaced_by(const std::string& plan, sim::Duration settling) {

    Replaced seen;
    sim::world::World world({.seed = 2});
    for (std::uint32_t i = 0; i < 3; ++i)
        world.add_host({"s" + std::to_string(i), "server", i, [&](sim::Env& env) {
                            const auto files = env.list("");
                            if (env.self().index == 1)
                                seen.story.push_back("boots with " + std::to_string(files->size()) + " files");
                            auto file = env.open("f", sim::OpenMode::create);
                            (void)file->write_at(0, sim::view_of("content"));
                            (void)file->sync();
                            (void)env.sync_directory("");
                            (void)env.park();
                        }});
    world.add_host({"o0", "operator", 0, [&](sim::Env& env) {
                        auto orders = env.bind(OperatorOrder::port);
                        env.state(brought_about, "0 1 2");
                        while (true) {
                            const auto datagram = orders->receive();
                            if (!datagram.ok()) return;
                            const auto order = sim::decode<OperatorOrder>(datagram->bytes);
                            ASSERT_TRUE(order.has_value());
                            EXPECT_EQ(order->kind, OperatorOrder::Kind::members);
                            seen.story.push_back(words_of(order->places));
                            env.state(brought_about, "changing");
                            if (!env.sleep(settling).ok()) return;
                            env.state(brought_about, words_of(order->places));
                        }
                    }});
    Injector injector(world);
    EXPECT_FALSE(injector.arm(*parse_plan(plan, "plan")).has_value());
    world.boot_all();
    world.run_until(sim::WorldTime{} + 5s);
    injector.heal_all();
    world.run_until(sim::WorldTime{} + 6s);
    seen.efficacies = world.efficacies();
    return seen;
}

TEST(Replace, TakesTheDiskAndTellsOfBoth) {
    const Replaced seen = replaced_by("f1 replace target=s1 at=1s for=2s", 1ms);
    EXPECT_EQ(seen.story, (std::vector<std::string>{"boots with 0 files", "0 2", "boots with 0 files", "0 1 2"}));
    EXPECT_EQ(seen.efficacies.at(1).effective, 4u); // a process, a disk, and two orders
}

TEST(Replace, DiffersFromACrashByTheDisk) {
    const Replaced seen = replaced_by("f1 crash target=s1 at=1s for=2s", 1ms);
    EXPECT_EQ(seen.story, (std::vector<std::string>{"boots with 0 files", "boots with 1 files"}));
}

TEST(Replace, TakesAlsoAMachineThatIsDown) {
    const Replaced seen = replaced_by("f1 crash target=s1 at=1s for=100ms\nf2 replace target=s1 at=1050ms for=2s", 1ms);
    EXPECT_EQ(seen.story, (std::vector<std::string>{"boots with 0 files", "0 2", "boots with 0 files", "0 1 2"}));
}

TEST(Replace, WaitsUntilTheOperatorHasSettledTheOneBefore) {
    const std::string plan = "f1 replace target=s1 at=1s for=500ms\nf2 replace target=s2 at=2s for=500ms";
    EXPECT_EQ(replaced_by(plan, 100ms).efficacies.at(2).fired, 1u);
    EXPECT_EQ(replaced_by(plan, 1s).efficacies.at(2).fired, 0u);
}

TEST(Replace, WaitsAlsoForAnOrderThatWasBroughtAboutTooLate) {
    const std::string plan = "f1 replace target=s1 at=1s for=500ms\nf2 replace target=s2 at=1510ms for=500ms";
    EXPECT_EQ(replaced_by(plan, 600ms).efficacies.at(2).fired, 0u); // the operator has just heard that s1 is back
}

TEST(Replace, DoesNotBeginWhereTooFewWouldBeLeft) {
    EXPECT_EQ(replaced_by("f1 replace target=s1 at=1s for=500ms least=3", 1ms).efficacies.at(1).fired, 0u);
    EXPECT_EQ(replaced_by("f1 replace target=s1,s2 at=1s for=500ms", 1ms).efficacies.at(1).fired, 0u);
    EXPECT_EQ(replaced_by("f1 replace target=o0 at=1s for=500ms", 1ms).efficacies.at(1).fired, 0u);
}

} // namespace
} // namespace orrery::faults
