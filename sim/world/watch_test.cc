// What faults wait for: messages, fault points and states, each counted from the start of the run.
#include <gtest/gtest.h>

#include "orrery/sim/world/process.h"
#include "orrery/sim/world/world.h"

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label label_word{"test.word"};
constexpr Label label_other{"test.other"};
constexpr StateKey point{"test.point"};
constexpr StateKey mood{"test.mood"};

// Two hosts, a and b, of which a does what the test says.
struct WatchedPair {
    World world{{.seed = 3}};
    std::vector<std::int64_t> begun{}; // when acts ran, in nanoseconds
    explicit WatchedPair(
        std::function<void(Env&)> first, std::function<void(Env&)> second = [](Env& env) { (void)env.sleep(10s); }) {
        world.add_host({"a", "node", 0, std::move(first)});
        world.add_host({"b", "node", 1, std::move(second)});
    }
    std::function<void()> act() {
        return [this] { begun.push_back(world.now().nanoseconds); };
    }
    void run() {
        world.boot_all();
        world.run_until(WorldTime{} + 1s);
    }
};

void chatter(Env& env) {
    Socket socket = *env.bind(1);
    for (int round = 0; round < 10; ++round) {
        (void)env.sleep(10ms);
        (void)socket.send(env.peers("node")[0].at(1), label_word, {});
        (void)socket.send(env.peers("node")[0].at(1), label_other, {});
    }
}

TEST(MessageWatch, CountsMessagesOfItsLabelAsTheyLeaveOnItsLink) {
    WatchedPair pair(chatter, chatter);
    const HostIndex any = 2;
    pair.world.watch_message({0, 1, label_word.hash, 4}, 1, pair.act());
    pair.world.watch_message({any, any, label_word.hash, 20}, 2, pair.act());
    pair.world.watch_message({any, any, label_word.hash, 21}, 3, pair.act());
    pair.world.watch_message({1, 1, label_word.hash, 1}, 4, pair.act());
    pair.world.watch_message({any, 1, name_hash("test.none"), 1}, 5, pair.act());
    pair.run();
    EXPECT_EQ(pair.begun, (std::vector<std::int64_t>{40'000'000, 100'000'000}));
}

TEST(MessageWatch, CountsWhatIsWrittenToStreams) {
    WatchedPair pair(
        [](Env& env) {
            Stream stream = *env.connect(env.peers("node")[0].at(1));
            for (int i = 0; i < 3; ++i) {
                (void)env.sleep(100ms);
                (void)stream.write(view_of("word"), label_word);
            }
        },
        [](Env& env) {
            Socket socket = *env.bind(1);
            Stream stream = *env.accept(socket);
            for (Result<Bytes> got = stream.read(100); got.ok() && got->size() > 0;) got = stream.read(100);
        });
    pair.world.watch_message({0, 1, label_word.hash, 2}, 1, pair.act());
    pair.run();
    ASSERT_EQ(pair.begun.size(), 1u);
    EXPECT_GE(pair.begun[0], 200'000'000);
    EXPECT_LT(pair.begun[0], 300'000'000);
}

TEST(PointWatch, CostsNothingWhereNoFaultWaits) {
    const auto digest = [](bool asks, bool elsewhere) {
        WatchedPair pair([asks](Env& env) {
            for (int i = 0; i < 10; ++i) {
                (void)env.sleep(10ms);
                EXPECT_TRUE(!asks || env.fault_point(point).ok());
            }
        });
        if (elsewhere) pair.world.watch_point({1, point.hash, 1}, 1, pair.act());
        pair.run();
        EXPECT_TRUE(pair.begun.empty());
        return std::pair{pair.world.digest(), pair.world.events()};
    };
    EXPECT_EQ(digest(true, false), digest(false, false));
    EXPECT_EQ(digest(true, true), digest(false, false));
}

// Reaches the point ten times and says how it fared at each.
std::function<void(Env&)> visitor(std::vector<std::pair<Status, std::int64_t>>& visits, Duration patience = {}) {
    return [&visits, patience](Env& env) {
        const Monotonic begin = env.now();
        for (int i = 0; i < 10; ++i) {
            (void)env.sleep(10ms);
            const Status status = env.fault_point(point, patience.count() > 0 ? env.deadline(patience) : Deadline{});
            visits.push_back({status, (env.now() - begin).count()});
        }
    };
}

TEST(PointWatch, TheTaskGoesOnAtOnceBehindTheFault) {
    std::vector<std::pair<Status, std::int64_t>> visits;
    WatchedPair pair(visitor(visits));
    pair.world.watch_point({0, point.hash, 4}, 1, [&] {
        EXPECT_EQ(visits.size(), 3u); // it has not gone on
        pair.act()();
    });
    pair.world.watch_point({2, point.hash, 4}, 2, pair.act()); // of any host: at the same visit
    pair.run();
    EXPECT_EQ(pair.begun, (std::vector<std::int64_t>{40'000'000, 40'000'000}));
    ASSERT_EQ(visits.size(), 10u);
    EXPECT_TRUE(visits[3].first.ok());
    EXPECT_EQ(visits[3].second, 40'000'000);
}

TEST(PointWatch, AFaultThatDestroysTheProcessIsNotReturnedFrom) {
    std::vector<std::pair<Status, std::int64_t>> visits;
    WatchedPair pair(visitor(visits));
    pair.world.watch_point({0, point.hash, 4}, 1, [&] { pair.world.crash(0, 1, CrashMode::process); });
    pair.world.watch_point({0, point.hash, 4}, 2, [&] { pair.world.restart(0, 2); });
    pair.run();
    EXPECT_GE(visits.size(), 3u);
    for (const auto& [status, time] : visits) EXPECT_TRUE(status.ok()); // the next boot starts anew
    EXPECT_EQ(pair.world.efficacy(1).effective, 1u);
}

TEST(PointWatch, AFaultThatPausesTheHostLetsItWait) {
    std::vector<std::pair<Status, std::int64_t>> visits;
    WatchedPair pair(visitor(visits));
    pair.world.watch_point({0, point.hash, 4}, 1, [&] {
        pair.world.pause(0, 1);
        pair.world.schedule_fault(pair.world.now() + 300ms, 1, 1, [&] { pair.world.resume(0, 1); });
    });
    pair.run();
    ASSERT_EQ(visits.size(), 10u);
    EXPECT_TRUE(visits[3].first.ok());
    EXPECT_GE(visits[3].second, 340'000'000);
}

TEST(PointWatch, AWaitThatEndsEarlyIsNotEndedTwice) {
    std::vector<std::pair<Status, std::int64_t>> visits;
    WatchedPair pair(visitor(visits, 5ms));
    // The host stands still beyond the deadline: then both are due, and the point was passed first.
    pair.world.watch_point({0, point.hash, 1}, 1, [&] {
        pair.world.pause(0, 1);
        pair.world.schedule_fault(pair.world.now() + 50ms, 1, 1, [&] { pair.world.resume(0, 1); });
    });
    // The task is cancelled while it stands at the point.
    pair.world.watch_point({0, point.hash, 2}, 2, [&] { pair.world.env(0).cancel(Task{0, 1}); });
    pair.run();
    ASSERT_EQ(visits.size(), 10u);
    EXPECT_TRUE(visits[0].first.ok());
    ASSERT_FALSE(visits[1].first.ok());
    EXPECT_EQ(visits[1].first.error(), Error::cancelled);
    for (std::size_t i = 2; i < visits.size(); ++i) EXPECT_TRUE(visits[i].first.ok());
}

TEST(StateWatch, CountsHowOftenAStateComesToHaveItsValue) {
    std::vector<HostIndex> told;
    WatchedPair pair([](Env& env) {
        for (const char* each : {"good", "good", "bad", "good", "bad", "good"}) {
            (void)env.sleep(10ms);
            env.state(mood, each);
        }
    });
    const auto act = [&](HostIndex host) {
        told.push_back(host);
        pair.act()();
    };
    pair.world.watch_state({mood.hash, "good", 2, 5ms}, 1, act);
    pair.world.watch_state({mood.hash, "good", 4, {}}, 2, act);
    pair.run();
    EXPECT_EQ(pair.begun, (std::vector<std::int64_t>{45'000'000}));
    EXPECT_EQ(told, std::vector<HostIndex>{0});
}

TEST(StateWatch, AValueThatANewBootHasAtOnceCounts) {
    std::vector<HostIndex> told;
    WatchedPair pair([](Env& env) {
        env.state(mood, "good");
        (void)env.sleep(10s);
    });
    pair.world.watch_state({mood.hash, "good", 2, {}}, 1, [&](HostIndex host) { told.push_back(host); });
    pair.world.schedule_fault(WorldTime{} + 10ms, 2, 0, [&] {
        pair.world.crash(0, 2, CrashMode::process);
        pair.world.restart(0, 2);
    });
    pair.run();
    EXPECT_EQ(told, std::vector<HostIndex>{0});
}

} // namespace
} // namespace orrery::sim::world
