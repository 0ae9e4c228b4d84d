// A member that comes late catches up at the pace of its link: the snapshot in chunks, then the log in appends, each in
// a window that goes once in a round trip. What is under way to it meanwhile is no more than the two windows.
#include <gtest/gtest.h>

#include <cstdlib>

#include "orrery/protocols/raft/node.h"
#include "orrery/sim/world/world.h"

namespace orrery::raft {
namespace {

using namespace std::chrono_literals;

constexpr sim::Duration one_way = 1ms;
constexpr sim::Duration one_sync = 1ms;
constexpr std::uint32_t late = 2; // the member
constexpr CoreOptions defaults{};

// All its commands, one after the other.
struct Everything final : replication::StateMachine {
    sim::Bytes apply(replication::Index, sim::ByteView command) override {
        text.append(command);
        ++applied;
        return {};
    }
    sim::Bytes snapshot() const override { return text.copy(); }
    bool restore(sim::ByteView snapshot) override {
        restored = snapshot.size();
        text = sim::Bytes(snapshot);
        return true;
    }
    sim::Bytes text;
    std::uint64_t applied = 0;
    std::uint64_t restored = 0; // bytes
};

// The bytes under way to the member that is late.
class UnderWay final : public sim::Monitor {
public:
    std::string_view name() const override { return "test.under_way"; }
    bool hears_messages() const override { return true; }
    void observe(const sim::Observation& seen) override {
        using Kind = sim::Observation::Kind;
        if (seen.kind == Kind::send && seen.peer == late) most = std::max(most, bytes += seen.bytes.size());
        if (seen.kind == Kind::deliver && seen.host == late) bytes -= seen.bytes.size();
    }
    std::size_t bytes = 0;
    std::size_t most = 0;
};

struct Told {
    std::uint64_t snapshot_bytes = 0;
    std::uint64_t entries = 0; // behind the snapshot
    sim::Duration taken{};
    std::size_t under_way = 0; // most bytes
};

// How it catches up with `count` commands, of which the snapshots have all but the last fifth.
Told catch_up(std::uint64_t count) {
    sim::world::WorldOptions options{.seed = 5};
    options.latency_min = options.latency_max = one_way;
    options.sync_min = options.sync_max = one_sync;
    sim::world::World world(std::move(options));
    auto counting = std::make_unique<UnderWay>();
    UnderWay& under_way = *counting;
    world.add_monitor(std::move(counting));
    const NodeOptions node_options{.snapshot_every = 2 * count / 5};
    std::uint64_t proposed = 0;
    bool is_proposed = false;
    bool is_there = false;
    Told told;
    const auto server = [&](sim::Env& env) {
        Everything machine;
        Node node(env, machine, node_options);
        ASSERT_TRUE(node.start());
        while (!node.is_leader() && !is_proposed) ASSERT_TRUE(env.sleep(10ms).ok());
        const auto propose = [&] {
            while (node.is_leader() && proposed < count)
                if (node.propose(sim::Bytes(std::to_string(10'000'000'000 + proposed++)), {}).kind !=
                    replication::Proposed::Kind::applied)
                    ADD_FAILURE() << "lost";
        };
        std::vector<sim::Task> tasks;
        for (int i = 0; i < 500; ++i) tasks.push_back(env.spawn("proposes", propose));
        for (const sim::Task task : tasks)
            while (env.is_alive(task)) ASSERT_TRUE(env.sleep(10ms).ok());
        is_proposed = true;
        (void)env.park();
    };
    const auto comes_late = [&](sim::Env& env) {
        while (!is_proposed) ASSERT_TRUE(env.sleep(100ms).ok());
        Everything machine;
        Node node(env, machine, node_options);
        ASSERT_TRUE(node.start());
        const sim::Monotonic begin = env.now();
        while (machine.text.size() < 11 * count) ASSERT_TRUE(env.sleep(1ms).ok());
        told = {machine.restored, machine.applied, env.now() - begin, under_way.most};
        is_there = true;
        world.stop();
    };
    for (std::uint32_t i = 0; i < late; ++i) world.add_host({"server" + std::to_string(i), "server", i, server});
    world.add_host({"server2", "server", late, comes_late});
    world.boot_all();
    world.run_until(world.now() + 1h);
    EXPECT_TRUE(is_there);
    return told;
}

// The simulated network has no bandwidth of its own: what a link carries is a window in a round trip.
void expect_fast(const Told& told) {
    EXPECT_GT(told.snapshot_bytes, 0u);
    EXPECT_GT(told.entries, 0u);
    const std::uint64_t chunks = told.snapshot_bytes / (defaults.chunk_window * defaults.chunk_bytes) + 1;
    const std::uint64_t appends = told.entries / (defaults.in_flight_max * defaults.batch) + 1;
    const sim::Duration least =
        2 * one_way * static_cast<std::int64_t>(chunks) + (2 * one_way + one_sync) * static_cast<std::int64_t>(appends);
    std::printf("%llu bytes of a snapshot and %llu entries in %.1f ms; the windows alone take %.1f ms; most under way: "
                "%zu bytes\n",
                static_cast<unsigned long long>(told.snapshot_bytes), static_cast<unsigned long long>(told.entries),
                static_cast<double>(told.taken.count()) / 1e6, static_cast<double>(least.count()) / 1e6,
                told.under_way);
    // Before it begins it may wait for a heartbeat; and the first append and the first chunk go alone.
    const sim::Duration beginning = 2 * 20ms + 6 * (2 * one_way + one_sync);
    EXPECT_LT(told.taken, 2 * least + beginning);
    const std::size_t chunk_window = defaults.chunk_window * (defaults.chunk_bytes + 256);
    const std::size_t append_window = defaults.in_flight_max * defaults.batch * (11 + 64);
    EXPECT_LT(told.under_way, chunk_window + append_window);
}

TEST(CatchUp, TakesAtMostTwiceAsLongAsTheWindowsOfItsLink) { expect_fast(catch_up(50'000)); }

TEST(CatchUp, OfAMillionEntriesTakesAtMostTwiceAsLongAsTheWindowsOfItsLink) {
    if (std::getenv("ORRERY_NIGHTLY") == nullptr) GTEST_SKIP() << "takes long: ./orrery test --nightly";
    expect_fast(catch_up(1'000'000));
}

} // namespace
} // namespace orrery::raft
