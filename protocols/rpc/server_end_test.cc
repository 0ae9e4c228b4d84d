// How a server ends, in both worlds: when its task is cancelled, and with its scope.
#include <gtest/gtest.h>

#include "orrery/protocols/conformance/stage_test.h"
#include "orrery/protocols/rpc/go_client.h"
#include "orrery/protocols/rpc/rpc.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;

void await_free_port(sim::Env& env) {
    while (!env.bind(port_default).ok()) EXPECT_TRUE(env.sleep(1ms).ok());
}
void await_end(sim::Env& env, sim::Task task) {
    while (env.is_alive(task)) EXPECT_TRUE(env.sleep(1ms).ok());
}

// A call by each way, none of which is answered with a value.
void call_each_way(sim::Env& env) {
    const sim::Address server = env.peers("server")[0];
    Connection connection(env);
    GoClient go(env);
    while (!connection.open(server).ok()) EXPECT_TRUE(env.sleep(1ms).ok());
    EXPECT_FALSE(go.open(server, GoProtocol::gob, {}));
    Pending<std::int64_t> datagram = start<std::int64_t>(env, server, "Slow.Call", std::int64_t{1});
    Pending<std::int64_t> stream = connection.start<std::int64_t>("Slow.Call", std::int64_t{2});
    auto foreign = go.start<std::int64_t>("Slow.Call", std::int64_t{3});
    EXPECT_FALSE(stream.wait({}).has_value());
    EXPECT_FALSE(foreign.wait({}).ok());
    EXPECT_FALSE(datagram.wait(env.deadline(10ms)).has_value());
}

// Its handlers wait for ever; main goes on when all three calls run.
void offer_slow(sim::Env& env, Server& server, const std::shared_ptr<int>& running) {
    server.publish("Slow.Call", [&env, running, main = env.current()](std::int64_t) -> Outcome<std::int64_t> {
        if (++*running == 3) env.wake(main);
        (void)env.park();
        --*running;
        return Unknown{"the server ends"};
    });
}

class Servers : public conformance::Promise {};
IN_BOTH_WORLDS(Servers);

TEST_P(Servers, ThatAreCancelledReturnWhenTheirHandlersHaveEnded) {
    pair(
        [](sim::Env& env) {
            const auto running = std::make_shared<int>(0);
            Server server(env);
            offer_slow(env, server, running);
            const sim::Task serving = env.spawn("serve", [&] {
                server.serve();
                EXPECT_EQ(*running, 0);
            });
            EXPECT_TRUE(env.park().ok());
            EXPECT_EQ(*running, 3);
            env.cancel(serving);
            await_end(env, serving);
        },
        call_each_way);
}

TEST_P(Servers, ThatAreDestroyedWhileTheyServeLetGoOfAll) {
    pair(
        [](sim::Env& env) {
            const auto running = std::make_shared<int>(0);
            auto server = std::make_unique<Server>(env);
            offer_slow(env, *server, running);
            const sim::Task serving = env.spawn("serve", [&server] { server->serve(); });
            EXPECT_TRUE(env.park().ok());
            server.reset();
            EXPECT_EQ(*running, 3); // nobody waited for them
            await_end(env, serving);
            EXPECT_EQ(*running, 0);
            EXPECT_EQ(running.use_count(), 1);
            await_free_port(env);
        },
        call_each_way);
}

// More replies than the buffers between the two hold.
constexpr std::size_t reply_bytes = 4 << 20;
constexpr std::uint64_t replies = 8;

TEST_P(Servers, ThatAreCancelledGiveUpRepliesThatNobodyReads) {
    pair(
        [](sim::Env& env) {
            std::uint64_t answered = 0;
            Server server(env);
            server.on("big", [&](std::int64_t) {
                ++answered;
                return std::string(reply_bytes, 'x');
            });
            const sim::Task serving = env.spawn("serve", [&] { server.serve(); });
            while (answered == 0) EXPECT_TRUE(env.sleep(1ms).ok());
            env.cancel(serving);
            await_end(env, serving);
        },
        [](sim::Env& env) {
            const sim::Address server = env.peers("server")[0].at(port_default);
            sim::Stream stream = conformance::reach(env, server);
            sim::Bytes requests;
            for (std::uint64_t i = 1; i <= replies; ++i)
                sim::Writer(requests).raw(sim::encode(Request{1, i, false, "big", sim::encode(std::int64_t{0})}));
            EXPECT_TRUE(stream.write(requests, label_request).ok());
            while (env.connect(server).ok()) EXPECT_TRUE(env.sleep(1ms).ok()); // until it has ended
        });
}

// What was answered before the end arrives, though the end came before the client read it.
TEST_P(Servers, ThatAreCancelledStillWriteWhatIsAnswered) {
    pair(
        [](sim::Env& env) {
            Server server(env);
            sim::Task serving{};
            server.on("last", [&](std::int64_t number) {
                env.cancel(serving);
                return number + 1;
            });
            serving = env.spawn("serve", [&] { server.serve(); });
            await_end(env, serving);
        },
        [](sim::Env& env) {
            Connection connection(env);
            while (!connection.open(env.peers("server")[0]).ok()) EXPECT_TRUE(env.sleep(1ms).ok());
            const auto reply = connection.call<std::int64_t>("last", std::int64_t{41});
            EXPECT_TRUE(reply.has_value()) << reply.reason();
        });
}

} // namespace
} // namespace orrery::rpc
