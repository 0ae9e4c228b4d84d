// Streams against what a byte stream is: what was written, in order, to the end, and no more.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/sim/sync.h"
#include "orrery/sim/world/world.h"

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label label{"test.bytes"};
constexpr std::uint64_t port = 7;

std::vector<std::uint8_t> pattern(std::size_t size, std::uint64_t seed) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(mix(seed, i));
    return bytes;
}

// A server and a client, one role each.
struct Pair {
    World world;
    explicit Pair(std::function<void(Env&)> server, std::function<void(Env&)> client, WorldOptions options = {})
        : world(std::move(options)) {
        world.add_host({"server0", "server", 0, std::move(server)});
        world.add_host({"client0", "client", 0, std::move(client)});
    }
    void run(Duration time = 60s) {
        world.boot_all();
        world.run_until(WorldTime{} + time);
    }
};

Address server_of(Env& env) { return env.peers("server")[0].at(port); }

// Reads to the end; the error that ended it, if one did.
std::optional<Error> read_all(Stream& stream, std::size_t piece, std::vector<std::uint8_t>& into) {
    while (true) {
        const Result<Bytes> got = stream.read(piece);
        if (!got.ok()) return got.error();
        if (got->empty()) return std::nullopt;
        EXPECT_LE(got->size(), piece);
        into.insert(into.end(), got->data(), got->data() + got->size());
    }
}

RC_GTEST_PROP(Stream, CarriesWhatWasWrittenInOrderThroughCutsLossesDelaysAndPauses, (std::uint64_t seed)) {
    const auto size = *rc::gen::inRange<std::size_t>(0, 400'000);
    const auto piece = *rc::gen::inRange<std::size_t>(1, 70'000);
    const auto reading = *rc::gen::inRange<std::size_t>(1, 70'000);
    const std::vector<std::uint8_t> there = pattern(size, 1);
    const std::vector<std::uint8_t> back = pattern(size / 3, 2);
    std::vector<std::uint8_t> at_server;
    std::vector<std::uint8_t> at_client;
    const auto write = [&](Stream& stream, const std::vector<std::uint8_t>& bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            EXPECT_TRUE(stream.write(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)), label).ok());
        EXPECT_TRUE(stream.shutdown().ok());
    };
    Pair pair(
        [&](Env& env) {
            Socket socket = *env.bind(port);
            Stream stream = *env.accept(socket);
            const Task writer = env.spawn("writer", [&] { write(stream, back); });
            EXPECT_FALSE(read_all(stream, reading, at_server).has_value());
            while (env.is_alive(writer)) (void)env.sleep(1ms);
        },
        [&](Env& env) {
            (void)env.sleep(1ms);
            Stream stream = *env.connect(server_of(env));
            const Task writer = env.spawn("writer", [&] { write(stream, there); });
            EXPECT_FALSE(read_all(stream, reading, at_client).has_value());
            while (env.is_alive(writer)) (void)env.sleep(1ms);
        },
        {.seed = seed, .policy = seed % 2 == 0 ? "time" : "random", .slack = 3ms});
    World& world = pair.world;
    for (std::uint32_t i = 0; i < 6; ++i) {
        const WorldTime begin = WorldTime{} + Duration{static_cast<std::int64_t>(mix(seed, i) % 100'000'000)};
        world.schedule_fault(begin, i, 0, [&world, i] {
            if (i % 3 == 0) world.cut(i % 2, 1 - i % 2, CutMode::drop, i);
            if (i % 3 == 1) world.pause(i % 2, i);
            if (i % 3 == 2) world.add_rule(0, 1, {RuleKind::loss, {1, 4}, {}, i});
            if (i % 3 == 2) world.add_rule(1, 0, {RuleKind::delay, {1, 4}, 50ms, i});
        });
        world.schedule_fault(begin + 300ms, i, 1, [&world, i] {
            world.heal(i % 2, 1 - i % 2, i);
            world.resume(i % 2, i);
            world.remove_rules(0, 1, i);
            world.remove_rules(1, 0, i);
        });
    }
    pair.run(300s);
    RC_ASSERT(at_server == there);
    RC_ASSERT(at_client == back);
    RC_ASSERT(world.connection_count() == 0u);
    RC_ASSERT(world.agenda_size() == 0u);
}

TEST(Stream, ASlowReaderHoldsTheWriterBack) {
    std::size_t written = 0;
    Pair pair(
        [&](Env& env) {
            Socket socket = *env.bind(port);
            Stream stream = *env.accept(socket);
            (void)env.sleep(10s);
            EXPECT_LE(written, StreamEnd::window + 1000);
            std::vector<std::uint8_t> all;
            EXPECT_FALSE(read_all(stream, 100, all).has_value());
            EXPECT_EQ(all.size(), 1'000'000u);
        },
        [&](Env& env) {
            (void)env.sleep(1ms);
            Stream stream = *env.connect(server_of(env));
            for (int i = 0; i < 1000; ++i) {
                EXPECT_TRUE(stream.write(pattern(1000, 1), label).ok());
                written += 1000;
            }
        });
    pair.run(100s);
    EXPECT_EQ(written, 1'000'000u);
    EXPECT_EQ(pair.world.connection_count(), 0u);
}

TEST(Stream, AWriteEndsAtItsDeadlineWhenNobodyReads) {
    std::optional<Error> ended;
    Pair pair(
        [&](Env& env) {
            Socket socket = *env.bind(port);
            (void)env.park();
        },
        [&](Env& env) {
            (void)env.sleep(1ms);
            Stream stream = *env.connect(server_of(env)); // waits in the backlog, which is enough to write
            ended = stream.write(pattern(200'000, 1), label, env.deadline(2s)).error();
        });
    pair.run();
    EXPECT_EQ(ended, Error::timed_out);
}

TEST(Stream, ConnectIsRefusedWhereNobodyListensAndTimesOutWhereNobodyIs) {
    std::vector<Error> errors;
    Pair pair([&](Env&) {},
              [&](Env& env) {
                  errors.push_back(env.connect(server_of(env)).error());
                  (void)env.sleep(1s);
                  errors.push_back(env.connect(server_of(env), env.deadline(100ms)).error());
                  errors.push_back(env.connect(server_of(env)).error());
              });
    pair.world.schedule_fault(WorldTime{} + 500ms, 1, 0, [&] { pair.world.crash(0, 1, CrashMode::power); });
    pair.world.schedule_fault(WorldTime{} + 30s, 1, 1, [&] { pair.world.restart(0, 1); });
    pair.run();
    EXPECT_EQ(errors, (std::vector<Error>{Error::refused, Error::timed_out, Error::reset}));
    EXPECT_EQ(pair.world.connection_count(), 0u);
}

TEST(Stream, HalfCloseLetsTheOtherDirectionGoOn) {
    std::string answer;
    Pair pair(
        [&](Env& env) {
            Socket socket = *env.bind(port);
            Stream stream = *env.accept(socket);
            std::vector<std::uint8_t> all;
            EXPECT_FALSE(read_all(stream, 100, all).has_value());
            (void)env.sleep(1s);
            EXPECT_TRUE(stream.write(view_of("answer to " + std::to_string(all.size())), label).ok());
        },
        [&](Env& env) {
            (void)env.sleep(1ms);
            Stream stream = *env.connect(server_of(env));
            EXPECT_TRUE(stream.write(view_of("question"), label).ok());
            EXPECT_TRUE(stream.shutdown().ok());
            EXPECT_EQ(stream.write(view_of("more"), label).error(), Error::closed);
            std::vector<std::uint8_t> all;
            EXPECT_FALSE(read_all(stream, 100, all).has_value());
            answer = text_of(all);
        });
    pair.run();
    EXPECT_EQ(answer, "answer to 8");
}

// What the client's read ends with, and when, if the server dies so at 1 s and starts again at 2 s.
std::pair<Error, std::int64_t> read_through(CrashMode mode) {
    std::pair<Error, std::int64_t> ended{};
    Pair pair(
        [&](Env& env) {
            Socket socket = *env.bind(port);
            Result<Stream> stream = env.accept(socket);
            (void)env.park();
        },
        [&](Env& env) {
            (void)env.sleep(1ms);
            Stream stream = *env.connect(server_of(env));
            const Monotonic start = env.now();
            env.spawn("talker", [&] {
                while (stream.write(view_of("hello"), label).ok() && env.sleep(300ms).ok()) {
                }
            });
            ended.first = stream.read(10).error();
            ended.second = (env.now() - start) / 1s;
            (void)env.sleep(1s);
        });
    World& world = pair.world;
    world.schedule_fault(WorldTime{} + 1s, 1, 0, [&] { world.crash(0, 1, mode); });
    world.schedule_fault(WorldTime{} + 2s, 1, 1, [&] { world.restart(0, 1); });
    pair.run();
    EXPECT_EQ(world.connection_count(), 0u);
    return ended;
}

TEST(Stream, ACrashResetsItAtOnceAndALossOfPowerWhenTheHostIsUpAgain) {
    EXPECT_EQ(read_through(CrashMode::process), (std::pair{Error::reset, std::int64_t{1 - 1}}));
    EXPECT_EQ(read_through(CrashMode::power), (std::pair{Error::reset, std::int64_t{2 - 1}}));
}

TEST(Stream, BreaksForItsWriterWhenACutOutlastsTheUserTimeout) {
    std::optional<Error> ended;
    std::int64_t seconds = 0;
    Pair pair(
        [&](Env& env) {
            Socket socket = *env.bind(port);
            Stream stream = *env.accept(socket);
            (void)env.park();
        },
        [&](Env& env) {
            (void)env.sleep(1ms);
            Stream stream = *env.connect(server_of(env));
            (void)env.sleep(1s);
            const Monotonic start = env.now();
            EXPECT_TRUE(stream.write(view_of("lost"), label).ok());
            ended = stream.read(1).error();
            seconds = (env.now() - start) / 1s;
        });
    pair.world.schedule_fault(WorldTime{} + 500ms, 1, 0, [&] { pair.world.cut(1, 0, CutMode::drop, 1); });
    pair.run();
    EXPECT_EQ(ended, Error::reset);
    EXPECT_EQ(seconds, 10);
}

TEST(Knowledge, AnOperationWhoseMessagesWereAllLostReachedNobody) {
    World world({});
    const auto talk = [&](Env& env) {
        Socket socket = *env.bind(1);
        for (std::uint32_t operation = 1; operation <= 3; ++operation) {
            world.send_under(1, operation);
            (void)socket.send(env.peers("server")[0].at(port), label, {});
            world.send_under(1, 0);
            (void)env.sleep(1s);
        }
        (void)env.park();
    };
    world.add_host({"server0", "server", 0, [](Env& env) {
                        Socket socket = *env.bind(port);
                        (void)env.park();
                    }});
    world.add_host({"client0", "client", 0, talk});
    world.schedule_fault(WorldTime{} + 500ms, 1, 0, [&] { world.cut(1, 0, CutMode::drop, 1); });
    world.schedule_fault(WorldTime{} + 1500ms, 1, 1, [&] {
        world.heal(1, 0, 1);
        world.cut(1, 0, CutMode::hold, 2);
    });
    world.boot_all();
    world.run_until(WorldTime{} + 5s);
    EXPECT_FALSE(world.reached_nobody(1, 1)); // received, though nobody reads it
    EXPECT_TRUE(world.reached_nobody(1, 2));  // lost in the cut
    EXPECT_FALSE(world.reached_nobody(1, 3)); // held: it may still arrive
}

} // namespace
} // namespace orrery::sim::world
