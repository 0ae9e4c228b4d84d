// How the executable ends when it is killed, interrupted, or nobody reads it any more.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

TEST_F(Executable, AClosedChannelIsNoFindingAndAFullOneIsNoSuccess) {
    const Answer closed = shell("ORRERY run raft-election --seed 1 --quiet --verify 0<&-");
    EXPECT_EQ(closed.code, 0) << closed.out << closed.err;
    for (const char* verb : {"list", "list --json", "help", "help --man", "check --format list"}) {
        const Answer silent = shell("ORRERY " + std::string(verb) + " >&-");
        EXPECT_EQ(silent.code, 69) << verb;
        EXPECT_NE(silent.err.find("the result could not be written"), std::string::npos) << silent.err;
    }
    const Answer full = shell("ORRERY list 1>/dev/full");
    EXPECT_EQ(full.code, 69);
    EXPECT_NE(full.err.find("the result could not be written"), std::string::npos) << full.err;
    // A reader that has had enough: enough is written that the pipe must break.
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 1 --set duration=2s --json | true").err, "");
    EXPECT_EQ(shell("{ ORRERY list; ORRERY list --json; } | true").err, "");
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

TEST_F(Executable, StopsAtTheFirstInterruptionAndTellsWhatItHas) {
    const Answer sweep = interrupted({"sweep", "raft-election", "--seeds", "1..100000000"}, 1, "raft-election, seeds");
    EXPECT_EQ(sweep.code, 130);
    EXPECT_TRUE(sweep.last_line().starts_with("interrupted: ")) << sweep.out;
    EXPECT_TRUE(sweep.last_line().ends_with(" of 100000000 seeds, raft-election, seeds 1..100000000")) << sweep.out;
}

// What was not searched for to the end is not "not found".
TEST_F(Executable, CallsAnInterruptedZooSo) {
    const Answer zoo = interrupted({"zoo", "kv_leader_reads_locally", "raft_commit_earlier_term", "--set",
                                    "faults=none", "--seconds", "100000", "--out", "zoo"},
                                   -1, "zoo/.sweep.zoo.lock");
    EXPECT_EQ(zoo.code, 130);
    EXPECT_EQ(zoo.out.find("NOT FOUND"), std::string::npos) << zoo.out;
    // It comes before the first flaw or during the search for it: either way neither was searched for to the end.
    EXPECT_EQ(zoo.last_line(), "interrupted: 2 of 2 flaws were not searched for") << zoo.out;
}

// The shrink under way ends with what it has, and the zoo with it: the flaw behind it is not begun.
TEST_F(Executable, EndsAZooThatIsInterruptedWhileItShrinks) {
    setenv("ORRERY_NO_SHRINK", "false", 1);
    const Answer zoo = interrupted(
        {"zoo", "bank_blind_retry", "raft_vote_before_durable", "--jobs", "1", "--out", "zoo"}, 2, "shrinking: ");
    EXPECT_EQ(zoo.code, 130);
    EXPECT_NE(zoo.out.find("bank_blind_retry"), std::string::npos) << zoo.out;
    EXPECT_EQ(zoo.out.find("raft_vote_before_durable"), std::string::npos) << zoo.out;
    EXPECT_EQ(zoo.last_line(), "interrupted: 1 of 2 flaws were not searched for") << zoo.out;
}

TEST_F(Executable, NamesASeedThatTakesLongBeforeItHasEnded) {
    const Answer sweep =
        interrupted({"sweep", "raft-kv", "--seeds", "5", "--set", "duration=200000s", "--set", "events=900000000000"},
                    2, " has taken ");
    EXPECT_EQ(sweep.code, 130);
    EXPECT_NE(sweep.err.find("raft-kv: 0 of 1 seeds, 0 violated, seed 5 has taken 5 s"), std::string::npos)
        << sweep.err;
}

TEST_F(Executable, GivesItsVerdictToAReaderThatHasHadEnough) {
    const auto code_of_first = [&](const std::string& line) {
        return shell("{ " + line + "; echo $? >code; } | head -1").code == 0 ? read("code") : "no";
    };
    EXPECT_EQ(code_of_first("ORRERY run lazy-register --seed 1"), "1\n");
    EXPECT_EQ(code_of_first("ORRERY list"), "0\n");
}

} // namespace
} // namespace orrery::scenarios
