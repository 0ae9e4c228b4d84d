// Calls over the simulated network, also a bad one.
#include "orrery/protocols/rpc/rpc.h"

#include <gtest/gtest.h>

#include "orrery/protocols/rpc/flaws.h"
#include "orrery/sim/world.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;

struct Pair {
    std::int64_t a = 0;
    std::int64_t b = 0;
    static constexpr auto members() { return std::tuple{sim::member("a", &Pair::a), sim::member("b", &Pair::b)}; }
};

struct Rig {
    sim::World world{{.seed = 5}};
    int executed = 0;

    explicit Rig(std::function<void(sim::Env&)> client, std::size_t concurrency = 8) {
        world.add_host({"server", "server", 0, [this, concurrency](sim::Env& env) {
                            Server server(env, {.concurrency = concurrency, .queue = 1});
                            server.on("Arith.Multiply", [](Pair pair) { return pair.a * pair.b; });
                            server.on("Arith.Divide", [](Pair pair) -> Outcome<std::int64_t> {
                                if (pair.b == 0) return Refused{"divide by zero"};
                                return pair.a / pair.b;
                            });
                            server.on("count", [this](std::int64_t) { return std::int64_t{++executed}; });
                            server.on("slow", [this, &env](std::int64_t) {
                                (void)env.sleep(50ms);
                                return std::int64_t{++executed};
                            });
                            server.serve();
                        }});
        world.add_host({"client", "client", 0, std::move(client)});
        world.boot_all();
    }
    void run() { world.run_until(world.now() + 5s); }
};

TEST(Rpc, ReturnsValuesAndRefusals) {
    int seen = 0;
    Rig rig([&](sim::Env& env) {
        const sim::Address server = env.peers("server")[0];
        EXPECT_EQ(call<std::int64_t>(env, server, "Arith.Multiply", Pair{7, 8}, 100ms).value(), 56);
        EXPECT_EQ(call<std::int64_t>(env, server, "Arith.Divide", Pair{7, 0}, 100ms).reason(), "divide by zero");
        EXPECT_TRUE(call<std::int64_t>(env, server, "Arith.Nope", Pair{7, 0}, 100ms).is_refused());
        EXPECT_TRUE(call<std::int64_t>(env, server, "Arith.Multiply", std::int8_t{1}, 100ms).is_refused());
        ++seen;
    });
    rig.run();
    EXPECT_EQ(seen, 1);
}

TEST(Rpc, ALateReplyIsNobodysReply) {
    int seen = 0;
    Rig rig([&](sim::Env& env) {
        const sim::Address server = env.peers("server")[0];
        EXPECT_TRUE(call<std::int64_t>(env, server, "slow", std::int64_t{0}, 10ms).is_unknown());
        (void)env.sleep(45ms);
        EXPECT_EQ(call<std::int64_t>(env, server, "Arith.Multiply", Pair{2, 3}, 100ms).value(), 6);
        ++seen;
    });
    rig.run();
    EXPECT_EQ(seen, 1);
    EXPECT_EQ(rig.executed, 1);
}

TEST(Rpc, ExecutesARepeatedAndDuplicatedRequestOnce) {
    for (const bool flawed : {false, true}) {
        flaws::rpc_no_duplicate_filter.on = flawed;
        int answered = 0;
        Rig rig([&](sim::Env& env) {
            const sim::Address server = env.peers("server")[0];
            for (int i = 0; i < 20; ++i)
                if (call<std::int64_t>(env, server, "count", std::int64_t{0}, 200ms, {.resend = 20ms}).has_value()) ++answered;
        });
        rig.world.add_rate(1, 0, sim::RateKind::duplication, {1, 2}, {}, 1);
        rig.world.add_rate(0, 1, sim::RateKind::loss, {1, 3}, {}, 1);
        rig.run();
        flaws::rpc_no_duplicate_filter.on = false;
        EXPECT_GT(answered, 15);
        if (flawed)
            EXPECT_GT(rig.executed, 20);
        else
            EXPECT_EQ(rig.executed, 20);
    }
}

TEST(Rpc, RunsSeveralCallsAtOnceUpToItsLimitAndRefusesTheRest) {
    int values = 0;
    int refused = 0;
    Rig rig(
        [&](sim::Env& env) {
            std::vector<Pending<std::int64_t>> calls;
            for (int i = 0; i < 4; ++i)
                calls.push_back(start<std::int64_t>(env, env.peers("server")[0], "slow", std::int64_t{0}));
            for (auto& each : calls) {
                const Outcome<std::int64_t> outcome = each.wait(env.deadline(1s));
                values += outcome.has_value();
                refused += outcome.is_refused();
            }
        },
        2);
    rig.run();
    EXPECT_EQ(values, 3);
    EXPECT_EQ(refused, 1);
}

TEST(Rpc, ARestartedClientIsNotAnsweredFromItsPredecessorsCache) {
    for (const bool flawed : {false, true}) {
        flaws::rpc_boot_not_in_request_id.on = flawed;
        std::vector<std::int64_t> values;
        Rig rig([&](sim::Env& env) {
            values.push_back(call<std::int64_t>(env, env.peers("server")[0], "count", std::int64_t{0}, 100ms).value());
        });
        rig.run();
        rig.world.crash(1, 1, sim::CrashMode::process);
        rig.world.restart(1, 1);
        rig.run();
        flaws::rpc_boot_not_in_request_id.on = false;
        EXPECT_EQ(values, (std::vector<std::int64_t>{1, flawed ? 1 : 2}));
    }
}

TEST(Rpc, AReplyToThePredecessorOfARestartedClientIsNotTakenForItsOwn) {
    std::vector<bool> unknown;
    Rig rig([&](sim::Env& env) {
        const std::int64_t boot = static_cast<std::int64_t>(unknown.size());
        const char* service = boot == 0 ? "slow" : "count";
        unknown.push_back(call<std::int64_t>(env, env.peers("server")[0], service, boot, 200ms).is_unknown());
    });
    rig.world.run_until(rig.world.now() + 20ms);
    rig.world.crash(1, 1, sim::CrashMode::process); // the first call is in flight
    unknown.push_back(true);
    rig.world.cut(1, 0, sim::CutMode::drop, 2); // the second never arrives
    rig.world.restart(1, 1);
    rig.run();
    EXPECT_EQ(unknown, (std::vector<bool>{true, true}));
}

TEST(Duplicates, DropsWhatIsBelowTheWindowAndKeepsReplies) {
    Duplicates duplicates;
    using Verdict = Duplicates::Verdict;
    EXPECT_EQ(duplicates.admit(1, 10), Verdict::fresh);
    EXPECT_EQ(duplicates.admit(1, 10), Verdict::running);
    duplicates.finish(1, 10, sim::view_of("x"));
    EXPECT_EQ(duplicates.admit(1, 10), Verdict::finished);
    EXPECT_EQ(duplicates.reply(1, 10).text(), "x");
    EXPECT_EQ(duplicates.admit(1, 10 + Duplicates::window), Verdict::fresh);
    EXPECT_EQ(duplicates.admit(1, 10), Verdict::stale);
    EXPECT_EQ(duplicates.admit(2, 10), Verdict::fresh);
    for (std::uint64_t boot = 100; boot < 100 + 2 * Duplicates::boots_max; ++boot) (void)duplicates.admit(boot, 1);
    EXPECT_EQ(duplicates.admit(2, 10), Verdict::fresh); // forgotten: the stated bound
}

} // namespace
} // namespace orrery::rpc
