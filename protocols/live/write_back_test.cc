// What a disk has after its process was killed: all that was synced, and nothing else.
#include "orrery/protocols/live/write_back.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "orrery/sim/chance.h"

namespace orrery::live {
namespace {

using sim::OpenMode;
using Names = std::vector<std::string>;

class WriteBackDisk : public testing::Test {
protected:
    WriteBackDisk() {
        std::string name = (std::filesystem::temp_directory_path() / ("orrery-disk-" + std::string(6, 'X'))).string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path_ = name;
        boot();
    }
    ~WriteBackDisk() override { std::filesystem::remove_all(path_); }

    void boot() {
        auto folder = live::Folder::own(path_);
        CHECK(folder.ok());
        auto disk = WriteBack::above(std::move(*folder));
        CHECK(disk.ok());
        disk_ = std::move(*disk);
    }
    // What is in memory goes.
    void lose_power() {
        files_.clear();
        disk_.reset();
        boot();
    }
    DiskFile& file(const std::string& path) {
        HeldFile& held = files_.emplace_back(*disk_->open(path, OpenMode::create));
        return *held;
    }
    void write(const std::string& path, std::uint64_t offset, std::string_view text) {
        EXPECT_TRUE(file(path).write(offset, Content(text.begin(), text.end())).ok());
    }
    void sync(const std::string& path) { EXPECT_TRUE(file(path).sync().ok()); }
    std::string text(const std::string& path) {
        const auto opened = disk_->open(path, OpenMode::read);
        if (!opened.ok()) return std::string(name(opened.error()));
        const auto content = (*opened)->read(0, 1 << 20);
        return std::string(content->begin(), content->end());
    }
    Names names() { return *disk_->list(""); }

    std::string path_;
    std::unique_ptr<WriteBack> disk_;
    std::vector<HeldFile> files_{};
};

TEST_F(WriteBackDisk, LosesAFileWhoseContentOrNameWasNotSynced) {
    write("named", 0, "content");
    EXPECT_TRUE(disk_->sync("").ok());
    write("synced", 0, "content");
    sync("synced");
    write("both", 0, "first");
    sync("both");
    EXPECT_TRUE(disk_->sync("nowhere").ok()); // nothing is below it
    lose_power();
    EXPECT_EQ(names(), Names{"named"});
    EXPECT_EQ(text("named"), "");
    write("both", 0, "first");
    sync("both");
    EXPECT_TRUE(disk_->sync("").ok());
    write("both", 5, " second");
    EXPECT_EQ(text("both"), "first second");
    lose_power();
    EXPECT_EQ(text("both"), "first");
}

TEST_F(WriteBackDisk, KeepsWhatAFileHeldWhenItWasSyncedAlsoIfItsNameCameLater) {
    write("f", 0, "synced");
    sync("f");
    write("f", 0, "SYN");
    EXPECT_TRUE(disk_->sync("").ok());
    EXPECT_EQ(text("f"), "SYNced");
    lose_power();
    EXPECT_EQ(text("f"), "synced");
    write("f", 3, "C");
    EXPECT_TRUE(file("f").truncate(4).ok());
    lose_power();
    EXPECT_EQ(text("f"), "synced");
    EXPECT_TRUE(file("f").truncate(2).ok());
    write("f", 4, "z");
    sync("f");
    lose_power();
    EXPECT_EQ(text("f"), std::string("sy\0\0z", 5));
}

TEST_F(WriteBackDisk, ARenameReachesTheDiskWithTheDirectoryOfItsNewName) {
    write("a/new", 0, "new");
    write("a/old", 0, "old");
    sync("a/new");
    sync("a/old");
    EXPECT_TRUE(disk_->sync("a").ok());
    EXPECT_TRUE(disk_->rename("a/new", "b/moved").ok());
    EXPECT_TRUE(disk_->sync("a").ok());
    EXPECT_EQ(names(), (Names{"a/old", "b/moved"}));
    lose_power();
    EXPECT_EQ(names(), (Names{"a/new", "a/old"}));
    EXPECT_TRUE(disk_->rename("a/new", "a/old").ok());
    lose_power();
    EXPECT_EQ(text("a/old"), "old");
    EXPECT_TRUE(disk_->rename("a/new", "a/old").ok());
    EXPECT_TRUE(disk_->sync("a").ok());
    lose_power();
    EXPECT_EQ(names(), Names{"a/old"});
    EXPECT_EQ(text("a/old"), "new");
}

TEST_F(WriteBackDisk, ANameThatReachesTheDiskTakesWithItWhatItNeeds) {
    write("a/written", 0, "text");
    sync("a/written");
    write("a/other", 0, "text");
    EXPECT_TRUE(disk_->rename("a/written", "b/place").ok());
    EXPECT_TRUE(disk_->sync("b").ok());
    lose_power();
    EXPECT_EQ(names(), Names{"b/place"});
    EXPECT_EQ(text("b/place"), "text");
    EXPECT_TRUE(disk_->remove("b/place").ok());
    write("b", 0, "now a file");
    sync("b");
    EXPECT_TRUE(disk_->sync("").ok());
    lose_power();
    EXPECT_EQ(names(), Names{"b"});
    EXPECT_EQ(text("b"), "now a file");
}

// --- against an obvious disk -------------------------------------------------------------------------

struct ObviousFile {
    std::string visible{};
    std::string synced{};
};

class BesideAnObviousDisk : public WriteBackDisk {
protected:
    std::uint64_t draw(std::uint64_t n) { return chance_.draw(++drawn_, "step", 0, n); }

    void call_one() {
        const std::string name = paths_[draw(paths_.size())];
        const std::string other = paths_[draw(paths_.size())];
        const std::uint64_t what = draw(12);
        if (what == 0) {
            lose_power();
            for (auto& [path, file] : durable_) file->visible = file->synced;
            visible_ = durable_;
        } else if (what <= 2) {
            // Whether it may be there is another test's matter.
            if (disk_->open(name, OpenMode::create).ok() && !visible_.contains(name))
                visible_[name] = std::make_shared<ObviousFile>();
        } else if (what == 3) {
            if (disk_->rename(name, other).ok() && name != other) {
                visible_[other] = visible_.at(name);
                visible_.erase(name);
            }
        } else if (what == 4) {
            EXPECT_EQ(disk_->remove(name).ok(), visible_.erase(name) == 1);
        } else if (what == 5) {
            EXPECT_TRUE(disk_->sync("").ok());
            durable_ = visible_;
        } else if (visible_.contains(name)) {
            change(name, *visible_[name]);
        }
        files_.clear();
    }
    void change(const std::string& name, ObviousFile& obvious) {
        const std::size_t at = draw(20);
        const std::uint64_t what = draw(4);
        if (what == 0) {
            sync(name);
            obvious.synced = obvious.visible;
        } else if (what == 1) {
            EXPECT_TRUE(file(name).truncate(at).ok());
            obvious.visible.resize(at);
        } else {
            const std::size_t size = 1 + draw(6);
            const std::string text(size, static_cast<char>('a' + draw(26)));
            write(name, at, text);
            obvious.visible.resize(std::max(obvious.visible.size(), at + size));
            obvious.visible.replace(at, size, text);
        }
    }
    // Every name and what stands in its file.
    std::map<std::string, std::string> expected() const {
        std::map<std::string, std::string> all;
        for (const auto& [path, file] : visible_) all[path] = file->visible;
        return all;
    }
    std::map<std::string, std::string> found() {
        std::map<std::string, std::string> all;
        for (const std::string& path : names()) all[path] = text(path);
        return all;
    }

private:
    const Names paths_{"a", "b", "d/a", "d/b", "d"};
    sim::Chance chance_{7};
    std::uint64_t drawn_ = 0;
    std::map<std::string, std::shared_ptr<ObviousFile>> visible_{};
    std::map<std::string, std::shared_ptr<ObviousFile>> durable_{};
};

TEST_F(BesideAnObviousDisk, HasTheSameAfterManyCalls) {
    for (int step = 0; step < 4'000; ++step) {
        call_one();
        ASSERT_EQ(found(), expected()) << "in step " << step;
    }
}

} // namespace
} // namespace orrery::live
