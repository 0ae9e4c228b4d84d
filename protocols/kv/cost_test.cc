// What a commit costs: in virtual time one round trip and one sync, as the leader writes while its followers do.
// Commands that come while it writes share the next sync, however many they are. In messages an append to each follower
// and its answer.
#include <gtest/gtest.h>

#include <map>

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
sim::Duration time_of(const char* engine, std::int64_t batch, std::uint64_t count) {
    sim::Settings settings;
    settings.set("engine", engine);
    settings.set("batch", std::to_string(batch));
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
    struct Case {
        const char* engine;
        std::int64_t batch; // most commands of one append
        std::uint64_t count;
        int syncs;
    };
    // With many at once the leader does not wait with the first. If they are more than one append, the first of these
    // that comes is not waited with either, whichever that is: they overtake each other.
    constexpr Case cases[] = {{"raft", 16, 1, 1},  {"raft", 16, 10, 2},  {"raft", 16, 100, 3}, {"raft", 256, 100, 2},
                              {"paxos", 16, 1, 1}, {"paxos", 16, 10, 2}, {"paxos", 16, 100, 3}};
    for (const auto& [engine, batch, count, syncs] : cases) {
        const sim::Duration taken = time_of(engine, batch, count);
        EXPECT_GE(taken, 2 * one_way + syncs * one_sync) << engine << " " << count;
        EXPECT_LT(taken, 2 * one_way + syncs * one_sync + 2ms) << engine << " " << count;
    }
}

// The messages that were sent, by who sent them and their labels.
using Sent = std::map<std::pair<std::uint32_t, std::string_view>, std::uint64_t>;
class Count final : public sim::Monitor {
public:
    explicit Count(Sent& sent) : sent_(sent) {}
    std::string_view name() const override { return "test.count"; }
    bool hears_messages() const override { return true; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind == sim::Observation::Kind::send) ++sent_[{seen.host, seen.name}];
    }

private:
    Sent& sent_;
};

TEST(Messages, OfALeaderThatIsNotDisturbedAreNothingButAppends) {
    constexpr std::uint64_t commands = 500;
    sim::world::World world({.seed = 5});
    Sent sent;
    world.add_monitor(std::make_unique<Count>(sent));
    std::uint32_t leader = 3;
    std::uint64_t applied = 0;
    const auto server = [&](sim::Env& env) {
        Replica replica(env);
        const auto node = make_replicator(env, replica);
        ASSERT_TRUE(node->start());
        ASSERT_TRUE(env.sleep(2s).ok());
        if (node->is_leader()) {
            leader = env.self().index;
            sent.clear();
            for (std::uint64_t i = 0; i < commands; ++i)
                applied += node->propose(replica.entry_of(numbered(1 + i)), {}).kind == Proposed::Kind::applied;
        }
        (void)env.park();
    };
    for (std::uint32_t i = 0; i < 3; ++i) world.add_host({"server" + std::to_string(i), "server", i, server});
    const auto total = [&] {
        std::uint64_t appends = 0;
        std::uint64_t answers = 0;
        for (const auto& [what, count] : sent) {
            const bool leads = what.first == leader;
            EXPECT_EQ(what.second, leads ? "raft.append" : "raft.append_reply");
            (leads ? appends : answers) += count;
        }
        EXPECT_LE(appends, answers + 2); // the others were under way when the count began, or are when it ends
        EXPECT_LE(answers, appends + 2);
        return appends;
    };
    world.boot_all();
    while (applied < commands) ASSERT_TRUE(world.run_until(world.now() + 1s));
    EXPECT_GE(total(), 2 * commands);
    EXPECT_LE(total(), 2 * commands + 200); // the rest are heartbeats
    sent.clear();
    world.run_until(world.now() + 10s);
    EXPECT_GE(total(), 2 * 240u); // two ticks of 20 ms from one heartbeat to the next
    EXPECT_LE(total(), 2 * 251u);
}

} // namespace
} // namespace orrery::kv
