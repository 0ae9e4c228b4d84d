// The real executable, run as people run it, in a folder of its own: exit codes, what it says on which
// channel, and which files it leaves.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios {

using namespace engine;
namespace {

namespace files = std::filesystem;

struct Answer {
    int code = 0;
    std::string out;
    std::string err;
    std::string last_line() const {
        const std::size_t end = out.find_last_not_of('\n');
        const std::size_t begin = end == std::string::npos ? 0 : out.find_last_of('\n', end) + 1;
        return end == std::string::npos ? "" : out.substr(begin, end + 1 - begin);
    }
    std::string first_line() const { return out.substr(0, out.find('\n')); }
    std::size_t error_lines() const { return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n')); }
};

std::string text_of(const std::string& path) {
    const auto read = read_file(path);
    return read.ok() ? *read : "";
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

class Executable : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        home_ = testing::TempDir() + "/orrery " + test->name() + "." + std::to_string(getpid());
        files::remove_all(home_);
        files::create_directories(home_ + "/channels");
        files::create_directories(home_ + "/here");
    }
    void TearDown() override { files::remove_all(home_); }

    // A shell's line within `folder`; ORRERY stands for the executable.
    Answer shell(std::string line, const std::string& folder = "here") {
        const std::string word = "ORRERY";
        for (std::size_t at = line.find(word + " "); at != std::string::npos; at = line.find(word + " "))
            line.replace(at, word.size(), ORRERY_EXECUTABLE);
        const std::string script = "cd \"$0\" && " + line;
        const std::string out = home_ + "/channels/out";
        const std::string err = home_ + "/channels/err";
        const pid_t process = fork();
        if (process == 0) {
            for (const char* name : {"ORRERY_LAUNCHER", "ORRERY_SEED", "ORRERY_OUT", "ORRERY_JOBS", "CI"})
                unsetenv(name);
            dup2(open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), 1);
            dup2(open(err.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), 2);
            execl("/bin/sh", "sh", "-c", script.c_str(), (home_ + "/" + folder).c_str(), static_cast<char*>(nullptr));
            _exit(127);
        }
        int status = 0;
        EXPECT_EQ(waitpid(process, &status, 0), process);
        return {code_of(status), text_of(out), text_of(err)};
    }
    void write(const std::string& name, const std::string& text) {
        EXPECT_FALSE(write_file(home_ + "/here/" + name, text));
    }
    std::string read(const std::string& name) { return text_of(home_ + "/here/" + name); }
    // Everything that lies in the folder, below it too.
    std::vector<std::string> left() {
        std::vector<std::string> names;
        for (const auto& each : files::recursive_directory_iterator(home_ + "/here"))
            names.push_back(files::relative(each.path(), home_ + "/here").string());
        std::sort(names.begin(), names.end());
        return names;
    }
    // One line that says so, nothing on stdout, nothing left behind.
    void expect_refused(const std::string& line, int code, const std::string& text) {
        const std::vector<std::string> before = left();
        const Answer answer = shell(line);
        EXPECT_EQ(answer.code, code) << line << "\n" << answer.err;
        EXPECT_EQ(answer.out, "") << line;
        EXPECT_EQ(answer.error_lines(), 1u) << answer.err;
        EXPECT_NE(answer.err.find(text), std::string::npos) << line << "\n" << answer.err;
        EXPECT_EQ(left(), before) << line;
    }
    // A repro of the lazy register; its path.
    std::string failure() {
        const Answer answer =
            shell("ORRERY sweep lazy-register --seeds 1..50 --set duration=5s --until-failure --out found");
        EXPECT_EQ(answer.code, 1) << answer.out << answer.err;
        for (const std::string& name : left())
            if (name.ends_with(".repro")) return name;
        return "none";
    }

    std::string home_;
};

constexpr const char* quick = "--set duration=1s --set tail=1s ";

TEST_F(Executable, PassesWithZeroAndNamesTheSeedFirstAndLast) {
    const Answer answer = shell("ORRERY run raft-election --seed 7 --set duration=3s");
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.first_line(), "raft-election, seed 7");
    EXPECT_EQ(answer.last_line(), "raft-election, seed 7");
    EXPECT_EQ(answer.err, "");
    EXPECT_TRUE(left().empty());
}

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

TEST_F(Executable, RefusesWrongUsageInOneLineAndLeavesNothing) {
    expect_refused("ORRERY ", 64, "a verb is missing");
    expect_refused("ORRERY swep", 64, "there is no verb 'swep'; see orrery --help; did you mean 'sweep'?");
    expect_refused("ORRERY run raft-vk", 64, "there is no scenario 'raft-vk'; there are forgetful-register");
    expect_refused("ORRERY run raft-vk", 64, "did you mean 'raft-kv'?");
    expect_refused("ORRERY run raft-kv --sede 3", 64,
                   "run has no option '--sede'; see orrery run --help; did you mean '--seed'?");
    expect_refused("ORRERY run raft-kv --seed x", 64, "--seed expects a whole number, got 'x'");
    expect_refused("ORRERY run raft-kv --set server=3", 64, "has no setting 'server'");
    expect_refused("ORRERY run raft-kv --set servers=4", 64, "setting servers expects one of 3, 5, got '4'");
    expect_refused("ORRERY run raft-kv --set flaws=kv_no_duplicate_filtre", 64,
                   "did you mean 'kv_no_duplicate_filter'?");
    expect_refused("ORRERY run raft-kv --set duration", 64, "--set expects KEY=VALUE, got 'duration'");
    expect_refused("ORRERY sweep raft-kv --seeds 5..1", 64, "--seeds expects A..B with A at most B, got '5..1'");
    expect_refused("ORRERY sweep raft-kv lazy --seeds 1..2", 64, "there is no scenario 'lazy'");
    expect_refused("ORRERY check --model cas-regster x", 64, "did you mean 'cas-register'?");
    expect_refused("ORRERY bench pin-pong", 64, "did you mean 'ping-pong'?");
    expect_refused("ORRERY bench all-to-all --hosts 1", 64, "--hosts expects at least 2 for all-to-all");
    expect_refused("ORRERY bench sleep --operations 0", 64, "--operations expects at least 1");
    expect_refused("ORRERY zoo nothing", 64, "there is no flaw 'nothing'");
    expect_refused("ORRERY replay", 64, "file is required");
    expect_refused("ORRERY run raft-kv --seed", 64, "--seed");
}

TEST_F(Executable, RefusesBadFilesByLineAndColumn) {
    write("plan", "# mine\nf1 crsh target=server0 at=1s\n");
    expect_refused("ORRERY run raft-kv --plan plan", 65, "plan:2:4: expected a kind of fault");
    write("plan", "f1 crash target=server0 at=1s\nf2 crash target=server9 at=1s\n");
    const Answer answer = shell("ORRERY run raft-kv --plan plan");
    EXPECT_EQ(answer.code, 65);
    EXPECT_EQ(answer.err, "orrery: plan:2:17: f2: expected a host of this scenario, got 'server9'\n");
    expect_refused("ORRERY run raft-kv --plan nowhere", 65, "nowhere: cannot be read: No such file or directory");
    write("x.repro", "orrery repro 1\nscenario raft-vk\n");
    expect_refused("ORRERY replay x.repro", 65,
                   "x.repro:2:10: expected the name of a scenario; see orrery list; did you mean 'raft-kv'?");
    expect_refused("ORRERY replay nowhere.repro", 65, "nowhere.repro: cannot be read: No such file or directory");
    write("half.repro", "orrery repro 1\nscenario raft-kv\nseed 1\nplan\nend\nexpect passed\n");
    expect_refused("ORRERY replay half.repro", 65, "half.repro:6:1: expected a line 'digest HEX'");
    write("skip.repro", "orrery repro 1\nscenario raft-kv\nseed 1\nskip 5 1\nplan\nend\nexpect passed\n");
    expect_refused("ORRERY replay skip.repro", 65, "skip.repro:4:6: expected a whole number for CLIENT, at most 4");
    write("orrery.toml", "seed = 1\nsedes = 2\n");
    expect_refused("ORRERY list", 65,
                   "orrery.toml:2:1: expected the name of an option, got 'sedes'; did you mean 'seeds'?");
}

TEST_F(Executable, TakesFlagsBeforeTheEnvironmentBeforeTheFileBeforeTheDefault) {
    const std::string run = "ORRERY run raft-election --quiet " + std::string(quick);
    EXPECT_EQ(shell(run).first_line(), "raft-election, seed 1");
    write("orrery.toml", "seed = 4\n");
    EXPECT_EQ(shell(run).first_line(), "raft-election, seed 4");
    EXPECT_EQ(shell("ORRERY_SEED=5 " + run).first_line(), "raft-election, seed 5");
    EXPECT_EQ(shell("ORRERY_SEED=5 " + run + "--seed 6").first_line(), "raft-election, seed 6");
    EXPECT_EQ(shell("ORRERY_SEED=five " + run).code, 64);
}

TEST_F(Executable, WritesJsonThatSaysItsTypeFirstAndDoesNotVaryBetweenRuns) {
    const std::string repro = failure();
    const std::vector<std::string> lines = {"ORRERY run raft-election --json --seed 3 " + std::string(quick),
                                            "ORRERY replay --json " + repro,
                                            "ORRERY run lazy-register --json --set duration=5s --seed 3"};
    for (const std::string& line : lines) {
        const Answer one = shell(line);
        const Answer two = shell(line);
        EXPECT_TRUE(one.out.starts_with("{\"type\":\"")) << one.out;
        EXPECT_NE(one.out.find("\",\"version\":1,"), std::string::npos) << one.out;
        EXPECT_EQ(one.out, two.out);
        EXPECT_EQ(one.code, two.code);
    }
    EXPECT_EQ(shell("ORRERY run lazy-register --quiet --set duration=2s --seed 3 --history h.jsonl").code, 1);
    for (const char* verb : {"list", "sweep raft-election --seeds 1..2", "bench ping-pong --operations 100",
                             "zoo kv_no_duplicate_filter --out .", "check h.jsonl"}) {
        const Answer answer = shell("ORRERY " + std::string(verb) + " --json");
        std::string rest = answer.out;
        EXPECT_FALSE(rest.empty());
        for (; !rest.empty(); rest = rest.substr(std::min(rest.find('\n'), rest.size() - 1) + 1))
            EXPECT_TRUE(rest.starts_with("{\"type\":\"")) << rest.substr(0, 80);
    }
}

TEST_F(Executable, AClosedChannelIsNoFindingAndAFullOneIsNoSuccess) {
    const Answer closed = shell("ORRERY run raft-election --seed 1 --quiet --verify 0<&-");
    EXPECT_EQ(closed.code, 0) << closed.out << closed.err;
    const Answer full = shell("ORRERY list 1>/dev/full");
    EXPECT_EQ(full.code, 69);
    EXPECT_NE(full.err.find("the result could not be written"), std::string::npos) << full.err;
    // A reader that has had enough: enough is written that the pipe must break.
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 1 --set duration=2s --json | true").err, "");
    EXPECT_EQ(shell("{ ORRERY list; ORRERY list --json; } | true").err, "");
}

TEST_F(Executable, TellsOfVariablesThatNoOptionReads) {
    const Answer misspelt = shell("ORRERY_JBOS=2 ORRERY_SEED=1 ORRERY list");
    EXPECT_EQ(misspelt.code, 0);
    EXPECT_EQ(misspelt.err,
              "orrery: no option stands in the environment as ORRERY_JBOS; did you mean 'ORRERY_JOBS'?\n");
}

TEST_F(Executable, TheZooFindsEveryPlantedBugAndItsReprosRepeat) {
    const Answer zoo = shell("ORRERY zoo --out zoo");
    EXPECT_EQ(zoo.code, 0) << zoo.out;
    std::size_t found = 0;
    for (const auto& entry : files::directory_iterator(home_ + "/here/zoo")) {
        if (entry.path().extension() != ".repro") continue;
        ++found;
        const Answer again = shell("ORRERY replay zoo/" + entry.path().filename().string());
        EXPECT_EQ(again.code, 1) << again.out;
    }
    EXPECT_EQ(found, 11u);
}

TEST_F(Executable, TellsUndecidedVacuousAndMismatchByTheirCodes) {
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 1 --quiet --set budget=1").code, 2);
    EXPECT_EQ(shell("ORRERY sweep raft-kv --seeds 1..3 --set budget=1").code, 2);
    EXPECT_EQ(shell("ORRERY sweep raft-election --seeds 1..3 --set faults=none").code, 4);
    write("empty.jsonl", "{\"type\":\"history\",\"version\":1,\"model\":\"register\",\"settings\":{}}\n");
    const Answer empty = shell("ORRERY check empty.jsonl");
    EXPECT_EQ(empty.code, 4);
    EXPECT_TRUE(empty.out.starts_with("empty.jsonl: vacuous (linearizable, 0 operations")) << empty.out;
    const std::string repro = failure();
    std::string text = read(repro);
    const std::size_t digest = text.find("digest ") + 7;
    text[digest] = text[digest] == '0' ? '1' : '0';
    write("other.repro", text);
    const Answer answer = shell("ORRERY replay other.repro");
    EXPECT_EQ(answer.code, 3);
    EXPECT_NE(answer.out.find("the replay is not what was recorded"), std::string::npos);
    text.replace(text.find("source ") + 7, 4, "0000");
    write("foreign.repro", text);
    const Answer foreign = shell("ORRERY replay foreign.repro");
    EXPECT_EQ(foreign.code, 1);
    EXPECT_NE(foreign.out.find("made from other sources; best effort"), std::string::npos);
    EXPECT_NE(foreign.out.find("the fingerprint is still the same"), std::string::npos);
}

TEST_F(Executable, ChecksByThePromiseThatIsNamedAndWritesForOthers) {
    EXPECT_EQ(shell("ORRERY run lazy-register --seed 1 --quiet --set online=false --history h.jsonl").code, 1);
    const Answer asked = shell("ORRERY check h.jsonl --judge unique-ids");
    EXPECT_EQ(asked.code, 65);
    EXPECT_NE(asked.err.find("is not what this judge knows: generate -> VALUE"), std::string::npos) << asked.err;
    EXPECT_EQ(shell("ORRERY check h.jsonl --judge bounded-staleness=1000s").code, 0);
    EXPECT_EQ(shell("ORRERY check h.jsonl --judge causel").err,
              "orrery: there is no judge 'causel'; see orrery list; did you mean 'causal'?\n");
    write("h.edn", shell("ORRERY check h.jsonl --as edn").out);
    EXPECT_TRUE(read("h.edn").starts_with("{:type :invoke, :process "));
    EXPECT_EQ(shell("ORRERY check h.edn --model register --format edn").code, 1);
    EXPECT_EQ(shell("ORRERY check h.jsonl --as porcupine").code, 65);
    EXPECT_EQ(shell("ORRERY check h.jsonl --as plain").code, 64);
}

TEST_F(Executable, ChecksLineByLineWithTheSameVerdicts) {
    EXPECT_EQ(shell("ORRERY run lazy-register --seed 1 --quiet --set online=false --history h.jsonl").code, 1);
    const Answer whole = shell("ORRERY check h.jsonl --counterexample");
    const Answer stream = shell("ORRERY check h.jsonl --counterexample --stream");
    EXPECT_EQ(stream.code, 1) << stream.err;
    const auto told = [](const std::string& out) { return out.substr(out.find('\n')); }; // all but the figures
    EXPECT_EQ(told(stream.out), told(whole.out));
    EXPECT_EQ(told(shell("ORRERY check h.jsonl --counterexample --threads 3").out), told(whole.out));
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 1 --quiet --history kv.jsonl").code, 0);
    EXPECT_EQ(shell("ORRERY check kv.jsonl --stream").code, 0);
    EXPECT_EQ(shell("head -c 3000 kv.jsonl >half.jsonl; ORRERY check half.jsonl --stream").code, 65);
    EXPECT_EQ(shell("echo '[{:type :invoke}]' >e.edn; ORRERY check e.edn --stream").code, 65);
    EXPECT_EQ(shell("ORRERY check none.jsonl --stream").code, 65);
    EXPECT_EQ(shell("ORRERY check kv.jsonl --stream --judge causal").code, 64);
}

TEST_F(Executable, ASweepThatIsKilledHasKeptWhatItHadFound) {
    // Waits for the file as long as the sweep goes on; whether it still did when the file was there is the answer.
    const Answer killed =
        shell("{ ORRERY sweep lazy-register --seeds 1..3000 --jobs 1 --out kept >sweep.txt 2>&1 & }; sweep=$!; "
              "while kill -0 $sweep && ! ls kept/*.repro; do :; done >look.txt 2>&1; "
              "kill -9 $sweep && ls kept/*.repro");
    EXPECT_EQ(killed.code, 0) << killed.err;
    EXPECT_EQ(killed.out, "kept/lazy-register-1.repro\n");
    EXPECT_EQ(shell("ORRERY replay kept/lazy-register-1.repro").code, 1);
}

TEST_F(Executable, TellsWhySeedsWereNotDecidedAndNotOfEachOne) {
    const std::string out = shell("ORRERY sweep raft-kv --seeds 1..5 --set budget=1").out;
    EXPECT_NE(out.find("undecided: seed 3: undecided after "), std::string::npos) << out;
    EXPECT_EQ(out.find("undecided: seed 4"), std::string::npos) << out;
    EXPECT_NE(out.find("undecided: 2 seeds more"), std::string::npos) << out;
}

TEST_F(Executable, TellsWhyAHistoryWasNotDecided) {
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 3 --quiet --history h.jsonl").code, 0);
    const Answer told = shell("ORRERY check h.jsonl --budget 1 --counterexample");
    EXPECT_EQ(told.code, 2);
    for (const char* part : {"undecided after ", "were under way at once", "hard above all for its",
                             "next would have to return one of", "\n  try: a larger budget"})
        EXPECT_NE(told.out.find(part), std::string::npos) << told.out;
    const std::string json = shell("ORRERY check h.jsonl --budget 1 --json").out;
    for (const char* part : {"\"window\":[\"process ", "\"cost\":\"", "\"suggestions\":[\""})
        EXPECT_NE(json.find(part), std::string::npos) << json;
}

TEST_F(Executable, TellsOfAReplayWhatMetNoDrawAndWhetherTheFingerprintHolds) {
    const auto json = [&](const std::string& name) { return shell("ORRERY replay --json " + name).out; };
    const auto has = [](const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    };
    const std::string repro = failure();
    EXPECT_TRUE(has(json(repro), "\"same_source\":true,\"same_fingerprint\":true,\"diverged\":null,\"unmet\":[]}"));
    EXPECT_FALSE(has(shell("ORRERY replay " + repro).out, "met no draw"));
    std::string text = read(repro);
    text.insert(text.find("plan\n"), "override 11 12 0 1 3\n");
    write("edited.repro", text);
    const Answer edited = shell("ORRERY replay edited.repro");
    EXPECT_EQ(edited.code, 1);
    EXPECT_TRUE(has(edited.out, "overrides that met no draw:\n  override 11 12 0 1 3\n")) << edited.out;
    EXPECT_TRUE(has(json("edited.repro"), "\"unmet\":[\"override 11 12 0 1 3\"]}")) << json("edited.repro");
    // Other sources, and another fingerprint than is found now.
    text.replace(text.find("source ") + 7, 4, "0000");
    write("foreign.repro", text);
    EXPECT_TRUE(has(json("foreign.repro"), "\"same_source\":false,\"same_fingerprint\":true,"))
        << json("foreign.repro");
    EXPECT_TRUE(has(shell("ORRERY replay foreign.repro").out, "overrides that met no draw:\n  override 11 12 0 1 3\n"));
    text.insert(text.find('\n', text.find("expect violated")), " once");
    write("fixed.repro", text);
    EXPECT_TRUE(has(json("fixed.repro"), "\"same_source\":false,\"same_fingerprint\":false,")) << json("fixed.repro");
    EXPECT_EQ(shell("ORRERY replay fixed.repro").code, 1);
}

TEST_F(Executable, TellsWhichGoalsNoSeedReached) {
    const std::string sweep = "ORRERY sweep raft-election --set faults=none --seeds 1..3 ";
    const Answer told = shell(sweep);
    EXPECT_NE(told.out.find("  goal raft.leader reached in 3 seeds\n"), std::string::npos) << told.out;
    EXPECT_NE(told.out.find("  goals that no seed reached: raft.conflict, raft.deposed,"), std::string::npos)
        << told.out;
    const Answer json = shell(sweep + "--json");
    EXPECT_NE(json.out.find("\"raft.leader\":3,"), std::string::npos) << json.out;
    EXPECT_NE(json.out.find("\"kinds\":{},"), std::string::npos) << json.out;
    EXPECT_NE(json.out.find("\"goals_unreached\":[\"raft.conflict\",\"raft.deposed\","), std::string::npos) << json.out;
}

// What the text says of each kind of fault and of each scenario, JSON says too.
TEST_F(Executable, TellsInJsonWhatTheTextTells) {
    const std::string sweep = "ORRERY sweep lazy-register --seeds 1..4 --set duration=5s --out ";
    const std::string text = shell(sweep + "a").out;
    const std::string json = shell(sweep + "b --json").out;
    const std::size_t at = text.find("  crash        armed ");
    ASSERT_NE(at, std::string::npos) << text;
    unsigned long long armed = 0;
    unsigned long long fired = 0;
    unsigned long long effective = 0;
    ASSERT_EQ(
        std::sscanf(text.c_str() + at, "  crash armed %llu, fired %llu, effective %llu", &armed, &fired, &effective),
        3);
    const std::string expected = "\"crash\":{\"armed\":" + std::to_string(armed) +
                                 ",\"fired\":" + std::to_string(fired) + ",\"effective\":" + std::to_string(effective) +
                                 "}";
    EXPECT_NE(json.find(expected), std::string::npos) << expected << "\n" << json;
    const std::string list = shell("ORRERY list --json").out;
    EXPECT_NE(list.find("\"name\":\"raft-kv\""), std::string::npos);
    EXPECT_NE(list.find("\"roles\":[{\"name\":\"server\",\"setting\":\"servers\",\"disk\":true}],"
                        "\"clients\":{\"count\":5,\"model\":\"kv\"}"),
              std::string::npos)
        << list;
    EXPECT_NE(list.find("\"roles\":[{\"name\":\"replica\",\"count\":3,\"disk\":"), std::string::npos) << list;
}

TEST_F(Executable, KeepsTwoSweepsInOneFolderApart) {
    const std::string sweep = "ORRERY sweep raft-election --out mine " + std::string(quick);
    EXPECT_EQ(shell(sweep + "--seeds 1..2 --set faults=none").code, 4);
    expect_refused(sweep + "--seeds 1..3 --set faults=none", 64,
                   "mine belongs to another sweep: it has 'seeds 1..2', this one 'seeds 1..3'");
    expect_refused(sweep + "--seeds 1..2", 64, "mine belongs to another sweep: it has 'set faults=none'");
    EXPECT_EQ(shell(sweep + "--seeds 1..2 --set faults=none").code, 4); // the same may
    const int lock = open((home_ + "/here/mine/.sweep.0-of-1.lock").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
    expect_refused(sweep + "--seeds 1..2 --set faults=none", 64, "the same sweep is running in mine");
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
    expect_refused(zoo + "--judges linearizable", 64, "it has 'judges all', this one 'judges linearizable'");
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
}

TEST_F(Executable, WritesTraceAndHistoryWhole) {
    const Answer answer = shell("ORRERY run lazy-register --seed 2 --quiet --set faults=none --set duration=1s --trace "
                                "t.jsonl --history h.jsonl");
    for (const std::string& name : left()) EXPECT_EQ(name.find(".part."), std::string::npos) << name;
    const std::string trace = read("t.jsonl");
    EXPECT_TRUE(trace.starts_with(
        "{\"type\":\"trace\",\"version\":1,\"scenario\":\"lazy-register\",\"seed\":\"2\",\"source\":\""))
        << trace.substr(0, 100);
    EXPECT_NE(trace.find("{\"type\":\"deliver\",\"time\":\""), std::string::npos);
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

TEST_F(Executable, WritesTheTraceOfAReplayAndStopsAtOneOfItsEvents) {
    const std::string repro = failure();
    EXPECT_EQ(shell("ORRERY replay " + repro + " --trace t.jsonl").code, 1);
    const std::string trace = read("t.jsonl");
    const std::size_t at = trace.find("{\"type\":\"deliver\"");
    ASSERT_NE(at, std::string::npos);
    const std::string event = trace.substr(trace.find("\"event\":\"", at) + 9, 16);
    const Answer stopped = shell("ORRERY replay " + repro + " --break-at " + event);
    EXPECT_EQ(stopped.code, 128 + SIGTRAP);
    const Answer never = shell("ORRERY replay " + repro + " --break-at 0000000000000001");
    EXPECT_EQ(never.code, 64);
    EXPECT_NE(never.err.find("no event 0000000000000001 began in this run"), std::string::npos);
    EXPECT_EQ(shell("ORRERY replay " + repro + " --break-at 17").code, 64);
}

TEST_F(Executable, StopsAtTheFirstInterruptionAndTellsWhatItHas) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t process = fork();
    if (process == 0) {
        dup2(ends[1], 1);
        close(open((home_ + "/channels/err").c_str(), O_CREAT | O_WRONLY, 0666));
        if (chdir((home_ + "/here").c_str()) != 0) _exit(126);
        execl(ORRERY_EXECUTABLE, "orrery", "sweep", "raft-election", "--seeds", "1..100000000",
              static_cast<char*>(nullptr));
        _exit(127);
    }
    close(ends[1]);
    std::string out;
    char each = 0;
    while (out.find('\n') == std::string::npos && ::read(ends[0], &each, 1) == 1) out += each;
    EXPECT_EQ(out, "raft-election, seeds 1..100000000\n");
    EXPECT_EQ(kill(process, SIGINT), 0);
    while (::read(ends[0], &each, 1) == 1) out += each;
    close(ends[0]);
    int status = 0;
    EXPECT_EQ(waitpid(process, &status, 0), process);
    EXPECT_EQ(code_of(status), 130);
    EXPECT_NE(out.find("interrupted"), std::string::npos) << out;
}

TEST_F(Executable, ShowsHelpWithAnExampleForEveryVerb) {
    for (const char* verb : {"list", "run", "sweep", "replay", "check", "zoo", "bench"}) {
        const Answer answer = shell("ORRERY " + std::string(verb) + " --help");
        EXPECT_EQ(answer.code, 0);
        EXPECT_NE(answer.out.find("example: orrery " + std::string(verb)), std::string::npos) << answer.out;
    }
    EXPECT_TRUE(shell("ORRERY --version").out.starts_with("orrery 0."));
}

} // namespace
} // namespace orrery::scenarios
