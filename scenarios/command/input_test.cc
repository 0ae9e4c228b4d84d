// What the executable is given: words, variables, orrery.toml, plans and repros; and how it refuses what is wrong.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

TEST_F(Executable, RefusesWrongUsageInOneLineAndLeavesNothing) {
    expect_refused("ORRERY swep", 64, "there is no verb 'swep'; see orrery help; did you mean 'sweep'?");
    expect_refused("ORRERY run raft-vk", 64, "there is no scenario 'raft-vk'; there are forgetful-register");
    expect_refused("ORRERY run raft-vk", 64, "did you mean 'raft-kv'?");
    expect_refused("ORRERY run raft-kv --sede 3", 64,
                   "run has no option '--sede'; see orrery help run; did you mean '--seed'?");
    expect_refused("ORRERY run raft-kv --seed x", 64,
                   "--seed expects a whole number of at most 18446744073709551615, got 'x'");
    expect_refused("ORRERY run raft-kv --set server=3", 64, "has no setting 'server'");
    expect_refused("ORRERY run raft-kv --set servers=6", 64, "setting servers expects one of 3, 4, 5, got '6'");
    expect_refused("ORRERY run raft-kv --set flaws=kv_no_duplicate_filtre", 64,
                   "did you mean 'kv_no_duplicate_filter'?");
    expect_refused("ORRERY run raft-kv --set duration", 64, "--set expects KEY=VALUE, got 'duration'");
    expect_refused("ORRERY sweep raft-kv --seeds 5..1", 64, "--seeds expects A..B with A at most B, got '5..1'");
    expect_refused("ORRERY sweep raft-kv lazy --seeds 1..2", 64, "there is no scenario 'lazy'");
    expect_refused("ORRERY check --model cas-regster x", 64, "did you mean 'cas-register'?");
    expect_refused("ORRERY bench pin-pong", 64, "did you mean 'ping-pong'?");
    expect_refused("ORRERY bench all-to-all --hosts 1", 64, "--hosts expects at least 2 for all-to-all, got '1'");
    expect_refused("ORRERY bench sleep --operations 0", 64,
                   "--operations expects a whole number from 1 to 1000000000, got '0'");
    expect_refused("ORRERY zoo nothing", 64, "there is no flaw 'nothing'");
    expect_refused("ORRERY replay", 64, "file is required");
    expect_refused("ORRERY run raft-kv --seed", 64, "--seed needs a value; see orrery help run");
}

TEST_F(Executable, NeverWritesTwoThingsIntoOneFileAndNothingOverWhatItReads) {
    expect_refused("ORRERY run lazy-register --trace a --history ./a", 64, "--trace and --history are the same file");
    EXPECT_EQ(shell("ORRERY run lazy-register --seed 1 --quiet").code, 1);
    const std::string repro = "orrery-out/lazy-register-1.repro";
    const std::string before = read(repro);
    expect_refused("ORRERY replay " + repro + " --trace orrery-out/../" + repro, 64, "the repro and --trace are");
    EXPECT_EQ(read(repro), before);
}

TEST_F(Executable, RefusesADeviceWithoutAnEndAndAFileWithoutAName) {
    expect_refused("ORRERY run lazy-register --plan /dev/zero", 65, "/dev/zero: cannot be read: it is a device");
    expect_refused("ORRERY replay ''", 64, "expected the name of a file, got ''");
}

// An empty word is no way to say "the default".
TEST_F(Executable, RefusesEmptyValuesInEachPlace) {
    for (const char* option : {"faults", "judges", "plan", "out", "history", "trace"})
        expect_refused("ORRERY run raft-kv --" + std::string(option) + " ''", 64,
                       "--" + std::string(option) + " expects a value that is not empty, got ''");
    for (const char* option : {"model", "judge", "format", "as"})
        expect_refused("ORRERY check --" + std::string(option) + " '' x", 64, "expects a value that is not empty");
    expect_refused("ORRERY run raft-kv --set faults=", 64,
                   "setting faults expects none, default or KIND=COUNT, got ''");
    expect_refused("ORRERY run raft-kv --set duration=", 64, "setting duration expects a length of time");
    expect_refused("ORRERY_FAULTS= ORRERY run raft-kv", 64, "ORRERY_FAULTS expects a value that is not empty");
    write("orrery.toml", "faults = \"\"\n");
    expect_refused("ORRERY run raft-kv", 65, "orrery.toml:1:10: faults expects a value that is not empty, got ''");
}

TEST_F(Executable, SaysInWhichUnitsTimesAreAndHowLongTheyMayBe) {
    expect_refused("ORRERY run raft-kv --set duration=5m", 64,
                   "expects a length of time in ns, us, ms or s, like 150ms, at most 2592000s, got '5m'");
    expect_refused("ORRERY sweep raft-kv --time 1h", 64,
                   "--time expects a length of time in ns, us, ms or s, like 60s, from 1s to 31536000s, got '1h'");
    const auto refuse = [&](const std::string& plan, const std::string& text) {
        write("plan", plan + "\n");
        expect_refused("ORRERY run raft-kv --plan plan", 65, text);
    };
    refuse("f1 crash target=server0 at=1m", "plan:1:25: expected a time in ns, us, ms or s, like 1500ms, at most");
    refuse("f1 crash target=server0 at=9000000000s", "at most 2592000s");
    refuse("f1 crash target=server0 at=1s for=9000000000s", "plan:1:31: expected a length of time in ns, us, ms or s");
    refuse("f1 delay target=server0 at=1s delay=9000000000s", "like 50ms, from 1ns to 2592000s");
}

// What is wrong with the command line is not the fault of the file.
TEST_F(Executable, RefusesAParameterThatItsJudgeDoesNotTake) {
    write("h.jsonl", "{\"type\":\"history\",\"version\":1,\"model\":\"register\",\"settings\":{}}\n");
    for (const char* parameter : {"", "=", "=0", "=-1", "=1001", "=soon", "=5m", "=-5s"})
        expect_refused("ORRERY check h.jsonl --judge bounded-staleness" + std::string(parameter), 64,
                       "--judge: bounded-staleness expects a time or a number of versions from 1 to 1000");
    expect_refused("ORRERY check h.jsonl --judge lock=x", 64, "--judge: lock expects the time of a lease");
    expect_refused("ORRERY check h.jsonl --judge linearizable=5", 64, "--judge: linearizable takes no parameter");
    EXPECT_EQ(shell("ORRERY check h.jsonl --judge bounded-staleness=0s").code, 4);
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

TEST_F(Executable, TellsOfVariablesThatNoOptionReads) {
    const Answer misspelt = shell("ORRERY_JBOS=2 ORRERY_SEED=1 ORRERY list");
    EXPECT_EQ(misspelt.code, 0);
    EXPECT_EQ(misspelt.err,
              "orrery: no option stands in the environment as ORRERY_JBOS; did you mean 'ORRERY_JOBS'?\n");
}

TEST_F(Executable, NamesTheBoundOfANumberAndWhatIsSaidTwice) {
    expect_refused("ORRERY sweep raft-kv --jobs 0", 64, "--jobs expects a whole number from 1 to 1024, got '0'");
    expect_refused("ORRERY sweep raft-kv --jobs 100000000", 64, "from 1 to 1024, got '100000000'");
    expect_refused("ORRERY run raft-kv --seed 0x10", 64, "at most 18446744073709551615, got '0x10'");
    expect_refused("ORRERY sweep raft-kv --seeds 1..99999999999999999999", 64, "each at most 4611686018427387904");
    expect_refused("ORRERY sweep raft-kv --time 99999999999999s", 64, "from 1s to 31536000s");
    expect_refused("ORRERY sweep raft-kv --verify 2/3", 64, "--verify expects 1/N for one of N");
    expect_refused("ORRERY bench all-to-all --hosts 1000000", 64, "from 1 to 10000, got '1000000'");
    expect_refused("ORRERY bench judge --operations 1000000000", 64, "at most 10000000 for judge");
    expect_refused("ORRERY sweep raft-kv --seeds 1..2 --seeds 3..4", 64, "--seeds is given twice");
    expect_refused("ORRERY sweep raft-kv raft-kv --seeds 1..2", 64, "scenario raft-kv is given twice");
}

TEST_F(Executable, SuggestsOnlyWhatIsNear) {
    expect_refused("ORRERY run raft-kv --jobs 2", 64,
                   "run has no option '--jobs'; see orrery help run; it is one of sweep, shrink, explain, zoo\n");
    expect_refused("ORRERY run raft-kv --xyz 2", 64, "run has no option '--xyz'; see orrery help run\n");
    expect_refused("ORRERY zoo kv_no_duplicate_filtre", 64, "did you mean 'kv_no_duplicate_filter'?");
    expect_refused("ORRERY list raft-vk", 64, "nothing is called 'raft-vk'; see orrery list; did you mean 'raft-kv'?");
    expect_refused("ORRERY run raft-kv --faults crsh=2", 64, "got 'crsh=2'; did you mean 'crash'?");
    expect_refused("ORRERY run raft-kv --faults crash=2 --plan any", 64,
                   "--plan says all that goes wrong; leave out --faults");
    expect_refused("ORRERY run raft-kv --faults crash=50", 64,
                   "setting faults expects crash=COUNT with a count of at most 49, got 'crash=50'");
}

TEST_F(Executable, NamesTheFileOrTheVariableThatIsWrong) {
    expect_refused("ORRERY_SEEDS=5..1 ORRERY sweep raft-kv", 64, "ORRERY_SEEDS expects A..B with A at most B");
    expect_refused("ORRERY_SET='slack=1s server=3' ORRERY run raft-kv", 64,
                   "ORRERY_SET: scenario raft-kv has no setting 'server'");
    expect_refused("ORRERY_FAULTS=crash ORRERY run raft-kv", 64, "ORRERY_FAULTS: setting faults expects crash=COUNT");
    write("orrery.toml", "seeds = \"5..1\"\n");
    expect_refused("ORRERY sweep raft-kv", 65, "orrery.toml:1:9: seeds expects A..B with A at most B, got '5..1'");
    write("orrery.toml", "set = [\"slack=1s\",\n  \"server=3\"]\n");
    expect_refused("ORRERY run raft-kv", 65, "orrery.toml:2:3: scenario raft-kv has no setting 'server'");
    write("orrery.toml", "jobs = 0\n");
    expect_refused("ORRERY sweep raft-kv", 65, "orrery.toml:1:8: jobs expects a whole number from 1 to 1024, got '0'");
}

// What a terminal would obey is shown, not sent.
TEST_F(Executable, NeverSendsControlCharactersOfAFileToATerminal) {
    write("plan", "f1 crash target=\x1b[31mevil at=1s\n");
    const Answer evil = shell("ORRERY run raft-kv --plan plan");
    EXPECT_EQ(evil.code, 65);
    EXPECT_NE(evil.err.find("got '?[31mevil'"), std::string::npos) << evil.err;
    expect_refused("ORRERY run 'raft\x1b[2Jkv'", 64, "there is no scenario 'raft?[2Jkv'");
    expect_refused("ORRERY run raft-kv --plan 'no\nplan'", 65, "no?plan: cannot be read");
}

TEST_F(Executable, TakesOneSeedAndTheSameSettingsFromEachPlace) {
    const Answer one = shell("ORRERY sweep raft-election --seeds 7 --json " + std::string(quick));
    EXPECT_NE(one.out.find("\"first\":\"7\",\"last\":\"7\",\"seeds\":1,\"planned\":1,"), std::string::npos) << one.out;
    const std::string run = "ORRERY run raft-election --quiet " + std::string(quick);
    const Answer none = shell(run + "--faults none --json");
    EXPECT_EQ(shell(run + "--set faults=none --json").out, none.out);
    EXPECT_EQ(shell("ORRERY_FAULTS=none " + run + "--json").out, none.out);
    EXPECT_NE(none.out.find("\"effective\":0,"), std::string::npos) << none.out;
}

TEST_F(Executable, RefusesALogThatIsNamedTwice) {
    expect_refused("ORRERY check --monitors raft 0.jsonl 1.jsonl 0.jsonl", 64, "the log 0.jsonl is named twice");
}

// What went wrong and what was asked in a repro is a plan for other runs of its scenario.
TEST_F(Executable, TakesAReproForAPlan) {
    write("happened.repro", "orrery repro 1\nscenario forgetful-register\nseed 1\nset duration=1s\nset recovery=0s\n"
                            "operations 2\noperation 0 0 100000000 write 5\noperation 1 0 600000000 read\n"
                            "plan\nf1 crash target=server0 at=300ms for=50ms\nend\nexpect passed\n"
                            "digest 0000000000000000\n");
    const std::string run = "ORRERY run forgetful-register --no-shrink --set duration=1s --set recovery=0s ";
    const Answer same = shell(run + "--seed 2 --plan happened.repro");
    EXPECT_EQ(same.code, 1) << same.out << same.err; // 5 is forgotten
    EXPECT_TRUE(has(same.out, "client0    asks: write 5")) << same.out;
    EXPECT_TRUE(has(same.out, "2 operations answered")) << same.out;
    expect_refused("ORRERY run lazy-register --plan happened.repro", 65,
                   "happened.repro: is a repro of scenario forgetful-register, not of lazy-register");
    expect_refused(run + "--set clients=1 --plan happened.repro", 65,
                   "happened.repro: has operations of client1, and there are 1 clients");
    expect_refused("ORRERY live forgetful-register --plan happened.repro", 64, "real clients draw what they ask");
    write("broken.repro", "orrery repro 1\nscenario none\n");
    expect_refused(run + "--plan broken.repro", 65, "broken.repro:2");
}

} // namespace
} // namespace orrery::scenarios
