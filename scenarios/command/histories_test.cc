// check on histories that other tools recorded: what it is told about them, and what it says.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

const std::string stale = "{:index 0, :type :invoke, :process 0, :f :write, :value 1}\n"
                          "{:index 1, :type :info, :process :nemesis, :f :start, :value nil}\n"
                          "{:index 2, :type :ok, :process 0, :f :write, :value 1}\n"
                          "{:index 3, :type :invoke, :process 1, :f :write, :value 2}\n"
                          "{:index 4, :type :ok, :process 1, :f :write, :value 2}\n"
                          "{:index 5, :type :invoke, :process 2, :f :read, :value nil}\n"
                          "{:index 6, :type :ok, :process 2, :f :read, :value 1}\n";

bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

TEST_F(Executable, NamesEveryOperationByItsPlaceInTheFile) {
    write("h.edn", stale);
    const Answer told = shell("ORRERY check h.edn --model register --counterexample");
    EXPECT_EQ(told.code, 1);
    EXPECT_TRUE(says(told.out, "h.edn: violated (linearizable, 3 operations, starts at 0, ")) << told.out;
    EXPECT_TRUE(says(told.out, "process 2's read returned 1 at index 6, line 7, although")) << told.out;
    EXPECT_TRUE(says(told.out, "process 1: write 2 -> 2, index 3 to 4, lines 4 to 5")) << told.out;
    EXPECT_TRUE(says(told.err, "h.edn: 1 nemesis line skipped\n")) << told.err;
    const std::string json = shell("ORRERY check h.edn --model register --json").out;
    EXPECT_TRUE(says(
        json, R"("places":[{"operation":"process 0: write 1 -> 1","line":1,"end_line":3,"index":0,"end_index":2})"))
        << json;
    EXPECT_TRUE(says(json, R"("starts_at":"0")")) << json;
    write("t.edn", "{:process 0 :type :invoke :f :txn :value [[:append :x 1]]}\n"
                   "{:process 0 :type :ok :f :txn :value [[:append :x 1]]}\n"
                   "{:process 1 :type :invoke :f :txn :value [[:r :x nil]]}\n"
                   "{:process 1 :type :ok :f :txn :value [[:r :x [1 2]]]}\n");
    EXPECT_TRUE(says(shell("ORRERY check t.edn --model list-append --counterexample").out, "(lines 3 to 4)"));
}

TEST_F(Executable, SaysWhichReadsTellNothingAndWhatAFormatDoesNotCarry) {
    const std::string nil = "nothing is known of a read of nil; --initial nil takes it as one of an object that starts";
    write("n.edn", "{:process 0 :type :invoke :f :write :value 1}\n{:process 0 :type :ok :f :write :value 1}\n"
                   "{:process 1 :type :invoke :f :read :value nil}\n{:process 1 :type :ok :f :read :value nil}\n");
    const Answer skipped = shell("ORRERY check n.edn --model register");
    EXPECT_EQ(skipped.code, 0);
    EXPECT_TRUE(says(skipped.err, "n.edn: 1 read of nil skipped\n")) << skipped.err;
    EXPECT_TRUE(says(skipped.err, nil)) << skipped.err;
    const Answer read = shell("ORRERY check n.edn --model register --initial nil");
    EXPECT_EQ(read.code, 1);
    EXPECT_FALSE(says(read.err, nil)) << read.err;
    write("own.jsonl", "{\"type\":\"history\",\"version\":1,\"model\":\"register\",\"settings\":{}}\n"
                       "{\"type\":\"invoke\",\"process\":1,\"f\":\"read\",\"value\":null,\"time\":\"3\",\"index\":0}\n"
                       "{\"type\":\"ok\",\"process\":1,\"f\":\"read\",\"value\":null,\"time\":\"4\",\"index\":1}\n");
    const Answer written = shell("ORRERY check own.jsonl --as edn");
    EXPECT_TRUE(says(written.err, "own.jsonl as edn: 1 read of nil skipped\n")) << written.err;
    EXPECT_EQ(shell("ORRERY check own.jsonl --as jsonl").err.find("skipped"), std::string::npos);
}

TEST_F(Executable, NamesTheKeyThatIsViolated) {
    write("k.edn",
          "{:process a :type :invoke :f :write :value [:x 1]}\n{:process a :type :ok :f :write :value [:x 1]}\n"
          "{:process b :type :invoke :f :read :value [:y nil]}\n{:process b :type :ok :f :read :value [:y 1]}\n"
          "{:process b :type :invoke :f :read :value [:x nil]}\n{:process b :type :ok :f :read :value [:x 1]}\n");
    const Answer told = shell("ORRERY check k.edn --model register --counterexample");
    EXPECT_EQ(told.code, 1);
    EXPECT_TRUE(says(told.out, "b's read \":y\" returned 1 at line 4, but nobody ever wrote that.")) << told.out;
    EXPECT_TRUE(says(told.out, "what the clients saw of \":y\"")) << told.out;
    EXPECT_EQ(shell("ORRERY check k.edn --model register --initial '{\"y\":1}'").code, 0);
}

TEST_F(Executable, TakesWhatAFileDoesNotSay) {
    write("h.edn", stale);
    write("ten.edn", "{:process 0 :type :invoke :f :get}\n{:process 0 :type :ok :f :get :value 10}\n");
    const Answer proposal = shell("ORRERY check h.edn");
    EXPECT_EQ(proposal.code, 65);
    EXPECT_TRUE(says(proposal.err, "these look like operations of a register: --model register")) << proposal.err;
    EXPECT_EQ(shell("ORRERY check ten.edn --model register").code, 65);
    EXPECT_EQ(shell("ORRERY check ten.edn --model register --names read=get").code, 1);
    const Answer told = shell("ORRERY check ten.edn --model register --names read=get --initial 10");
    EXPECT_EQ(told.code, 0);
    EXPECT_TRUE(says(told.out, ", starts at 10,")) << told.out;
    EXPECT_EQ(shell("ORRERY check h.edn --model register --order time").code, 65); // it has none
    for (const char* wrong :
         {"--names read", "--names =get", "--initial '1 2'", "--order lately", "--initial 3 --stream"})
        EXPECT_EQ(shell(std::string("ORRERY check h.edn --model register ") + wrong).code, 64) << wrong;
    write("late.edn", "{:process 0 :type :invoke :f :write :value 1 :time 9}\n"
                      "{:process 0 :type :ok :f :write :value 1 :time 8}\n");
    EXPECT_TRUE(says(shell("ORRERY check late.edn --model register").err, "1 entry bears an earlier time"));
}

TEST_F(Executable, TakesAFolderForTheHistoryInIt) {
    files::create_directories(home_ + "/here/store/client-1");
    EXPECT_TRUE(says(shell("ORRERY check store --model register").err, "a folder without a history"));
    write("store/history.edn", stale);
    EXPECT_EQ(shell("ORRERY check store --model register").code, 1);
    files::create_directories(home_ + "/here/run/client-1");
    write("run/client-1/operations.json", R"({"ClientId":1,"Input":{"Type":"range","Range":{"Start":"k"}},"Call":1,)"
                                          R"("Output":{"Range":{"KVs":[],"Count":0},"Revision":1},"Return":2})");
    EXPECT_EQ(shell("ORRERY check run").code, 0);
    files::create_directories(home_ + "/here/cobra");
    const auto log = [](const std::string& seen) {
        const auto number = [](const char last) { return std::string(7, '\0') + last; };
        return "S" + number(1) + (seen == "W" ? "W" + number(9) : "R" + number(1) + number(9)) + number(5) + number(0) +
               "C" + number(1);
    };
    write("cobra/T0.log", log("W"));
    write("cobra/T1.log", log("R"));
    const Answer told = shell("ORRERY check cobra --judge serializable");
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_TRUE(says(told.out, "2 operations")) << told.out;
}

} // namespace
} // namespace orrery::scenarios
