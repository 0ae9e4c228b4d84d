// What a commit costs in virtual time: one round trip and one sync, as the leader writes while its followers do.
// Commands that come while it writes share the next sync, however many they are.
#include <gtest/gtest.h>

#include "orrery/protocols/kv/replica.h"
#include "orrery/sim/world/world.h"

namespace orrery::kv {
namespace {

using namespace std::chrono_literals;
using replication::Proposed;

constexpr sim::Duration one_way = 10ms;
constexpr sim::Duration one_sync = 7ms;

Command numbered(std::uint64_t session) { return {session, 1, Operation::append("k", "x")}; }

// How long `count` commands take that a leader is given at once, until the last of them is answered.
sim::Duration time_of(const char* engine, std::uint64_t count) {
    sim::Settings settings;
    settings.set("engine", engine);
    sim::world::WorldOptions options{.seed = 5, .settings = settings};
    options.latency_min = options.latency_max = one_way;
    options.sync_min = options.sync_max = one_sync;
    sim::world::World world(std::move(options));
    sim::Duration taken{};
    const auto server = [&](sim::Env& env) {
        Replica replica(env);
        const auto node = make_replicator(env, replica);
        ASSERT_TRUE(node->start());
        while (env.sleep(1s).ok()) {
            if (!node->is_leader() || taken > sim::Duration{}) continue;
            (void)node->propose(replica.entry_of(numbered(1)),
                                env.deadline(5s)); // its followers agree with its log now
            ASSERT_TRUE(env.sleep(3ms).ok());      // between two heartbeats
            const sim::Monotonic begin = env.now();
            std::uint64_t answered = 0;
            for (std::uint64_t i = 0; i < count; ++i)
                env.spawn("proposes", [&, i] {
                    EXPECT_EQ(node->propose(replica.entry_of(numbered(2 + i)), env.deadline(5s)).kind,
                              Proposed::Kind::applied);
                    if (++answered == count) taken = env.now() - begin;
                });
            while (answered < count) ASSERT_TRUE(env.sleep(1ms).ok());
        }
    };
    for (std::uint32_t i = 0; i < 3; ++i) world.add_host({"server" + std::to_string(i), "server", i, server});
    world.boot_all();
    world.run_until(world.now() + 10s);
    return taken;
}

TEST(Commits, CostOneRoundTripAndOneSyncAndManyAtOnceOneSyncMore) {
    for (const char* engine : {"raft", "paxos"}) {
        for (const std::uint64_t count : {1u, 10u}) {
            const sim::Duration taken = time_of(engine, count);
            const sim::Duration syncs = one_sync * (count == 1 ? 1 : 2); // the first one is not waited with
            EXPECT_GE(taken, 2 * one_way + syncs) << engine << " " << count;
            EXPECT_LT(taken, 2 * one_way + syncs + 2ms) << engine << " " << count;
        }
    }
}

} // namespace
} // namespace orrery::kv
