// Which files the executable leaves, and whom a folder belongs to.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

TEST_F(Executable, EndsAFailureWithTheLineThatReplaysItFromThisFolder) {
    files::create_directories(home_ + "/my tools");
    files::create_symlink(ORRERY_EXECUTABLE, home_ + "/my tools/orrery");
    const Answer found = shell(
        "'../my tools/orrery' sweep lazy-register --seeds 1..50 --set duration=5s --until-failure --out 'my failures'");
    EXPECT_EQ(found.code, 1);
    EXPECT_EQ(found.first_line(), "lazy-register, seeds 1..50");
    EXPECT_TRUE(found.last_line().starts_with("'../my tools/orrery' replay 'my failures/lazy-register-"))
        << found.last_line();
    const Answer again = shell(found.last_line());
    EXPECT_EQ(again.code, 1);
    EXPECT_EQ(again.last_line(), found.last_line());
    EXPECT_EQ(again.err, "");
    const Answer third = shell(again.last_line());
    EXPECT_EQ(third.out, again.out);
}

TEST_F(Executable, KeepsTwoSweepsInOneFolderApart) {
    const std::string sweep = "ORRERY sweep lazy-register --out mine --no-shrink --set duration=";
    EXPECT_EQ(shell(sweep + "5s --seeds 1..4").code, 1);
    expect_refused(sweep + "5s --seeds 1..3", 64,
                   "mine belongs to another sweep: it has 'seeds 1..4', this one 'seeds 1..3'");
    expect_refused(sweep + "6s --seeds 1..4", 64,
                   "mine belongs to another sweep: it has 'set duration=5s', this one 'set duration=6s'");
    EXPECT_EQ(shell(sweep + "5s --seeds 1..4").code, 1); // the same may
    const int lock = open((home_ + "/here/mine/.sweep.0-of-1.lock").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
    expect_refused(sweep + "5s --seeds 1..4", 64, "the same sweep is running in mine");
    close(lock);
    expect_refused("ORRERY run raft-election --out mine", 64, "mine belongs to a sweep");
}

TEST_F(Executable, KeepsAZooInAFolderOfItsOwn) {
    const std::string zoo = "ORRERY zoo kv_no_duplicate_filter --out mine ";
    EXPECT_EQ(shell(zoo).code, 0);
    EXPECT_EQ(shell(zoo).code, 0); // the same may
    expect_refused(
        "ORRERY zoo raft_vote_before_durable --out mine", 64,
        "mine belongs to another sweep: it has 'zoo kv_no_duplicate_filter', this one 'zoo raft_vote_before_durable'");
    expect_refused(zoo + "--judges histories", 64, "it has 'judges all', this one 'judges histories'");
    expect_refused(zoo + "--judges linearizable", 64, "this one 'judges histories'"); // its former name
    expect_refused("ORRERY sweep raft-election --out mine", 64, "mine belongs to another sweep: it has 'zoo ");
    expect_refused("ORRERY run raft-election --out mine", 64, "mine belongs to a sweep");
    const int lock = open((home_ + "/here/mine/.sweep.zoo.lock").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
    expect_refused(zoo, 64, "the same sweep is running in mine");
    close(lock);
}

TEST_F(Executable, LetsTheShardsOfOneSweepShareItsFolder) {
    const std::string sweep = "ORRERY sweep lazy-register --seeds 1..12 --set duration=5s --out mine --shard ";
    const Answer first = shell(sweep + "0/2");
    const Answer second = shell(sweep + "1/2");
    EXPECT_EQ(first.code, 1) << first.err;
    EXPECT_EQ(second.code, 1) << second.err;
    expect_refused(sweep + "0/3", 64, "it has 'shards 2', this one 'shards 3'");
}

TEST_F(Executable, LeavesNothingOfASweepThatFoundNothing) {
    (void)shell("ORRERY sweep raft-election --seeds 1..2 " + std::string(quick));
    EXPECT_EQ(left(), std::vector<std::string>{"orrery-out"});
    const std::string sweep = "ORRERY sweep raft-election " + std::string(quick) + " --seeds ";
    for (const char* seeds : {"1..2", "1..3"}) { // so that another sweep may have the name
        EXPECT_NE(shell(sweep + seeds + " --out made").code, 64);
        EXPECT_EQ(left(), std::vector<std::string>{"orrery-out"});
    }
    files::create_directory(home_ + "/here/kept"); // what somebody made stays, and is his
    (void)shell(sweep + "1..2 --out kept");
    EXPECT_EQ(left(), (std::vector<std::string>{"kept", "orrery-out"}));
    (void)shell(sweep + "1..2 --out reported --junit reported/cases.xml");
    EXPECT_EQ(read("reported/cases.xml").substr(0, 5), "<?xml");
}

TEST_F(Executable, WritesTraceAndHistoryWhole) {
    const Answer answer = shell("ORRERY run lazy-register --seed 2 --quiet --set faults=none --set duration=1s --trace "
                                "t.jsonl --history h.jsonl");
    for (const std::string& name : left()) EXPECT_EQ(name.find(".part."), std::string::npos) << name;
    const std::string trace = read("t.jsonl");
    EXPECT_TRUE(trace.starts_with(
        "{\"type\":\"trace\",\"version\":2,\"scenario\":\"lazy-register\",\"seed\":\"2\",\"source\":\""))
        << trace.substr(0, 100);
    EXPECT_NE(trace.find("{\"type\":\"deliver\",\"time\":\""), std::string::npos);
    // What a client asked and was told, and a message from its sending to its end.
    EXPECT_NE(trace.find("{\"type\":\"invoke\",\"time\":\""), std::string::npos);
    EXPECT_NE(trace.find(",\"name\":\"write\",\"fields\":{\"value\":"), std::string::npos);
    EXPECT_NE(trace.find(",\"content\":\"apply #"), std::string::npos);
    const std::size_t message = trace.find(",\"message\":\"");
    ASSERT_NE(message, std::string::npos);
    EXPECT_NE(trace.find(trace.substr(message, 30), message + 1), std::string::npos);
    EXPECT_TRUE(trace.ends_with("}\n"));
    const std::string history = read("h.jsonl");
    const std::string header = history.substr(0, history.find('\n'));
    EXPECT_TRUE(header.starts_with("{\"type\":\"history\",\"version\":1,\"model\":\"register\",\"settings\":{"))
        << header;
    for (const char* setting : {"\"duration\":\"1s\"", "\"faults\":\"none\"", "\"policy\":\"time\""})
        EXPECT_NE(header.find(setting), std::string::npos) << header;
    EXPECT_EQ(shell("ORRERY check h.jsonl").code, answer.code);
    expect_refused("ORRERY run raft-election --trace nowhere/t.jsonl", 69,
                   "cannot write nowhere/t.jsonl: No such file or directory");
}

TEST_F(Executable, WritesTheTraceOfAReplayAndFindsEachOfItsEvents) {
    const std::string repro = failure();
    EXPECT_EQ(shell("ORRERY replay " + repro + " --trace t.jsonl").code, 1);
    const std::string trace = read("t.jsonl");
    const std::size_t at = trace.find("{\"type\":\"deliver\"");
    ASSERT_NE(at, std::string::npos);
    const std::string event = trace.substr(trace.find("\"event\":\"", at) + 9, 16);
    const Answer there = shell("ORRERY replay " + repro + " --break-at " + event);
    EXPECT_EQ(there.code, 0) << there.err;
    EXPECT_NE(there.out.find("\nevent " + event + ", number "), std::string::npos) << there.out;
}

TEST_F(Executable, KeepsRunsWithOtherChoicesApart) {
    const std::string run = "ORRERY run lazy-register --seed 1 --quiet --out found ";
    EXPECT_EQ(shell(run).code, 1);
    EXPECT_EQ(shell(run + "--set duration=5s").code, 1);
    EXPECT_EQ(shell(run + "--set duration=5s --faults cut=4").code, 1);
    EXPECT_EQ(shell(run + "--faults cut=4 --set duration=5s").code, 1); // the same choices in another order
    const std::vector<std::string> found = left();
    ASSERT_EQ(found.size(), 4u) << testing::PrintToString(found);
    EXPECT_EQ(std::count(found.begin(), found.end(), "found/lazy-register-1.repro"), 1);
    for (const std::string& name : found) {
        if (name == "found") continue;
        EXPECT_EQ(shell("ORRERY replay " + name).code, 1) << name;
    }
}

TEST_F(Executable, SaysAtTheEndThatNoReproCouldBeKeptAndHowToRunItAgain) {
    write("taken", "a file, where a folder is needed");
    const std::string choice = "lazy-register --seed 1 --quiet --set duration=5s";
    const Answer run = shell("ORRERY run " + choice + " --out taken/runs");
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find("orrery: cannot make the folder taken/runs: Not a directory"), std::string::npos) << run.err;
    EXPECT_TRUE(run.last_line().ends_with("/orrery run lazy-register --seed 1 --set duration=5s")) << run.last_line();
    EXPECT_EQ(shell(run.last_line() + " --quiet").code, 1);
    // In a sweep the folder is there, and something else has the name of the repro.
    files::create_directories(home_ + "/here/found/lazy-register-1.repro");
    const Answer sweep = shell("ORRERY sweep lazy-register --seeds 1 --set duration=5s --out found");
    EXPECT_EQ(sweep.code, 1);
    EXPECT_NE(sweep.err.find("orrery: no repro of lazy-register, seed 1 was kept: cannot write "), std::string::npos)
        << sweep.err;
    EXPECT_TRUE(sweep.last_line().ends_with("/orrery run lazy-register --seed 1 --set duration=5s"))
        << sweep.last_line();
}

TEST_F(Executable, ReplaysAFolderAndWritesItForContinuousIntegration) {
    const std::string failed = failure();
    const std::string text = read(failed);
    write("found/b.repro", text);
    const Answer all = shell("ORRERY replay found --junit replay.xml");
    EXPECT_EQ(all.code, 1) << all.err;
    EXPECT_NE(all.out.find("\n0 of 2 passed\n"), std::string::npos) << all.out;
    EXPECT_TRUE(all.out.starts_with("found/b.repro: violated, linearizable/")) << all.out;
    EXPECT_TRUE(all.last_line().ends_with(" replay found/b.repro")) << all.last_line();
    const std::string xml = read("replay.xml");
    EXPECT_NE(xml.find("<testsuite name=\"lazy-register\" tests=\"2\" failures=\"2\" errors=\"0\">"), std::string::npos)
        << xml;
    EXPECT_NE(xml.find("<failure message=\"linearizable/"), std::string::npos) << xml;
    write("found/c.repro", "orrery repro 1\nscenario raft-vk\n");
    const Answer bad = shell("ORRERY replay found --json");
    EXPECT_EQ(bad.code, 65);
    EXPECT_EQ(std::count(bad.out.begin(), bad.out.end(), '\n'), 2) << bad.out; // the others are replayed all the same
    EXPECT_NE(bad.err.find("found/c.repro:2:10: expected the name of a scenario"), std::string::npos) << bad.err;
    files::create_directories(home_ + "/here/empty");
    EXPECT_EQ(shell("ORRERY replay empty").err, "orrery: empty: holds no repro, no file named *.repro\n");
}

TEST_F(Executable, WritesASweepForContinuousIntegration) {
    EXPECT_EQ(shell("ORRERY sweep raft-election --seeds 1..2 --junit a.xml").code, 0);
    EXPECT_NE(read("a.xml").find("<testcase classname=\"raft-election\" name=\"seeds 1..2, 2 of 2 seeds\"/>"),
              std::string::npos)
        << read("a.xml");
    EXPECT_EQ(shell("ORRERY sweep lazy-register --seeds 1 --set duration=5s --out found --junit b.xml").code, 1);
    EXPECT_NE(read("b.xml").find("tests=\"2\" failures=\"1\" errors=\"0\""), std::string::npos) << read("b.xml");
    EXPECT_NE(read("b.xml").find(" replay found/lazy-register-1.repro"), std::string::npos) << read("b.xml");
    EXPECT_EQ(shell("ORRERY sweep raft-election --seeds 1..3 --faults none --junit c.xml").code, 4);
    EXPECT_NE(read("c.xml").find("<error message=\"vacuous\">"), std::string::npos) << read("c.xml");
}

} // namespace
} // namespace orrery::scenarios
