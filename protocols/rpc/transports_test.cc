// What a call promises, over datagrams and over streams: the same tests.
#include "orrery/protocols/rpc/transports_test.h"

#include <gtest/gtest.h>

#include "orrery/sim/world/world.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;

template <class Transport>
class Rpc : public testing::Test {
protected:
    // Runs `client` to its end, which it must reach.
    void run(std::function<void(sim::Env&, Transport&)> client) {
        bool ended = false;
        world.add_host({"server", "server", 0, [this](sim::Env& env) { serve(env, executed, cancelled); }});
        world.add_host({"client", "client", 0, [&](sim::Env& env) {
                            Transport transport(env);
                            client(env, transport);
                            ended = true;
                        }});
        world.boot_all();
        world.run_until(world.now() + 5s);
        EXPECT_TRUE(ended);
        EXPECT_TRUE(world.findings().empty());
    }
    // `count` calls at once; how many gave a value, and how many were refused.
    std::pair<int, int> at_once(sim::Env& env, Transport& transport, int count) {
        int values = 0;
        int refused = 0;
        int left = count;
        sim::Signal ended(env);
        for (int i = 0; i < count; ++i)
            env.spawn("call", [&, i] {
                const Outcome<std::int64_t> outcome =
                    transport.template call<std::int64_t>("slow", std::int64_t{i}, 1s);
                values += outcome.has_value() && outcome.value() == i;
                refused += outcome.is_refused();
                --left;
                ended.signal();
            });
        while (left > 0) EXPECT_TRUE(ended.wait().ok());
        return {values, refused};
    }
    sim::world::World world{{.seed = 5}};
    int executed = 0;
    int cancelled = 0;
};

using Transports = testing::Types<OverDatagrams, OverStreams>;
TYPED_TEST_SUITE(Rpc, Transports);

TYPED_TEST(Rpc, ReturnsValuesAndRefusals) {
    this->run([](sim::Env&, TypeParam& transport) {
        EXPECT_EQ(transport.template call<std::int64_t>("double", std::int64_t{21}, 100ms).value(), 42);
        const auto refused = transport.template call<std::int64_t>("refuse", std::int64_t{1}, 100ms);
        EXPECT_EQ(refused.reason(), "no");
        EXPECT_EQ(refused.refused().redirect, elsewhere);
        EXPECT_EQ(transport.template call<std::int64_t>("nope", std::int64_t{1}, 100ms).reason(),
                  "unknown service nope");
        EXPECT_FALSE(transport.template call<std::int64_t>("nope", std::int64_t{1}, 100ms).refused().redirect.is_set());
        EXPECT_TRUE(transport.template call<std::int64_t>("double", std::int8_t{1}, 100ms).is_refused());
        const std::string text(40'000, 'x');
        EXPECT_EQ(transport.template call<std::string>("echo", text, 100ms).value(), text);
    });
}

TYPED_TEST(Rpc, ALateReplyIsNobodysReply) {
    this->run([](sim::Env& env, TypeParam& transport) {
        EXPECT_TRUE(transport.template call<std::int64_t>("slow", std::int64_t{7}, 10ms).is_unknown());
        (void)env.sleep(45ms);
        EXPECT_EQ(transport.template call<std::int64_t>("double", std::int64_t{2}, 100ms).value(), 4);
    });
    EXPECT_EQ(this->executed, 1);
}

TYPED_TEST(Rpc, RunsSeveralCallsAtOnceUpToItsLimitAndRefusesTheRest) {
    this->run([&](sim::Env& env, TypeParam& transport) {
        (void)transport.template call<std::int64_t>("double", std::int64_t{2}, 100ms);
        (void)env.sleep(20ms); // a refusal is sure only from a server that is older than the request
        EXPECT_EQ(this->at_once(env, transport, 7), (std::pair{5, 2}));
    });
}

TYPED_TEST(Rpc, CallsThatWereStartedAreWaitedForInAnyOrderOrNotAtAll) {
    this->run([](sim::Env&, TypeParam& transport) {
        Pending<std::int64_t> first = transport.template start<std::int64_t>("slow", std::int64_t{1});
        Pending<std::int64_t> second = transport.template start<std::int64_t>("double", std::int64_t{2});
        { Pending<std::int64_t> forgotten = transport.template start<std::int64_t>("slow", std::int64_t{3}); }
        EXPECT_EQ(second.wait().value(), 4);
        EXPECT_EQ(first.wait().value(), 1);
    });
    EXPECT_EQ(this->executed, 2);
}

TYPED_TEST(Rpc, OneWayIsExecutedAndNotAnswered) {
    this->run([](sim::Env& env, TypeParam& transport) {
        transport.notify("slow", std::int64_t{1});
        (void)env.sleep(100ms);
    });
    EXPECT_EQ(this->executed, 1);
}

TYPED_TEST(Rpc, ACancelledCallerHearsUnknownAndTheNextCallIsNotDisturbed) {
    this->run([](sim::Env& env, TypeParam& transport) {
        (void)transport.template call<std::int64_t>("double", std::int64_t{2}, 100ms);
        bool unknown = false;
        const sim::Task caller = env.spawn(
            "call", [&] { unknown = transport.template call<std::int64_t>("slow", std::int64_t{1}, 1s).is_unknown(); });
        (void)env.sleep(10ms);
        env.cancel(caller);
        (void)env.sleep(1ms);
        EXPECT_TRUE(unknown);
        EXPECT_EQ(transport.template call<std::int64_t>("double", std::int64_t{4}, 100ms).value(), 8);
    });
}

TYPED_TEST(Rpc, AServerThatEndsCancelsItsHandlersAndWaitsForThem) {
    sim::Task main{};
    int left_behind = -1;
    this->world.add_host({"server", "server", 0, [&](sim::Env& env) {
                              main = env.current();
                              serve(env, this->executed, this->cancelled);
                              left_behind = this->executed;
                          }});
    this->world.add_host({"client", "client", 0, [&](sim::Env& env) {
                              TypeParam transport(env);
                              (void)transport.template call<std::int64_t>("slow", std::int64_t{1}, 1s);
                          }});
    this->world.boot_all();
    this->world.run_until(this->world.now() + 30ms);
    this->world.env(0).cancel(main);
    this->world.run_until(this->world.now() + 2s);
    EXPECT_EQ(this->cancelled, 1);
    EXPECT_EQ(left_behind, 1); // the handler had gone before serve returned
    EXPECT_TRUE(this->world.findings().empty());
}

} // namespace
} // namespace orrery::rpc
