// Disks whose files were damaged anyhow: a journal opens or says what is wrong, and what it gives back it gives again;
// a snapshot is the one that was kept, or none.
#include "orrery/protocols/damaged_bytes_test.h"
#include "orrery/protocols/replication/frames.h"
#include "orrery/protocols/replication/journal.h"
#include "orrery/protocols/replication/sessions.h"
#include "orrery/protocols/replication/snapshots.h"
#include "orrery/sim/world/world.h"

namespace orrery::replication {
namespace {

// Runs `body` with an Env of its own.
template <class Body>
void on_a_disk(const Body& body) {
    sim::world::World world({.seed = 1});
    bool has_ended = false;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        body(env);
                        has_ended = true;
                    }});
    world.boot_all();
    world.run_until(world.now() + std::chrono::hours(1));
    EXPECT_TRUE(has_ended);
    EXPECT_TRUE(world.findings().empty());
}

std::string content_of(sim::Env& env, const std::string& path) {
    auto file = env.open(path, sim::OpenMode::read);
    return std::string(read_whole(*file)->text());
}
void replace(sim::Env& env, const std::string& path, const std::string& content) {
    auto file = env.open(path, sim::OpenMode::create);
    ASSERT_TRUE(file->truncate(0).ok());
    ASSERT_TRUE(file->write_at(0, sim::view_of(content)).ok());
}

std::uint64_t rounds_of(std::uint64_t few) { return std::getenv("ORRERY_NIGHTLY") == nullptr ? few : few * 250; }

TEST(Fuzzed, AnyJournalOpensOrSaysWhatIsWrong) {
    std::uint64_t opened = 0;
    std::uint64_t damaged = 0;
    on_a_disk([&](sim::Env& env) {
        for (std::uint64_t seed = 0; seed < rounds_of(400); ++seed) {
            Damage damage(seed);
            const std::string name = "log" + std::to_string(seed % 2) + "." + std::to_string(seed);
            {
                Journal journal(env, name, "me");
                ASSERT_TRUE(journal.open().ok());
                for (std::uint64_t more = damage.below(6); more > 0; --more) {
                    journal.append(sim::Bytes("x" + damage.text()));
                    ASSERT_TRUE(journal.write().ok());
                    const bool is_synced = damage.below(2) == 0;
                    ASSERT_TRUE(!is_synced || journal.sync().ok());
                    const bool rolls = damage.below(4) == 0;
                    ASSERT_TRUE(!rolls || journal.roll().ok());
                }
            }
            const auto paths = env.list(name + ".");
            ASSERT_TRUE(paths.ok());
            const std::string path = (*paths)[damage.below(paths->size())];
            std::string content = content_of(env, path);
            for (std::uint64_t edits = damage.below(4); edits > 0; --edits) damage.edit(content);
            replace(env, path, content);
            Journal once(env, name, "me");
            const auto first = once.open();
            ASSERT_TRUE(first.ok());
            (first->damage ? damaged : opened) += 1;
            Journal twice(env, name, "me");
            const auto second = twice.open();
            ASSERT_TRUE(second.ok());
            ASSERT_EQ(first->damage.has_value(), second->damage.has_value()) << seed;
            ASSERT_TRUE(first->records == second->records) << seed;
            const auto left = env.list(name + ".");
            for (const std::string& each : *left) ASSERT_TRUE(env.remove(each).ok());
        }
    });
    EXPECT_GT(opened, 50u);
    EXPECT_GT(damaged, 50u);
}

TEST(Fuzzed, AnySnapshotIsTheOneThatWasKeptOrNone) {
    std::uint64_t whole = 0;
    std::uint64_t damaged = 0;
    on_a_disk([&](sim::Env& env) {
        for (std::uint64_t seed = 0; seed < rounds_of(400); ++seed) {
            Damage damage(seed);
            const std::string mark = damage.text();
            const std::string state = damage.text();
            ASSERT_TRUE(Snapshots(env, "state").keep(7, sim::view_of(mark), sim::view_of(state)).ok());
            const auto names = env.list("state.");
            const std::string path = names->front();
            const std::string before = content_of(env, path);
            std::string content = before;
            for (std::uint64_t edits = damage.below(3); edits > 0; --edits) damage.edit(content);
            replace(env, path, content);
            const auto opened = Snapshots(env, "state").open();
            ASSERT_TRUE(opened.ok());
            ASSERT_EQ(opened->newest.has_value(), content == before) << seed;
            ASSERT_EQ(opened->damaged.empty(), content == before) << seed;
            (opened->newest ? whole : damaged) += 1;
            if (opened->newest) {
                ASSERT_EQ(opened->newest->mark.text(), mark);
                ASSERT_EQ(opened->newest->state.text(), state);
            }
            ASSERT_TRUE(env.remove(path).ok());
        }
    });
    EXPECT_GT(whole, 50u);
    EXPECT_GT(damaged, 50u);
}

TEST(Fuzzed, AnySessionsAreSomeOrNone) {
    expect_values_or_nothing(
        [](Damage& damage) {
            Sessions sessions;
            for (std::uint64_t more = damage.below(6); more > 0; --more) {
                const std::uint64_t session = damage.below(4);
                const sim::Duration time{static_cast<std::int64_t>(damage.number() >> 8)};
                if (sessions.begin(session, 1 + damage.below(3), time) == Sessions::Standing::fresh)
                    sessions.keep(session, sim::Bytes(damage.text()));
            }
            return sim::encode(sessions);
        },
        [](sim::ByteView bytes) -> std::optional<sim::Bytes> {
            auto sessions = sim::decode<Sessions>(bytes);
            if (!sessions) return std::nullopt;
            sim::Bytes same = sim::encode(*sessions);
            if (sessions->is_consistent()) // whatever it says, it goes on from there
                for (std::uint64_t session = 0; session < 4; ++session) (void)sessions->begin(session, 1, {});
            return same;
        });
}

} // namespace
} // namespace orrery::replication
