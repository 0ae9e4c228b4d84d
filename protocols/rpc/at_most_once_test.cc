// At most once: calls by datagrams over a bad network, and across restarts.
#include <gtest/gtest.h>

#include "orrery/protocols/rpc/duplicates.h"
#include "orrery/protocols/rpc/flaws.def"
#include "orrery/protocols/rpc/rpc.h"
#include "orrery/sim/world/world.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;

struct Rig {
    sim::world::World world{{.seed = 5}};
    int executed = 0;

    explicit Rig(std::function<void(sim::Env&)> client) {
        world.add_host({"server", "server", 0, [this](sim::Env& env) {
                            Server server(env);
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

TEST(AtMostOnce, ExecutesARepeatedAndDuplicatedRequestOnce) {
    for (const bool flawed : {false, true}) {
        flaws::rpc_no_duplicate_filter.on = flawed;
        int answered = 0;
        Rig rig([&](sim::Env& env) {
            const sim::Address server = env.peers("server")[0];
            for (int i = 0; i < 20; ++i)
                if (call<std::int64_t>(env, server, "count", std::int64_t{0}, 200ms, {.resend = 20ms}).has_value())
                    ++answered;
        });
        rig.world.add_rule(1, 0, {sim::world::RuleKind::duplication, {1, 2}, {}, 1});
        rig.world.add_rule(0, 1, {sim::world::RuleKind::loss, {1, 3}, {}, 1});
        rig.run();
        flaws::rpc_no_duplicate_filter.on = false;
        EXPECT_GT(answered, 15);
        if (flawed)
            EXPECT_GT(rig.executed, 20);
        else
            EXPECT_EQ(rig.executed, 20);
    }
}

TEST(AtMostOnce, ARestartedClientIsNotAnsweredFromItsPredecessorsCache) {
    for (const bool flawed : {false, true}) {
        flaws::rpc_boot_not_in_request_id.on = flawed;
        std::vector<std::int64_t> values;
        Rig rig([&](sim::Env& env) {
            values.push_back(call<std::int64_t>(env, env.peers("server")[0], "count", std::int64_t{0}, 100ms).value());
        });
        rig.run();
        rig.world.crash(1, 1, sim::world::CrashMode::process);
        rig.world.restart(1, 1);
        rig.run();
        flaws::rpc_boot_not_in_request_id.on = false;
        EXPECT_EQ(values, (std::vector<std::int64_t>{1, flawed ? 1 : 2}));
    }
}

// The first copy was executed by a boot of the server that died before it answered. The second
// copy's refusal by the next boot must not be taken for "no effect".
TEST(AtMostOnce, ARefusalByTheSuccessorOfTheServerIsUnknown) {
    int executed = 0;
    std::vector<std::string> reasons;
    bool refuse = false;
    sim::world::World world{{.seed = 5}};
    world.add_host({"server", "server", 0, [&](sim::Env& env) {
                        Server server(env);
                        server.on("do",
                                  [&, refuses = std::exchange(refuse, true)](std::int64_t) -> Outcome<std::int64_t> {
                                      if (refuses) return Refused{"no"};
                                      ++executed;
                                      (void)env.sleep(50ms);
                                      return std::int64_t{1};
                                  });
                        server.serve();
                    }});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        for (int i = 0; i < 2; ++i) {
                            const auto outcome = call<std::int64_t>(env, env.peers("server")[0], "do", std::int64_t{0},
                                                                    1s, {.resend = 20ms});
                            reasons.push_back((outcome.is_refused() ? "refused: " : "unknown: ") + outcome.reason());
                        }
                    }});
    world.boot_all();
    world.run_until(world.now() + 10ms);
    world.crash(0, 1, sim::world::CrashMode::process);
    world.restart(0, 1);
    world.run_until(world.now() + 5s);
    EXPECT_EQ(executed, 1);
    EXPECT_EQ(reasons, (std::vector<std::string>{"unknown: refused by a server that may have restarted meanwhile",
                                                 "refused: no"}));
}

TEST(AtMostOnce, AReplyToThePredecessorOfARestartedClientIsNotTakenForItsOwn) {
    std::vector<bool> unknown;
    Rig rig([&](sim::Env& env) {
        const std::int64_t boot = static_cast<std::int64_t>(unknown.size());
        const char* service = boot == 0 ? "slow" : "count";
        unknown.push_back(call<std::int64_t>(env, env.peers("server")[0], service, boot, 200ms).is_unknown());
    });
    rig.world.run_until(rig.world.now() + 20ms);
    rig.world.crash(1, 1, sim::world::CrashMode::process); // the first call is in flight
    unknown.push_back(true);
    rig.world.cut(1, 0, sim::world::CutMode::drop, 2); // the second never arrives
    rig.world.restart(1, 1);
    rig.run();
    EXPECT_EQ(unknown, (std::vector<bool>{true, true}));
}

TEST(Duplicates, TakesEveryNumberThatCanCome) {
    Duplicates duplicates;
    using Verdict = Duplicates::Verdict;
    for (const std::uint64_t number : {std::uint64_t{0}, UINT64_MAX, std::uint64_t{1} << 40}) {
        EXPECT_EQ(duplicates.admit(1, number), Verdict::fresh);
        EXPECT_EQ(duplicates.admit(1, number), Verdict::running);
    }
}

TEST(Duplicates, KeepsTheRepliesOfTheHighestNumbersAndDropsWhatIsNotAboveTheForgotten) {
    for (const std::uint64_t gap : {std::uint64_t{1}, std::uint64_t{1} << 16}) {
        Duplicates duplicates;
        using Verdict = Duplicates::Verdict;
        EXPECT_EQ(duplicates.admit(1, 10), Verdict::fresh);
        EXPECT_EQ(duplicates.admit(1, 10), Verdict::running);
        duplicates.finish(1, 10, sim::view_of("x"));
        EXPECT_EQ(duplicates.admit(1, 10), Verdict::finished);
        EXPECT_EQ(duplicates.reply(1, 10).text(), "x");
        for (std::uint64_t i = 1; i < Duplicates::window; ++i)
            EXPECT_EQ(duplicates.admit(1, 10 + i * gap), Verdict::fresh);
        EXPECT_EQ(duplicates.admit(1, 10), Verdict::finished);
        EXPECT_EQ(duplicates.admit(1, 9), Verdict::stale); // no room for one that is lower than all
        EXPECT_EQ(duplicates.admit(1, 10), Verdict::finished);
        EXPECT_EQ(duplicates.admit(1, 10 + Duplicates::window * gap), Verdict::fresh);
        EXPECT_EQ(duplicates.admit(1, 10), Verdict::stale);
        EXPECT_EQ(duplicates.admit(1, 10 + gap), Verdict::running);
        EXPECT_EQ(duplicates.admit(2, 10), Verdict::fresh);
        for (std::uint64_t boot = 100; boot < 100 + 2 * Duplicates::boots_max; ++boot) (void)duplicates.admit(boot, 1);
        EXPECT_EQ(duplicates.admit(2, 10), Verdict::fresh); // forgotten: the stated bound
    }
}

} // namespace
} // namespace orrery::rpc
