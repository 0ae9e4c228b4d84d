// What a journal gives back after a crash at every point, after any cut, and after any damaged byte.
#include "orrery/protocols/replication/journal.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/crash_points_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::replication {
namespace {

using namespace std::chrono_literals;

using Texts = std::vector<std::string>;

Texts texts_of(const Journal::Opened& opened) {
    Texts texts;
    for (const sim::Bytes& record : opened.records) texts.emplace_back(record.text());
    return texts;
}

// Runs `body` in a process of its own on an empty disk.
template <class Body>
void alone(const Body& body) {
    sim::world::World world({.seed = 1});
    world.add_host({"s0", "server", 0, body});
    world.boot_all();
    world.run_until(world.now() + 10s);
}

// --- crashes -------------------------------------------------------------------------------------------

struct Promise {
    Texts written;           // all, in order
    std::size_t synced = 0;  // of them are durable
    std::size_t dropped = 0; // of them may be gone
};

// Every record is its number, so that what is read back tells which it is.
std::string wrong_with(const Texts& read, const Promise& promise) {
    for (std::size_t i = 0; i < read.size(); ++i) {
        const std::size_t number = std::stoul(read[i]);
        if (i == 0 && number > promise.dropped) return "it begins with " + read[0];
        if (i > 0 && number != std::stoul(read[i - 1]) + 1) return read[i] + " follows " + read[i - 1];
        if (number >= promise.written.size()) return "a record that never was";
        if (read[i] != promise.written[number]) return "another record in place of " + read[i];
    }
    const std::size_t end = read.empty() ? promise.dropped : std::stoul(read.back()) + 1;
    return end < promise.synced ? "a durable record is lost" : "";
}

void work(sim::Env& env, Journal& journal, Promise& promise) {
    while (true) {
        const std::uint64_t more = 1 + env.draw("more", 4);
        for (std::uint64_t i = 0; i < more; ++i) {
            std::string text = std::to_string(promise.written.size());
            text.append(env.draw("size", 3) * 230, ' ');
            journal.append(sim::Bytes(std::string_view(text)));
            promise.written.push_back(text);
        }
        if (!journal.write().ok()) return;
        if (env.draw("sync", 3) == 0) continue;
        if (!journal.sync().ok()) return;
        promise.synced = promise.written.size();
        if (env.draw("roll", 3) > 0) continue;
        if (!journal.roll().ok()) return;
        if (env.draw("drop", 2) == 0) continue;
        if (!journal.write().ok() || !journal.sync().ok()) return;
        promise.dropped = promise.synced;
        if (!journal.drop_before(journal.segment()).ok()) return;
    }
}

struct Life {
    Promise promise{};

    void operator()(sim::Env& env, Recovery& recovery) {
        Journal journal(env, "log", "me");
        const auto opened = journal.open();
        if (!opened.ok()) return;
        if (!recovery.is_first_boot()) {
            recovery.read(opened->damage ? "damaged" : wrong_with(texts_of(*opened), promise));
            const auto& records = opened->records; // what was read stays
            promise.synced = records.empty() ? promise.dropped : std::stoul(std::string(records.back().text())) + 1;
            promise.written.resize(promise.synced);
        }
        if (!recovery.is_last_boot()) work(env, journal, promise);
    }
};

TEST(Journal, GivesBackWhatWasDurableAfterACrashAtEveryPoint) {
    using sim::world::CrashMode;
    using sim::world::EffectKind;
    expect_right_after_every_crash<Life, sim::world::World>(
        {EffectKind::write, EffectKind::sync}, {CrashMode::process, CrashMode::power, CrashMode::power_torn});
}

// --- cuts and damage -----------------------------------------------------------------------------------

constexpr const char* first_file = "log.00000001";

// Three records, synced in two rounds: "one", then "two" and "three" together.
std::string whole_file() {
    std::string content;
    alone([&](sim::Env& env) {
        Journal journal(env, "log", "me");
        EXPECT_TRUE(journal.open().ok());
        journal.append(sim::Bytes(std::string_view("one")));
        EXPECT_TRUE(journal.write().ok() && journal.sync().ok());
        journal.append(sim::Bytes(std::string_view("two")));
        journal.append(sim::Bytes(std::string_view("three")));
        EXPECT_TRUE(journal.write().ok() && journal.sync().ok());
        content = env.open(first_file, sim::OpenMode::read)->read_at(0, 10'000)->text();
    });
    return content;
}

struct Read {
    Texts texts;
    std::uint64_t torn = 0;
    std::optional<Journal::Damage> damage;
};

Read read_of(std::string_view content, const char* owner = "me") {
    Read read;
    alone([&](sim::Env& env) {
        sim::File file = *env.open(first_file, sim::OpenMode::create);
        EXPECT_TRUE(file.write_at(0, sim::view_of(content)).ok());
        Journal journal(env, "log", owner);
        const auto opened = journal.open();
        ASSERT_TRUE(opened.ok());
        read = {texts_of(*opened), opened->torn, opened->damage};
    });
    return read;
}

TEST(Journal, IsReadUpToATornTailAtEveryByte) {
    const std::string whole = whole_file();
    std::size_t records = 0;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const Read read = read_of(whole.substr(0, size));
        ASSERT_FALSE(read.damage.has_value()) << size;
        EXPECT_GE(read.texts.size(), records) << size;
        records = read.texts.size();
        Texts expected = {"one", "two", "three"};
        expected.resize(records);
        EXPECT_EQ(read.texts, expected) << size;
        std::string zeros = whole.substr(0, size); // the size grew, the content did not come
        zeros.resize(whole.size() + 600, '\0');
        EXPECT_EQ(read_of(zeros).texts, expected) << size;
    }
    EXPECT_EQ(records, 3);
}

// "one" was durable before the others were written. They came at once, so that damage to them may be a torn tail.
TEST(Journal, TellsDamageToWhatWasDurableFromATornTailAtEveryByte) {
    const std::string whole = whole_file();
    std::size_t corrupt = 0;
    std::size_t torn = 0;
    for (std::size_t place = 0; place < whole.size(); ++place) {
        std::string damaged = whole;
        damaged[place] = static_cast<char>(damaged[place] ^ 0x40);
        const Read read = read_of(damaged);
        if (read.damage) {
            EXPECT_EQ(read.damage->cause, Journal::Damage::Cause::corrupt);
            EXPECT_EQ(read.damage->file, first_file);
            EXPECT_TRUE(read.texts.empty());
            EXPECT_EQ(torn, 0u) << "a torn tail before what was durable, at " << place;
            ++corrupt;
        } else {
            EXPECT_GE(read.texts.size(), 1u) << place;
            EXPECT_LT(read.texts.size(), 3u) << place;
            EXPECT_GT(read.torn, 0u);
            ++torn;
        }
    }
    EXPECT_GT(corrupt, 50u);
    EXPECT_GT(torn, 40u);
}

TEST(Journal, OfSomebodyElseIsRefused) {
    const Read read = read_of(whole_file(), "you");
    ASSERT_TRUE(read.damage.has_value());
    EXPECT_EQ(read.damage->cause, Journal::Damage::Cause::foreign);
    EXPECT_EQ(read.damage->found, "me");
    EXPECT_EQ(read.damage->expected, "you");
    EXPECT_TRUE(read.texts.empty());
}

TEST(Journal, RollsAndDropsWhatIsOld) {
    alone([](sim::Env& env) {
        const auto add = [](Journal& journal, std::string_view text) {
            journal.append(sim::Bytes(text));
            EXPECT_TRUE(journal.write().ok() && journal.sync().ok());
        };
        {
            Journal journal(env, "log", "me");
            EXPECT_TRUE(journal.open().ok());
            add(journal, "a");
            EXPECT_TRUE(journal.roll().ok());
            add(journal, "b");
            EXPECT_TRUE(journal.roll().ok());
            add(journal, "c");
            EXPECT_EQ(journal.segment(), 3u);
            EXPECT_TRUE(journal.drop_before(2).ok());
        }
        {
            Journal journal(env, "log", "me");
            EXPECT_EQ(texts_of(*journal.open()), (Texts{"b", "c"}));
            EXPECT_EQ(journal.segment(), 3u);
            add(journal, "d");
        }
        EXPECT_TRUE(env.remove("log.00000002").ok());
        EXPECT_TRUE(env.open("log.00000001", sim::OpenMode::create).ok());
        Journal journal(env, "log", "me");
        const auto opened = journal.open();
        ASSERT_TRUE(opened->damage.has_value());
        EXPECT_EQ(opened->damage->file, "log.00000001"); // it is empty, and others follow
    });
}

TEST(Journal, WithoutOneOfItsSegmentsIsRefused) {
    alone([](sim::Env& env) {
        {
            Journal journal(env, "log", "me");
            EXPECT_TRUE(journal.open().ok());
            EXPECT_TRUE(journal.write().ok() && journal.roll().ok());
            EXPECT_TRUE(journal.write().ok() && journal.roll().ok());
            EXPECT_TRUE(journal.write().ok() && journal.sync().ok());
        }
        EXPECT_TRUE(env.remove("log.00000002").ok());
        Journal journal(env, "log", "me");
        const auto opened = journal.open();
        ASSERT_TRUE(opened->damage.has_value());
        EXPECT_EQ(opened->damage->cause, Journal::Damage::Cause::missing);
        EXPECT_EQ(opened->damage->file, "log.00000002");
    });
}

// What is left of a journal whose first segments somebody took away: it must not pass for a new one.
TEST(Journal, WithoutItsFirstSegmentsIsRefusedEvenWhereTheLastIsEmpty) {
    alone([](sim::Env& env) {
        EXPECT_TRUE(env.open("log.00000002", sim::OpenMode::create).ok());
        Journal empty(env, "log", "me");
        const auto opened = empty.open();
        ASSERT_TRUE(opened->damage.has_value());
        EXPECT_EQ(opened->damage->cause, Journal::Damage::Cause::missing);
        EXPECT_EQ(opened->damage->file, "log.00000001");
        auto file = env.open("log.00000002", sim::OpenMode::read_write);
        EXPECT_TRUE(file->write_at(0, sim::Bytes(std::string_view("no frame"))).ok());
        Journal torn(env, "log", "me");
        const auto again = torn.open();
        ASSERT_TRUE(again->damage.has_value());
        EXPECT_EQ(again->damage->cause, Journal::Damage::Cause::corrupt);
        EXPECT_EQ(again->damage->file, "log.00000002");
    });
}

} // namespace
} // namespace orrery::replication
