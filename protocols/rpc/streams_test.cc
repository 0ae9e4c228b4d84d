// What only calls over streams do: break at once, hold back, answer to the last.
#include <gtest/gtest.h>

#include <algorithm>

#include "orrery/protocols/rpc/transports_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;

TEST(Streams, CallsInFlightAreUnknownAtOnceWhenTheServerDies) {
    sim::world::World world({.seed = 5});
    int executed = 0;
    int cancelled = 0;
    int seen = 0;
    world.add_host({"server", "server", 0, [&](sim::Env& env) { serve(env, executed, cancelled); }});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        Connection connection(env);
                        ASSERT_TRUE(connection.open(env.peers("server")[0]).ok());
                        const sim::Monotonic begin = env.now();
                        EXPECT_EQ(connection.call<std::int64_t>("slow", std::int64_t{1}).reason(),
                                  "the connection broke");
                        EXPECT_LT(env.now() - begin, sim::Duration{30ms});
                        EXPECT_TRUE(connection.call<std::int64_t>("double", std::int64_t{1}).is_refused());
                        ++seen;
                    }});
    world.boot_all();
    world.run_until(world.now() + 20ms);
    world.crash(0, 1, sim::world::CrashMode::process);
    world.run_until(world.now() + 1s);
    EXPECT_EQ(seen, 1);
}

// It answers late, to a client that has said its last word; one way is not answered.
TEST(Streams, RepliesAreWrittenToAClientThatHasHalfClosed) {
    sim::world::World world({.seed = 5});
    int executed = 0;
    int cancelled = 0;
    std::vector<std::uint64_t> replies;
    world.add_host({"server", "server", 0, [&](sim::Env& env) { serve(env, executed, cancelled); }});
    world.add_host(
        {"client", "client", 0, [&](sim::Env& env) {
             sim::Result<sim::Stream> stream = env.connect(env.peers("server")[0].at(port_default));
             ASSERT_TRUE(stream.ok());
             sim::Bytes bytes;
             for (std::uint64_t i = 1; i <= 3; ++i)
                 sim::Writer(bytes).raw(sim::encode(Request{1, i, false, "slow", sim::encode(std::int64_t{0})}));
             sim::Writer(bytes).raw(sim::encode(Request{1, 4, true, "double", sim::encode(std::int64_t{0})}));
             ASSERT_TRUE(stream->write(bytes, label_request).ok());
             ASSERT_TRUE(stream->shutdown().ok());
             const auto frames = std::make_shared<Frames>(env, std::move(*stream));
             while (true) {
                 const sim::Result<sim::Bytes> frame = frames->read();
                 if (!frame.ok()) break;
                 replies.push_back(sim::decode<Reply>(*frame)->sequence);
             }
         }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    std::sort(replies.begin(), replies.end());
    EXPECT_EQ(replies, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(Streams, ACutHoldsCallsUntilItHealsAndNoneIsRepeated) {
    sim::world::World world({.seed = 5});
    int executed = 0;
    int cancelled = 0;
    int values = 0;
    world.add_host({"server", "server", 0, [&](sim::Env& env) { serve(env, executed, cancelled); }});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        OverStreams transport(env);
                        for (int i = 0; i < 10; ++i)
                            values += transport.call<std::int64_t>("slow", std::int64_t{i}, 2s).has_value();
                    }});
    world.boot_all();
    for (sim::world::FaultId fault = 1; fault <= 3; ++fault) {
        world.run_until(world.now() + 70ms);
        world.cut(0, 1, sim::world::CutMode::hold, fault);
        world.run_until(world.now() + 200ms);
        world.heal(0, 1, fault);
    }
    world.run_until(world.now() + 5s);
    EXPECT_EQ(values, 10);
    EXPECT_EQ(executed, 10);
}

// It asks for much and reads nothing. Its replies back up, no more of its requests are taken, and other
// clients are served.
TEST(Streams, AClientThatDoesNotReadHoldsOnlyItselfBack) {
    constexpr int asked = 400;
    sim::world::World world({.seed = 5});
    int executed = 0;
    int cancelled = 0;
    int sent = 0;
    int others = 0;
    world.add_host({"server", "server", 0, [&](sim::Env& env) { serve(env, executed, cancelled); }});
    world.add_host({"deaf", "deaf", 0, [&](sim::Env& env) {
                        sim::Result<sim::Stream> stream = env.connect(env.peers("server")[0].at(port_default));
                        ASSERT_TRUE(stream.ok());
                        const std::string text(4'000, 'x');
                        for (std::uint64_t i = 1; i <= asked; ++i) {
                            sim::Bytes bytes;
                            sim::Writer(bytes).raw(sim::encode(Request{1, i, false, "echo", sim::encode(text)}));
                            if (!stream->write(bytes, label_request, env.deadline(1s)).ok()) break;
                            ++sent;
                        }
                        (void)env.sleep(3s);
                    }});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        (void)env.sleep(1s);
                        OverStreams transport(env);
                        for (int i = 0; i < 20; ++i)
                            others += transport.call<std::int64_t>("double", std::int64_t{i}, 100ms).has_value();
                    }});
    world.boot_all();
    world.run_until(world.now() + 5s);
    EXPECT_GT(sent, 30);
    EXPECT_LT(sent, 120); // two windows, a queue, and what was on its way
    EXPECT_EQ(others, 20);
    EXPECT_TRUE(world.findings().empty());
}

// Big requests into a server that is slow to take them, each given up early: those that come after
// find the stream whole.
TEST(Streams, ACallThatGivesUpWaitingToBeSentLeavesTheStreamWhole) {
    sim::world::World world({.seed = 5});
    int executed = 0;
    int cancelled = 0;
    int given_up = 0;
    int values = 0;
    world.add_host({"server", "server", 0, [&](sim::Env& env) { serve(env, executed, cancelled); }});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        OverStreams transport(env);
                        const std::string text(60'000, 'x');
                        (void)transport.call<std::string>("echo", text, 1s);
                        for (int i = 0; i < 30; ++i)
                            given_up += !transport.call<std::string>("echo", text, 100us).has_value();
                        (void)env.sleep(1s);
                        for (int i = 0; i < 5; ++i) values += transport.call<std::string>("echo", text, 1s).has_value();
                    }});
    world.boot_all();
    world.run_until(world.now() + 20s);
    EXPECT_EQ(given_up, 30);
    EXPECT_EQ(values, 5);
    EXPECT_TRUE(world.findings().empty());
}

TEST(Streams, CallsToAPeerThatAnswersWithNoReplyAreUnknownAtOnce) {
    sim::world::World world({.seed = 5});
    bool unknown = false;
    world.add_host({"server", "server", 0, [&](sim::Env& env) {
                        sim::Result<sim::Socket> socket = env.bind(port_default);
                        sim::Result<sim::Stream> stream = env.accept(*socket);
                        sim::Bytes bytes;
                        sim::Writer(bytes).raw(sim::view_of("hello"));
                        (void)stream->write(bytes, label_reply);
                        (void)env.park();
                    }});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        OverStreams transport(env);
                        unknown = transport.call<std::int64_t>("double", std::int64_t{1}, 1h).is_unknown();
                    }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    EXPECT_TRUE(unknown);
}

TEST(Streams, ABadFrameEndsTheConnectionOnBothSides) {
    sim::world::World world({.seed = 5});
    int executed = 0;
    int cancelled = 0;
    int ended = 0;
    world.add_host({"server", "server", 0, [&](sim::Env& env) { serve(env, executed, cancelled); }});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        const std::string_view no_request("\x03\0\0\0abc", 7);
                        const std::string_view too_long("\xff\xff\xff\xff", 4);
                        for (const std::string_view bad : {no_request, too_long}) {
                            sim::Result<sim::Stream> stream = env.connect(env.peers("server")[0].at(port_default));
                            ASSERT_TRUE(stream.ok());
                            (void)stream->write(sim::view_of(bad), label_request);
                            const sim::Result<sim::Bytes> rest = stream->read(10, env.deadline(1s));
                            ended += !rest.ok() ? rest.error() != sim::Error::timed_out : rest->empty();
                        }
                    }});
    world.boot_all();
    world.run_until(world.now() + 5s);
    EXPECT_EQ(ended, 2);
}

} // namespace
} // namespace orrery::rpc
