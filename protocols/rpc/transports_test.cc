// What a call promises, over datagrams and over streams, simulated and live: the same tests.
#include "orrery/protocols/rpc/transports_test.h"

#include <gtest/gtest.h>

#include "orrery/protocols/conformance/stage_test.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;
using conformance::World;

template <class Way, World where>
struct Case {
    using Transport = Way;
    static constexpr World world = where;
};

template <class Of>
class Rpc : public testing::Test {
protected:
    using Transport = typename Of::Transport;
    // Runs `client` to its end, while `server` serves.
    void run(std::function<void(sim::Env&, Transport&)> client, std::function<void(sim::Env&)> server) {
        const auto stage = Of::world == World::live ? conformance::live_stage() : conformance::simulated_stage();
        const auto died =
            stage->run({{"server", 0, std::move(server), true},
                        {"client", 0, [&](sim::Env& env) {
                             Transport transport(env);
                             // Until the server is up: what is sent before is lost.
                             while (!transport.template call<std::int64_t>("double", std::int64_t{1}, 50ms).has_value())
                                 (void)env.sleep(1ms);
                             client(env, transport);
                         }}});
        EXPECT_TRUE(died.empty());
    }
    void run(std::function<void(sim::Env&, Transport&)> client) {
        run(std::move(client), [this](sim::Env& env) { serve(env, executed, cancelled); });
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
    // Of the server; to be read when it has ended.
    int executed = 0;
    int cancelled = 0;
};

using Cases = testing::Types<Case<OverDatagrams, World::simulated>, Case<OverStreams, World::simulated>,
                             Case<OverDatagrams, World::live>, Case<OverStreams, World::live>>;
TYPED_TEST_SUITE(Rpc, Cases);

TYPED_TEST(Rpc, ReturnsValuesAndRefusals) {
    this->run([](sim::Env&, auto& transport) {
        EXPECT_EQ(transport.template call<std::int64_t>("double", std::int64_t{21}, 1s).value(), 42);
        const auto refused = transport.template call<std::int64_t>("refuse", std::int64_t{1}, 1s);
        EXPECT_EQ(refused.reason(), "no");
        EXPECT_EQ(refused.refused().redirect, elsewhere);
        EXPECT_EQ(transport.template call<std::int64_t>("nope", std::int64_t{1}, 1s).reason(), "unknown service nope");
        EXPECT_FALSE(transport.template call<std::int64_t>("nope", std::int64_t{1}, 1s).refused().redirect.is_set());
        EXPECT_TRUE(transport.template call<std::int64_t>("double", std::int8_t{1}, 1s).is_refused());
        const std::string text(40'000, 'x');
        EXPECT_EQ(transport.template call<std::string>("echo", text, 1s).value(), text);
    });
}

TYPED_TEST(Rpc, ALateReplyIsNobodysReply) {
    this->run([](sim::Env& env, auto& transport) {
        EXPECT_TRUE(transport.template call<std::int64_t>("slow", std::int64_t{7}, 10ms).is_unknown());
        (void)env.sleep(45ms);
        EXPECT_EQ(transport.template call<std::int64_t>("double", std::int64_t{2}, 1s).value(), 4);
    });
    EXPECT_EQ(this->executed, 1);
}

TYPED_TEST(Rpc, RunsSeveralCallsAtOnceUpToItsLimitAndRefusesTheRest) {
    this->run([&](sim::Env& env, auto& transport) {
        (void)transport.template call<std::int64_t>("double", std::int64_t{2}, 1s);
        (void)env.sleep(200ms); // a refusal is sure only from a server that is older than the request
        EXPECT_EQ(this->at_once(env, transport, 7), (std::pair{5, 2}));
    });
}

TYPED_TEST(Rpc, CallsThatWereStartedAreWaitedForInAnyOrderOrNotAtAll) {
    this->run([](sim::Env&, auto& transport) {
        Pending<std::int64_t> first = transport.template start<std::int64_t>("slow", std::int64_t{1});
        Pending<std::int64_t> second = transport.template start<std::int64_t>("double", std::int64_t{2});
        { Pending<std::int64_t> forgotten = transport.template start<std::int64_t>("slow", std::int64_t{3}); }
        EXPECT_EQ(second.wait().value(), 4);
        EXPECT_EQ(first.wait().value(), 1);
    });
    EXPECT_EQ(this->executed, 2);
}

TYPED_TEST(Rpc, OneWayIsExecutedAndNotAnswered) {
    this->run([](sim::Env& env, auto& transport) {
        transport.notify("slow", std::int64_t{1});
        (void)env.sleep(100ms);
    });
    EXPECT_EQ(this->executed, 1);
}

TYPED_TEST(Rpc, ACancelledCallerHearsUnknownAndTheNextCallIsNotDisturbed) {
    this->run([](sim::Env& env, auto& transport) {
        (void)transport.template call<std::int64_t>("double", std::int64_t{2}, 1s);
        bool unknown = false;
        const sim::Task caller = env.spawn(
            "call", [&] { unknown = transport.template call<std::int64_t>("slow", std::int64_t{1}, 1s).is_unknown(); });
        (void)env.sleep(10ms);
        env.cancel(caller);
        (void)env.sleep(1ms);
        EXPECT_TRUE(unknown);
        EXPECT_EQ(transport.template call<std::int64_t>("double", std::int64_t{4}, 1s).value(), 8);
    });
}

TYPED_TEST(Rpc, AServerThatEndsCancelsItsHandlersAndWaitsForThem) {
    int left_behind = -1;
    this->run(
        [&](sim::Env& env, auto& transport) {
            env.spawn("end", [&env] {
                (void)env.sleep(10ms);
                static constexpr sim::Label label{"test.end"};
                (void)env.bind(0)->send(env.peers("server")[0].at(9), label, {});
            });
            (void)transport.template call<std::int64_t>("slow", std::int64_t{1}, 1s);
        },
        [&](sim::Env& env) {
            env.spawn("end", [&env, main = env.current()] {
                if (env.bind(9)->receive().ok()) env.cancel(main);
            });
            serve(env, this->executed, this->cancelled);
            left_behind = this->executed;
        });
    EXPECT_EQ(this->cancelled, 1);
    EXPECT_EQ(left_behind, 1); // the handler had gone before serve returned
}

} // namespace
} // namespace orrery::rpc
