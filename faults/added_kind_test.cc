// A kind that the project does not have is added here, in this file alone, and goes the whole way: drawn,
// printed, parsed, armed, begun, ended, counted.
#include <gtest/gtest.h>

#include "orrery/faults/injector.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

// The processor of a host is taken away for a while, again and again as long as the fault lasts. It has a
// parameter of each type.
std::vector<std::string> ended;

void draw_stutter(Fault& fault, Draw& draw, const Targets& targets) {
    draw_one(fault, draw, targets);
    fault.parameters.set("stop", draw.between("stop", 10ms, 200ms));
    fault.parameters.set("times", static_cast<std::int64_t>(1 + draw("times", 9)));
    fault.parameters.set("share", sim::Ratio{1 + draw("share", 4), 4});
    fault.parameters.set("loud", draw("loud", 2) == 0);
    fault.parameters.set("shape", Choice{static_cast<std::uint32_t>(draw("shape", 2))});
    if (draw("besides", 2) == 0) fault.parameters.set("besides", HostNames{targets.hosts.back()});
}

bool begin_stutter(sim::world::World& world, const Fault& fault, const Hosts& hosts) {
    for (const sim::world::HostIndex host : hosts) {
        const sim::Duration stop = fault.parameters.get<sim::Duration>("stop");
        world.host(host).busy_until = (world.now() + stop).nanoseconds;
        world.efficacy(fault.id).effective += static_cast<std::uint64_t>(fault.parameters.get<std::int64_t>("times"));
    }
    return !hosts.empty();
}

const Kind stutter{.name = "stutter",
                   .effective = "a host stood still",
                   .parameters = {Parameter::required_duration("stop", "20ms"), Parameter::number("times", 1, 1, 9),
                                  Parameter::duration("pause", 5ms, 1ms, 1s), Parameter::probability("share", {1, 1}),
                                  Parameter::flag("loud"), Parameter::choice("shape", {"even", "random"}),
                                  Parameter::host_names("besides")},
                   .draw = draw_stutter,
                   .begin = begin_stutter,
                   .end = [](sim::world::World&, const Fault& fault, const Hosts&) {
                       ended.push_back("f" + std::to_string(fault.id));
                   }};
const KindList& kinds() {
    static const KindList all = standard_kinds().with(stutter);
    return all;
}
const Targets two_hosts{{"s0", "s1"}, {"s0", "s1"}, {}, {}};

TEST(AddedKind, IsDrawnWithTheNextHundredAndMovesNoOther) {
    const Profile without{{"crash", 3}, {"delay", 3}};
    const Profile with{{"crash", 3}, {"stutter", 5}, {"delay", 3}};
    EXPECT_FALSE(problem_of(with, {"server"}, kinds()).has_value());
    EXPECT_TRUE(problem_of(with, {"server"}).has_value());
    std::size_t drawn = 0;
    for (std::uint64_t seed = 1; seed < 50; ++seed) {
        Plan plan = draw_plan(with, seed, two_hosts, 20s, kinds());
        for (const Fault& fault : plan.faults) EXPECT_TRUE(fault.kind != "stutter" || fault.id / 100 == 14u);
        drawn += std::erase_if(plan.faults, [](const Fault& fault) { return fault.kind == "stutter"; });
        EXPECT_EQ(plan, draw_plan(without, seed, two_hosts, 20s));
    }
    EXPECT_GT(drawn, 50u);
}

TEST(AddedKind, IsPrintedAndParsed) {
    for (std::uint64_t seed = 1; seed < 50; ++seed) {
        const Plan plan = draw_plan({{"stutter", 5}}, seed, two_hosts, 20s, kinds());
        const sim::Checked<Plan> parsed = parse_plan(print(plan, kinds()), "plan", 1, kinds());
        ASSERT_TRUE(parsed.ok()) << parsed.complaint().text();
        EXPECT_EQ(*parsed, plan);
    }
    const std::string plain = "f1 stutter target=s0 at=1s stop=20ms";
    EXPECT_EQ(print(*parse_plan(plain, "p", 1, kinds()), kinds()), plain + "\n");
    const std::string full = "f1 stutter target=s0 at=1s stop=20ms times=9 pause=1s share=0/1 loud=true shape=random "
                             "besides=s0,s1";
    EXPECT_EQ(print(*parse_plan(full, "p", 1, kinds()), kinds()), full + "\n");
    const auto wrong = [](const std::string& text) { return parse_plan(text, "p", 1, kinds()).complaint().text(); };
    EXPECT_EQ(wrong(plain + " times=10"), "p:1:38: expected a whole number from 1 to 9");
    EXPECT_EQ(wrong(plain + " pause=0s"),
              "p:1:38: expected a length of time in ns, us, ms or s, like 5ms, from 1ms to 1s");
    EXPECT_EQ(wrong(plain + " shape=odd"), "p:1:38: expected even or random");
    EXPECT_EQ(wrong("f1 stutter target=s0 at=1s"), "p:1:27: expected a stop like stop=20ms");
    EXPECT_EQ(wrong("f1 mutter target=s0 at=1s"),
              "p:1:4: expected a kind of fault: crash, power, pause, cut, loss, duplication, delay, lost, doubled, "
              "late, reconfigure, drain, replace or stutter");
}

TEST(AddedKind, IsArmedBegunEndedAndCounted) {
    sim::world::World world({.seed = 2});
    std::vector<std::int64_t> ticks; // of s0
    for (std::uint32_t i = 0; i < 2; ++i)
        world.add_host({"s" + std::to_string(i), "server", i, [&ticks, i](sim::Env& env) {
                            const sim::Monotonic begin = env.now();
                            while (env.sleep(10ms).ok())
                                if (i == 0) ticks.push_back((env.now() - begin).count());
                        }});
    const sim::Checked<Plan> plan = parse_plan("f3 stutter target=s0 at=105ms for=1s stop=200ms times=4\n"
                                               "f4 stutter target=s1 at=9s stop=1ms",
                                               "plan", 1, kinds());
    ASSERT_TRUE(plan.ok());
    Injector injector(world, kinds());
    ASSERT_FALSE(injector.arm(*plan).has_value());
    world.boot_all();
    ended.clear();
    world.run_until(sim::WorldTime{} + 2s);
    EXPECT_EQ(ended, std::vector<std::string>{"f3"});
    EXPECT_EQ(world.efficacy(3).armed, 1u);
    EXPECT_EQ(world.efficacy(3).fired, 1u);
    EXPECT_EQ(world.efficacy(3).effective, 4u);
    EXPECT_EQ(world.efficacy(4).armed, 1u);
    EXPECT_EQ(world.efficacy(4).fired, 0u);
    ASSERT_GT(ticks.size(), 11u);
    EXPECT_EQ(ticks[9], 100'000'000);
    EXPECT_GE(ticks[10], 305'000'000); // it stood still
}

} // namespace
} // namespace orrery::faults
