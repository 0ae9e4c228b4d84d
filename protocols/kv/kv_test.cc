// The service and its client in a simulated cluster.
#include "orrery/protocols/kv/kv.h"

#include <gtest/gtest.h>

#include "orrery/sim/world/world.h"

namespace orrery::kv {
namespace {

using namespace std::chrono_literals;
using Kind = Operation::Kind;

Operation append(const std::string& value) { return {Kind::append, "k", value, {}}; }
constexpr const char* only_key = "k";

class Cluster : public testing::Test {
protected:
    // Three servers, and a client that runs `main` to its end.
    void run(
        std::function<void(sim::Env&)> main, std::function<void()> meanwhile = [] {}) {
        for (std::uint32_t i = 0; i < 3; ++i) world.add_host({"server" + std::to_string(i), "server", i, serve});
        bool ended = false;
        world.add_host({"client", "client", 0, [&](sim::Env& env) {
                            main(env);
                            ended = true;
                        }});
        world.boot_all();
        meanwhile();
        world.run_until(world.now() + 60s);
        EXPECT_TRUE(ended);
        EXPECT_TRUE(world.findings().empty());
    }
    void pass(sim::Duration duration) { world.run_until(world.now() + duration); }
    sim::world::World world{{.seed = 7}};
};

TEST_F(Cluster, AClientFindsTheLeaderAndIsAnsweredInOrder) {
    run([](sim::Env& env) {
        Client client(env);
        EXPECT_TRUE(client.run(append("1"), env.deadline(5s)).has_value());
        EXPECT_TRUE(client.run(append("2"), env.deadline(5s)).has_value());
        EXPECT_EQ(client.run({Kind::get, only_key, {}, {}}, env.deadline(5s)).value().value, "12");
        EXPECT_FALSE(client.run({Kind::cas, only_key, "3", "1"}, env.deadline(5s)).value().swapped);
        EXPECT_TRUE(client.run({Kind::cas, only_key, "3", "12"}, env.deadline(5s)).value().swapped);
        EXPECT_TRUE(client.run({Kind::remove, only_key, {}, {}}, env.deadline(5s)).has_value());
        EXPECT_EQ(client.run({Kind::get, only_key, {}, {}}, env.deadline(5s)).value().value, std::nullopt);
    });
}

// The last entry that any server has applied.
std::uint64_t most_applied(sim::Env& env) {
    std::uint64_t most = 0;
    for (const sim::Address server : env.peers("server")) {
        const auto nearby = rpc::call<Nearby>(env, server, "Kv.Read", NearbyRead{"k", 0, 0, 0}, env.deadline(1s));
        if (nearby.has_value()) most = std::max(most, nearby.value().applied);
    }
    return most;
}

// By raft and by paxos; the first command of a session is a get, which is not served beside the log.
TEST(Engines, ServeTheSameClient) {
    for (const char* engine : {"raft", "paxos"}) {
        for (const char* reads : {"log", "index", "lease"}) {
            sim::Settings settings;
            settings.set("engine", engine);
            settings.set("reads", reads);
            settings.set("snapshot_every", "3");
            sim::world::World world({.seed = 7, .settings = settings});
            bool ended = false;
            for (std::uint32_t i = 0; i < 3; ++i) world.add_host({"server" + std::to_string(i), "server", i, serve});
            world.add_host({"client", "client", 0, [&](sim::Env& env) {
                                Client client(env);
                                std::string expected;
                                for (int i = 0; i < 10; ++i) {
                                    const auto seen = client.run(Operation::get("k"), env.deadline(5s));
                                    ASSERT_TRUE(seen.has_value()) << engine << " " << reads << " " << i;
                                    EXPECT_EQ(seen.value().value.value_or(""), expected) << engine << " " << reads;
                                    ASSERT_TRUE(client.run(append("x"), env.deadline(5s)).has_value());
                                    expected += "x";
                                }
                                const std::uint64_t before = most_applied(env);
                                for (int i = 0; i < 5; ++i)
                                    EXPECT_TRUE(client.run(Operation::get("k"), env.deadline(5s)).has_value());
                                const bool beside = reads != std::string_view("log");
                                EXPECT_EQ(most_applied(env), before + (beside ? 0 : 5)) << engine << " " << reads;
                                ended = true;
                            }});
            world.boot_all();
            world.run_until(world.now() + 60s);
            EXPECT_TRUE(ended) << engine << " " << reads;
            EXPECT_TRUE(world.findings().empty());
        }
    }
}

// What a client of such a cluster sees.
void run_with(const std::vector<std::pair<std::string, std::string>>& chosen,
              const std::function<void(sim::Env&)>& main) {
    sim::Settings settings;
    for (const auto& [name, value] : chosen) settings.set(name, value);
    sim::world::World world({.seed = 7, .settings = settings});
    bool ended = false;
    for (std::uint32_t i = 0; i < 3; ++i) world.add_host({"server" + std::to_string(i), "server", i, serve});
    world.add_host({"client", "client", 0, [&](sim::Env& env) {
                        main(env);
                        ended = true;
                    }});
    world.boot_all();
    world.run_until(world.now() + 60s);
    EXPECT_TRUE(ended);
    EXPECT_TRUE(world.findings().empty());
}

TEST(Settings, SayHowManyServersVote) {
    run_with({{"voters", "1"}}, [](sim::Env& env) {
        Client client(env);
        client.ask_first(2); // which learns, and names the one that leads
        EXPECT_TRUE(client.run(append("1"), env.deadline(5s)).has_value());
        EXPECT_TRUE(client.transfer(1, env.deadline(300ms)).is_refused()); // it has no vote
        EXPECT_TRUE(client.transfer(2, env.deadline(300ms)).is_refused());
    });
    run_with({{"voters", "3"}}, [](sim::Env& env) {
        Client client(env);
        EXPECT_TRUE(client.run(append("1"), env.deadline(5s)).has_value());
        EXPECT_TRUE(client.transfer(1, env.deadline(300ms)).has_value() ||
                    client.transfer(2, env.deadline(300ms)).has_value()); // one of them does not lead
    });
}

TEST(Settings, OfSmallLimitsLetEverythingThroughAllTheSame) {
    run_with({{"append_bytes", "1"}, {"uncommitted_bytes", "1"}, {"chunk_bytes", "7"}, {"snapshot_every", "3"}},
             [](sim::Env& env) {
                 Client client(env);
                 for (const std::size_t size : {1u, 1000u, 1u, 3000u, 1u})
                     EXPECT_TRUE(client.run(append(std::string(size, 'x')), env.deadline(5s)).has_value());
                 EXPECT_EQ(client.run(Operation::get("k"), env.deadline(5s)).value().value, std::string(4003, 'x'));
             });
}

// An operator leaves one server out, which takes no part then, and moves the lead.
TEST_F(Cluster, AnOperatorReplacesTheVotersAndTheLeader) {
    run([](sim::Env& env) {
        Client client(env);
        EXPECT_TRUE(client.run(append("1"), env.deadline(5s)).has_value());
        EXPECT_TRUE(client.reconfigure({0, 1}, env.deadline(10s)).has_value());
        EXPECT_TRUE(client.run(append("2"), env.deadline(5s)).has_value());
        EXPECT_TRUE(client.reconfigure({2}, env.deadline(20s)).has_value());
        EXPECT_EQ(client.run({Kind::get, only_key, {}, {}}, env.deadline(10s)).value().value, "12");
        EXPECT_TRUE(client.reconfigure({0, 1, 2}, env.deadline(10s)).has_value());
        EXPECT_TRUE(client.transfer(0, env.deadline(5s)).has_value());
        EXPECT_TRUE(client.run(append("3"), env.deadline(10s)).has_value());
        EXPECT_TRUE(env.sleep(500ms).ok());
        const Command asked{99, 1, Operation::get("k")}; // server 0 does not refuse: it leads
        EXPECT_TRUE(rpc::call<Result>(env, env.peers("server")[0], "Kv.Do", asked, env.deadline(1s)).has_value());
        EXPECT_TRUE(client.reconfigure({7}, env.deadline(300ms)).is_refused()); // there is no such server
    });
    EXPECT_TRUE(world.goals().contains("raft.joint")); // from servers 0 and 1 to server 2 there is no simple way
}

// The same over paxos, in which nobody hands the lead over.
TEST(Engines, HaveAnOperatorReplaceTheirMembers) {
    for (const char* engine : {"raft", "paxos"}) {
        sim::Settings settings;
        settings.set("engine", engine);
        sim::world::World world({.seed = 7, .settings = settings});
        bool ended = false;
        for (std::uint32_t i = 0; i < 3; ++i) world.add_host({"server" + std::to_string(i), "server", i, serve});
        world.add_host({"client", "client", 0, [&](sim::Env& env) {
                            Client client(env);
                            EXPECT_TRUE(client.run(append("1"), env.deadline(5s)).has_value()) << engine;
                            EXPECT_TRUE(client.reconfigure({0, 1}, env.deadline(20s)).has_value()) << engine;
                            EXPECT_TRUE(client.run(append("2"), env.deadline(5s)).has_value()) << engine;
                            EXPECT_TRUE(client.reconfigure({2}, env.deadline(20s)).has_value()) << engine;
                            world.crash(0, 1, sim::world::CrashMode::power); // those who have left are not needed
                            world.crash(1, 2, sim::world::CrashMode::power);
                            EXPECT_TRUE(client.run(append("3"), env.deadline(20s)).has_value()) << engine;
                            world.restart(0, 1);
                            world.restart(1, 2);
                            EXPECT_TRUE(client.reconfigure({0, 1, 2}, env.deadline(20s)).has_value()) << engine;
                            EXPECT_EQ(client.run(Operation::get("k"), env.deadline(10s)).value().value, "123");
                            ended = true;
                        }});
        world.boot_all();
        world.run_until(world.now() + 120s);
        EXPECT_TRUE(ended) << engine;
        EXPECT_TRUE(world.findings().empty()) << engine;
    }
}

TEST_F(Cluster, ATransactionComparesAndThenDoesOneOrTheOther) {
    run([](sim::Env& env) {
        Client client(env);
        const Transaction first{{{"a", std::nullopt}},
                                {Operation::put("a", "1"), Operation::put("b", "2"), Operation::get("b")},
                                {Operation::get("a")}};
        const auto done = client.run(first, env.deadline(5s));
        EXPECT_TRUE(done.value().compared);
        EXPECT_EQ(done.value().results.size(), 3u);
        EXPECT_EQ(done.value().results.back().value, "2");
        const auto again = client.run(first, env.deadline(5s));
        EXPECT_FALSE(again.value().compared);
        EXPECT_EQ(again.value().results.size(), 1u);
        EXPECT_EQ(again.value().results.back().value, "1");
        const auto seen = client.run(Transaction::reading({"a", "b", "c"}), env.deadline(5s));
        EXPECT_EQ(seen.value().results[1].value, "2");
        EXPECT_EQ(seen.value().results[2].value, std::nullopt);
    });
}

TEST_F(Cluster, WhatIsNoTransactionIsRefusedByTheLeaderToo) {
    run([](sim::Env& env) {
        Client client(env);
        const Transaction reading = Transaction::reading({"a"});
        EXPECT_TRUE(client.run(reading, env.deadline(5s)).has_value()); // there is a leader
        const Operation junk{Kind::transact, {}, "junk", {}};
        const Operation nested = operation_of({{}, {operation_of(reading)}, {}});
        const Operation unheard_of{static_cast<Kind>(77), {}, {}, {}};
        std::uint64_t sequence = 1;
        for (const Operation& operation : {junk, nested, unheard_of})
            for (const sim::Address server : env.peers("server")) {
                const Command command{env.self().boot, ++sequence, operation};
                EXPECT_TRUE(rpc::call<Result>(env, server, "Kv.Do", command, env.deadline(1s)).is_refused());
            }
        EXPECT_TRUE(client.run(reading, env.deadline(5s)).has_value()); // and it goes on
    });
}

TEST_F(Cluster, AServerThatDoesNotLeadNamesTheLeader) {
    run([](sim::Env& env) {
        Client client(env);
        EXPECT_TRUE(client.run(append("1"), env.deadline(5s)).has_value());
        (void)env.sleep(1s); // all servers have heard of the leader
        sim::Address leader{};
        std::vector<sim::Address> named;
        std::uint64_t sequence = 1;
        for (const sim::Address server : env.peers("server")) {
            const Command command{env.self().boot, ++sequence, append("2")};
            const auto outcome = rpc::call<Result>(env, server, "Kv.Do", command, env.deadline(1s));
            if (outcome.has_value())
                leader = server;
            else
                named.push_back(outcome.refused().redirect);
        }
        EXPECT_TRUE(leader.is_set());
        EXPECT_EQ(named, (std::vector{leader, leader}));
    });
}

// Each server is away in turn, so every leader dies at least once; and every answer is lost for a
// while, so commands are repeated that were done.
TEST_F(Cluster, WhatIsRepeatedUntilItIsAnsweredIsDoneOnce) {
    std::string expected;
    run(
        [&](sim::Env& env) {
            Client client(env);
            for (int i = 0; i < 100; ++i) {
                const std::string value = std::to_string(i) + " ";
                EXPECT_TRUE(client.run(append(value), env.deadline(20s)).has_value());
                expected += value;
                (void)env.sleep(50ms);
            }
            EXPECT_EQ(client.run({Kind::get, only_key, {}, {}}, env.deadline(20s)).value().value, expected);
        },
        [&] {
            sim::world::FaultId fault = 0;
            for (sim::world::HostIndex server = 0; server < 3; ++server) {
                pass(1s);
                world.add_rule(server, 3, {sim::world::RuleKind::loss, {1, 1}, {}, ++fault});
                pass(700ms); // longer than a client asks one server
                world.remove_rules(server, 3, fault);
                world.crash(server, ++fault, sim::world::CrashMode::power);
                pass(500ms);
                world.restart(server, fault);
            }
        });
    for (const char* goal : {"kv.remembered", "raft.leader"}) EXPECT_TRUE(world.goals().contains(goal)) << goal;
    const std::vector<sim::NoteKind> listed = goals();
    for (const auto& reached : world.goals()) {
        const auto same = [&](const sim::NoteKind& each) { return each.name == reached.first; };
        EXPECT_TRUE(std::any_of(listed.begin(), listed.end(), same)) << reached.first;
    }
}

TEST_F(Cluster, WithoutAMajorityACommandIsUnknownOnceItMayBeInALog) {
    run(
        [](sim::Env& env) {
            Client client(env);
            EXPECT_TRUE(client.run(append("1"), env.deadline(5s)).has_value());
            (void)env.sleep(2s);
            EXPECT_TRUE(client.run(append("2"), env.deadline(2s)).is_unknown());
        },
        [&] {
            pass(2s);
            for (sim::world::HostIndex from = 0; from < 3; ++from)
                for (sim::world::HostIndex to = 0; to < 3; ++to)
                    if (from != to) world.cut(from, to, sim::world::CutMode::drop, 1);
        });
}

} // namespace
} // namespace orrery::kv
