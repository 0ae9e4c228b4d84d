// What is read back is always the newest snapshot that was made durable, or one that was about to be.
#include "orrery/protocols/replication/snapshots.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/crash_points_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::replication {
namespace {

using namespace std::chrono_literals;

// That of 3 is more than one piece.
std::string state_of(Index index) {
    return std::string(index == 3 ? 90'000 : index * 500, static_cast<char>('a' + index % 26));
}
std::string mark_of(Index index) { return "mark " + std::to_string(index); }

sim::Status keep(Snapshots& snapshots, Index index) {
    return snapshots.keep(index, sim::view_of(mark_of(index)), sim::view_of(state_of(index)));
}

bool is_right(const Snapshots::Kept& kept) {
    return kept.mark.text() == mark_of(kept.index) && kept.state.text() == state_of(kept.index);
}

template <class Body>
void snapshots_alone(const Body& body) {
    sim::world::World world({.seed = 1});
    world.add_host({"s0", "server", 0, body});
    world.boot_all();
    world.run_until(world.now() + 10s);
}

struct SnapshotsLife {
    Index durable = 0;
    Index tried = 0;

    void operator()(sim::Env& env, Recovery& recovery) {
        Snapshots snapshots(env, "state");
        const auto opened = snapshots.open();
        if (!opened.ok()) return;
        if (!recovery.is_first_boot()) {
            const auto& newest = opened->newest;
            recovery.read(!opened->damaged.empty()       ? "damaged"
                          : newest && !is_right(*newest) ? "another state"
                          : snapshots.index() < durable  ? "a durable one is lost"
                          : snapshots.index() > tried    ? "one that never was"
                                                         : "");
            durable = snapshots.index();
        }
        if (recovery.is_last_boot()) return;
        for (Index index = durable + 1; index < 12; index += 1 + env.draw("step", 2)) {
            tried = std::max(tried, index);
            if (!keep(snapshots, index).ok()) return;
            durable = index;
        }
    }
};

constexpr auto anything = [](const Snapshots::Kept&) { return true; };

TEST(Snapshots, AreWholeAfterACrashAtEveryPoint) {
    using sim::world::CrashMode;
    using sim::world::EffectKind;
    expect_right_after_every_crash<SnapshotsLife, sim::world::World>(
        {EffectKind::write, EffectKind::sync}, {CrashMode::process, CrashMode::power, CrashMode::power_torn});
}

TEST(Snapshots, AreSentInPieces) {
    snapshots_alone([](sim::Env& env) {
        Snapshots from(env, "from");
        EXPECT_TRUE(from.open().ok());
        EXPECT_TRUE(keep(from, 3).ok());
        EXPECT_TRUE(keep(from, 2).ok());
        EXPECT_EQ(from.index(), 3u); // an older one changes nothing
        Snapshots to(env, "to");
        EXPECT_TRUE(to.open().ok());
        std::uint64_t offset = 0;
        while (offset < from.size()) {
            const auto piece = from.read(offset, 10'000);
            ASSERT_TRUE(piece.ok());
            EXPECT_EQ(to.received(3, from.size()), offset);
            EXPECT_TRUE(to.receive(3, from.size(), offset, *piece).ok());
            offset += piece->size();
        }
        EXPECT_TRUE(from.read(offset, 10'000)->empty());
        const auto kept = to.finish(anything);
        ASSERT_TRUE(kept.ok() && *kept);
        EXPECT_EQ((*kept)->index, 3u);
        EXPECT_TRUE(is_right(**kept));
        EXPECT_EQ(to.index(), 3u);
        Snapshots again(env, "to");
        const auto opened = again.open();
        ASSERT_TRUE(opened.ok() && opened->newest);
        EXPECT_TRUE(is_right(*opened->newest));
    });
}

// As it would be sent.
sim::Bytes file_of_the_first(sim::Env& env) {
    Snapshots from(env, "from");
    EXPECT_TRUE(from.open().ok());
    EXPECT_TRUE(keep(from, 1).ok());
    return std::move(*from.read(0, 100'000));
}

TEST(Snapshots, ThatNobodyCouldHaveMadeAreForgotten) {
    snapshots_alone([](sim::Env& env) {
        Snapshots to(env, "to");
        EXPECT_TRUE(to.open().ok());
        const sim::Bytes all = file_of_the_first(env);
        EXPECT_TRUE(to.receive(1, all.size(), 0, all).ok());
        const auto kept = to.finish([](const Snapshots::Kept& each) { return each.index != 1; });
        EXPECT_TRUE(kept.ok() && !*kept);
        EXPECT_EQ(to.index(), 0u);
        Snapshots again(env, "to");
        const auto opened = again.open();
        EXPECT_TRUE(opened.ok() && !opened->newest && opened->damaged.empty());
    });
}

TEST(Snapshots, ThatCameDamagedAreForgotten) {
    snapshots_alone([](sim::Env& env) {
        Snapshots to(env, "to");
        EXPECT_TRUE(to.open().ok());
        sim::Bytes all = file_of_the_first(env);
        all.data()[all.size() / 2] ^= 1;
        EXPECT_TRUE(to.receive(1, all.size(), 0, all).ok());
        const auto kept = to.finish(anything);
        EXPECT_TRUE(kept.ok() && !*kept);
        EXPECT_EQ(to.index(), 0u);
        EXPECT_EQ(to.received(1, all.size()), 0u);
    });
}

TEST(Snapshots, ThatAreDamagedOnTheDiskAreNamed) {
    snapshots_alone([](sim::Env& env) {
        {
            Snapshots snapshots(env, "state");
            EXPECT_TRUE(snapshots.open().ok());
            EXPECT_TRUE(keep(snapshots, 1).ok());
        }
        const std::string path = "state.00000000000000000001";
        EXPECT_TRUE(env.open(path, sim::OpenMode::read_write)->write_at(100, sim::view_of("x")).ok());
        Snapshots snapshots(env, "state");
        const auto opened = snapshots.open();
        ASSERT_TRUE(opened.ok());
        EXPECT_EQ(opened->damaged, path);
        EXPECT_FALSE(opened->newest.has_value());
    });
}

} // namespace
} // namespace orrery::replication
