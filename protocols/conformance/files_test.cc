// Promises of files, and of what is there after a crash.
#include "orrery/protocols/conformance/stage_test.h"
#include "orrery/protocols/conformance/victims_test.h"

namespace orrery::conformance {
namespace {

class Files : public Promise {};
INSTANTIATE_TEST_SUITE_P(Env, Files, testing::Values(World::simulated, World::live, World::live_that_loses_unsynced),
                         world_name);

using Names = std::vector<std::string>;

// The file's content afterwards: `text`, and nothing else.
void put(Env& env, std::string_view path, std::string_view text) {
    File file = *env.open(path, OpenMode::create);
    EXPECT_TRUE(file.truncate(0).ok());
    EXPECT_TRUE(file.write_at(0, view_of(text)).ok());
}
std::string get(Env& env, std::string_view path) {
    Result<File> file = env.open(path, OpenMode::read);
    if (!file.ok()) return std::string(name(file.error()));
    return std::string(file->read_at(0, 1 << 20)->text());
}
Names list(Env& env, std::string_view prefix) { return *env.list(prefix); }

TEST_P(Files, AreOpenedAsTheModeSays) {
    alone([](Env& env) {
        EXPECT_EQ(env.open("f", OpenMode::read).error(), Error::not_found);
        EXPECT_EQ(env.open("f", OpenMode::read_write).error(), Error::not_found);
        EXPECT_EQ(list(env, ""), Names{});
        EXPECT_TRUE(env.open("f", OpenMode::create)->write_at(0, view_of("kept")).ok());
        EXPECT_EQ(env.open("f", OpenMode::create)->read_at(0, 9)->text(), "kept");
        EXPECT_EQ(env.open("f", OpenMode::create_new).error(), Error::exists);
        EXPECT_TRUE(env.open("f", OpenMode::read_write)->write_at(0, view_of("K")).ok());
        EXPECT_EQ(get(env, "f"), "Kept");
        EXPECT_TRUE(env.open("g", OpenMode::create_new).ok());
        EXPECT_EQ(get(env, "g"), "");
    });
}

TEST_P(Files, HoldWhatWasWrittenWhereItWasWritten) {
    alone([](Env& env) {
        File file = *env.open("f", OpenMode::create);
        EXPECT_TRUE(file.write_at(0, view_of("abcdef")).ok());
        EXPECT_TRUE(file.write_at(2, view_of("CD")).ok());
        EXPECT_TRUE(file.write_at(3, {}).ok());
        EXPECT_EQ(file.read_at(0, 100)->text(), "abCDef");
        EXPECT_EQ(file.read_at(4, 1)->text(), "e");
        EXPECT_EQ(file.read_at(4, 9)->text(), "ef"); // shorter at the end
        EXPECT_EQ(file.read_at(6, 9)->size(), 0u);
        EXPECT_EQ(file.read_at(UINT64_MAX, 9)->size(), 0u);
        EXPECT_TRUE(file.write_at(8, view_of("i")).ok());
        EXPECT_EQ(file.read_at(6, 9)->text(), std::string_view("\0\0i", 3));
        EXPECT_EQ(*file.size(), 9u);
        EXPECT_TRUE(file.truncate(1).ok());
        EXPECT_TRUE(file.truncate(3).ok());
        EXPECT_EQ(file.read_at(0, 9)->text(), std::string_view("a\0\0", 3));
        EXPECT_EQ(*file.size(), 3u);
        EXPECT_TRUE(file.sync().ok());
    });
}

TEST_P(Files, CarryLargeContents) {
    alone([](Env& env) {
        std::string text(3'000'000, '\0');
        for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 % 251);
        File file = *env.open("large", OpenMode::create);
        EXPECT_TRUE(file.write_at(0, view_of(text)).ok());
        EXPECT_TRUE(file.read_at(0, 4'000'000)->text() == text);
        EXPECT_TRUE(file.read_at(1'000'000, 1'000'000)->text() == text.substr(1'000'000, 1'000'000));
    });
}

TEST_P(Files, DoNotGrowBeyondTheirDisk) {
    alone([](Env& env) {
        File file = *env.open("f", OpenMode::create);
        EXPECT_EQ(file.write_at(UINT64_MAX, view_of("x")).error(), Error::no_space);
        EXPECT_EQ(file.write_at(INT64_MAX, view_of("x")).error(), Error::no_space);
        EXPECT_EQ(file.truncate(UINT64_MAX).error(), Error::no_space);
        EXPECT_EQ(*file.size(), 0u);
        EXPECT_TRUE(file.write_at(0, view_of("x")).ok());
    });
}

TEST_P(Files, ARenameReplacesAndOpenHandlesKeepTheContent) {
    alone([](Env& env) {
        put(env, "old", "old");
        put(env, "new", "new");
        File replaced = *env.open("new", OpenMode::read);
        File moved = *env.open("old", OpenMode::read_write);
        EXPECT_TRUE(env.rename("old", "new").ok());
        EXPECT_EQ(replaced.read_at(0, 9)->text(), "new");
        EXPECT_TRUE(moved.write_at(0, view_of("O")).ok());
        EXPECT_EQ(get(env, "new"), "Old");
        EXPECT_EQ(list(env, ""), Names{"new"});
        EXPECT_TRUE(env.rename("new", "new").ok());
        EXPECT_EQ(get(env, "new"), "Old");
        EXPECT_EQ(env.rename("old", "new").error(), Error::not_found);
        EXPECT_TRUE(env.rename("new", "a/b/c").ok());
        EXPECT_EQ(list(env, ""), Names{"a/b/c"});
        EXPECT_EQ(env.rename("a", "z").error(), Error::not_found); // a folder is no file
        EXPECT_EQ(get(env, "a/b/c"), "Old");
    });
}

TEST_P(Files, ARemovedNameIsGoneAndOpenHandlesKeepTheContent) {
    alone([](Env& env) {
        put(env, "f", "text");
        File file = *env.open("f", OpenMode::read_write);
        EXPECT_TRUE(env.remove("f").ok());
        EXPECT_EQ(env.remove("f").error(), Error::not_found);
        EXPECT_EQ(get(env, "f"), "not_found");
        EXPECT_TRUE(file.write_at(4, view_of("!")).ok());
        EXPECT_EQ(file.read_at(0, 9)->text(), "text!");
        EXPECT_TRUE(file.sync().ok());
        EXPECT_TRUE(env.open("f", OpenMode::create_new).ok());
        EXPECT_EQ(get(env, "f"), "");
    });
}

TEST_P(Files, AListIsSortedAndHasTheFilesBelowFoldersToo) {
    alone([](Env& env) {
        for (const char* path : {"b", "a/z", "a/b/c", "a.b", "ab", "a-b"}) put(env, path, "");
        EXPECT_EQ(list(env, ""), (Names{"a-b", "a.b", "a/b/c", "a/z", "ab", "b"}));
        EXPECT_EQ(list(env, "a/"), (Names{"a/b/c", "a/z"}));
        EXPECT_EQ(list(env, "a"), (Names{"a-b", "a.b", "a/b/c", "a/z", "ab"}));
        EXPECT_EQ(list(env, "c"), Names{});
        EXPECT_EQ(list(env, "../"), Names{});
    });
}

TEST_P(Files, WhatLeadsToAFileIsNoFileUntilNothingIsBelowIt) {
    alone([](Env& env) {
        put(env, "file", "f");
        put(env, "folder/inner/file", "g");
        for (const OpenMode mode : {OpenMode::create, OpenMode::create_new}) {
            EXPECT_EQ(env.open("file/below", mode).error(), Error::input_output);
            EXPECT_EQ(env.open("folder", mode).error(), Error::input_output);
            EXPECT_EQ(env.open("folder/inner", mode).error(), Error::input_output);
        }
        for (const OpenMode mode : {OpenMode::read, OpenMode::read_write}) {
            EXPECT_EQ(env.open("file/below", mode).error(), Error::not_found);
            EXPECT_EQ(env.open("folder", mode).error(), Error::not_found);
        }
        EXPECT_EQ(env.rename("file", "folder").error(), Error::input_output);
        EXPECT_EQ(env.rename("file", "file/below").error(), Error::input_output);
        EXPECT_EQ(env.remove("folder").error(), Error::not_found);
        EXPECT_EQ(list(env, ""), (Names{"file", "folder/inner/file"}));
        EXPECT_TRUE(env.remove("folder/inner/file").ok());
        put(env, "folder", "now a file");
        EXPECT_EQ(get(env, "folder"), "now a file");
        EXPECT_TRUE(env.remove("file").ok());
        put(env, "file/below", "now a folder");
        EXPECT_EQ(list(env, ""), (Names{"file/below", "folder"}));
    });
}

TEST_P(Files, FoldersAreSyncedWhetherTheyAreThereOrNot) {
    alone([](Env& env) {
        put(env, "a/b/c", "");
        for (const char* folder : {"", "a", "a/b", "a/b/c", "z", "z/y"}) EXPECT_TRUE(env.sync_directory(folder).ok());
    });
}

TEST_P(Files, APathThatLeadsOutOfTheDiskIsABug) {
    for (const char* path : {"", "/f", "../f", "a/../../f", "a//b", "a/", ".", "./f"}) {
        EXPECT_EQ(death_of([path](Env& env) { (void)env.open(path, OpenMode::create); }),
                  "CHECK(sim::is_path_inside(path)) failed in files.cc")
            << path;
    }
    EXPECT_NE(death_of([](Env& env) { (void)env.rename("f", "../f"); }), "");
    EXPECT_NE(death_of([](Env& env) { (void)env.remove("/f"); }), "");
    EXPECT_NE(death_of([](Env& env) { (void)env.sync_directory(".."); }), "");
}

TEST_P(Files, ToChangeOneThatWasOpenedToReadIsABug) {
    const std::string death = death_of([](Env& env) {
        put(env, "f", "text");
        (void)env.open("f", OpenMode::read)->write_at(0, view_of("x"));
    });
    EXPECT_TRUE(death.starts_with("CHECK(is_writable(slot)) failed in files.")) << death; // .h in one world
    EXPECT_NE(death_of([](Env& env) {
                  put(env, "f", "text");
                  (void)env.open("f", OpenMode::read)->truncate(0);
              }),
              "");
}

TEST_P(Files, ACallThatEndsEarlyMayHaveHappenedAndTheFileGoesOn) {
    alone([](Env& env) {
        File file = *env.open("f", OpenMode::create);
        EXPECT_EQ(file.write_at(0, view_of("x"), env.deadline(-1ms)).error(), Error::timed_out);
        EXPECT_EQ(env.open("g", OpenMode::create, env.deadline(-1ms)).error(), Error::timed_out);
        const std::string text(1 << 20, 'y');
        for (int i = 0; i < 20; ++i) { // some end before their call is back, and some after
            const Task writer = env.spawn("writer", [&, i] {
                const Status written = file.write_at(0, view_of(text), env.deadline(i * 50us));
                EXPECT_TRUE(written.ok() || written.error() == Error::timed_out || written.error() == Error::cancelled);
                (void)file.sync();
            });
            if (i % 3 == 0) env.cancel(writer);
            while (env.is_alive(writer)) EXPECT_TRUE(env.sleep(100us).ok());
        }
        EXPECT_TRUE(file.write_at(0, view_of("z")).ok());
        EXPECT_EQ(file.read_at(0, 1)->text(), "z");
    });
}

TEST_P(Files, OfTwoHostsAreNotTheSame) {
    const auto main = [](Env& env) {
        EXPECT_EQ(list(env, ""), Names{});
        put(env, "f", std::to_string(env.self().index));
        EXPECT_TRUE(env.sleep(5ms).ok());
        EXPECT_EQ(get(env, "f"), std::to_string(env.self().index));
    };
    together({{"server", 0, main}, {"server", 1, main}});
}

class Crashes : public Promise {};
IN_BOTH_WORLDS(Crashes);

// What the victim said: its boot, and what its two files held.
std::vector<std::string> words_of(std::string_view said) {
    std::vector<std::string> words(1);
    for (const char c : said)
        if (c == ';')
            words.emplace_back();
        else
            words.back() += c;
    return words;
}

// Hears the victim of a new boot: the one before it is `before`.
std::vector<std::string> hear(Env& env, Stream& stream, const std::string& before = {}) {
    while (true) {
        stream = reach(env, env.peers("victim")[0].at(victim_port));
        std::string said;
        while (std::count(said.begin(), said.end(), ';') < 3) {
            const Result<Bytes> got = stream.read(1000);
            if (!got.ok() || got->empty()) break;
            said += got->text();
        }
        const std::vector<std::string> words = words_of(said);
        if (words.size() == 4 && words[0] != before) return words;
        EXPECT_TRUE(env.sleep(1ms).ok());
    }
}

TEST_P(Crashes, AreHeardByPeersAtOnceAndTakeNothingThatWasWritten) {
    stage()->run_with_victim("keeper", [](Env& env, Fate& fate) {
        std::string lines;
        std::string boot;
        for (int i = 0; i < 3; ++i) {
            Stream stream;
            const std::vector<std::string> words = hear(env, stream, boot);
            EXPECT_NE(words[0], boot);
            EXPECT_EQ(words[1], lines); // synced
            EXPECT_EQ(words[2], lines); // written: the crash of a process leaves it to the operating system
            EXPECT_EQ(stream.read(1, env.deadline(20ms)).error(), Error::timed_out);
            fate.crash();
            EXPECT_EQ(stream.read(1).error(), Error::reset);
            boot = words[0];
            lines += "line\n";
            fate.restart();
        }
        Stream stream;
        EXPECT_EQ(hear(env, stream, boot)[1], lines);
    });
}

TEST_P(Crashes, OfAMachineTakeNothingThatWasSynced) {
    stage()->run_with_victim(
        "keeper",
        [](Env& env, Fate& fate) {
            std::string lines;
            std::string boot;
            for (int i = 0; i < 4; ++i) {
                Stream stream;
                const std::vector<std::string> words = hear(env, stream, boot);
                EXPECT_EQ(words[1], lines); // synced
                // Of what was not synced any part may be there: a line of it, or its zeroes.
                EXPECT_EQ(words[2].find_first_not_of(std::string_view("line\n\0", 6)), std::string::npos) << words[2];
                EXPECT_LE(words[2].size(), lines.size());
                boot = words[0];
                lines += "line\n";
                fate.crash();
                // Of a machine without power nobody hears; of a process that was killed one does.
                EXPECT_FALSE(stream.read(1, env.deadline(10ms)).ok());
                fate.restart();
            }
        },
        Loss::power);
}

} // namespace
} // namespace orrery::conformance
