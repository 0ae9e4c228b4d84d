// Repros that live: what git bisect is told, where a debugger would stop, and the kept ones that come before a sweep.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << "\n" << text;
    return text.replace(std::min(at, text.size()), from.size(), to);
}

constexpr int untestable = 125;

TEST_F(Executable, TellsGitBisectBadOnlyOfTheSameFailure) {
    const std::string repro = failure();
    const std::string bisect = "ORRERY replay --bisect ";
    const Answer same = shell(bisect + repro);
    EXPECT_EQ(same.code, 1) << same.out << same.err;
    EXPECT_TRUE(same.out.starts_with(repro + ": violated, linearizable/")) << same.out;
    EXPECT_TRUE(has(shell(bisect + repro + " --json").out, "\"same_fingerprint\":true"));
    // Other sources: whether they fail alike decides, not whether they run alike.
    const std::string foreign = replaced(read(repro), "\nsource ", "\nsource 0000");
    write("x.repro", replaced(foreign, "\nplan\n", "\noperations 0\nplan\n")); // nobody asks: nothing is wrong
    EXPECT_EQ(shell(bisect + "x.repro").code, 0);
    EXPECT_TRUE(has(shell(bisect + "x.repro").out, "\n  it does not fail any more\n"));
    write("x.repro", replaced(foreign, "\nexpect violated linearizable/", "\nexpect violated linear/"));
    EXPECT_EQ(shell(bisect + "x.repro").code, untestable);
    write("x.repro", replaced(foreign, "\nset events=20000000\n", "\nset events=50\n"));
    const Answer undecided = shell(bisect + "x.repro");
    EXPECT_EQ(undecided.code, untestable);
    EXPECT_TRUE(has(undecided.out, "\n  it is undecided now\n")) << undecided.out;
}

TEST_F(Executable, TellsGitBisectOfNothingThatItCannotTell) {
    const std::string repro = failure();
    const std::string text = read(repro);
    const auto expect_untestable = [&](const std::string& words, const std::string& why) {
        const Answer answer = shell("ORRERY replay --bisect " + words);
        EXPECT_EQ(answer.code, untestable) << words << answer.out;
        EXPECT_TRUE(has(answer.err + answer.out, why)) << words << answer.err << answer.out;
    };
    expect_untestable("nowhere.repro", "nowhere.repro: cannot be read");
    expect_untestable(repro + " " + repro, "--bisect takes one file");
    expect_untestable(repro + " --trace t.jsonl", "no other option");
    expect_untestable(repro + " --break-at 3", "no other option");
    write("newer.repro", replaced(text, "orrery repro 1", "orrery repro 2"));
    expect_untestable("newer.repro", "newer.repro:1:14: expected version 1");
    write("passes.repro", replaced(text, "\nexpect violated", "\nexpect passed"));
    expect_untestable("passes.repro", "passes.repro: expects no failure");
    // The same sources, and not what they recorded: something else is wrong.
    const std::size_t digest = text.find("\ndigest ") + 8;
    write("other.repro", std::string(text).replace(digest, 4, text.substr(digest, 4) == "0000" ? "1111" : "0000"));
    expect_untestable("other.repro", "the replay is not what was recorded");
}

TEST_F(Executable, SaysOfAMendedFailureThatItIsBack) {
    const std::string text = replaced(read(failure()), "\nsource ", "\nsource 0000");
    write("mended.repro", replaced(text, "\nexpect violated", "\nexpect passed"));
    const Answer back = shell("ORRERY replay mended.repro");
    EXPECT_EQ(back.code, 1);
    EXPECT_TRUE(has(back.out, "\n  the failure that was mended is back\n")) << back.out;
    EXPECT_TRUE(has(shell("ORRERY replay mended.repro --json").out, "\"same_fingerprint\":false"));
    write("mended.repro", replaced(read("mended.repro"), "\nplan\n", "\noperations 0\nplan\n"));
    const Answer mended = shell("ORRERY replay mended.repro");
    EXPECT_EQ(mended.code, 0);
    EXPECT_TRUE(has(mended.out, "\n  as expected\n")) << mended.out;
}

TEST_F(Executable, SaysWhichFaultOfARunThatDoesNotFailAnyMoreNeverBegan) {
    const std::string text = replaced(read(failure()), "\nsource ", "\nsource 0000");
    write("misspelt.repro", replaced(replaced(text, "\nplan\n", "\noperations 0\nplan\n"), "\nend\n",
                                     "\nf999 crash target=replica0 point=replica0:misspelt:1 for=1s\nend\n"));
    const Answer passed = shell("ORRERY replay misspelt.repro");
    EXPECT_EQ(passed.code, 0);
    EXPECT_TRUE(has(passed.out, "never began: f999 crash target=replica0 point=replica0:misspelt:1 for=1s\n"))
        << passed.out;
    EXPECT_TRUE(has(shell("ORRERY replay misspelt.repro --json").out, "f999 crash")) << passed.out;
    write("undecided.repro", replaced(text, "\nexpect violated", "\nexpect undecided"));
    const Answer decided = shell("ORRERY replay undecided.repro");
    EXPECT_EQ(decided.code, 1);
    EXPECT_TRUE(has(decided.out, "\n  it is decided now, and is a violation\n")) << decided.out;
}

// The same plan but for one crash: as if a change of the sources had it begin later.
TEST_F(Executable, NamesTheFirstEventThatPartedFromAnotherTrace) {
    write("a.plan", "f1 crash target=replica0 at=1s for=1s\n");
    write("b.plan", "f1 crash target=replica0 at=1500ms for=1s\n");
    const std::string run = "ORRERY run lazy-register --seed 1 --quiet --set duration=3s --set latency=15ms --out ";
    EXPECT_EQ(shell(run + "a --plan a.plan").code, 1);
    EXPECT_EQ(shell(run + "b --plan b.plan").code, 1);
    std::vector<std::string> repros;
    for (const std::string& name : left())
        if (name.ends_with(".repro")) repros.push_back(name);
    ASSERT_EQ(repros.size(), 2u);
    EXPECT_EQ(shell("ORRERY replay " + repros[0] + " --trace a.jsonl").code, 1);
    const Answer same = shell("ORRERY replay " + repros[0] + " --against a.jsonl");
    EXPECT_EQ(same.code, 1);
    EXPECT_TRUE(has(same.out, "\nagainst the other trace:\n  the two are the same\n")) << same.out;
    EXPECT_TRUE(has(shell("ORRERY replay --json " + repros[0] + " --against a.jsonl").out, ",\"parted\":null}"));
    const Answer parted = shell("ORRERY replay " + repros[1] + " --against a.jsonl");
    EXPECT_EQ(parted.code, 1); // as the verdict says
    EXPECT_TRUE(has(parted.out, " events are the same; then another one begins\n    then: event ")) << parted.out;
    EXPECT_TRUE(has(parted.out, " at 1.000 s, caused by nothing in the run\n    now:  event ")) << parted.out;
    const Answer json = shell("ORRERY replay --json " + repros[1] + " --against a.jsonl --trace b.jsonl");
    EXPECT_TRUE(has(json.out, ",\"parted\":{\"agreed\":")) << json.out;
    EXPECT_TRUE(has(json.out, ",\"then\":{\"event\":\"")) << json.out;
    EXPECT_TRUE(read("b.jsonl").starts_with("{\"type\":\"trace\""));
    // A trace of something else, and what is none.
    const std::string other = "ORRERY replay scenarios.repro --against a.jsonl";
    write("scenarios.repro", replaced(read(repros[0]), "\nseed 1\n", "\nseed 2\n"));
    EXPECT_EQ(shell(other).code, 65);
    EXPECT_TRUE(has(shell(other).err, "a.jsonl:1:1: expected a trace of lazy-register, seed 2, got one of"));
    EXPECT_EQ(shell("ORRERY replay " + repros[0] + " --against " + repros[1]).code, 65);
    EXPECT_EQ(shell("ORRERY replay " + repros[0] + " --against nowhere.jsonl").code, 65);
    EXPECT_EQ(shell("ORRERY replay a b --against a.jsonl").code, 64);
}

TEST_F(Executable, SaysWithoutADebuggerWhereItWouldStop) {
    const std::string repro = failure();
    const std::string replay = "ORRERY replay " + repro + " ";
    const Answer first = shell(replay + "--break-at 1");
    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_TRUE(has(first.out, ", number 1, at 0.000 s: a boot on replica")) << first.out;
    EXPECT_TRUE(first.last_line().ends_with(" replay " + repro + " --break-at 1 --gdb")) << first.out;
    // The same event by its identity, by its number, and as the one before the next.
    const std::string second = shell(replay + "--break-at 2").out;
    const std::string event = second.substr(second.find("\nevent ") + 7, 16);
    EXPECT_EQ(shell(replay + "--break-at " + event).out, second);
    EXPECT_EQ(shell(replay + "--break-at 0x" + event).out, second);
    EXPECT_EQ(shell(replay + "--break-at 5 --back 3").out, second);
    EXPECT_EQ(shell(replay + "--break-at 5 --back 300").out, first.out); // not before the start
    // The finding's event, if none is named; and by time.
    const std::string told = shell(replay).out;
    const std::string found = told.substr(told.find(", in event ") + 11, 16);
    EXPECT_TRUE(has(shell(replay + "--back 1").out, "\nevent ")) << told;
    const Answer until = shell(replay + "--until 200ms");
    EXPECT_TRUE(has(until.out, ", at 0.2")) << until.out;
    const std::string last = shell(replay + "--break-at " + found).out;
    const std::string number = last.substr(last.find(", number ") + 9, last.find(", at ") - last.find(", number ") - 9);
    EXPECT_TRUE(has(shell(replay + "--back 1").out, ", number " + std::to_string(std::stoull(number) - 1) + ","));
}

TEST_F(Executable, RefusesEventsThatAreNotThere) {
    const std::string repro = failure();
    const auto refuse = [&](const std::string& words, int code, const std::string& why) {
        const Answer answer = shell("ORRERY replay " + words);
        EXPECT_EQ(answer.code, code) << words << answer.out;
        EXPECT_TRUE(has(answer.err, why)) << words << answer.err;
    };
    refuse(repro + " --break-at 0000000000000001", 64, "no event 0000000000000001 began in this run");
    refuse(repro + " --break-at 999999999", 64, "the run has no event number 999999999");
    refuse(repro + " --until 999s", 64, "no event began from 999s on");
    refuse(repro + " --break-at 0000000000000001 --back 3", 64, "no event 0000000000000001 began");
    refuse(repro + " --break-at 0", 64, "--break-at expects an event: its identity, 16 hexadecimal digits, or its");
    refuse(repro + " --break-at seven", 64, "got 'seven'");
    refuse(repro + " --until -1s", 64, "--until expects a time of the run in ns, us, ms or s, like 1322ms, got '-1s'");
    refuse(repro + " --break-at 3 --until 1s", 64, "--break-at and --until both name the event");
    refuse("found --gdb", 64, "a debugger takes one file");
    write("passes.repro",
          "orrery repro 1\nscenario raft-election\nseed 1\nset duration=1s\nset recovery=0s\nplan\nend\n"
          "expect passed\ndigest 0000000000000000\n");
    refuse("passes.repro --back 3", 64, "this run has no finding with an event; name one with --break-at or --until");
    // A machine without gdb.
    const Answer without = shell("PATH=/nowhere ORRERY replay " + repro + " --gdb");
    EXPECT_EQ(without.code, 69);
    EXPECT_TRUE(has(without.err, "gdb cannot be started: No such file or directory; install it with: ")) << without.err;
}

const std::string kept_pass =
    "orrery repro 1\nscenario rpc-at-most-once\nseed 1\nset duration=1s\nset recovery=1s\nplan\n"
    "end\nexpect passed\ndigest 0000000000000000\n";

TEST_F(Executable, BeginsASweepWithTheKeptReprosOfItsScenario) {
    const std::string sweep = "ORRERY sweep rpc-at-most-once --seeds 1..2 --set duration=3s ";
    const Answer without = shell(sweep);
    files::create_directories(home_ + "/here/repros/deeper");
    write("repros/deeper/passes.repro", kept_pass);
    write("repros/flawed.repro", replaced(kept_pass, "\nset", "\nset flaws=rpc_boot_not_in_request_id\nset"));
    write("repros/other.repro", replaced(kept_pass, "rpc-at-most-once", "raft-kv"));
    const Answer with = shell(sweep);
    EXPECT_EQ(with.code, without.code) << with.err;
    EXPECT_TRUE(has(with.out,
                    "rpc-at-most-once, seeds 1..2\nrpc-at-most-once: 1 of 1 kept repros passed\nrpc-at-most-once: 2 "))
        << with.out;
    EXPECT_FALSE(has(without.out, "kept"));
    const Answer json = shell(sweep + "--json");
    EXPECT_TRUE(
        json.out.starts_with("{\"type\":\"kept\",\"version\":1,\"scenario\":\"rpc-at-most-once\",\"file\":\"repros/"
                             "deeper/passes.repro\",\"verdict\":\"passed\",\"finding\":null,"))
        << json.out;
    // The other parts of a sweep leave it to the first.
    EXPECT_TRUE(has(shell(sweep + "--shard 0/2").out, "kept"));
    EXPECT_FALSE(has(shell(sweep + "--shard 1/2").out, "kept"));
    // Where they are may stand in orrery.toml.
    files::rename(home_ + "/here/repros", home_ + "/here/mine");
    EXPECT_FALSE(has(shell(sweep).out, "kept"));
    write("orrery.toml", "repros = \"mine\"\n");
    EXPECT_TRUE(has(shell(sweep).out, "1 of 1 kept repros passed"));
}

TEST_F(Executable, FailsASweepWhoseKeptReproFails) {
    const std::string text = read(failure());
    files::create_directories(home_ + "/here/repros");
    write("repros/a.repro", text); // whatever it expects
    write("repros/b.repro", replaced(text, "\nexpect violated", "\nexpect passed"));
    const std::string sweep = "ORRERY sweep lazy-register --seeds 1..1 --set duration=1s --faults none ";
    const Answer stopped = shell(sweep + "--until-failure --junit j.xml");
    EXPECT_EQ(stopped.code, 1) << stopped.out;
    EXPECT_TRUE(has(stopped.out, "repros/a.repro: violated, linearizable/")) << stopped.out;
    EXPECT_TRUE(has(stopped.out, "lazy-register: 0 of 2 kept repros passed\n")) << stopped.out;
    EXPECT_FALSE(has(stopped.out, "1 seeds")) << stopped.out; // no seed was run
    EXPECT_TRUE(stopped.last_line().ends_with(" replay repros/a.repro")) << stopped.out;
    EXPECT_TRUE(has(read("j.xml"), "name=\"repros/b.repro\"")) << read("j.xml");
    const Answer whole = shell(sweep);
    EXPECT_EQ(whole.code, 1) << whole.out;
    EXPECT_TRUE(has(whole.out, "\nlazy-register: 1 seeds, ")) << whole.out;
}

TEST_F(Executable, ReadsEveryKeptReproBeforeItRunsAnything) {
    const std::string sweep = "ORRERY sweep rpc-at-most-once --seeds 1..2 " + std::string(quick);
    files::create_directories(home_ + "/here/repros");
    write("repros/a.repro", kept_pass);
    write("repros/broken.repro", replaced(kept_pass, "rpc-at-most-once", "rpc-at-most-onces"));
    expect_refused(sweep, 65, "repros/broken.repro:2:10: expected the name of a scenario");
    expect_refused(sweep + "--repros nowhere", 65, "nowhere: cannot be read: No such file or directory");
}

} // namespace
} // namespace orrery::scenarios
