// How the executable exits, and what its verdicts rest on.
#include "orrery/scenarios/command/executable_test.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios {
namespace {

TEST_F(Executable, PassesWithZeroAndNamesTheSeedFirstAndLast) {
    const Answer answer = shell("ORRERY run raft-election --seed 7 --set duration=3s");
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.first_line(), "raft-election, seed 7");
    EXPECT_EQ(answer.last_line(), "raft-election, seed 7");
    EXPECT_EQ(answer.err, "");
    EXPECT_TRUE(left().empty());
}

TEST_F(Executable, TheZooFindsEveryPlantedBugAndItsReprosRepeat) {
    if (std::getenv("ORRERY_QUICK") != nullptr) GTEST_SKIP() << "takes minutes under sanitizers";
    const Answer zoo = shell("ORRERY zoo --no-shrink --out zoo");
    EXPECT_EQ(zoo.code, 0) << zoo.out;
    std::size_t found = 0;
    for (const auto& entry : files::directory_iterator(home_ + "/here/zoo")) {
        if (entry.path().extension() != ".repro") continue;
        ++found;
        const Answer again = shell("ORRERY replay zoo/" + entry.path().filename().string());
        EXPECT_EQ(again.code, 1) << again.out;
    }
    const auto is_hunted = [](const sim::Flaw* flaw) { return !flaw->scenarios.empty(); };
    const auto& all = sim::Flaw::all();
    EXPECT_EQ(found, static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_hunted)));
    EXPECT_GT(found, 10u);
}

TEST_F(Executable, ShrinksAReproToOneThatReplays) {
    const std::string repro = failure();
    const Answer shrunk = shell("ORRERY shrink " + repro + " --runs 150 --out small.repro");
    EXPECT_EQ(shrunk.code, 0) << shrunk.err;
    EXPECT_NE(shrunk.out.find("\nwritten to small.repro\n"), std::string::npos) << shrunk.out;
    EXPECT_NE(shrunk.last_line().find(" replay small.repro"), std::string::npos) << shrunk.out;
    EXPECT_NE(read("small.repro").find("\noperations "), std::string::npos);
    EXPECT_EQ(shell("ORRERY replay small.repro").code, 1);
    const Answer again = shell("ORRERY shrink " + repro + " --runs 150 --jobs 1 --out again.repro --json");
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_TRUE(again.out.starts_with("{\"type\":\"shrink\",\"version\":1,")) << again.out;
    EXPECT_EQ(read("again.repro"), read("small.repro"));
}

TEST_F(Executable, ShrinksOnlyWhatFails) {
    std::string text = read(failure());
    const std::size_t expectation = text.find("\nexpect ") + 1;
    text.replace(expectation, text.find('\n', expectation) - expectation, "expect passed");
    write("passed.repro", text);
    const Answer passed = shell("ORRERY shrink passed.repro");
    EXPECT_EQ(passed.code, 65);
    EXPECT_NE(passed.err.find("only a failure can be shrunk"), std::string::npos) << passed.err;
    text.replace(expectation, 13, "expect violated bank/total/nothing is lost");
    write("other.repro", text);
    const Answer other = shell("ORRERY shrink other.repro");
    EXPECT_EQ(other.code, 65);
    EXPECT_NE(other.err.find("does not fail as it did"), std::string::npos) << other.err;
    EXPECT_FALSE(files::exists(home_ + "/here/other.minimal.repro"));
}

TEST_F(Executable, LeavesOutOfAZooByHistoriesWhatOnlyMonitorsSee) {
    const std::string zoo = "ORRERY zoo bank_blind_retry rpc_no_duplicate_filter ";
    const Answer all = shell(zoo + "--out all");
    EXPECT_NE(all.out.find("rpc_no_duplicate_filter"), std::string::npos) << all.out;
    const Answer histories = shell(zoo + "--judges histories --seconds 2 --out histories");
    EXPECT_EQ(histories.code, 0) << histories.out;
    EXPECT_NE(histories.out.find("bank_blind_retry"), std::string::npos) << histories.out;
    EXPECT_EQ(histories.out.find("rpc_no_duplicate_filter"), std::string::npos) << histories.out;
}

TEST_F(Executable, CallsARunThatTestedNothingVacuous) {
    const Answer nobody = shell("ORRERY run raft-kv --seed 1 --quiet --set duration=1s --set clients=0");
    EXPECT_EQ(nobody.code, 4);
    EXPECT_NE(nobody.out.find("no operation was answered"), std::string::npos) << nobody.out;
    EXPECT_NE(nobody.out.find("\nvacuous: "), std::string::npos) << nobody.out;
    EXPECT_EQ(nobody.out.find("passed"), std::string::npos) << nobody.out;
    // Without clients it is the note by which the scenario counts its work.
    const std::string arith = "ORRERY run rpc-arith --quiet --faults none --set recovery=0s --set duration=";
    const Answer nothing = shell(arith + "1ms");
    EXPECT_EQ(nothing.code, 4) << nothing.out;
    EXPECT_TRUE(has(nothing.out, "\nnobody noted arith.product, so nothing was tested\n")) << nothing.out;
    EXPECT_EQ(shell(arith + "1s").code, 0);
    const Answer unasked = shell("ORRERY run raft-kv --seed 1 --quiet --set duration=1s --set recovery=0s");
    EXPECT_NE(unasked.out.find("progress was not judged"), std::string::npos) << unasked.out;
}

TEST_F(Executable, ListsTheParametersOfAKindOfFault) {
    const Answer delay = shell("ORRERY list delay");
    EXPECT_NE(delay.out.find("probability=1/10 delay=50ms (required)"), std::string::npos) << delay.out;
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

// The clients of raft-ids have a model that is not built in: its program knows it by name, and no other does.
TEST_F(Executable, ChecksHistoriesOfAModelThatAScenarioBrings) {
    EXPECT_EQ(shell("ORRERY run raft-ids --seed 1 --quiet --history ids.jsonl").code, 0);
    EXPECT_EQ(shell("ORRERY check ids.jsonl --judge unique-ids").code, 0);
    EXPECT_EQ(shell("ORRERY check ids.jsonl --judge unique-ids --model unique-ids").code, 0);
    const Answer in_order = shell("ORRERY check ids.jsonl --model unique-ids --judge linearizable --counterexample");
    EXPECT_EQ(in_order.code, 1) << in_order.out << in_order.err; // blocks are not given out in order
    EXPECT_NE(in_order.out.find("generate"), std::string::npos) << in_order.out;
    const std::string other = NOISY_EXECUTABLE;
    const Answer unknown = shell(other + " check ids.jsonl");
    EXPECT_EQ(unknown.code, 65);
    EXPECT_NE(unknown.err.find("unique-ids"), std::string::npos) << unknown.err;
    EXPECT_NE(shell(other + " check ids.jsonl --model unique-ids").err.find("there is no model 'unique-ids'"),
              std::string::npos);
    EXPECT_EQ(shell(other + " check ids.jsonl --judge unique-ids").code, 0); // it needs no model
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

TEST_F(Executable, DrawsOnlyTheFaultsThatAreAskedFor) {
    const std::string sweep = "ORRERY sweep raft-kv --seeds 1..4 --json --set duration=4s --faults ";
    const std::string without = shell(sweep + "crash=0").out;
    EXPECT_EQ(without.find("\"crash\":{"), std::string::npos) << without;
    EXPECT_NE(without.find("\"cut\":{"), std::string::npos) << without;
    const std::string alone = shell(sweep + "none,crash=9").out;
    EXPECT_NE(alone.find("\"kinds\":{\"crash\":{\"armed\":"), std::string::npos) << alone;
    EXPECT_EQ(alone.find("\"cut\":{"), std::string::npos) << alone;
}

// A quarter of the seeds takes no machine down, and half of the others few.
TEST_F(Executable, FindsEnoughInTwentySeedsOfMachinesTakenDown) {
    const Answer few = shell("ORRERY sweep raft-drained --seeds 1..20 --verify 0");
    EXPECT_EQ(few.code, 0) << few.out;
}

TEST_F(Executable, ArmsThePlanOfAFileInEachSeedAndSaysWhatNeverBegan) {
    write("plan",
          "f1 crash target=server0 at=1s for=1s\nf2 crash target=server1 effect=server1:send:99999999 for=1s\n");
    const Answer sweep = shell("ORRERY sweep raft-kv --seeds 1..3 --plan plan --json --set duration=4s");
    EXPECT_NE(sweep.out.find("\"kinds\":{\"crash\":{\"armed\":6,\"fired\":3,\"effective\":3}}"), std::string::npos)
        << sweep.out << sweep.err;
    const Answer run = shell("ORRERY run raft-kv --plan plan --quiet --set duration=4s");
    EXPECT_NE(run.out.find("\nnever began: f2 crash target=server1 effect=server1:send:99999999 for=1s\n"),
              std::string::npos)
        << run.out;
    EXPECT_EQ(run.out.find("never began: f1"), std::string::npos) << run.out;
    const Answer json = shell("ORRERY run raft-kv --plan plan --json --set duration=4s");
    EXPECT_NE(json.out.find("\"never_began\":[\"f2 crash "), std::string::npos) << json.out;
    EXPECT_EQ(shell("ORRERY run raft-kv --quiet --set duration=4s").out.find("never began"), std::string::npos);
    write("plan", "f1 crash target=server9 at=1s\n");
    expect_refused("ORRERY sweep raft-kv --seeds 1..3 --plan plan --json", 65,
                   "plan:1:17: f1: expected a host of this scenario, got 'server9'");
    // Whose operator says nothing of members, and who has none.
    write("plan", "f1 replace target=server1 at=1s for=1s\n");
    const Answer lost = shell("ORRERY run raft-drained --plan plan --quiet --set duration=4s");
    EXPECT_TRUE(has(lost.out, "\nnever began: f1 replace target=server1 at=1s for=1s\n  a replace begins only when its "
                              "host is a member"))
        << lost.out;
    expect_refused("ORRERY run raft-kv --plan plan", 65,
                   "plan:1:1: f1: expected a kind of fault that this scenario can have, got 'replace'");
    write("plan", "f1 reconfigure target=client0 at=1s for=1s\n");
    expect_refused("ORRERY run raft-membership --plan plan", 65,
                   "plan:1:23: f1: expected for a reconfigure one of server0, ");
}

// Nothing comes for a server within a nanosecond: that fault begins, and strikes nobody.
TEST_F(Executable, SaysWhichFaultsOfAPlanBeganAndChangedNothing) {
    write("plan", "f1 crash target=server0 at=1s for=2s\nf2 pause target=server1 at=1500ms for=1ns\n");
    const std::string run = "ORRERY run raft-kv --plan plan --set duration=4s ";
    const Answer told = shell(run + "--quiet");
    EXPECT_NE(told.out.find("\nbegan and changed nothing: f2 pause target=server1 at=1500ms for=1ns\n"),
              std::string::npos)
        << told.out;
    EXPECT_EQ(told.out.find("nothing: f1"), std::string::npos) << told.out;
    EXPECT_NE(shell(run + "--json").out.find("\"changed_nothing\":[\"f2 pause "), std::string::npos);
}

TEST_F(Executable, SaysHowToSeeWhyAHistoryIsNotRight) {
    const std::string hint = "; --counterexample shows why\n";
    EXPECT_EQ(shell("ORRERY run lazy-register --seed 1 --quiet --history h.jsonl").code, 1);
    EXPECT_NE(shell("ORRERY check h.jsonl").out.find(hint), std::string::npos);
    EXPECT_EQ(shell("ORRERY check h.jsonl --counterexample").out.find(hint), std::string::npos);
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 3 --quiet --history kv.jsonl").code, 0);
    EXPECT_EQ(shell("ORRERY check kv.jsonl").out.find(hint), std::string::npos);
    EXPECT_NE(shell("ORRERY check kv.jsonl --budget 1").out.find(hint), std::string::npos);
}

TEST_F(Executable, SaysWhatSpentItsBudgetOfEvents) {
    const std::string run = "ORRERY run raft-kv --quiet --set events=5000 ";
    const Answer told = shell(run);
    EXPECT_EQ(told.code, 2) << told.out;
    EXPECT_NE(
        told.out.find("undecided: the budget of 5000 events was spent; the last 5000 of them happened from 0s to "),
        std::string::npos)
        << told.out;
    EXPECT_NE(shell(run + "--json").out.find("\"undecided\":\"the budget of 5000 events was spent"), std::string::npos);
}

TEST_F(Executable, NeverCallsASweepWholeThatRanOutOfTime) {
    const std::string sweep = "ORRERY sweep raft-election --seeds 1..100000 --time 1s ";
    const Answer told = shell(sweep);
    EXPECT_EQ(told.code, 0) << told.out;
    EXPECT_EQ(told.out.find("passed:"), std::string::npos) << told.out;
    const std::string last = told.last_line();
    EXPECT_TRUE(last.starts_with("none failed: ")) << last;
    EXPECT_TRUE(last.ends_with(" of 100000 seeds, stopped by --time: raft-election")) << last;
    EXPECT_NE(shell(sweep + "--json").out.find("\"stopped_by\":\"time\""), std::string::npos);
    const Answer whole = shell("ORRERY sweep raft-election --seeds 1..2 --json " + std::string(quick));
    EXPECT_NE(whole.out.find("\"stopped_by\":null"), std::string::npos) << whole.out;
}

TEST_F(Executable, RepeatsAsManyPassingSeedsAsItIsAskedTo) {
    const std::string sweep = "ORRERY sweep raft-election --seeds 1..4 --json " + std::string(quick);
    EXPECT_NE(shell(sweep).out.find("\"verified\":1,"), std::string::npos);
    EXPECT_NE(shell(sweep + "--verify 1/2").out.find("\"verified\":2,"), std::string::npos);
    EXPECT_NE(shell(sweep + "--verify 0").out.find("\"verified\":0,"), std::string::npos);
}

TEST_F(Executable, SaysInLinesWhyARunIsUndecided) {
    const Answer told = shell("ORRERY run raft-kv --set budget=1 --set duration=4s --quiet");
    EXPECT_EQ(told.code, 2) << told.out;
    EXPECT_TRUE(has(told.out, "\nundecided: ")) << told.out;
    EXPECT_TRUE(has(told.out, "\n    try: a larger budget\n")) << told.out;
}

} // namespace
} // namespace orrery::scenarios
