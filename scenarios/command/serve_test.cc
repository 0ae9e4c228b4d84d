// Servers that stand alone, and how a process ends that is served.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

class Serves : public Executable {
protected:
    // Of the loopback interface, and no other test's.
    std::string own_address() const {
        const auto process = static_cast<unsigned>(getpid());
        return "127." + std::to_string(101 + process % 100) + "." + std::to_string(process / 100 % 250) + ".2";
    }
    std::string at_ = own_address() + ":1234";
    std::string served(const std::string& words) const {
        return "rm -f told; { " + words + " >told & }; server=$!; until [ -s told ]; do :; done; ";
    }
    std::string ended_by(const std::string& signal) const { return "kill -" + signal + " $server; wait $server; "; }
};

TEST_F(Serves, AServerThatStandsAloneSaysWhereItIsAndAnswersThere) {
    const Answer answer = shell(served("ORRERY serve rpc-arith --listen " + at_) + "ORRERY call " + at_ +
                                R"( Arith.Multiply '{"A":7,"B":8}'; )" + ended_by("TERM") + "echo $?");
    EXPECT_EQ(answer.out, "56\n0\n") << answer.err;
    EXPECT_EQ(answer.err, "");
    EXPECT_EQ(read("told"), "server0 of rpc-arith, at " + at_ + "\n");
}

TEST_F(Serves, APortIsRefusedWhileItIsInUseAndFreeAtOnceAfterwards) {
    const std::string serve = "ORRERY serve rpc-arith --listen " + at_;
    const std::string call = "ORRERY call " + at_ + " Arith.Multiply '{}' --protocol gob; ";
    const Answer answer =
        shell(served(serve) + serve + "; echo $?; " + call + ended_by("INT") + served(serve) + call + ended_by("HUP"));
    EXPECT_EQ(answer.out, "69\n0\n0\n");
    EXPECT_EQ(answer.err, "orrery: another process has a port of " + at_ + ", or of the 9 after it\n");
    EXPECT_EQ(answer.code, 0);
}

// It may be a device. (By a link, lest a mistake take the machine's own away.)
TEST_F(Serves, ALogThatIsNoOrdinaryFileIsWrittenToAndStays) {
    write("cluster", "server 0 " + own_address() + ":7000\nclient 0 " + own_address() + ":0\n");
    const Answer full = shell("ln -s /dev/full log; ORRERY serve forgetful-register --role client --cluster cluster "
                              "--log log --time 1ms; echo $?; test -L log && test -c /dev/full && echo there");
    EXPECT_EQ(full.out, "69\nthere\n") << full.err;
    EXPECT_TRUE(has(full.err, "cannot write log: No space left on device")) << full.err;
}

// As a live run starts all its processes, to let them go on together.
TEST_F(Serves, AProcessThatIsHeldBeginsWhenItIsLetGoOn) {
    const std::string waits = "until [ -s told ] || grep -q '^State:.T' /proc/$server/status; do :; done; ";
    const Answer held =
        shell("rm -f told; { ORRERY serve rpc-arith --listen " + at_ + " --hold >told & }; server=$!; " + waits +
              "[ -s told ] && echo early; kill -CONT $server; " + "until [ -s told ]; do :; done; " + ended_by("TERM") +
              "echo $?");
    EXPECT_EQ(held.out, "0\n") << held.err;
}

TEST_F(Serves, TheFolderOfADiskIsMadeWithThoseAboveIt) {
    write("cluster", "server 0 " + at_ + "\n");
    const Answer served_once = shell(served("ORRERY serve raft-kv --role server --cluster cluster --data a/b/c") +
                                     ended_by("TERM") + "ls a/b/c");
    EXPECT_EQ(served_once.out, "raft.log.00000001\n") << served_once.err;
}

// What its first start said is still there, and monitors see two starts of one host.
TEST_F(Serves, AServerThatIsStartedAgainGoesOnInItsLog) {
    write("cluster", "server 0 " + at_ + "\n");
    const std::string serve = served("ORRERY serve raft-kv --role server --cluster cluster --data data --log log");
    const std::string until_it_leads = "until [ $(grep -c raft.leader log) = $starts ]; do :; done; ";
    const Answer twice = shell("starts=1; " + serve + until_it_leads + "kill -9 $server; wait $server; starts=2; " +
                               serve + until_it_leads + ended_by("TERM") + "grep -c '\"boot\"' log");
    EXPECT_EQ(twice.out, "2\n") << twice.err;
    EXPECT_EQ(twice.err.find("orrery:"), std::string::npos) << twice.err;
    const Answer judged = shell("ORRERY check --monitors raft log");
    EXPECT_EQ(judged.code, 0) << judged.out << judged.err;
    EXPECT_EQ(judged.err, "");
    // It led one term after the other; the same term twice, by two hosts, would be found (live_test.cc).
    EXPECT_EQ(shell("ORRERY trace log --where 'name=raft.leader' | wc -l").out, "2\n");
}

TEST_F(Serves, ALastLineThatWasCutIsLeftOutAndNamed) {
    write("cluster", "server 0 " + at_ + "\n");
    const std::string serve = served("ORRERY serve raft-kv --role server --cluster cluster --data data --log log");
    EXPECT_EQ(shell(serve + "until grep -q raft.leader log; do :; done; " + ended_by("TERM")).err, "");
    const std::string whole = read("log");
    write("log", whole + R"({"type":"note","ti)");
    const Answer judged = shell("ORRERY check --monitors raft log");
    EXPECT_EQ(judged.code, 0) << judged.err;
    EXPECT_EQ(judged.err, "log: its last line was cut, and is left out\n");
    const Answer traced = shell("ORRERY trace log");
    EXPECT_EQ(traced.code, 0) << traced.err;
    EXPECT_EQ(traced.err, "log: its last line was cut, and is left out\n");
    const Answer again = shell(serve + ended_by("TERM"));
    EXPECT_EQ(again.code, 0);
    EXPECT_EQ(again.err, "orrery: the last line of log was cut, and is left out\n");
    EXPECT_EQ(read("log").substr(0, whole.size()), whole);
    EXPECT_EQ(shell("ORRERY check --monitors raft log").err, "");
}

TEST_F(Serves, ALogOfAnotherRunIsRefused) {
    const auto head = [](const std::string& scenario, const std::string& hosts) {
        return R"({"type":"trace","version":2,"scenario":")" + scenario + R"(","seed":"1","source":"","hosts":[)" +
               hosts + "]}\n";
    };
    write("other", head("raft-kv", R"("server0")"));
    write("more", head("rpc-arith", R"("server0","server1")"));
    write("none", "what is this\n");
    write("later", head("rpc-arith", R"("server0")") +
                       R"({"type":"boot","time":"9000000000000000000","event":"0000000000000001","host":"server0",)" +
                       R"("name":"x"})" + "\n");
    const std::string serve = "ORRERY serve rpc-arith --listen " + at_ + " --log ";
    expect_refused(serve + "other", 65,
                   "other:1:1: expected a log of rpc-arith with the hosts server0, to go on in it; "
                   "got one of raft-kv with server0");
    expect_refused(serve + "more", 65, "got one of rpc-arith with server0, server1");
    expect_refused(serve + "none", 65, "none:1:1: ");
    expect_refused(serve + "later", 65, "later: is of before this machine was started");
}

// What another has written would be taken for one's own.
TEST_F(Serves, ADataDirectoryBelongsToOneMember) {
    const std::string host = own_address();
    write("cluster", "server 0 " + host + ":7000\nserver 1 " + host + ":7010\nclient 0 " + host + ":0\n");
    write("moved", "server 0 " + host + ":7000\nserver 1 " + host + ":7020\n");
    write("more", "server 0 " + host + ":7000\nserver 1 " + host + ":7010\nserver 2 " + host + ":7020\n");
    write("lookers",
          "server 0 " + host + ":7000\nserver 1 " + host + ":7010\nclient 0 " + host + ":0\nclient 1 " + host + ":0\n");
    const std::string serve = "ORRERY serve raft-kv --role server --data data ";
    EXPECT_EQ(shell(served(serve + "--cluster cluster") + ended_by("TERM")).err, "");
    EXPECT_EQ(read("data/.orrery"),
              "orrery data 1\nserver 0 of raft-kv\nserver 0 " + host + ":7000\nserver 1 " + host + ":7010\n");
    EXPECT_EQ(shell(served(serve + "--cluster lookers") + ended_by("TERM")).err, ""); // clients come and go
    expect_refused(serve + "--cluster cluster --index 1", 65,
                   "data: is the data directory of server 0 of raft-kv; expected that of server 1 of raft-kv");
    expect_refused("ORRERY serve paxos-decrees --role server --data data --cluster more", 65,
                   "data: is the data directory of server 0 of raft-kv; expected that of server 0 of paxos-decrees");
    expect_refused(serve + "--cluster cluster --set engine=paxos", 65,
                   "data: is the data directory of server 0 of raft-kv; expected that of server 0 of raft-kv, "
                   "engine=paxos");
    write("nowhere", "server 0 " + host + ":0\nserver 1 " + host + ":0\n");
    expect_refused(serve + "--cluster nowhere", 65,
                   "nowhere:1:1: expected a port at which server 0 is found, got 0, which is for clients");
    expect_refused(serve + "--cluster moved", 65,
                   "data: is the data directory of a cluster with 'server 1 " + host +
                       ":7010'; expected that of one with 'server 1 " + host + ":7020'");
    expect_refused(
        serve + "--cluster more", 65,
        "data: is the data directory of a cluster with no such member; expected that of one with 'server 2 ");
    write("data/.orrery", "orrery data 2\nwhatever it says\n");
    expect_refused(serve + "--cluster cluster", 65,
                   "data/.orrery:1:1: the data directory is of format 2; this program knows format 1");
    write("data/.orrery", "nonsense");
    expect_refused(serve + "--cluster cluster", 65, "data/.orrery:1:1: expected 'orrery data 1', got 'nonsense'");
    files::remove(home_ + "/here/data/.orrery");
    expect_refused(
        serve + "--cluster cluster", 65,
        "data: holds raft.log.00000001, and no .orrery that says whose it is; expected an empty directory, or that of "
        "server 0 of raft-kv");
}

// Where the directory is a member's own, and what lies in it is not.
TEST_F(Serves, AJournalOfAnotherMemberIsNotTaken) {
    const std::string host = own_address();
    write("cluster", "server 0 " + host + ":7000\nserver 1 " + host + ":7010\n");
    const auto serve = [](const std::string& index) {
        return "ORRERY serve raft-kv --role server --cluster cluster --index " + index + " --data data" + index + " ";
    };
    EXPECT_EQ(shell(served(serve("0")) + ended_by("TERM")).err, "");
    EXPECT_EQ(shell(served(serve("1")) + ended_by("TERM")).err, "");
    const Answer refused = shell("cp data0/raft.log.00000001 data1/; " + serve("1") + "--log log >told");
    EXPECT_EQ(refused.code, 65);
    EXPECT_TRUE(has(refused.err, "data1: replication.damaged: cause foreign, file raft.log.00000001, found raft, "
                                 "member 0 of server, cluster "))
        << refused.err;
    EXPECT_TRUE(has(refused.err, ", expected raft, member 1 of server, cluster ")) << refused.err;
    const std::string log = read("log");
    EXPECT_TRUE(has(log, R"("cause":"foreign","file":"raft.log.00000001")")) << log;
    EXPECT_TRUE(has(log, R"("found":"raft, member 0 of server, cluster )")) << log;
    EXPECT_TRUE(has(log, R"("expected":"raft, member 1 of server, cluster )")) << log;
    EXPECT_FALSE(has(log, "raft.start")) << log;
}

TEST_F(Serves, AClusterOfTooManyServersIsRefused) {
    std::string cluster;
    for (int index = 0; index < 65; ++index)
        cluster += "server " + std::to_string(index) + " 127.0.0.1:" + std::to_string(7000 + 10 * index) + "\n";
    write("large", cluster);
    expect_refused("ORRERY serve raft-kv --role server --data data --cluster large", 65,
                   "large: names 65 of the role server; raft-kv has at most 64");
}

TEST_F(Serves, WhatCannotListenIsRefused) {
    const std::string serve = "ORRERY serve rpc-arith --listen ";
    expect_refused(serve + "127.0.0.1", 64, "--listen expects HOST:PORT, like 127.0.0.1:1234, got '127.0.0.1'");
    expect_refused(serve + "127.0.0.1:0", 64, "--listen expects HOST:PORT");
    expect_refused(serve + "127.0.0.1:99999", 64, "--listen expects HOST:PORT");
    expect_refused(serve + "127.0.0.1:65530", 64, "--listen: port 65530 is too high: a member takes 10 ports");
    expect_refused(serve + at_ + " --index 1", 64, "leave out --index");
    expect_refused(serve + at_ + " --cluster none", 64, "--listen stands in place of a --cluster");
    expect_refused(serve + "192.0.2.1:1234", 65, "'192.0.2.1' is no address of this machine");
    expect_refused("ORRERY serve rpc-arith --listen 127.0.0.1:1235 --role caller", 64,
                   "who stands alone has the role server; name whom a caller needs in a --cluster");
}

// Main goes on where it was cancelled, and its destructors run, in a process that is alive.
TEST_F(Serves, ASignalUnwindsAProcess) {
    const std::string serve = served(NOISY_EXECUTABLE " serve orderly --listen " + at_ + " --log log");
    for (const char* signal : {"TERM", "INT", "HUP"}) {
        const Answer answer =
            shell("rm -f log; " + serve + "until grep -q orderly log; do :; done; " + ended_by(signal));
        EXPECT_EQ(answer.code, 0) << answer.err;
        const std::string log = read("log");
        for (const char* step : {R"("step":0)", R"("step":1)", R"("step":2)"}) EXPECT_TRUE(has(log, step)) << log;
        EXPECT_FALSE(has(log, R"("type":"crash")")) << log;
    }
}

TEST_F(Serves, AProcessThatDoesNotListenEndsAllTheSame) {
    const std::string serve = served(NOISY_EXECUTABLE " serve stubborn --listen " + at_ + " --log log");
    EXPECT_EQ(shell(serve + ended_by("TERM")).code, 0);
    EXPECT_EQ(shell("rm log; " + serve + "kill -INT $server; " + ended_by("TERM")).code, 0);
}

// A server with a node, a disk and calls that wait: nothing is found wrong while all of it unwinds.
TEST_F(Serves, ANodeOfAClusterUnwindsInTheMiddleOfItsCalls) {
    const std::string host = own_address();
    write("cluster", "server 0 " + host + ":7000\nserver 1 " + host + ":7010\nclient 0 " + host + ":0\n");
    const auto server = [](const std::string& index) {
        return "ORRERY serve raft-kv --role server --cluster cluster --index " + index + " --data data" + index +
               " --log log" + index + " >told" + index + " & ";
    };
    const Answer answer =
        shell("{ " + server("0") + "zero=$!; " + server("1") +
              "one=$!; }; "
              "{ ORRERY serve raft-kv --role client --cluster cluster --history asked --set think=1ms >/dev/null & "
              "client=$!; }; "
              "until grep -q '\"ok\"' asked 2>/dev/null; do :; done; "
              "kill $zero; wait $zero; echo $?; kill $one; wait $one; echo $?; kill $client; wait $client; echo $?");
    EXPECT_EQ(answer.out, "0\n0\n0\n");
    EXPECT_EQ(answer.err, "");
    for (const char* log : {"log0", "log1"}) EXPECT_FALSE(has(read(log), R"("type":"crash")")) << read(log);
    EXPECT_EQ(shell("ORRERY check --monitors raft log0 log1 && ORRERY check asked").code, 0);
}

// Of messages a log has nothing, and so a monitor of messages has nothing to say of it.
TEST_F(Serves, AMonitorThatHearsMessagesDoesNotPassALog) {
    const std::string served_once = served(NOISY_EXECUTABLE " serve orderly --listen " + at_ + " --log log");
    EXPECT_EQ(shell(served_once + ended_by("TERM")).code, 0);
    const Answer judged = shell(NOISY_EXECUTABLE " check --monitors noise.listener log");
    EXPECT_EQ(judged.code, 4) << judged.err;
    EXPECT_TRUE(judged.out.starts_with("orderly: vacuous (")) << judged.out;
    EXPECT_TRUE(has(judged.out, "\nnot judged by noise.listener: hears messages, of which logs have nothing\n"))
        << judged.out;
    const Answer machine = shell(NOISY_EXECUTABLE " check --monitors all log --json");
    EXPECT_EQ(machine.code, 4);
    EXPECT_TRUE(has(machine.out, R"("verdict":"vacuous")")) << machine.out;
    EXPECT_TRUE(has(machine.out, R"("deaf":["noise.listener"])")) << machine.out;
}

// An index that no log can have is what the monitor objects to, and not what it makes room for.
TEST_F(Serves, AnAbsurdIndexInALogIsAFinding) {
    const std::string line = R"({"type":"note","time":"9","event":"0000000000000003","host":"a","name":"raft.)";
    write("log", R"({"type":"trace","version":2,"scenario":"raft-kv","seed":"1","source":"","hosts":["a"]})"
                 "\n"
                 R"({"type":"boot","time":"5","event":"0000000000000001","host":"a","name":"x"})"
                 "\n" +
                     line + R"(commit","fields":{"index":1152921504606846976,"term":1,"digest":7}})" + "\n" + line +
                     R"(append","fields":{"index":1152921504606846976,"term":1,"digest":7}})" + "\n" + line +
                     R"(apply","fields":{"index":1152921504606846976,"term":1,"digest":7}})" + "\n" + line +
                     R"(commit"})" + "\n");
    const Answer judged = shell("ORRERY check --monitors raft log");
    EXPECT_EQ(judged.code, 1) << judged.out << judged.err;
    EXPECT_TRUE(has(judged.out, "applied 1152921504606846976 after 0")) << judged.out;
}

} // namespace
} // namespace orrery::scenarios
