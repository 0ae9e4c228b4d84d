// Worlds in one process share nothing: each runs as if it were alone, one after the other or in turns.
#include <gtest/gtest.h>

#include "orrery/sim/world/world.h"

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label label_talk{"test.talk"};

// Tasks, timers, datagrams of all sizes, files, notes: whatever keeps state somewhere.
void talk(Env& env) {
    Socket socket = *env.bind(1);
    File file = *env.open("log", OpenMode::create);
    env.spawn("talk", [&env, &socket] {
        while (env.sleep(env.between("pause", 1ms, 9ms)).ok()) {
            Bytes bytes;
            bytes.resize(env.draw("size", 300));
            (void)socket.send(env.pick(env.peers("node")).at(1), label_talk, std::move(bytes));
        }
    });
    for (std::uint64_t offset = 0;;) {
        const Result<Datagram> got = socket.receive(env.deadline(env.between("patience", 1ms, 9ms)));
        if (!got.ok() && got.error() != Error::timed_out) return;
        if (!got.ok()) continue;
        (void)file.write_at(offset % 4096, got->bytes);
        offset += got->bytes.size();
        if (env.draw("sync", 10) == 0) (void)file.sync();
    }
}

std::unique_ptr<World> made(std::uint64_t seed, const char* policy = "time") {
    auto world = std::make_unique<World>(WorldOptions{.seed = seed, .policy = policy});
    for (std::uint32_t i = 0; i < 4; ++i) world->add_host({"n" + std::to_string(i), "node", i, talk});
    World* raw = world.get();
    world->schedule_fault(WorldTime{} + 300ms, 1, 0, [raw] { raw->crash(2, 1, CrashMode::power_torn); });
    world->schedule_fault(WorldTime{} + 500ms, 1, 1, [raw] { raw->restart(2, 1); });
    world->boot_all();
    return world;
}

std::uint64_t alone(std::uint64_t seed) {
    const auto world = made(seed);
    world->run_until(WorldTime{} + 1s);
    return world->digest();
}

TEST(Worlds, OneAfterTheOtherDoNotTouchEachOther) {
    const std::uint64_t first = alone(1);
    const std::uint64_t other = alone(2);
    EXPECT_NE(first, other);
    EXPECT_EQ(alone(1), first);
    EXPECT_EQ(alone(2), other);
}

TEST(Worlds, InTurnsDoNotTouchEachOther) {
    const std::uint64_t first = alone(1);
    const std::uint64_t other = alone(2);
    const auto a = made(1);
    const auto b = made(2);
    const auto again = made(1);
    for (int i = 1; i <= 1000; ++i) {
        const WorldTime until = WorldTime{} + i * 1ms;
        a->run_until(until);
        if (i % 3 == 0) b->run_until(until);
        if (i % 7 == 0) again->run_until(until);
    }
    b->run_until(WorldTime{} + 1s);
    again->run_until(WorldTime{} + 1s);
    EXPECT_EQ(a->digest(), first);
    EXPECT_EQ(b->digest(), other);
    EXPECT_EQ(again->digest(), first);
}

// In the order of time a timer that was withdrawn rests until its task wants another; for a policy each is made anew.
// One that may be late by nothing has the same order, as here no two events of a host share a time.
TEST(Worlds, AreTheSameWhetherTimersRestOrAreMadeAnew) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto anew = made(seed, "random");
        anew->run_until(WorldTime{} + 1s);
        EXPECT_EQ(anew->digest(), alone(seed)) << seed;
    }
}

TEST(Worlds, AreTheSameWhoeverWatches) {
    struct Counter final : Monitor {
        Counter(std::uint64_t& each, bool also_messages) : count(each), messages(also_messages) {}
        std::uint64_t& count;
        bool messages;
        std::string_view name() const override { return "counter"; }
        void observe(const Observation&) override { ++count; }
        bool hears_messages() const override { return messages; }
    };
    for (const bool with_recorder : {false, true}) {
        const auto world = made(1);
        std::uint64_t all = 0;
        std::uint64_t without_messages = 0;
        std::uint64_t recorded = 0;
        world->add_monitor(std::make_unique<Counter>(all, true));
        world->add_monitor(std::make_unique<Counter>(without_messages, false));
        if (with_recorder) world->set_recorder([&](const Observation&) { ++recorded; });
        world->run_until(WorldTime{} + 1s);
        EXPECT_GT(all, without_messages + 1000);
        EXPECT_GT(without_messages, 0u);
        EXPECT_EQ(recorded, with_recorder ? all : 0);
        EXPECT_EQ(world->digest(), alone(1));
    }
}

} // namespace
} // namespace orrery::sim::world
