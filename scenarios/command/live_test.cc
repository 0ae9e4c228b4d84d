// Scenarios as real processes: what is struck, judged and cleaned up, what a process of its own says and how it ends,
// and what of all this is refused. A live run takes seconds, so there are few.
#include "orrery/scenarios/command/executable_test.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {
namespace {

// The processes of the system, other than this one, that were started with a word in their command line.
std::size_t processes_with(const std::string& word) {
    std::size_t count = 0;
    for (const auto& each : files::directory_iterator("/proc")) {
        const std::string name = each.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos || name == std::to_string(getpid())) continue;
        if (has(text_of(each.path().string() + "/cmdline"), word)) ++count;
    }
    return count;
}

constexpr const char* three_servers = "server 0 127.77.0.1:7000\n"
                                      "server 1 127.77.0.2:7000\n"
                                      "server 2 127.77.0.3:7000\n"
                                      "client 0 127.77.0.4:0\n";
constexpr const char* serve_server = "ORRERY serve raft-kv --role server --cluster cluster --data data ";

TEST_F(Executable, RunsAScenarioAsProcessesThatAreKilledAndJudgesWhatTheyDid) {
    write("kill.plan", "f1 crash target=raft.role=leader at=1200ms for=200ms\n"
                       "f2 pause target=raft.role=leader state=raft.role=leader:2 for=150ms\n"
                       "f3 lost message=server2>server0:raft.vote_reply:3\n");
    const Answer run = shell("ORRERY live raft-kv --time 4s --plan kill.plan --set think=20ms --out run");
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_TRUE(has(run.out, "is killed")) << run.out;
    EXPECT_TRUE(has(run.out, "fault begins: f1 crash target=raft.role=leader at=1200ms for=200ms (server")) << run.out;
    EXPECT_TRUE(has(run.out, "left out: 1 of kind lost; strikes a single message")) << run.out;
    EXPECT_TRUE(has(run.out, "progress was not judged, for 1s after the faults are too short")) << run.out;
    EXPECT_EQ(processes_with(home_), 0u);
    const Answer history = shell("ORRERY check run/history.jsonl");
    EXPECT_EQ(history.code, 0) << history.out << history.err;
    EXPECT_EQ(shell("ORRERY check run").code, 0); // the folder as well
    const Answer logs = shell("ORRERY check --monitors raft run/logs/*.jsonl");
    EXPECT_EQ(logs.code, 0) << logs.out << logs.err;
    EXPECT_TRUE(logs.out.starts_with("raft-kv: passed (")) << logs.out;
    EXPECT_EQ(shell("ORRERY trace run/trace.jsonl --where 'kind=crash name=killed'").code, 0);
    EXPECT_EQ(shell("ORRERY live raft-kv --out run").code, 64); // it is not empty
}

TEST_F(Executable, CatchesAServerThatForgetsWhatItAcknowledgedWhenItIsReallyKilled) {
    // A kill is seen when a read comes before the next write, every other time: of sixteen kills, once in 65,536 runs
    // none is seen.
    std::string plan;
    for (int i = 1; i <= 16; ++i)
        plan += "f" + std::to_string(i) + " crash target=server0 at=" + std::to_string(200 + 200 * i) + "ms for=50ms\n";
    write("kills.plan", plan);
    const Answer run = shell("ORRERY live forgetful-register --time 4s --plan kills.plan --set clients=10 --set "
                             "think=20ms --set recovery=0s");
    EXPECT_EQ(run.code, 1) << run.out << run.err;
    EXPECT_TRUE(has(run.out, "what the clients saw")) << run.out;
    EXPECT_EQ(left(), (std::vector<std::string>{"kills.plan", "orrery-out",
                                                "orrery-out/forgetful-register-live-1.happened.repro",
                                                "orrery-out/forgetful-register-live-1.history.jsonl",
                                                "orrery-out/forgetful-register-live-1.trace.jsonl"}));
    const Answer history = shell("ORRERY check --counterexample orrery-out/*.history.jsonl");
    EXPECT_EQ(history.code, 1) << history.out;
    // The faults and operations as they were, simulated: the last line says how, and the same bug is there.
    const std::string line = run.last_line();
    EXPECT_TRUE(has(line, " run forgetful-register --seed 1 --set clients=10 --set think=20ms --set recovery=0s "
                          "--set duration=4s --set recovery=0s --plan "))
        << line;
    const Answer simulated = shell(line);
    EXPECT_EQ(simulated.code, 1) << line << simulated.out << simulated.err;
}

// The last write that a client was told of reached no disk, and all machines lose their power. Where the code syncs,
// nothing is lost; and where only processes die, the operating system has all that was written.
TEST_F(Executable, TakesFromServersWhatTheyDidNotSyncWhenTheyLoseTheirPower) {
    const std::string plan = "f1 KIND target=server0,server1,server2 at=1200ms for=100ms\n"
                             "f2 KIND target=server0,server1,server2 at=2400ms for=100ms\n"
                             "f3 KIND target=server0,server1,server2 at=3600ms for=100ms\n";
    const auto run = [&](const std::string& kind, const std::string& flaws, const std::string& judges = "all") {
        std::string text = plan;
        for (std::size_t at = 0; (at = text.find("KIND")) != std::string::npos;) text.replace(at, 4, kind);
        write("all.plan", text);
        return shell("ORRERY live raft-kv --time 5s --plan all.plan --set think=10ms --set servers=3 --set recovery=0s "
                     "--judges " +
                     judges + " --set flaws=" + flaws);
    };
    const Answer lost = run("power", "raft_append_ack_before_sync");
    if (has(lost.out, "left out: 3 of kind power")) GTEST_SKIP() << "no files without names here";
    EXPECT_EQ(lost.code, 1) << lost.out << lost.err;
    EXPECT_TRUE(has(lost.out, "each kill was a loss of power")) << lost.out;
    const Answer right = run("power", "");
    EXPECT_EQ(right.code, 0) << right.out << right.err;
    const Answer killed = run("crash", "raft_append_ack_before_sync", "histories"); // monitors see it at once
    EXPECT_EQ(killed.code, 0) << killed.out << killed.err;
    EXPECT_FALSE(has(killed.out, "loss of power")) << killed.out;
}

TEST_F(Executable, BeginsFaultsWhereAProcessHasCountedToTheirTrigger) {
    write("counted.plan", "f1 crash target=server0 point=server0:raft.before_sync:3 for=100ms\n"
                          "f2 crash target=server1 effect=server1:sync:10 after=50ms for=100ms\n"
                          "f3 pause target=server2 message=rpc.request:40 since=500ms for=100ms\n"
                          "f4 crash target=server2 effect=server2:send:1000000000\n");
    const Answer run = shell("ORRERY live raft-kv --time 4s --plan counted.plan --set think=10ms --set servers=3 "
                             "--set recovery=0s --out run");
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_TRUE(has(run.out, " 3 faults\n")) << run.out;
    EXPECT_TRUE(has(run.out, "never began: f4")) << run.out;
    // It was killed at the third point, where its third entry was written and not yet known to be durable.
    const std::string log = read("run/logs/server0.1.jsonl");
    std::size_t appended = 0;
    for (std::size_t at = 0; (at = log.find("\"raft.append\"", at)) != std::string::npos; ++at) ++appended;
    EXPECT_GE(appended, 2u) << log;
    EXPECT_TRUE(has(read("run/logs/server0.2.jsonl"), "\"type\":\"boot\"")) << run.out;
}

TEST_F(Executable, HasTestedNothingWhereAllFaultsWereLeftOut) {
    write("drain.plan", "f1 drain target=server1 at=500ms for=1s\n");
    const std::string live = "ORRERY live raft-drained --time 3s --plan drain.plan --set servers=3 ";
    const Answer run = shell(live);
    EXPECT_EQ(run.code, 4) << run.out << run.err;
    EXPECT_TRUE(has(run.out, "\nvacuous: ")) << run.out;
    EXPECT_TRUE(has(run.out, "all its faults were left out, so nothing was tested\n")) << run.out;
    EXPECT_TRUE(has(shell(live + "--json").out, "\"verdict\":\"vacuous\"")) << run.out;
}

TEST_F(Executable, JudgesWhetherClientsGetAnswersAfterTheFaults) {
    write("none.plan", "f1 pause target=server0 at=1ms for=1ms\n");
    const std::string live = "ORRERY live raft-kv --time 2s --plan none.plan --set servers=3 ";
    // They think longer than that.
    const Answer slow = shell(live + "--set recovery=400ms --set think=60s");
    EXPECT_EQ(slow.code, 1) << slow.out << slow.err;
    EXPECT_TRUE(has(slow.out, "client0 got 0 answers to operations invoked after the heal")) << slow.out;
    EXPECT_TRUE(has(slow.out, "progress")) << slow.out;
    const Answer quick =
        shell("ORRERY live raft-kv --time 6s --plan none.plan --set servers=3 --set recovery=1500ms --set think=10ms");
    EXPECT_EQ(quick.code, 0) << quick.out << quick.err;
    EXPECT_FALSE(has(quick.out, "progress was not judged")) << quick.out;
    EXPECT_EQ(shell(live + "--set recovery=400ms --set think=60s --judges histories").code, 4);
    const Answer asked_not = shell(live + "--set recovery=0s --set think=10ms");
    EXPECT_EQ(asked_not.code, 0) << asked_not.out;
    EXPECT_TRUE(has(asked_not.out, "progress was not judged")) << asked_not.out;
}

// Where the kernel gives a network to the run, and nft has rules of chance: half of all messages are lost, one client's
// all.
TEST_F(Executable, LosesAndDoublesMessagesInANetworkOfTheRunsOwn) {
    write("rates.plan", "f1 loss target=client0>server0 at=300ms probability=1/1\n"
                        "f2 loss target=* at=100ms for=1500ms probability=1/2\n"
                        "f3 duplication target=* at=0ms probability=1/2\n");
    const Answer run = shell("ORRERY live forgetful-register --time 2s --plan rates.plan --set think=5ms "
                             "--set recovery=0s --out run");
    if (has(run.out, "left out:")) GTEST_SKIP() << "no network namespaces here, or no rates";
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_TRUE(has(run.out, " 3 faults")) << run.out;
    const std::string ok = R"("type":"ok")";
    const std::string unknown = R"("type":"info")";
    const std::string first = read("run/histories/client0.jsonl");
    const std::string other = read("run/histories/client1.jsonl");
    const auto count = [&](const std::string& text) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = text.find(unknown, at)) != std::string::npos; ++at) ++found;
        return found;
    };
    // Since its link loses all, it is told nothing; the other one is, if not always.
    EXPECT_GE(count(first.substr(first.rfind(ok) + 1)), 5u) << first; // npos + 1 is 0
    EXPECT_GE(count(other.substr(0, other.rfind(ok) + 1)), 1u) << other;
}

// The tool that tells the kernel of rates does not do it a third time: it was tried, and then a fault begins. A run
// that goes on all the same lasts longer than the test may.
TEST_F(Executable, EndsWhenTheNetworkCanNoMoreBeChangedAndLeavesNothing) {
    files::create_directories(home_ + "/here/bin");
    files::create_directories(home_ + "/here/temporary");
    write("rates.plan", "f1 loss target=* at=200ms probability=1/2\n");
    const std::string nft = shell("command -v nft || echo /usr/sbin/nft").out;
    write("bin/nft", "#!/bin/sh\necho >>\"$COUNTED\"\n[ $(wc -l <\"$COUNTED\") -le 2 ] && exec " +
                         nft.substr(0, nft.find('\n')) + " \"$@\"\necho 'Error: out of order' >&2\nexit 1\n");
    const std::string live = "chmod +x bin/nft; export COUNTED=\"$PWD/counted\" PATH=\"$PWD/bin:$PATH\" "
                             "TMPDIR=\"$PWD/temporary\"; ORRERY live forgetful-register --time 600s --plan rates.plan "
                             "--set recovery=0s; code=$?; while [ -n \"$(ls temporary)\" ]; do :; done; exit $code";
    const Answer run = shell(live);
    if (has(run.out, "left out:")) GTEST_SKIP() << "no network namespaces here, or no rates";
    EXPECT_EQ(run.code, 69) << run.out << run.err;
    EXPECT_TRUE(has(run.err, "orrery: the network of the run can no more be changed: nft says: Error: out of order\n"))
        << run.err;
    EXPECT_EQ(processes_with(home_), 0u);
}

// Where the kernel gives a network to the run: then a client that is cut off from the only server is told nothing.
TEST_F(Executable, CutsLinksInANetworkOfTheRunsOwn) {
    write("cut.plan", "f1 cut target=server0 at=0ms from=client0,client1 direction=in\n"
                      "f2 cut target=client2>server0 at=1s\n");
    const Answer run = shell("ORRERY live forgetful-register --time 2s --plan cut.plan --set think=10ms "
                             "--set recovery=0s --out run");
    if (has(run.out, "left out: 2 of kind cut")) GTEST_SKIP() << "no network namespaces here";
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_TRUE(has(run.out, " 2 faults")) << run.out;
    const std::string ok = R"("type":"ok")";
    const std::string first = read("run/histories/client0.jsonl");
    const std::string third = read("run/histories/client2.jsonl");
    EXPECT_FALSE(has(first, ok)) << first;
    EXPECT_TRUE(has(third, ok)) << third; // until its link was cut too
    EXPECT_GT(third.rfind(R"("type":"info")"), third.rfind(ok)) << third;
}

TEST_F(Executable, LeavesNothingOfALiveRunHoweverItEnds) {
    files::create_directories(home_ + "/here/temporary");
    // Until a server says something, then until all is gone; what never happens runs into the time of the test.
    const std::string begin = "export TMPDIR=\"$PWD/temporary\"; ORRERY live raft-kv --time 60s >told 2>&1 & "
                              "until cat temporary/*/logs/server0.*.jsonl 2>/dev/null | grep -q raft; do :; done; ";
    const std::string gone = "while [ -n \"$(ls temporary)\" ]; do :; done; ";
    EXPECT_EQ(shell(begin + "kill -9 $!; wait $!; " + gone).code, 0);
    EXPECT_EQ(processes_with(home_), 0u);
    const Answer interrupted = shell(begin + "kill -INT $!; wait $!; echo $?; " + gone);
    EXPECT_EQ(interrupted.out, "130\n");
    EXPECT_TRUE(has(read("told"), ", up to where it was interrupted\n")) << read("told");
    EXPECT_EQ(processes_with(home_), 0u);
}

TEST_F(Executable, ServesOneProcessUntilItIsToldToEnd) {
    write("cluster", three_servers);
    // In braces: else the shell takes the folder into the background too.
    const std::string begin = "{ " + std::string(serve_server) + "--log log >told & }; server=$!; ";
    const Answer served =
        shell(begin + "until grep -q raft.role log 2>/dev/null; do :; done; " + serve_server + "; echo $?; " +
              serve_server + "--data other 2>&1 | grep -o 'given twice'; kill $server; wait $server; echo $?");
    EXPECT_EQ(served.out, "69\ngiven twice\n0\n") << served.err;
    EXPECT_TRUE(has(served.err, "the data directory data belongs to another process that runs")) << served.err;
    EXPECT_EQ(read("told"), "server0 of raft-kv, at 127.77.0.1:7000\n");
    EXPECT_TRUE(has(read("log"), R"("type":"state")")) << read("log");
    EXPECT_TRUE(has(read("log"), R"("hosts":["server0","server1","server2","client0"])")) << read("log");
}

TEST_F(Executable, ServesAClientThatGoesOnWhereItWasKilled) {
    write("cluster", "server 0 127.77.0.1:7000\nclient 0 127.77.0.4:0\n");
    write("asked", "{\"type\":\"history\",\"version\":1,\"model\":\"register\",\"settings\":{}}\n"
                   "{\"type\":\"invoke\",\"process\":0,\"f\":\"write\",\"value\":7,\"time\":\"1\",\"index\":0}\n"
                   "{\"type\":\"inv");
    const Answer client = shell("ORRERY serve forgetful-register --role client --cluster cluster --history asked "
                                "--time 300ms --set think=1ms --quiet");
    EXPECT_EQ(client.code, 0) << client.err;
    EXPECT_EQ(client.out, "");
    EXPECT_TRUE(has(read("asked"), R"("process":1,)")) << read("asked");
    const Answer judged = shell("ORRERY check asked");
    EXPECT_EQ(judged.code, 4) << judged.out << judged.err; // nobody was there to answer
}

TEST_F(Executable, SaysOfAProcessThatDiedWhatItDiedOf) {
    write("cluster", "server 0 127.77.1.1:7000\nserver 1 127.77.1.2:7000\n");
    const Answer died = shell(NOISY_EXECUTABLE " serve mortal --role server --cluster cluster --data d");
    EXPECT_EQ(died.code, 128 + SIGABRT);
    const Answer live = shell(NOISY_EXECUTABLE " live mortal --time 1s --faults none");
    EXPECT_EQ(live.code, 1) << live.out << live.err;
    EXPECT_TRUE(has(live.out, " ended with signal 6: NOISE of a beat")) << live.out;
}

TEST_F(Executable, RefusesWhatCannotBeServed) {
    write("cluster", three_servers);
    write("strange", "server 0 127.77.0.1:7000\nservant 0 127.77.0.1:8000\n");
    write("lonely", "client 0 127.77.0.1:7000\n");
    write("away", "server 0 192.0.2.1:7000\n");
    const std::string serve = "ORRERY serve raft-kv ";
    expect_refused(serve, 64, "serve needs a --role; scenario raft-kv has server, client");
    expect_refused(serve + "--role server", 64, "serve needs a --cluster");
    expect_refused(serve + "--role servr --cluster cluster", 64, "did you mean 'server'?");
    expect_refused(serve + "--role server --cluster none --data d", 65, "none: cannot be read");
    expect_refused(serve + "--role server --cluster cluster", 64, "role server has a disk; name a folder");
    expect_refused(serve + "--role server --cluster cluster --index 3 --data d", 65, "cluster: names no server 3");
    expect_refused(serve + "--role server --cluster strange --data d", 65, "strange:2:1: expected a role of raft-kv");
    expect_refused(serve + "--role client --cluster lonely", 65, "lonely: names no server");
    expect_refused(serve + "--role server --cluster away --data d", 65, "'192.0.2.1' is no address of this machine");
    expect_refused(std::string(serve_server) + "--set servers=5", 64, "the cluster has 3 of the role server, not 5");
    expect_refused(std::string(serve_server) + "--history h", 64, "only clients write a history");
    expect_refused(std::string(serve_server) + "--time 1s", 64, "only clients end by themselves");
    expect_refused(serve + "--role client --cluster cluster --history cluster", 64, "are the same file");
    expect_refused("ORRERY serve raft-kw --role server", 64, "there is no scenario 'raft-kw'");
    expect_refused("ORRERY live raft-kv --time 8s --judges progress", 64, "not judged by progress: that takes");
    expect_refused("ORRERY live raft-kv --plan none", 65, "none: cannot be read");
}

TEST_F(Executable, WatchesLogsWithTheMonitorsThatAreNamed) {
    const std::string head = R"({"type":"trace","version":2,"scenario":"raft-kv","seed":"1","source":"","hosts":)";
    const auto leads = [](const std::string& host, const std::string& event) {
        return R"({"type":"boot","time":"5","event":"00000000000000)" + event + R"(","host":")" + host +
               R"(","name":"x"})" + "\n" + R"({"type":"note","time":"9","event":"0000000000000003","host":")" + host +
               R"(","name":"raft.leader","fields":{"term":1,"last_index":0}})" + "\n";
    };
    write("one", head + R"(["a","b"]})" + "\n" + leads("a", "01"));
    write("two", head + R"(["a","b"]})" + "\n" + leads("b", "02") + R"({"type":"note","ti)"); // killed while it wrote
    write("other", head + R"(["c"]})" + "\n" + leads("c", "02"));
    write("short", head + R"(["a"]})" + "\n" + R"({"type":"note","time":"9","event":"0000000000000003","host":"a",)" +
                       R"("name":"raft.append"})" + "\n");
    EXPECT_EQ(shell("ORRERY check --monitors raft one").code, 0);
    EXPECT_EQ(shell("ORRERY check --monitors all short").code, 0);
    EXPECT_EQ(shell("ORRERY check --monitors raft two").err, "two: its last line was cut, and is left out\n");
    const Answer both = shell("ORRERY check --monitors raft one two --junit junit.xml");
    EXPECT_EQ(both.code, 1) << both.out << both.err;
    EXPECT_TRUE(has(both.out, "b and a both lead term 1")) << both.out;
    EXPECT_TRUE(has(read("junit.xml"), "two leaders")) << read("junit.xml");
    // Of what a monitor judges nothing is there: then it has passed nothing.
    const Answer blind = shell("ORRERY check --monitors all,paxos short --junit blind.xml");
    EXPECT_EQ(blind.code, 4) << blind.out << blind.err;
    EXPECT_TRUE(blind.out.starts_with("raft-kv: vacuous (")) << blind.out;
    EXPECT_TRUE(has(blind.out, "\nnot judged by paxos: nothing here is a note or a state of paxos.\n")) << blind.out;
    EXPECT_TRUE(has(read("blind.xml"), "vacuous")) << read("blind.xml");
    const Answer machine = shell("ORRERY check --monitors paxos one --json");
    EXPECT_EQ(machine.code, 4);
    EXPECT_TRUE(has(machine.out, R"("deaf":[],"blind":["paxos"])")) << machine.out;
    EXPECT_EQ(shell("ORRERY check --monitors paxos,raft one two").code, 1); // what is found is found
    expect_refused("ORRERY check --monitors raft one other", 65, "other:1:1: expected a log of the same run as one");
    expect_refused("ORRERY check --monitors raf one", 64, "there is no monitor 'raf'");
    expect_refused("ORRERY check --monitors raft", 64, "needs the names of logs");
    expect_refused("ORRERY check --monitors raft --model kv one", 64, "leave out --model");
    expect_refused("ORRERY check --monitors raft none", 65, "none: cannot be read");
}

} // namespace
} // namespace orrery::scenarios
