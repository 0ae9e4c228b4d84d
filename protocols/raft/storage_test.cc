// What the files give back after a loss of power at every point of what was done to them.
#include "orrery/protocols/raft/storage.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/crash_points_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::raft {
namespace {

using namespace std::chrono_literals;

using Lines = std::vector<std::string>; // a log, an entry a line: term and command

Lines lines_of(const std::vector<Entry>& entries) {
    Lines lines;
    for (const Entry& entry : entries)
        lines.push_back(std::to_string(entry.term) + ":" + std::string(entry.command.text()));
    return lines;
}

bool is_prefix(const Lines& part, const Lines& whole) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

// The log and hard state that the disk must still know, and those that it may.
struct Promise {
    std::vector<Lines> logs = {{}}; // the first is durable, the others were written since
    std::vector<HardState> hards = {{}};

    // Empty if `recovered` keeps the promise.
    std::string broken_by(const Storage::Recovered& recovered) const {
        if (std::find(hards.begin(), hards.end(), recovered.hard) == hards.end())
            return "hard state of term " + std::to_string(recovered.hard.term) + " was never written, or was forgotten";
        const Lines lines = lines_of(recovered.entries);
        const bool known =
            std::any_of(logs.begin(), logs.end(), [&](const Lines& log) { return is_prefix(lines, log); });
        if (!known) return "a log that never was";
        std::size_t kept = logs[0].size(); // what all of them share must be there
        for (const Lines& log : logs) {
            const auto shared =
                std::mismatch(log.begin(), log.end(), logs[0].begin(), logs[0].end()).first - log.begin();
            kept = std::min(kept, static_cast<std::size_t>(shared));
        }
        return lines.size() < kept ? "a durable entry is lost" : "";
    }
};

// Appends, overwrites with a higher term, and changes of hard state, alone or together, synced or not; until it dies.
void work(sim::Env& env, Storage& storage, Log& log, Promise& promise) {
    HardState hard = promise.hards.back();
    Term term = std::max<Term>(log.last_term(), 1);
    while (true) {
        const std::uint64_t what = env.draw("what", 6);
        if (what < 2) {
            hard = {hard.term + 1, static_cast<std::uint32_t>(env.draw("vote", 4))};
            promise.hards.push_back(hard);
        }
        if (what == 2 && log.last_index() > 0) log.truncate(env.draw("keep", log.last_index()));
        term += env.draw("newer", 2) + (what == 2 ? 1 : 0);
        const std::uint64_t more = what == 0 ? 0 : 1 + env.draw("more", 4);
        for (std::uint64_t i = 0; i < more; ++i) {
            const std::uint64_t size = env.draw("size", 3) * 230;
            const auto letter = static_cast<char>('a' + env.draw("letter", 26));
            log.append({term, sim::Bytes(std::string(size, letter))});
        }
        std::vector<Entry> entries;
        for (Index i = 1; i <= log.last_index(); ++i) entries.push_back(log.entry(i).copy());
        promise.logs.push_back(lines_of(entries));
        if (!storage.write(hard, log, log.last_index()).ok()) return;
        log.set_stable(log.last_index());
        if (env.draw("sync", 3) == 0) continue;
        if (!storage.sync().ok()) return;
        promise.logs = {promise.logs.back()};
        promise.hards = {promise.hards.back()};
    }
}

struct Life {
    Promise promise{};

    void operator()(sim::Env& env, replication::Recovery& recovery) {
        Storage storage(env, "me");
        auto recovered = storage.open({});
        if (!recovered.ok()) return;
        if (!recovery.is_first_boot()) {
            recovery.read(promise.broken_by(*recovered));
            promise.logs = {lines_of(recovered->entries)}; // it was read: it stays
            promise.hards = {recovered->hard};
        }
        if (recovery.is_last_boot()) return;
        Log log(std::move(recovered->entries));
        work(env, storage, log, promise);
    }
};

TEST(Storage, GivesBackWhatWasDurableAfterACrashAtEveryPoint) {
    using sim::world::CrashMode;
    using sim::world::EffectKind;
    replication::expect_right_after_every_crash<Life, sim::world::World>(
        {EffectKind::write, EffectKind::sync}, {CrashMode::process, CrashMode::power, CrashMode::power_torn});
}

// Entries of 1,000 bytes, one sync each, and segments that begin where a snapshot would be.
TEST(Storage, DropsSegmentsThatOnlySayWhatASnapshotHolds) {
    sim::world::World world({.seed = 1});
    bool has_ended = false;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        {
                            Storage storage(env, "me");
                            ASSERT_TRUE(storage.open({}).ok());
                            Log log;
                            for (Index index = 1; index <= 30; ++index) {
                                log.append({1, sim::Bytes(std::string(1000, 'x'))});
                                ASSERT_TRUE(storage.write({1, 2}, log, index).ok() && storage.sync().ok());
                                log.set_stable(index);
                                if (index % 10 > 0) continue;
                                ASSERT_TRUE(storage.roll().ok());
                            }
                            EXPECT_EQ(env.list("raft.log.")->size(), 4u);
                            ASSERT_TRUE(storage.drop(25).ok());
                            EXPECT_EQ(env.list("raft.log.")->size(), 4u); // the last may not be durable yet
                            ASSERT_TRUE(storage.sync().ok() && storage.drop(25).ok());
                            EXPECT_EQ(env.list("raft.log.")->size(), 2u); // it holds 21 to 30
                        }
                        const auto recovered = Storage(env, "me").open({25, 1});
                        EXPECT_EQ(recovered->hard, (HardState{1, 2}));
                        EXPECT_EQ(recovered->entries.size(), 5u);
                        EXPECT_TRUE(Storage(env, "me").open({})->damage.has_value()); // what is before 21 is gone
                        has_ended = true;
                    }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    EXPECT_TRUE(has_ended);
}

// A segment begins with entry 9, and then says that the log is another one from entry 8 on; the segment that had the
// old entry 8 goes. The new one has to do without it.
TEST(Storage, FollowsALogThatWasCutOffBelowWhereTheSegmentBegins) {
    sim::world::World world({.seed = 1});
    bool has_ended = false;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        {
                            Storage storage(env, "me");
                            ASSERT_TRUE(storage.open({}).ok());
                            Log log;
                            const auto append = [&](Term term, Index last) {
                                while (log.last_index() < last) log.append({term, sim::Bytes(std::string(1000, 'x'))});
                                ASSERT_TRUE(storage.write({term, 2}, log, last).ok() && storage.sync().ok());
                                log.set_stable(last);
                            };
                            append(1, 8);
                            ASSERT_TRUE(storage.roll().ok());
                            append(1, 9);
                            log.truncate(7);
                            append(2, 12);
                            ASSERT_TRUE(storage.drop(10).ok());
                            EXPECT_EQ(env.list("raft.log.")->size(), 1u);
                        }
                        const auto recovered = Storage(env, "me").open({10, 2});
                        EXPECT_FALSE(recovered->damage.has_value());
                        EXPECT_EQ(recovered->entries.size(), 2u);
                        EXPECT_TRUE(Storage(env, "me").open({6, 1})->damage.has_value()); // what is before 8 is gone
                        has_ended = true;
                    }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    EXPECT_TRUE(has_ended);
}

// Whether the entries that lie before the beginning are of its term or not.
TEST(Storage, BeginsBehindASnapshotThatTookThePlaceOfItsLog) {
    sim::world::World world({.seed = 1});
    bool has_ended = false;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        {
                            Storage storage(env, "me");
                            ASSERT_TRUE(storage.open({}).ok());
                            Log log;
                            log.append({1, sim::Bytes(std::string_view("old"))});
                            ASSERT_TRUE(storage.write({1, 0}, log, 1).ok() && storage.sync().ok());
                            EXPECT_TRUE(Storage(env, "me").open({9, 2})->entries.empty());
                            storage.begin_after({9, 2});
                            Log behind({}, 9, 2);
                            behind.append({2, sim::Bytes(std::string_view("new"))});
                            ASSERT_TRUE(storage.write({2, 0}, behind, 10).ok() && storage.sync().ok());
                        }
                        EXPECT_EQ(lines_of(Storage(env, "me").open({9, 2})->entries), Lines{"2:new"});
                        has_ended = true;
                    }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    EXPECT_TRUE(has_ended);
}

// The journal's own tests cut and damage it at every byte; these are records that are whole and cannot follow.
TEST(Storage, DoesNotUseRecordsThatDoNotFollow) {
    sim::world::World world({.seed = 1});
    std::optional<Storage::Damage> damage;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        {
                            Storage storage(env, "me");
                            EXPECT_TRUE(storage.open({}).ok());
                            Log log;
                            for (const char* command : {"a", "b", "c"})
                                log.append({1, sim::Bytes(std::string_view(command))});
                            log.set_stable(1); // as if "a" were on the disk
                            EXPECT_TRUE(storage.write({1, 0}, log, 3).ok() && storage.sync().ok());
                        }
                        damage = Storage(env, "me").open({})->damage;
                    }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    ASSERT_TRUE(damage.has_value());
    EXPECT_EQ(damage->cause, Storage::Damage::Cause::corrupt);
}

} // namespace
} // namespace orrery::raft
