// An operator is told who is to be a member, whenever that changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "orrery/faults/injector.h"
#include "orrery/faults/operator_order.h"
#include "orrery/faults/swarm.h"

namespace orrery::faults {
namespace {

using namespace std::chrono_literals;

constexpr sim::StateKey leads{"raft.role"};
constexpr std::uint32_t servers = 5;
const Targets five_members{
    .hosts = {"s0", "s1", "s2", "s3", "s4", "o0"}, .members = {"s0", "s1", "s2", "s3", "s4"}, .members_least = 2};

struct Heard {
    sim::WorldTime time{};
    std::string role;
    std::vector<std::uint32_t> places;
    bool operator==(const Heard&) const = default;
};

struct Told {
    std::vector<Heard> orders;
    std::map<sim::world::FaultId, sim::world::Efficacy> efficacies;
};

// Five servers, of which s1 leads, and an operator who hears orders. All is healed after 10 s.
Told told_by(const Plan& plan) {
    Told told;
    sim::world::World world({.seed = 2});
    for (std::uint32_t i = 0; i < servers; ++i)
        world.add_host({"s" + std::to_string(i), "server", i, [](sim::Env& env) {
                            env.state(leads, env.self().index == 1 ? "leader" : "follower");
                            (void)env.park();
                        }});
    world.add_host({"o0", "operator", 0, [&](sim::Env& env) {
                        auto orders = env.bind(OperatorOrder::port);
                        while (true) {
                            const auto datagram = orders->receive();
                            if (!datagram.ok()) return;
                            auto order = sim::decode<OperatorOrder>(datagram->bytes);
                            ASSERT_TRUE(order.has_value());
                            told.orders.push_back({world.now(), order->role, order->places});
                        }
                    }});
    Injector injector(world);
    EXPECT_FALSE(injector.arm(plan).has_value());
    world.boot_all();
    world.run_until(sim::WorldTime{} + 10s);
    injector.heal_all();
    world.run_until(sim::WorldTime{} + 11s);
    told.efficacies = world.efficacies();
    return told;
}

Told told_by(const std::string& plan) { return told_by(*parse_plan(plan, "plan")); }

// An order takes a millisecond, and then the way of a datagram from a host to itself.
Heard heard(sim::Duration after, std::vector<std::uint32_t> places) {
    return {sim::WorldTime{} + after + 1ms + 10us, "server", std::move(places)};
}

TEST(Reconfigure, LayersOfFaultsAddUpAndEachTakesBackOnlyItsOwn) {
    const Told told = told_by("f1 reconfigure target=s1 at=1s for=1s\n"
                              "f2 reconfigure target=s1,s2 at=1500ms for=1s\n"
                              "f3 reconfigure target=s4 at=9s");
    EXPECT_EQ(told.orders, (std::vector<Heard>{heard(1s, {0, 2, 3, 4}), heard(1500ms, {0, 3, 4}), heard(2s, {0, 3, 4}),
                                               heard(2500ms, {0, 1, 2, 3, 4}), heard(9s, {0, 1, 2, 3}),
                                               heard(10s, {0, 1, 2, 3, 4})}));
    for (const sim::world::FaultId fault : {1u, 2u, 3u}) EXPECT_EQ(told.efficacies.at(fault).effective, 2u);
}

TEST(Reconfigure, TakesOutWhoeverLeadsWhenItBegins) {
    const Told told = told_by("f1 reconfigure target=raft.role=leader at=1s for=1s");
    EXPECT_EQ(told.orders, (std::vector<Heard>{heard(1s, {0, 2, 3, 4}), heard(2s, {0, 1, 2, 3, 4})}));
}

TEST(Reconfigure, DoesNotBeginWhereTooFewWouldBeLeftOrNothingWouldChange) {
    const Told told = told_by("f1 reconfigure target=s0,s1,s2 at=1s for=5s least=2\n"
                              "f2 reconfigure target=s3 at=2s for=1s least=2\n"
                              "f3 reconfigure target=s1 at=2s for=9s\n"
                              "f4 reconfigure target=s3 at=3s for=1s least=1\n"
                              "f5 reconfigure target=* at=7s for=1s\n"
                              "f6 reconfigure target=o0 at=7s for=1s\n"
                              "f7 reconfigure target=s0,o0 at=7s for=1s\n");
    EXPECT_EQ(told.orders,
              (std::vector<Heard>{heard(1s, {3, 4}), heard(3s, {4}), heard(4s, {3, 4}), heard(6s, {0, 1, 2, 3, 4})}));
    for (const sim::world::FaultId fault : {2u, 3u, 5u, 6u, 7u}) EXPECT_EQ(told.efficacies.at(fault).fired, 0u);
}

TEST(Reconfigure, OfWhichNobodyHearsIsFiredAndNotEffective) {
    const Told told = told_by("f1 crash target=o0 at=500ms for=1s\n"
                              "f2 reconfigure target=s1 at=1s for=100ms");
    EXPECT_TRUE(told.orders.empty());
    EXPECT_EQ(told.efficacies.at(2).fired, 1u);
    EXPECT_EQ(told.efficacies.at(2).effective, 0u);
}

TEST(Reconfigure, AnOperatorThatComesBackWithTheHealHearsOfIt) {
    const Told told = told_by("f1 reconfigure target=s1 at=1s\n"
                              "f2 crash target=o0 at=2s");
    EXPECT_EQ(told.orders, (std::vector<Heard>{heard(1s, {0, 2, 3, 4}), heard(10s, {0, 1, 2, 3, 4})}));
}

TEST(Reconfigure, IsDrawnForMembersOnlyAndLeavesTheLeast) {
    EXPECT_EQ(draw_plan({{"reconfigure", 9}}, 1, {{"s0", "s1"}, {}, {}, {}}, 10s), Plan{});
    std::set<std::size_t> sizes;
    for (std::uint64_t seed = 1; seed <= 50; ++seed)
        for (const Fault& fault : draw_plan({{"reconfigure", 9}}, seed, five_members, 10s).faults) {
            EXPECT_EQ(std::count(fault.target.hosts.begin(), fault.target.hosts.end(), "o0"), 0);
            EXPECT_EQ(fault.parameters.get<std::int64_t>("least"), 2);
            sizes.insert(fault.target.hosts.size());
        }
    EXPECT_EQ(sizes, (std::set<std::size_t>{1, 2, 3}));
}

// The slow way: at each moment, who is in no fault that has begun and not ended.
TEST(Reconfigure, ThePlanAndTheOrdersSayTheSame) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        Plan plan = draw_plan({{"reconfigure", 9}}, seed, five_members, 9s);
        std::map<sim::WorldTime, std::pair<const Fault*, bool>> moments; // and whether it begins
        for (Fault& fault : plan.faults) {
            fault.trigger = {.time = fault.trigger.time + sim::Duration{fault.id}}; // no two at once
            moments[fault.trigger.time] = {&fault, true};
            moments[fault.trigger.time + fault.duration] = {&fault, false};
        }
        std::vector<const Fault*> active;
        const auto wanted = [&] {
            std::vector<std::uint32_t> places;
            for (std::uint32_t i = 0; i < servers; ++i)
                if (std::none_of(active.begin(), active.end(), [&](const Fault* each) {
                        const HostNames& out = each->target.hosts;
                        return std::find(out.begin(), out.end(), "s" + std::to_string(i)) != out.end();
                    }))
                    places.push_back(i);
            return places;
        };
        std::vector<Heard> expected;
        for (const auto& [time, moment] : moments) {
            const std::vector<std::uint32_t> before = wanted();
            const bool is_ended = !moment.second && std::erase(active, moment.first) > 0;
            if (moment.second) active.push_back(moment.first);
            const bool is_refused = moment.second && (wanted() == before || wanted().size() < 2);
            if (is_refused) active.pop_back();
            if (is_refused || (!moment.second && !is_ended)) continue;
            expected.push_back(heard(time - sim::WorldTime{}, wanted()));
        }
        // Two within a millisecond are told as things stand by the first order; the last one is what counts.
        const Told told = told_by(plan);
        ASSERT_EQ(told.orders.size(), expected.size()) << print(plan);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_EQ(told.orders[i].time, expected[i].time) << print(plan);
            const bool is_overtaken = i + 1 < expected.size() && expected[i + 1].time - expected[i].time <= 1ms;
            if (is_overtaken) continue;
            EXPECT_EQ(told.orders[i].places, expected[i].places) << print(plan);
        }
    }
}

} // namespace
} // namespace orrery::faults
