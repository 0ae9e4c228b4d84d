// What a run costs and must not keep: allocations, pools, memory of the process. An executable of
// its own, because it counts every allocation of the program.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>

#include "orrery/sim/stack.h"
#include "orrery/sim/world/world.h"

namespace {
std::uint64_t allocations = 0;
void* allocate(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
} // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label label_ball{"test.ball"};
constexpr std::uint64_t port = 7;

// Passes a ball of `size` bytes on, with a long timeout that is cancelled by each arrival.
std::function<void(Env&)> player(std::size_t size, bool begins) {
    return [=](Env& env) {
        Socket socket = *env.bind(port);
        Bytes ball;
        ball.resize(size);
        if (begins) (void)socket.send(env.peers("node")[0].at(port), label_ball, std::move(ball));
        while (true) {
            Result<Datagram> got = socket.receive(env.deadline(1h));
            if (!got.ok()) return;
            (void)socket.send(got->from, label_ball, std::move(got->bytes));
        }
    };
}

// Allocations during 400 messages between two checkpoints, which do allocate.
std::uint64_t allocations_in_the_steady_state(World& world) {
    world.boot_all();
    const auto advance = [&](std::uint64_t events) {
        while (world.events() < events) world.run_until(world.now() + 100us);
    };
    advance(20'000);
    const std::uint64_t checkpoint = world.trace().next_checkpoint();
    advance(checkpoint + 1);
    EXPECT_GT(world.trace().next_checkpoint(), world.events() + 500);
    const std::uint64_t before = allocations;
    advance(world.events() + 400);
    return allocations - before;
}

TEST(Resources, AMessageInTheSteadyStateAllocatesNothing) {
    for (const std::size_t size : {8u, 48u, 49u, 4000u, 65'507u}) {
        World world({});
        world.add_host({"a", "node", 0, player(size, true)});
        world.add_host({"b", "node", 1, player(size, false)});
        EXPECT_EQ(allocations_in_the_steady_state(world), 0u) << size << " bytes";
    }
}

TEST(Resources, ACancelledTimerLeavesNothingBehind) {
    World world({});
    world.add_host({"a", "node", 0, player(8, true)});
    world.add_host({"b", "node", 1, player(8, false)});
    world.boot_all();
    world.run_until(WorldTime{} + 100ms);
    const std::size_t agenda = world.agenda_size();
    const std::size_t events = world.event_capacity();
    world.run_until(WorldTime{} + 10s); // some ten thousand timers of an hour, all cancelled
    EXPECT_GT(world.events(), 9'000u);
    EXPECT_LE(agenda, 3u); // the ball, and the timers of who waits
    EXPECT_LE(world.agenda_size(), 3u);
    EXPECT_EQ(world.event_capacity(), events);
}

std::size_t resident_bytes() {
    std::ifstream statistics("/proc/self/statm");
    std::size_t whole = 0;
    std::size_t resident = 0;
    statistics >> whole >> resident;
    return resident * 4096;
}

// A process that holds something of everything when it dies.
void busy(Env& env) {
    Socket socket = *env.bind(port);
    File file = *env.open("log", OpenMode::create);
    (void)file.write_at(0, view_of("some content, not synced"));
    for (int i = 0; i < 3; ++i) {
        env.spawn("sleeper", [&env] { (void)env.sleep(1h); });
        env.spawn("parked", [&env] { (void)env.park(); });
    }
    Bytes big;
    big.resize(3000);
    for (const Address peer : env.peers("node")) (void)socket.send(peer.at(port), label_ball, std::move(big));
    while (socket.receive(env.deadline(1h)).ok()) {
    }
}

TEST(Resources, TenThousandCrashesDoNotGrowTheProcess) {
    World world({});
    world.add_host({"a", "node", 0, busy});
    world.add_host({"b", "node", 1, busy});
    world.boot_all();
    const auto cycle = [&](int i) {
        world.run_until(world.now() + 2ms);
        const HostIndex victim = static_cast<HostIndex>(i % 2);
        world.crash(victim, 1, i % 3 == 0 ? CrashMode::power : CrashMode::process);
        world.restart(victim, 1);
    };
    for (int i = 0; i < 500; ++i) cycle(i);
    const std::size_t stacks = world.stacks().in_use();
    const std::size_t events = world.event_capacity();
    const std::size_t agenda = world.agenda_size();
    const std::size_t resident = resident_bytes();
    for (int i = 500; i < 10'500; ++i) cycle(i);
    EXPECT_EQ(world.stacks().in_use(), stacks);
    EXPECT_EQ(world.event_capacity(), events);
    EXPECT_LE(world.agenda_size(), agenda + 16);
#if !defined(ORRERY_ASAN) // whose quarantine grows by design
    EXPECT_LT(resident_bytes(), resident + (std::size_t{8} << 20));
#else
    (void)resident;
#endif
}

TEST(Resources, AMillionParkedFibersFitIntoFiveGigabytes) {
    if (std::getenv("ORRERY_NIGHTLY") == nullptr) GTEST_SKIP() << "takes gigabytes: ./orrery test --nightly";
#if defined(ORRERY_ASAN)
    GTEST_SKIP() << "not under a sanitizer";
#endif
    World world({});
    std::uint64_t parked = 0;
    world.add_host({"a", "node", 0, [&](Env& env) {
                        for (int i = 0; i < 1'000'000; ++i)
                            env.spawn("fiber", [&] {
                                ++parked;
                                (void)env.park();
                            });
                        (void)env.park();
                    }});
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    EXPECT_EQ(parked, 1'000'000u);
    const std::size_t resident = resident_bytes();
    std::printf("a million parked fibers: %zu MB resident\n", resident >> 20);
    EXPECT_LT(resident, std::size_t{5'000'000'000});
}

} // namespace
} // namespace orrery::sim::world
