// The end of a process and of single calls: unwound or abandoned, cancelled, and what a task that is
// told to go may still do.
#include <gtest/gtest.h>

#include "orrery/sim/sync.h"
#include "orrery/sim/world/world.h"

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label word{"test.word"};

struct Guard {
    int& count;
    ~Guard() { ++count; }
};

TEST(Crash, UnwindsTheYoungestTaskFirstOrAbandonsAllUnexecuted) {
    for (const CrashDisposal disposal : {CrashDisposal::unwind, CrashDisposal::abandon}) {
        int boots = 0;
        int destroyed = 0;
        World world({}); // goes first: its tasks count to the end
        const auto main = [&](Env& env) {
            ++boots;
            const Guard guard{destroyed};
            env.spawn("task", [&env, &destroyed] {
                const Guard inner{destroyed};
                (void)env.park();
            });
            (void)env.park();
        };
        world.add_host({"a", "node", 0, main, disposal});
        world.boot_all();
        world.run_until(world.now() + 10ms);
        world.crash(0, 1, CrashMode::process);
        EXPECT_EQ(destroyed, disposal == CrashDisposal::unwind ? 2 : 0);
        world.restart(0, 1);
        world.run_until(world.now() + 10ms);
        EXPECT_EQ(boots, 2);
        EXPECT_TRUE(world.findings().empty());
    }
}

// Code that catches everything and goes on would never end.
TEST(CrashDeathTest, ATaskThatCatchesItsUnwindingAndWaitsAgainEndsTheRunByName) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto stubborn = [] {
        World world({});
        world.add_host({"a", "node", 0, [](Env& env) {
                            while (true) {
                                try {
                                    (void)env.sleep(1s);
                                } catch (...) {
                                }
                            }
                        }});
        world.boot_all();
        world.run_until(world.now() + 10ms);
        world.crash(0, 1, CrashMode::process);
    };
    EXPECT_DEATH(stubborn(), "suspends_while_unwinding");
}

// What it would have waited for is there already, each time.
TEST(Cancel, IsHeardByTheNextSuspendingCallWhateverIsReady) {
    World world({});
    std::vector<Error> heard;
    world.add_host({"server", "node", 0, [&](Env& env) {
                        Socket socket = *env.bind(7);
                        Stream stream = *env.accept(socket);
                        (void)env.sleep(10ms); // by now a datagram, bytes and one more connection wait
                        const auto hear = [&](auto status) {
                            ASSERT_FALSE(status.ok());
                            heard.push_back(status.error());
                        };
                        env.cancel(env.current());
                        hear(socket.receive());
                        env.cancel(env.current());
                        hear(stream.read(10));
                        env.cancel(env.current());
                        hear(stream.write(view_of("x"), word));
                        env.cancel(env.current());
                        hear(env.accept(socket));
                        env.wake(env.current());
                        env.cancel(env.current());
                        hear(env.park());
                        env.cancel(env.current());
                        hear(env.fault_point({"here"}));
                        EXPECT_TRUE(socket.receive().ok());
                        EXPECT_TRUE(stream.read(10).ok());
                        EXPECT_TRUE(env.accept(socket).ok());
                        EXPECT_TRUE(env.park().ok());
                    }});
    world.add_host({"client", "node", 1, [](Env& env) {
                        const Address server = env.peers("node")[0].at(7);
                        Socket socket = *env.bind(0);
                        Stream first = *env.connect(server);
                        (void)first.write(view_of("word"), word);
                        (void)socket.send(server, word, Bytes(std::string_view("word")));
                        Result<Stream> second = env.connect(server);
                        (void)env.sleep(1s);
                    }});
    world.boot_all();
    world.run_until(world.now() + 2s);
    EXPECT_EQ(heard, std::vector<Error>(6, Error::cancelled));
}

TEST(Ports, AFreeOneIsFoundAlsoWhereSomebodyTookOneByNumber) {
    World world({});
    std::vector<std::uint64_t> ports;
    world.add_host({"a", "node", 0, [&](Env& env) {
                        const Socket first = *env.bind(0);
                        const Socket taken = *env.bind(first.address().port + 1);
                        const Result<Socket> second = env.bind(0);
                        ASSERT_TRUE(second.ok());
                        ports = {first.address().port, taken.address().port, second->address().port};
                    }});
    world.boot_all();
    world.run_until(world.now() + 1ms);
    ASSERT_EQ(ports.size(), 3u);
    EXPECT_EQ(ports[2], ports[1] + 1);
}

} // namespace
} // namespace orrery::sim::world
