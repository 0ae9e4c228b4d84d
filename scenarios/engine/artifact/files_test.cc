// Writing into what is no ordinary file, and what is said when a file cannot be read or written.
#include "orrery/scenarios/engine/artifact/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace orrery::scenarios::engine {
namespace {

namespace filesystem = std::filesystem;

struct Files : testing::Test {
    std::string directory;
    void SetUp() override {
        directory = testing::TempDir() + "orrery files " + std::to_string(getpid());
        filesystem::remove_all(directory);
        ASSERT_TRUE(filesystem::create_directories(directory));
    }
    void TearDown() override { filesystem::remove_all(directory); }
    std::string in(const std::string& name) const { return directory + "/" + name; }
    std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(filesystem::directory_iterator(directory), filesystem::directory_iterator()));
    }
};

TEST_F(Files, AnOrdinaryFileIsReplacedWhole) {
    ASSERT_FALSE(write_file(in("a"), "long ago"));
    ASSERT_FALSE(write_file(in("a"), "now"));
    EXPECT_EQ(*read_file(in("a")), "now");
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, ALinkStaysALinkAndItsTargetIsWritten) {
    ASSERT_FALSE(write_file(in("target"), "before"));
    filesystem::create_symlink("target", in("link"));
    ASSERT_FALSE(write_file(in("link"), "after"));
    EXPECT_TRUE(filesystem::is_symlink(in("link")));
    EXPECT_EQ(*read_file(in("target")), "after");
    EXPECT_EQ(entries(), 2u);
}

TEST_F(Files, APipeStaysAPipeAndItsReaderGetsTheText) {
    ASSERT_EQ(mkfifo(in("pipe").c_str(), 0666), 0);
    const int reader = open(in("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    ASSERT_FALSE(write_file(in("pipe"), "through"));
    char buffer[16] = {};
    EXPECT_EQ(read(reader, buffer, sizeof buffer), 7);
    EXPECT_STREQ(buffer, "through");
    close(reader);
    EXPECT_TRUE(filesystem::is_fifo(in("pipe")));
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, WhatIsNeverCompletedLeavesNothing) {
    {
        OutputFile file;
        ASSERT_FALSE(file.open(in("half")));
        file.write("the first half");
    }
    EXPECT_EQ(entries(), 0u);
}

TEST_F(Files, SayWhyTheyCannotBeReadOrWritten) {
    const auto missing = read_file(in("nowhere"));
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.complaint().cause, sim::Cause::input);
    EXPECT_EQ(missing.complaint().text(), in("nowhere") + ": cannot be read: No such file or directory");
    EXPECT_EQ(read_file(directory).complaint().message, "cannot be read: Is a directory");
    const sim::Problem problem = write_file(in("nowhere/file"), "text");
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem->cause, sim::Cause::missing);
    EXPECT_EQ(problem->message, "cannot write " + in("nowhere/file") + ": No such file or directory");
    const sim::Problem full = write_file("/dev/full", "text");
    ASSERT_TRUE(full.has_value());
    EXPECT_EQ(full->message, "cannot write /dev/full: No space left on device");
}

} // namespace
} // namespace orrery::scenarios::engine
