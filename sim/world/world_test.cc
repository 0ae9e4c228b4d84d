// The world's own rules, on tiny clusters.
#include "orrery/sim/world/world.h"

#include <gtest/gtest.h>

#include "orrery/sim/sync.h"

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label label_ping{"test.ping"};
constexpr std::uint64_t port = 7;

HostSpec spec(std::string name, std::function<void(Env&)> main) { return {name, "node", 0, std::move(main)}; }

// Sends a number back and forth until it reaches `rounds`.
std::function<void(Env&)> ping_pong(std::uint64_t rounds, bool begins) {
    return [=](Env& env) {
        Socket socket = *env.bind(port);
        const Address peer = env.peers("node")[0].at(port);
        if (begins) (void)socket.send(peer, label_ping, Bytes(std::string_view("........")));
        for (std::uint64_t i = 0; i < rounds; ++i) {
            Result<Datagram> got = socket.receive();
            if (!got.ok()) return;
            (void)socket.send(got->from, label_ping, std::move(got->bytes));
        }
    };
}

std::uint64_t digest_of_ping_pong(std::uint64_t seed, std::string policy = "time") {
    World world({.seed = seed, .policy = std::move(policy), .slack = 2ms});
    world.add_host(spec("a", ping_pong(500, true)));
    world.add_host(spec("b", ping_pong(500, false)));
    world.boot_all();
    EXPECT_TRUE(world.run_until(WorldTime{} + 10s));
    EXPECT_GT(world.events(), 900u);
    return world.digest();
}

TEST(World, RepeatsARunExactlyAndTellsSeedsApart) {
    const std::uint64_t first = digest_of_ping_pong(1);
    const std::uint64_t other = digest_of_ping_pong(2);
    EXPECT_EQ(first, digest_of_ping_pong(1));
    EXPECT_NE(first, other);
    EXPECT_EQ(digest_of_ping_pong(1, "random"), digest_of_ping_pong(1, "random"));
}

TEST(World, SleepEndsExactlyAtItsDeadlineAndReceiveTimesOut) {
    World world({});
    std::vector<std::int64_t> passed;
    world.add_host(spec("a", [&](Env& env) {
        const Monotonic start = env.now();
        EXPECT_TRUE(env.sleep(5ms).ok());
        passed.push_back((env.now() - start).count());
        Socket socket = *env.bind(port);
        EXPECT_EQ(socket.receive(env.deadline(3ms)).error(), Error::timed_out);
        passed.push_back((env.now() - start).count());
    }));
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    EXPECT_EQ(passed, (std::vector<std::int64_t>{5'000'000, 8'000'000}));
    EXPECT_EQ(world.agenda_size(), 0u);
}

TEST(World, KeepsAWakeThatComesBeforeThePark) {
    World world({});
    int reached = 0;
    world.add_host(spec("a", [&](Env& env) {
        const Task self = env.current();
        env.wake(self);
        EXPECT_TRUE(env.park().ok());
        EXPECT_EQ(env.park(env.deadline(1ms)).error(), Error::timed_out);
        env.spawn("other", [&, self] { env.wake(self); });
        EXPECT_TRUE(env.park().ok());
        const Task victim = env.spawn("victim", [&] {
            EXPECT_EQ(env.sleep(1h).error(), Error::cancelled);
            ++reached;
        });
        (void)env.sleep(1ms);
        env.cancel(victim);
        (void)env.sleep(1ms);
        EXPECT_FALSE(env.is_alive(victim));
        ++reached;
    }));
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    EXPECT_EQ(reached, 2);
}

TEST(World, ADiskCallEndsAtItsDeadlineOrWhenItIsCancelled) {
    int applied = 0;
    int left_out = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        World world({.seed = seed, .sync_min = 5ms, .sync_max = 5ms});
        world.add_host(spec("a", [&](Env& env) {
            File file = *env.open("log", OpenMode::create);
            const Monotonic start = env.now();
            EXPECT_EQ(file.sync(env.deadline(1ms)).error(), Error::timed_out);
            EXPECT_EQ(env.now() - start, Duration{1ms});
            const Task self = env.current();
            env.spawn("canceller", [&env, self] { env.cancel(self); });
            EXPECT_EQ(file.write_at(0, view_of("x")).error(), Error::cancelled);
            *file.size() == 0 ? ++left_out : ++applied; // nobody can know
        }));
        world.boot_all();
        world.run_until(WorldTime{} + 1s);
        EXPECT_EQ(world.agenda_size(), 0u);
    }
    EXPECT_GT(applied, 2);
    EXPECT_GT(left_out, 2);
}

TEST(World, ACrashMutesAndUnwindsAndARestartFindsTheDisk) {
    int unwound = 0;
    std::vector<std::string> found;
    World world({}); // goes first: its tasks count to the end
    struct Guard {
        Env& env;
        int& count;
        ~Guard() {
            ++count;
            EXPECT_EQ(env.bind(9).error(), Error::dead);
        }
    };
    world.add_host(spec("a", [&](Env& env) {
        File file = *env.open("log", OpenMode::create);
        const Result<Bytes> content = file.read_at(0, 100);
        found.emplace_back(content->text());
        (void)file.write_at(0, view_of("hello"));
        (void)file.sync();
        (void)env.sync_directory("");
        (void)file.write_at(5, view_of(" world"));
        Guard guard{env, unwound};
        (void)env.sleep(1h);
    }));
    world.schedule_fault(WorldTime{} + 100ms, 1, 0, [&] { world.crash(0, 1, CrashMode::process); });
    world.schedule_fault(WorldTime{} + 200ms, 1, 1, [&] { world.restart(0, 1); });
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    EXPECT_EQ(unwound, 1);
    EXPECT_EQ(found, (std::vector<std::string>{"", "hello world"}));
    EXPECT_EQ(world.efficacies().at(1).effective, 1u);
    EXPECT_TRUE(world.findings().empty());
}

TEST(World, AFailedCheckIsAFindingAndKillsTheProcess) {
    World world({});
    world.add_host(spec("a", [](Env& env) {
        (void)env.sleep(1ms);
        const int two = 2;
        CHECK(two == 3);
    }));
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    ASSERT_EQ(world.findings().size(), 1u);
    EXPECT_EQ(world.findings()[0].kind, "process died");
    EXPECT_EQ(world.findings()[0].rule, "CHECK(two == 3) failed in world_test.cc");
    EXPECT_FALSE(world.host(0).is_up());
}

TEST(World, AnExceptionThatNobodyCatchesIsAFindingOfItsType) {
    World world({});
    world.add_host(spec("a", [](Env&) { throw std::out_of_range("index 7 of 3"); }));
    world.add_host(spec("b", [](Env&) { throw 5; }));
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    ASSERT_EQ(world.findings().size(), 2u);
    EXPECT_EQ(world.findings()[0].rule, "uncaught std::out_of_range");
    EXPECT_EQ(world.findings()[0].text, "a in its task 'main': index 7 of 3");
    EXPECT_EQ(world.findings()[1].rule, "uncaught int");
}

TEST(World, ASettingThatNobodyDeclaredIsNamedInTheFinding) {
    World world({});
    world.add_host(spec("a", [](Env& env) { (void)env.settings().integer("nothing"); }));
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    ASSERT_EQ(world.findings().size(), 1u);
    EXPECT_EQ(world.findings()[0].rule, "CHECK(the scenario declares the setting 'nothing') failed in settings.cc");
}

// What an edit does to a run: the identities of all messages that host "b" got.
std::vector<std::uint64_t> deliveries(bool with_fault) {
    World world({.seed = 3});
    auto talk = [](Env& env) {
        Socket socket = *env.bind(port);
        env.spawn("talk", [&env, &socket] {
            for (int i = 0; i < 20; ++i) {
                (void)env.sleep(10ms);
                for (const Address peer : env.peers("node")) (void)socket.send(peer.at(port), label_ping, Bytes{});
            }
        });
        while (socket.receive().ok()) {
        }
    };
    for (const char* name : {"a", "b", "c"}) world.add_host(spec(name, talk));
    std::vector<std::uint64_t> ids;
    world.set_recorder([&](const Observation& seen) {
        if (seen.kind == Observation::Kind::deliver && seen.host == 1 && seen.peer == 0) ids.push_back(seen.event);
    });
    if (with_fault) world.schedule_fault(WorldTime{} + 55ms, 1, 0, [&] { world.crash(2, 1, CrashMode::process); });
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    return ids;
}

TEST(World, AFaultRenamesNothingOutsideItsCausalFuture) {
    const std::vector<std::uint64_t> with = deliveries(true);
    EXPECT_EQ(with.size(), 20u);
    EXPECT_EQ(with, deliveries(false));
}

TEST(World, CutsDropOrHoldWhatWasOnItsWay) {
    for (const CutMode mode : {CutMode::drop, CutMode::hold}) {
        World world({});
        int got = 0;
        world.add_host(spec("a", [](Env& env) {
            Socket socket = *env.bind(port);
            for (int i = 0; i < 10; ++i) {
                (void)socket.send(env.peers("node")[0].at(port), label_ping, Bytes{});
                (void)env.sleep(10ms);
            }
        }));
        world.add_host(spec("b", [&](Env& env) {
            Socket socket = *env.bind(port);
            while (socket.receive().ok()) ++got;
        }));
        world.schedule_fault(WorldTime{} + 25ms, 1, 0, [&] { world.cut(0, 1, mode, 1); });
        world.schedule_fault(WorldTime{} + 55ms, 1, 1, [&] { world.heal(0, 1, 1); });
        world.boot_all();
        world.run_until(WorldTime{} + 1s);
        EXPECT_EQ(got, mode == CutMode::drop ? 7 : 10);
        EXPECT_EQ(world.efficacies().at(1).effective, 3u);
    }
}

TEST(World, ACutThatDropsTakesWhatAnotherHolds) {
    World world({});
    int got = 0;
    world.add_host(spec("a", [](Env& env) {
        Socket socket = *env.bind(port);
        (void)socket.send(env.peers("node")[0].at(port), label_ping, Bytes{});
        (void)env.sleep(50ms);
        (void)socket.send(env.peers("node")[0].at(port), label_ping, Bytes{});
        (void)env.sleep(1s);
    }));
    world.add_host(spec("b", [&](Env& env) {
        Socket socket = *env.bind(port);
        while (socket.receive().ok()) ++got;
    }));
    world.boot_all();
    world.cut(0, 1, CutMode::hold, 1);
    world.run_until(WorldTime{} + 20ms); // the first is held
    world.cut(0, 1, CutMode::drop, 2);
    world.run_until(WorldTime{} + 30ms);
    world.heal(0, 1, 2);
    world.run_until(WorldTime{} + 60ms); // the second is held now, and no other cut meets it
    world.heal(0, 1, 1);
    world.run_until(WorldTime{} + 1s);
    EXPECT_EQ(got, 1);
    EXPECT_EQ(world.efficacies().at(2).effective, 1u);
}

TEST(World, ReseedAndOverridesChangeWhatFollows) {
    const auto drawn = [](WorldOptions options) {
        std::vector<std::uint64_t> values;
        World world(std::move(options));
        world.add_host(spec("a", [&](Env& env) {
            for (int i = 0; i < 6; ++i) {
                values.push_back(env.draw("coin", 1000));
                (void)env.sleep(10ms);
            }
        }));
        world.boot_all();
        world.run_until(WorldTime{} + 1s);
        return values;
    };
    const auto plain = drawn({});
    const auto reseeded = drawn({.reseeds = {{WorldTime{25'000'000}, 9}}});
    EXPECT_TRUE(std::equal(plain.begin(), plain.begin() + 3, reseeded.begin()));
    EXPECT_NE(plain, reseeded);
}

TEST(World, TenThousandCrashesDoNotGrowIt) {
    World world({});
    world.add_host(spec("a", [](Env& env) {
        Socket socket = *env.bind(port);
        env.spawn("other", [&env] { (void)env.sleep(1h); });
        (void)socket.receive();
    }));
    world.boot_all();
    world.run_until(WorldTime{} + 1ms);
    const auto cycle = [&](int i) {
        world.crash(0, 1, CrashMode::process);
        world.restart(0, 1);
        world.run_until(WorldTime{} + 2ms + std::chrono::microseconds(i));
    };
    for (int i = 0; i < 10; ++i) cycle(i);
    const std::size_t stacks = world.stacks().in_use();
    const std::size_t events = world.event_capacity();
    for (int i = 10; i < 10'000; ++i) cycle(i);
    EXPECT_EQ(world.stacks().in_use(), stacks);
    EXPECT_EQ(world.event_capacity(), events);
}

} // namespace
} // namespace orrery::sim::world
