// What a disk keeps and what a loss of power may take.
#include "orrery/sim/world/disk.h"

#include <gtest/gtest.h>

#include <set>

namespace orrery::sim::world {
namespace {

std::string content(Disk& disk, const char* path) {
    const auto file = disk.open(path, OpenMode::read);
    if (!file.ok()) return "absent";
    return std::string(disk.read(**file, 0, 10'000)->text());
}

// Runs `prepare` and a loss of power for every outcome of its draws; gives all contents of "f".
template <class Prepare>
std::set<std::string> outcomes(Prepare prepare, bool torn = false) {
    std::set<std::string> seen;
    std::vector<std::uint64_t> choices;
    while (true) {
        Disk disk;
        prepare(disk);
        std::size_t asked = 0;
        std::vector<std::uint64_t> sizes;
        const PowerLoss loss{[&](Site, std::uint64_t n) {
                                 if (asked == choices.size()) choices.push_back(0);
                                 sizes.push_back(n);
                                 return choices[asked++];
                             },
                             torn};
        (void)disk.lose_unsynced(loss);
        seen.insert(content(disk, "f"));
        choices.resize(asked);
        while (!choices.empty() && choices.back() + 1 == sizes[choices.size() - 1]) choices.pop_back();
        if (choices.empty()) return seen;
        ++choices.back();
    }
}

FileReference made(Disk& disk, const char* path = "f") { return *disk.open(path, OpenMode::create); }
void durable_name(Disk& disk) { disk.complete_sync_directory("", disk.begin_sync_directory()); }

TEST(Disk, KeepsWhatWasSyncedAndItsName) {
    const auto seen = outcomes([](Disk& disk) {
        const FileReference file = made(disk);
        durable_name(disk);
        (void)disk.write(*file, 0, view_of("safe"));
        Disk::complete_sync(disk.begin_sync(file));
    });
    EXPECT_EQ(seen, (std::set<std::string>{"safe"}));
}

TEST(Disk, MayLoseContentOrSizeOrNameOfWhatWasNot) {
    const auto seen = outcomes([](Disk& disk) { (void)disk.write(*made(disk), 0, view_of("ab")); });
    EXPECT_EQ(seen, (std::set<std::string>{"absent", "", "ab", std::string(2, '\0')}));
}

TEST(Disk, ASyncCoversOnlyWritesThatHadReturned) {
    const auto seen = outcomes([](Disk& disk) {
        const FileReference file = made(disk);
        durable_name(disk);
        (void)disk.write(*file, 0, view_of("1"));
        const SyncTicket ticket = disk.begin_sync(file);
        (void)disk.write(*file, 0, view_of("2"));
        Disk::complete_sync(ticket);
    });
    EXPECT_EQ(seen, (std::set<std::string>{"1", "2"}));
}

TEST(Disk, LosesARenameWholeOrNotAtAll) {
    const auto seen = outcomes([](Disk& disk) {
        for (const char* path : {"f", "g"}) {
            const FileReference file = made(disk, path);
            (void)disk.write(*file, 0, view_of(path));
            Disk::complete_sync(disk.begin_sync(file));
        }
        durable_name(disk);
        (void)disk.rename("g", "f");
    });
    EXPECT_EQ(seen, (std::set<std::string>{"f", "g"}));
}

TEST(Disk, TearsASectorIntoNewThenOldOnlyIfAsked) {
    const std::string before(sector_bytes, 'o');
    const std::string after(sector_bytes, 'n');
    const auto prepare = [&](Disk& disk) {
        const FileReference file = made(disk);
        durable_name(disk);
        (void)disk.write(*file, 0, view_of(before));
        Disk::complete_sync(disk.begin_sync(file));
        (void)disk.write(*file, 0, view_of(after));
    };
    EXPECT_EQ(outcomes(prepare), (std::set<std::string>{before, after}));
    const auto torn = outcomes(prepare, true);
    EXPECT_EQ(torn.size(), sector_bytes + 1);
    for (const std::string& each : torn) {
        const std::size_t edge = std::min(each.find('o'), each.size());
        EXPECT_EQ(each, after.substr(0, edge) + before.substr(edge));
    }
}

TEST(Disk, IsFullWhenItsFilesTogetherAre) {
    Disk disk;
    const FileReference one = *disk.open("one", OpenMode::create);
    const FileReference other = *disk.open("other", OpenMode::create);
    EXPECT_TRUE(disk.truncate(*one, Disk::capacity - 10).ok());
    EXPECT_TRUE(disk.write(*other, 0, view_of("0123456789")).ok());
    EXPECT_EQ(disk.write(*other, 10, view_of("x")).error(), Error::no_space);
    EXPECT_EQ(disk.truncate(*other, 11).error(), Error::no_space);
    EXPECT_TRUE(disk.write(*other, 3, view_of("0123456")).ok()); // over what is there
    EXPECT_TRUE(disk.remove("one").ok());
    EXPECT_TRUE(disk.write(*other, 10, view_of("x")).ok());
    EXPECT_EQ(disk.write(*other, UINT64_MAX, view_of("x")).error(), Error::no_space);
}

TEST(Disk, ATruncationMayBeLost) {
    const auto seen = outcomes([](Disk& disk) {
        const FileReference file = made(disk);
        durable_name(disk);
        (void)disk.write(*file, 0, view_of("long"));
        Disk::complete_sync(disk.begin_sync(file));
        (void)disk.truncate(*file, 1);
    });
    EXPECT_TRUE(seen.contains("l"));
    EXPECT_TRUE(seen.contains("long"));
}

} // namespace
} // namespace orrery::sim::world
