// What the journal of a replica gives back after a loss of power at every point of what was done to it.
#include "orrery/protocols/paxos/replica_storage.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "orrery/protocols/replication/crash_points_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::paxos {
namespace {

using namespace std::chrono_literals;

using Stood = std::pair<Ballot, std::string>; // in a slot; without a ballot: nothing

// What the disk may say: of each the first is durable, the others were written since.
struct ReplicaPromise {
    std::vector<Ballot> promised = {{}};
    std::map<Slot, std::vector<Stood>> slots{};
    Slot chosen = 0; // at most
    Slot snapshot = 0;

    void wrote(Slot slot, const Accepted& accepted) {
        std::vector<Stood>& states = slots[slot];
        if (states.empty()) states.emplace_back();
        states.emplace_back(accepted.ballot, accepted.value.text());
    }
    void synced() {
        promised = {promised.back()};
        for (auto& [slot, states] : slots) states = {states.back()};
    }
    void read(const ReplicaState& state) {
        promised = {state.promised};
        slots.clear();
        for (const auto& [slot, accepted] : state.accepted)
            slots[slot] = {{accepted.ballot, std::string(accepted.value.text())}};
    }
    // Empty if `state` keeps the promise.
    std::string broken_by(const ReplicaState& state) const {
        if (std::find(promised.begin(), promised.end(), state.promised) == promised.end())
            return "a promise that was never written, or was forgotten";
        if (state.chosen > chosen || state.chosen < snapshot) return "not chosen so far";
        for (const auto& [slot, states] : slots) {
            if (slot <= snapshot) continue;
            const auto found = state.accepted.find(slot);
            const Stood now = found == state.accepted.end()
                                  ? Stood{}
                                  : Stood{found->second.ballot, std::string(found->second.value.text())};
            if (std::find(states.begin(), states.end(), now) == states.end())
                return "slot " + std::to_string(slot) + " holds what was never written, or was forgotten";
        }
        for (const auto& [slot, accepted] : state.accepted)
            if (!slots.contains(slot) || slot <= snapshot) return "a slot that never was";
        return "";
    }
};

// Promises, acceptances in order and out of it, and snapshots, synced or not; until it dies.
void work(sim::Env& env, ReplicaStorage& storage, SlotLog& log, ReplicaPromise& promise) {
    for (std::uint64_t round = 1;; ++round) {
        Ballot promised = promise.promised.back();
        if (env.draw("promises", 2) == 0) promised = {promised.round + 1, 0};
        promise.promised.push_back(promised);
        std::vector<Unsaved> unsaved;
        for (std::uint64_t more = env.draw("more", 4); more > 0; --more) {
            const Slot slot = promise.chosen + 1 + env.draw("slot", 5);
            const std::uint64_t size = env.draw("size", 3) * 230;
            log.put(slot, {{round, 1}, sim::Bytes(std::string(size, 'v'))});
            unsaved.push_back({slot, {round, 1}});
        }
        for (const Unsaved& each : unsaved) promise.wrote(each.slot, log.at(each.slot));
        while (log.has(promise.chosen + 1) && env.draw("chosen", 4) > 0) ++promise.chosen;
        if (!storage.write(promised, promise.chosen, log, unsaved).ok()) return;
        if (env.draw("sync", 3) == 0) continue;
        if (!storage.sync().ok()) return;
        promise.synced();
        if (env.draw("snapshot", 4) > 0) continue;
        promise.snapshot = promise.chosen;
        log.forget(promise.snapshot);
        if (!storage.drop(promise.snapshot).ok()) return;
    }
}

struct ReplicaLife {
    ReplicaPromise promise{};

    void operator()(sim::Env& env, replication::Recovery& recovery) {
        ReplicaStorage storage(env, "me");
        auto recovered = storage.open(promise.snapshot);
        if (!recovered.ok()) return;
        if (recovered->damage) {
            recovery.read("damaged");
            return;
        }
        if (!recovery.is_first_boot()) {
            recovery.read(promise.broken_by(recovered->state));
            promise.read(recovered->state);
            return;
        }
        SlotLog log(0);
        work(env, storage, log, promise);
    }
};

TEST(ReplicaStorage, GivesBackWhatWasDurableAfterACrashAtEveryPoint) {
    using sim::world::CrashMode;
    using sim::world::EffectKind;
    replication::expect_right_after_every_crash<ReplicaLife, sim::world::World>(
        {EffectKind::write, EffectKind::sync}, {CrashMode::process, CrashMode::power, CrashMode::power_torn});
}

// In one life and the next, `act` with the storage of each.
template <class First, class Second>
void in_two_lives(First first, Second second) {
    sim::world::World world({.seed = 1});
    bool has_ended = false;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        {
                            ReplicaStorage storage(env, "me");
                            EXPECT_TRUE(storage.open(0).ok());
                            first(env, storage);
                        }
                        ReplicaStorage storage(env, "me");
                        second(env, storage);
                        has_ended = true;
                    }});
    world.boot_all();
    world.run_until(world.now() + 10s);
    EXPECT_TRUE(has_ended);
}

SlotLog log_of(Slot count, std::size_t size) {
    SlotLog log(0);
    for (Slot slot = 1; slot <= count; ++slot) log.put(slot, {{1, 0}, sim::Bytes(std::string(size, 'v'))});
    return log;
}
std::vector<Unsaved> all_of(const SlotLog& log) {
    std::vector<Unsaved> all;
    for (Slot slot = 1; slot <= log.last(); ++slot) all.push_back({slot, log.at(slot).ballot});
    return all;
}

// Otherwise the journal grows for ever.
TEST(ReplicaStorage, DropsSegmentsWhoseSlotsASnapshotHolds) {
    in_two_lives(
        [](sim::Env& env, ReplicaStorage& storage) {
            SlotLog log(0);
            for (Slot slot = 1; slot <= 60; ++slot) {
                log.put(slot, {{slot, 0}, sim::Bytes(std::string(1000, 'v'))});
                EXPECT_TRUE(storage.write({slot, 0}, slot - 1, log, std::vector<Unsaved>{{slot, {slot, 0}}}).ok());
                if (slot % 6 != 0) continue;
                EXPECT_TRUE(storage.drop(slot - 2).ok());
                EXPECT_LE(env.list("paxos.replica.")->size(), 3u);
            }
            EXPECT_TRUE(storage.sync().ok());
        },
        [](sim::Env&, ReplicaStorage& storage) {
            const auto recovered = storage.open(58);
            EXPECT_FALSE(recovered->damage.has_value());
            EXPECT_EQ(recovered->state.promised, (Ballot{60, 0}));
            EXPECT_EQ(recovered->state.chosen, 59u);
            EXPECT_EQ(recovered->state.accepted.size(), 2u);
        });
}

// A snapshot that is gone, while the slots that it held are dropped.
TEST(ReplicaStorage, DoesNotUseALogWithAHoleInWhatIsChosen) {
    in_two_lives(
        [](sim::Env&, ReplicaStorage& storage) {
            const SlotLog log = log_of(20, 1000);
            const std::vector<Unsaved> all = all_of(log);
            EXPECT_TRUE(storage.write({1, 0}, 0, log, std::span(all).first(10)).ok());
            EXPECT_TRUE(storage.drop(9).ok()); // rolls
            EXPECT_TRUE(storage.write({1, 0}, 20, log, std::span(all).last(10)).ok());
            EXPECT_TRUE(storage.drop(12).ok());
        },
        [](sim::Env&, ReplicaStorage& storage) {
            const auto recovered = storage.open(5);
            ASSERT_TRUE(recovered->damage.has_value());
            EXPECT_EQ(recovered->damage->cause, ReplicaStorage::Damage::Cause::corrupt);
        });
}

} // namespace
} // namespace orrery::paxos
