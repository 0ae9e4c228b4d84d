// The forms in which Jepsen and its like write one and the same history, and what becomes of what is no operation.
#include <gtest/gtest.h>

#include "orrery/reports/judges/reading.h"
#include "orrery/reports/models/proposal.h"

namespace orrery::reports::formats {
namespace {

// A map a line: {"0 invoke write 1"} is process 0's; the value is EDN.
std::string edn(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        std::string_view rest = line;
        const auto word = [&] {
            const std::string_view each = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(each.size() + 1, rest.size()));
            return std::string(each);
        };
        const std::string process = word();
        const std::string type = word();
        const std::string f = word();
        text += "{:process " + process + ", :type :" + type + ", :f :" + f + ", :value " + std::string(rest) + "}\n";
    }
    return text;
}

// --- keys ---

TEST(IndependentKeys, ArePairsWhereverOnlyAPairCanBe) {
    const std::vector<std::string> two_keys = {
        "0 invoke write [1 5]",  "0 ok write [1 5]", "1 invoke read [2 nil]",  "1 ok read [2 nil]",
        "1 invoke read [1 nil]", "1 ok read [1 5]",  "0 invoke cas [1 [5 6]]", "0 ok cas [1 [5 6]]"};
    const History history = history_in(edn(two_keys));
    EXPECT_EQ(history.entries[0].key, Value(1));
    EXPECT_EQ(history.entries[0].value, Value(5));
    EXPECT_EQ(history.entries[6].value, Value(Value::List{5, 6}));
    EXPECT_EQ(judged(edn(two_keys), "cas-register"), "passed");
    std::vector<std::string> stale = two_keys;
    stale.push_back("2 invoke read [1 nil]");
    stale.push_back("2 ok read [1 5]");
    EXPECT_EQ(judged(edn(stale), "cas-register"), "violated");
    stale.back() = "2 ok read [1 6]";
    EXPECT_EQ(judged(edn(stale), "cas-register"), "passed");
    // Without a question whose second half is nil the values are lists of two.
    EXPECT_EQ(
        judged(edn({"0 invoke write [1 5]", "0 ok write [1 5]", "1 invoke read nil", "1 ok read [1 5]"}), "register"),
        "passed");
    EXPECT_EQ(judged(edn({"0 invoke cas [1 2]", "0 ok cas [1 2]"}), "cas-register", "", {.initial = Value(1)}),
              "passed");
}

TEST(IndependentKeys, AreReadAsTheyAreMarked) {
    for (const char* form : {"#jepsen.independent/tuple [:x 1]", "#jepsen.independent.Tuple{:key :x, :value 1}",
                             "{:key :x :value 1}", "{:value 1, :key :x}", "#clojure.lang.MapEntry [:x 1]"}) {
        const std::string text = edn({std::string("0 invoke write ") + form, std::string("0 ok write ") + form});
        const History history = history_in(text);
        ASSERT_EQ(history.entries.size(), 2u);
        EXPECT_EQ(history.entries[0].key, Value(":x")) << form;
        EXPECT_EQ(history.entries[0].value, Value(1)) << form;
        EXPECT_EQ(judged(text, "register"), "passed");
    }
    const History json = history_in(R"([{"process":0,"type":"invoke","f":"write","value":{"key":"x","value":1}}])");
    EXPECT_EQ(json.entries[0].key, Value("x"));
}

TEST(IndependentKeys, OfContainersAndTransactionsAreObjectsOfTheirOwn) {
    const std::vector<std::string> queues = {
        "0 invoke enqueue [1 7]",   "0 ok enqueue [1 7]", "0 invoke enqueue [2 7]",   "0 ok enqueue [2 7]",
        "1 invoke dequeue [1 nil]", "1 ok dequeue [1 7]", "1 invoke dequeue [2 nil]", "1 ok dequeue [2 7]"};
    for (const char* judge : {"", "queue", "sequential"}) EXPECT_EQ(judged(edn(queues), "queue", judge), "passed");
    std::vector<std::string> twice = queues;
    twice.insert(twice.end(), {"1 invoke dequeue [2 nil]", "1 ok dequeue [2 7]"});
    for (const char* judge : {"", "queue", "sequential"}) EXPECT_EQ(judged(edn(twice), "queue", judge), "violated");
    const auto lists = [](const std::string& read) {
        return edn({"0 invoke txn [9 [[:append :x 1]]]", "0 ok txn [9 [[:append :x 1]]]",
                    "0 invoke txn [8 [[:append :x 1]]]", "0 ok txn [8 [[:append :x 1]]]",
                    "1 invoke txn [9 [[:r :x nil]]]", "1 ok txn [9 [[:r :x " + read + "]]]"});
    };
    EXPECT_EQ(judged(lists("[1]"), "list-append"), "passed");
    EXPECT_EQ(judged(lists("[2]"), "list-append"), "violated");
}

TEST(IndependentKeys, AnEndHasTheKeyOfItsInvocation) {
    const History history = history_in(edn({"0 invoke read [1 nil]", "0 info read nil"}));
    EXPECT_EQ(history.entries[1].key, Value(1));
    EXPECT_EQ(wrong_with(edn({"0 invoke read [1 nil]", "0 ok read [2 5]"})),
              "2:1: expected a value [1 ...], as its invocation has");
}

TEST(IndependentKeys, TheKeyThatIsViolatedIsNamedWithPlacesOfTheWhole) {
    const History history = history_in(edn({"0 invoke write [1 5]", "0 ok write [1 5]", "0 invoke write [2 7]",
                                            "0 ok write [2 7]", "0 invoke read [2 nil]", "0 ok read [2 5]"}));
    const Verdict verdict = judges::judge(history, {.model = "register"});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.counterexample->key, Value(2));
    EXPECT_EQ(verdict.counterexample->unpassable, 2u);
    EXPECT_EQ(verdict.operations, 3u);
    EXPECT_EQ(verdict.keys, 2u);
}

TEST(IndependentKeys, MayStartEachWithAValueOfItsOwn) {
    const std::string text =
        edn({"0 invoke read [:a nil]", "0 ok read [:a 1]", "0 invoke read [:b nil]", "0 ok read [:b 2]"});
    EXPECT_EQ(judged(text, "register"), "violated");
    EXPECT_EQ(judged(text, "register", "", {.initial = *parse_value("{\"a\":1,\"b\":2}")}), "passed");
    EXPECT_EQ(judged(text, "register", "", {.initial = *parse_value("{:a 1, :b 1}")}), "violated");
}

// --- values ---

TEST(Values, OfAnyKindAreEqualOrNot) {
    for (const char* value : {"\"b3f1\"", ":a", "true", "[1 [2 :x]]", "{:a 1, :b #{2 1}}", "1.5", "7N", "\\a",
                              "12345678901234567890", "#inst \"2020-01-01\"", "#foo.Bar{:x 1}"}) {
        const std::string text(value);
        const auto reads = [&](const std::string& seen) {
            return judged(
                edn({"0 invoke write " + text, "0 ok write " + text, "1 invoke read nil", "1 ok read " + seen}),
                "register");
        };
        EXPECT_EQ(reads(text), "passed") << text;
        EXPECT_EQ(reads("\"other\""), "violated") << text;
    }
    const auto reads = [&](const std::string& one, const std::string& other) {
        return judged(edn({"0 invoke write " + one, "0 ok write " + one, "1 invoke read nil", "1 ok read " + other}),
                      "cas-register");
    };
    EXPECT_EQ(reads("{:a 1, :b #{2 1}}", "{:b #{1 2}, :a 1}"), "passed");
    EXPECT_EQ(reads("[1 2]", "[2 1]"), "violated");
    EXPECT_EQ(reads("#{1 2}", "#{1 3}"), "violated");
    EXPECT_EQ(reads("\\(", "\\)"), "violated");
    EXPECT_EQ(judged(edn({"0 invoke cas [:a :b]", "0 ok cas [:a :b]", "1 invoke read nil", "1 ok read :b"}),
                     "cas-register", "", {.initial = Value(":a")}),
              "passed");
    // A counter counts, so its values are numbers.
    EXPECT_NE(judged(edn({"0 invoke add :a", "0 ok add :a"}), "counter").find("has no operation"), std::string::npos);
}

TEST(Values, FormsThatAreLeftOutAndMarksChangeNothing) {
    const std::string good = "{:process 0, :type :invoke, :f :write, :value 1}\n"
                             "{:process 0, :type :ok, :f :write, :value 1}\n";
    const std::vector<std::string> same = {
        "\xef\xbb\xbf" + good,    "#_{:process 9 :type :invoke :f :write :value 3}\n" + good,
        good + "#_ #_ 1 [2 #_3]", "#jepsen.history.Op" + good,
        "[" + good + "]",         "(" + good + " #_gone)"};
    for (const std::string& text : same) {
        EXPECT_EQ(history_in(text).entries.size(), 2u) << text;
        EXPECT_EQ(judged(text, "register"), "passed") << text;
    }
    EXPECT_EQ(wrong_with(good + "#_[1 2"), "3:7: expected ']'");
    EXPECT_EQ(wrong_with("{:a 1} "), "1:1: expected :type :invoke, :ok, :fail or :info");
}

// --- the lines of a log ---

TEST(Logs, OfEveryAgeAreReadWithWhateverStandsAround) {
    const auto log = [](const std::string& before, const std::string& tab) {
        const auto line = [&](const std::string& columns) {
            std::string text = before + columns + "\n";
            for (std::size_t at = 0; (at = text.find('|')) != std::string::npos;) text.replace(at, 1, tab);
            return text;
        };
        return "\nlein test jepsen.system.etcd-test\nINFO  jepsen.os.debian - :n3 setting up debian\n" +
               line("0|:invoke|:write|1") + "java.lang.Exception: oh\n\tat jepsen.util$timeout.invoke(util.clj:1)\n" +
               line("0|:ok|:write|1") + line(":nemesis|:info|:start|nil") + line("1|:invoke|:read|nil") +
               line("1|:ok|:read|2");
    };
    for (const char* before : {"INFO  jepsen.util - ", "INFO [2018-01-01 00:00:00,000] jepsen worker 0 - jepsen.util ",
                               "2025-06-23 13:09:52,409{GMT}\tINFO\t[jepsen worker 0] jepsen.util: "})
        for (const char* tab : {"\t", " ", "   "}) {
            const std::string text = log(before, tab);
            ASSERT_EQ(detect(text), find_format("jepsen_log")) << text;
            const History history = history_in(text);
            EXPECT_EQ(history.entries.size(), 4u);
            EXPECT_EQ(history.model, "cas-register");
            ASSERT_EQ(history.source.skipped.size(), 2u);
            EXPECT_EQ(history.source.skipped[0].count, 4u); // other lines
            EXPECT_EQ(history.source.skipped[1].count, 1u); // of the nemesis
            EXPECT_EQ(judged(text, ""), "violated");
        }
}

TEST(Logs, ALineThatLooksLikeAnOperationIsOne) {
    const std::string good = "INFO jepsen.util - 0 :invoke :write 1\n";
    EXPECT_EQ(wrong_with(good + "INFO jepsen.util - 0 :okay :write 1\n"),
              "2:22: expected :invoke, :ok, :fail or :info");
    EXPECT_EQ(wrong_with(good + "INFO jepsen.util - 0 :ok\n"), "2:25: expected :f, a word");
    EXPECT_EQ(wrong_with(good + "INFO jepsen.util - 0 :ok :write [1\n"), "2:35: expected ']'");
    EXPECT_EQ(wrong_with(good + "INFO jepsen.util - 0 :ok :write 1\nINFO jepsen.ut"),
              "3:15: expected the end of the line: the file stops within it");
    EXPECT_EQ(history_in(good + "INFO jepsen.core - done").entries.size(), 1u);
    EXPECT_EQ(history_in(good + "INFO jepsen.util - all 5 nodes up\n").source.skipped[0].count, 1u);
}

TEST(Logs, OfOtherObjectsNameNoModel) {
    const std::string text = "jepsen.util - 0 :invoke :enqueue 1\njepsen.util - 0 :ok :enqueue 1\n";
    const History history = history_in(text);
    EXPECT_EQ(history.model, "");
    EXPECT_FALSE(history.initial);
    EXPECT_EQ(judged(text, "queue"), "passed");
}

TEST(Logs, HistoryTxtAndTuplesAreOperationsWithoutAFrame) {
    const std::string txt = "0\t:invoke\t:write\t1\n:nemesis\t:info\t:start\tnil\n0\t:ok\t:write\t1\n"
                            "1\t:invoke\t:read\tnil\n1\t:ok\t:read\t2\n";
    ASSERT_EQ(detect(txt), find_format("history_txt"));
    EXPECT_EQ(judged(txt, "register"), "violated");
    EXPECT_EQ(history_in(txt).source.skipped.size(), 1u);
    EXPECT_EQ(wrong_with(txt + "what is this\n"), "6:1: expected a process number");
    const std::string tuples = "[0 :invoke :write 1]\n[0 :ok :write 1 :late]\n[1 :invoke :read nil]\n[1 :ok :read 1]\n";
    EXPECT_EQ(judged(tuples, "register"), "passed");
    EXPECT_EQ(judged("[" + tuples + "]", "register"), "passed");
    EXPECT_EQ(wrong_with("[0 :invoke]"), "1:1: expected [process type f value]");
}

// --- processes ---

TEST(Processes, MayBeTextsOrMissing) {
    const std::string texts =
        edn({"\"client-1\" invoke write 1", "3 invoke write 2", "\"client-1\" ok write 1", "3 ok write 2"});
    const History history = history_in(texts);
    EXPECT_EQ(history.entries[0].process, 4);
    ASSERT_EQ(history.source.processes.size(), 1u);
    EXPECT_EQ(history.source.processes[0].second, "client-1");
    EXPECT_EQ(judged(texts, "register"), "passed");
    EXPECT_EQ(wrong_with(edn({"0 invoke write 1"}) + "{:type :ok :f :write :value 1}"),
              "2:1: expected :process, as the other operations have");
    // An end belongs to the latest invocation that asked the same.
    const std::string none = "{:type :invoke :value [[:append 1 1]]}{:type :invoke :value [[:r 1 nil]]}"
                             "{:type :ok :value [[:append 1 1]]}{:type :ok :value [[:r 1 [1]]]}";
    const History paired = history_in(none);
    EXPECT_EQ(paired.entries[0].process, paired.entries[2].process);
    EXPECT_EQ(paired.entries[1].process, paired.entries[3].process);
    EXPECT_EQ(judged(none, "list-append"), "passed");
}

TEST(Processes, ATransactionThatWasNeverInvokedWasUnderWayBefore) {
    const std::string text = "{:process 0 :type :ok :f :txn :value [[:append :x 1]]}\n"
                             "{:process 1 :type :ok :f :txn :value [[:r :x nil]]}\n"
                             "{:process 1 :type :ok :f :txn :value [[:r :x [1]]]}\n";
    const History history = history_in(text);
    ASSERT_EQ(history.entries.size(), 6u);
    EXPECT_EQ(history.entries[0].type, Entry::Type::invoke);
    EXPECT_EQ(judged(text, "list-append"), "passed"); // nothing says that the first had returned before
    const std::string back = "{:process 1 :type :ok :f :txn :value [[:r :x [1]]]}\n"
                             "{:process 1 :type :ok :f :txn :value [[:r :x nil]]}\n"
                             "{:process 0 :type :ok :f :txn :value [[:append :x 1]]}\n";
    EXPECT_EQ(judged(back, "list-append", "strong-session-serializable"), "violated");
    EXPECT_EQ(judged(back, "list-append", "serializable"), "passed");
    EXPECT_NE(judged(edn({"0 ok write 1"}), "register").find("without having invoked"), std::string::npos);
}

// --- what is told ---

TEST(Told, NamesRenameAndTheStartIsWhatIsSaid) {
    const ReadOptions names{.names = {{"write", "write-set"}, {"read", "read-set-all"}}};
    const std::string own =
        edn({"0 invoke write-set 6", "0 ok write-set 6", "0 invoke read-set-all nil", "0 ok read-set-all [6]"});
    EXPECT_NE(judged(own, "register").find("no operation write-set"), std::string::npos);
    EXPECT_EQ(judged(own, "register", "", names), "violated"); // [6] was never written, 6 was
    EXPECT_EQ(judged(own, "set", "", {.names = {{"add", "write-set"}, {"read", "read-set-all"}}}), "passed");
    const std::string ten = edn({"0 invoke read nil", "0 ok read 10"});
    EXPECT_EQ(judged(ten, "register"), "violated");
    EXPECT_EQ(judged(ten, "register", "", {.initial = Value(10)}), "passed");
    const std::string zero = edn({"0 invoke write 3", "1 invoke read nil", "1 ok read 0", "0 ok write 3"});
    EXPECT_EQ(judged(zero, "register", "", {.initial = Value()}), "violated");
    EXPECT_EQ(judged(zero, "register", "", {.initial = Value(0)}), "passed");
    EXPECT_TRUE(history_in(zero, {.initial = Value()}).source.told);
}

TEST(Told, StartsAreSpelledAsEdnOrJson) {
    EXPECT_EQ(*parse_value("nil"), Value());
    EXPECT_EQ(*parse_value("null"), Value());
    EXPECT_EQ(*parse_value("-3"), Value(-3));
    EXPECT_EQ(*parse_value("\"a b\""), Value("a b"));
    EXPECT_EQ(*parse_value("{\"0\":1000}"), Value(Value::Map{{0, 1000}}));
    EXPECT_EQ(*parse_value("{:a [1 2]}"), Value(Value::Map{{":a", Value::List{1, 2}}}));
    for (const char* text : {"", "1 2", "[1", "{\"a\""}) EXPECT_FALSE(parse_value(text)) << text;
    const std::string bank = edn({"0 invoke read nil", "0 ok read {:a 6, :b 4}"});
    EXPECT_EQ(judged(bank, "bank", "", {.initial = *parse_value("{\"a\":5,\"b\":5}")}), "passed");
    EXPECT_EQ(judged(bank, "bank", "", {.initial = *parse_value("{\"a\":5,\"b\":6}")}), "violated");
}

TEST(Told, TimesOrderWhereThatIsAskedForAndAreComparedWhereNot) {
    const std::string text = "{:process 0, :type :invoke, :f :write, :value 1, :time 100}\n"
                             "{:process 0, :type :ok, :f :write, :value 1, :time 900}\n"
                             "{:process 1, :type :invoke, :f :write, :value 2, :time 50}\n"
                             "{:process 1, :type :ok, :f :write, :value 2, :time 950}\n"
                             "{:process 2, :type :invoke, :f :read, :value nil, :time 960}\n"
                             "{:process 2, :type :ok, :f :read, :value 1, :time 970}\n";
    EXPECT_EQ(history_in(text).source.back_in_time, 1u);
    EXPECT_EQ(judged(text, "register"), "violated");
    EXPECT_EQ(judged(text, "register", "", {.by_time = true}), "passed");
    EXPECT_EQ(history_in(text, {.by_time = true}).entries[0].place.line, 3u);
    EXPECT_EQ(wrong_with(edn({"0 invoke write 1"}), {.by_time = true}),
              "1:1: expected :time with a whole number: operations are ordered by it");
}

TEST(Told, EveryEntryKnowsItsLineAndItsNumber) {
    const History numbered = history_in("{:index 4 :process 0 :type :invoke :f :write :value 1}\n\n"
                                        "{:index 9 :process 0 :type :ok :f :write :value 1}");
    EXPECT_TRUE(numbered.source.numbered);
    EXPECT_EQ(numbered.entries[1].index, 9u);
    EXPECT_EQ(numbered.entries[1].place.line, 3u);
    const History plain = history_in(edn({":nemesis info start nil", "0 invoke write 1"}));
    EXPECT_FALSE(plain.source.numbered);
    EXPECT_EQ(plain.entries[0].index, 2u);
}

TEST(Told, AModelIsProposedFromWhatOperationsAre) {
    const auto proposed = [](const std::vector<std::string>& lines) {
        const History history = history_in(edn(lines));
        const auto paired = calls(history);
        return std::string(models::proposed_model(history, *paired));
    };
    EXPECT_EQ(proposed({"0 invoke write 1", "0 ok write 1", "0 invoke read nil", "0 ok read 1"}), "register");
    EXPECT_EQ(proposed({"0 invoke cas [1 2]", "0 ok cas [1 2]"}), "cas-register");
    EXPECT_EQ(proposed({"0 invoke write [1 2]", "0 ok write [1 2]", "1 invoke read [1 nil]"}), "register");
    EXPECT_EQ(proposed({"0 invoke enqueue 1", "0 ok enqueue 1"}), "queue");
    EXPECT_EQ(proposed({"0 invoke add 1", "0 ok add 1", "0 invoke read nil", "0 ok read #{1}"}), "set");
    EXPECT_EQ(proposed({"0 invoke add 1", "0 ok add 1", "0 invoke read nil", "0 ok read 1"}), "counter");
    EXPECT_EQ(proposed({"0 invoke txn [[:append :x 1]]"}), "list-append");
    EXPECT_EQ(proposed({"0 invoke txn [[:w :x 1] [:r :y nil]]"}), "rw-register");
    EXPECT_EQ(proposed({"0 invoke txn [[:write :x 1]]"}), "multi-register");
    EXPECT_EQ(proposed({"0 invoke sing 1"}), "");
}

// --- JSON ---

TEST(JsonForms, LinesOfObjectsAndFractionsThatNobodyNeeds) {
    const std::string lines = "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":1,\"time\":0.25}\n"
                              "{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":1,\"latency\":1e-3}\n";
    ASSERT_EQ(detect(lines), find_format("json"));
    EXPECT_EQ(judged(lines, "register"), "passed");
    EXPECT_EQ(history_in(lines).entries[1].place.line, 2u);
    EXPECT_EQ(wrong_with(lines + "7"), "3:1: expected an object, or nothing");
    const std::string fraction = R"([{"process":0,"type":"invoke","f":"write","value":1.5},
        {"process":0,"type":"ok","f":"write","value":1.5},{"process":0,"type":"invoke","f":"read"},
        {"process":0,"type":"ok","f":"read","value":1.25}])";
    EXPECT_EQ(judged(fraction, "register"), "violated");
}

} // namespace
} // namespace orrery::reports::formats
