// Files that are cut, told twice, or hold something of another kind than their form says: each is refused at its place,
// and none is read as something else.
#include <gtest/gtest.h>

#include "orrery/reports/formats/edn_value.h"
#include "orrery/reports/formats/etcd_report.h"
#include "orrery/reports/judges/reading.h"

namespace orrery::reports::formats {
namespace {

std::string wrong_in(const std::string& format, const std::string& text) {
    const ReadResult read = find_format(format)->read(text);
    if (read) return "nothing wrong";
    return std::to_string(read.complaint().place.line) + ":" + std::to_string(read.complaint().place.column) + ": " +
           read.complaint().message;
}

// --- cut ---

// Of a text whose last byte ends the whole, no beginning is whole; but for blanks.
void expect_no_beginning_is_whole(const std::string& format, const std::string& text, std::size_t from) {
    ASSERT_EQ(wrong_in(format, text), "nothing wrong") << text;
    for (std::size_t size = from; size < text.size(); ++size)
        EXPECT_NE(wrong_in(format, text.substr(0, size)), "nothing wrong") << format << ": " << text.substr(0, size);
}

constexpr const char* etcd_put =
    R"({"ClientID":1,"Input":{"Type":"txn","Txn":{"Conditions":[{"Key":"k","ExpectedRevision":0}],
"OperationsOnSuccess":[{"Type":"put-operation","Put":{"Key":"k","Value":{"Value":"1"},"LeaseID":0}}],
"OperationsOnFailure":[{"Type":"range-operation","Range":{"Start":"k"}}]}},"Call":1,
"Output":{"Txn":{"Results":[{}]},"Revision":2},"Return":2})";

TEST(Damaged, AFileThatStopsWithinAnObjectSaysSo) {
    expect_no_beginning_is_whole("etcd-operations", etcd_put, 1);
    expect_no_beginning_is_whole("etcd-watch", R"({"Request":{"Revision":1},"Responses":[{"Events":[]}]})", 1);
    expect_no_beginning_is_whole("edn", "[{:process 0, :type :invoke, :f :read}]", 1);
    expect_no_beginning_is_whole("json", R"([{"process":0,"type":"invoke","f":"read"}])", 1);
    expect_no_beginning_is_whole("dbcop", R"([[{"events":[],"committed":true}]])", 0);
    expect_no_beginning_is_whole("plume", "w(0,1,0,0)", 1);
    expect_no_beginning_is_whole("plain", "0 w 1 0 0 1 2", 1);
}

TEST(Damaged, ALineWithoutItsValueIsNotOneThatSawNothing) {
    EXPECT_EQ(wrong_in("history_txt", "0\t:invoke\t:read\tnil\n0\t:ok\t:read"),
              "2:12: expected the end of the line: the file stops within it");
    EXPECT_EQ(wrong_in("jepsen_log", "jepsen.util - 0\t:invoke\t:read\tnil\njepsen.util - 0\t:ok\t:read"),
              "2:26: expected the end of the line: the file stops within it");
    EXPECT_EQ(wrong_in("history_txt", "0\t:invoke\t:read\tnil\n0\t:ok\t:read\n"), "nothing wrong");
}

TEST(Damaged, AZeroByteIsNotTheEnd) {
    const std::string zero(1, '\0');
    const std::string head = "{\"type\":\"history\",\"version\":1,\"model\":\"register\",\"settings\":{}}";
    const std::string entry = R"({"type":"invoke","process":0,"f":"read","value":null,"time":"1","index":0})";
    ASSERT_EQ(wrong_in("jsonl", head + "\n" + entry + "\n"), "nothing wrong");
    EXPECT_EQ(wrong_in("jsonl", head + "\n" + entry + zero + R"({"process":1})" + "\n"), "2:75: expected JSON");
    EXPECT_EQ(wrong_in("jsonl", head + "\n" + entry + zero + R"({"order":1})" + "\n"), "2:75: expected JSON");
}

TEST(Damaged, AnEmptyFileHoldsNothing) {
    for (const char* format : {"etcd-operations", "etcd-watch", "edn", "json", "plume", "plain", "history_txt"}) {
        const ReadResult read = find_format(format)->read("");
        ASSERT_TRUE(read) << format;
        EXPECT_TRUE(read->entries.empty()) << format;
    }
    EXPECT_EQ(wrong_in("dbcop", ""), "1:1: expected JSON");
    EXPECT_EQ(wrong_in("dbcop-binary", ""), "1:1: expected dbcop's binary history, whole");
    EXPECT_NE(wrong_in("jsonl", ""), "nothing wrong");
    EXPECT_EQ(detect(""), nullptr);
}

// --- told twice ---

TEST(Damaged, ARequestOfEtcdIsToldOnce) {
    const std::string twice = std::string(etcd_put) + "\n" + etcd_put;
    EXPECT_EQ(wrong_in("etcd-operations", twice),
              "5:1: expected each request once, and this one of client 1 is told twice");
    std::string other = twice;
    other.replace(other.rfind("\"ClientID\":1"), 12, "\"ClientID\":2");
    EXPECT_EQ(wrong_in("etcd-operations", other), "nothing wrong"); // two clients may ask the same at one instant
}

TEST(Damaged, AnEdnMapNamesEachKeyOnce) {
    EXPECT_EQ(wrong_in("edn", "{:process 0 :type :invoke :f :write :f :read}"),
              "1:45: expected each key once, and not \":f\" twice");
}

TEST(Damaged, BracketsEndAsTheyBegan) {
    EXPECT_EQ(wrong_in("edn", "[{:process 0 :type :invoke :f :read})"), "1:37: expected a value");
    EXPECT_EQ(wrong_in("edn", "({:process 0 :type :invoke :f :read})"), "nothing wrong");
    EXPECT_EQ(wrong_in("edn", "##"), "1:3: expected a symbolic number");
    EXPECT_EQ(wrong_in("edn", "[##]"), "1:4: expected a symbolic number");
}

// --- of another kind ---

// etcd_put with one piece for another.
std::string etcd_with(const std::string& piece, const std::string& other) {
    std::string text = etcd_put;
    text.replace(text.find(piece), piece.size(), other);
    return text;
}

TEST(Damaged, AFieldOfEtcdHasItsKind) {
    const auto wrong = [](const std::string& piece, const std::string& other) {
        return wrong_in("etcd-operations", etcd_with(piece, other));
    };
    EXPECT_EQ(wrong("\"Call\":1", "\"Call\":\"1\""), "1:1: expected Call to be a whole number of 64 bits");
    EXPECT_EQ(wrong("\"Call\":1", "\"Call\":1.5"), "1:1: expected Call to be a whole number of 64 bits");
    EXPECT_EQ(wrong("\"Call\":1", "\"Call\":18446744073709551615"),
              "1:1: expected Call to be a whole number of 64 bits");
    EXPECT_EQ(wrong("\"Call\":1", "\"Call\":1e400"), "1:1: expected whole numbers of 64 bits");
    EXPECT_EQ(wrong("\"Call\":1,", ""), "1:1: expected Call to be there");
    EXPECT_EQ(wrong("\"Return\":2", "\"Return\":0"), "1:1: expected a Return that is not before the Call");
    EXPECT_EQ(wrong("\"ClientID\":1", "\"ClientID\":9223372036854775807"), "1:1: expected a smaller ClientID");
    EXPECT_EQ(wrong("\"ClientID\":1", "\"ClientID\":true"), "1:1: expected ClientID to be a whole number of 64 bits");
    EXPECT_EQ(wrong("\"Revision\":2", "\"Revision\":[2]"), "1:1: expected Revision to be a whole number of 64 bits");
    EXPECT_EQ(wrong("\"Revision\":2", "\"Revision\":-1,\"PersistedRevision\":-1"),
              "1:1: expected a Revision from 0 on");
    EXPECT_EQ(wrong("\"Results\":[{}]", "\"Results\":{}"), "1:1: expected Results to be an array");
    EXPECT_EQ(wrong("\"Results\":[{}]", "\"Results\":[]"), "1:1: expected one of the Results for each operation");
    EXPECT_EQ(wrong("\"Results\":[{}]", "\"Results\":[{}],\"Failure\":0"), "1:1: expected Failure to be true or false");
    EXPECT_EQ(wrong("{\"Txn\":{\"Results\":[{}]},", "{"), "1:1: expected Txn to be there");
    EXPECT_EQ(wrong("\"Key\":\"k\",\"ExpectedRevision\"", "\"ExpectedRevision\""), "1:1: expected Key to be there");
    EXPECT_EQ(wrong("\"Key\":\"k\",\"Value\"", "\"Key\":5,\"Value\""), "1:1: expected Key to be a text");
    EXPECT_EQ(wrong("{\"Value\":\"1\"}", "[]"), "1:1: expected Value to be an object");
    EXPECT_EQ(wrong("put-operation", "pat-operation"), "1:1: expected operations that put, delete or range");
    EXPECT_EQ(wrong("[{\"Key\":\"k\",\"Ex", "[7,{\"Key\":\"k\",\"Ex"), "1:1: expected Key to be there");
    EXPECT_EQ(wrong("\"Input\":{", "\"Inputs\":{"), "1:1: expected Input to be there");
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    EXPECT_EQ(wrong("\"Call\":1", "\"x\":" + deep + ",\"Call\":1"), "3:143: expected values nested less deeply");
}

TEST(Damaged, AWatchOfEtcdHasItsKinds) {
    const auto wrong = [](const std::string& responses) {
        return wrong_in("etcd-watch", "{\"Request\":{\"Revision\":1},\"Responses\":" + responses + "}");
    };
    EXPECT_EQ(wrong("[]"), "nothing wrong");
    EXPECT_EQ(wrong("7"), "1:1: expected Responses to be an array");
    EXPECT_EQ(wrong("[7]"), "1:1: expected an object that may hold Events");
    EXPECT_EQ(wrong("[{\"Events\":[{\"Type\":\"sing\"}]}]"), "1:1: expected events that put or delete");
    EXPECT_EQ(wrong("[{\"Events\":[{\"Type\":\"put-operation\",\"Key\":\"k\",\"Value\":{}}]}]"),
              "1:1: expected Revision to be there");
    EtcdReport report;
    const auto objection = report.add_watches("{\"Responses\":[{\"Events\":[{\"Type\":\"put-operation\"}]}]}");
    ASSERT_TRUE(objection);
    EXPECT_EQ(objection->message, "expected Key to be there");
}

TEST(Damaged, DbcopSaysTrueOrFalse) {
    const auto wrong = [](const std::string& event, const std::string& committed) {
        return wrong_in("dbcop", "[[{\"events\":[" + event + "],\"committed\":" + committed + "}]]");
    };
    EXPECT_EQ(wrong("", "true"), "nothing wrong");
    EXPECT_EQ(wrong("", "\"yes\""), "1:3: expected committed to be true or false");
    EXPECT_EQ(wrong("{\"write\":1,\"variable\":1,\"value\":1}", "true"), "1:3: expected write to be true or false");
    EXPECT_EQ(wrong("{\"Write\":{\"variable\":1,\"version\":1},\"Read\":{\"variable\":1,\"version\":1}}", "true"),
              "1:3: expected an event that reads or writes");
}

TEST(Damaged, ASwapInPlainTextWasEqualOrNot) {
    EXPECT_EQ(wrong_in("plain", "0 c 1 2 2 1 3\n"), "1:9: expected 0, 1 or ?: whether it was equal");
}

TEST(Damaged, TheLargestProcessIsOneLikeAnyOther) {
    const ReadResult read = find_format("edn")->read("{:process 9223372036854775807 :type :invoke :f :read}"
                                                     "{:process 9223372036854775807 :type :info :f :read}"
                                                     "{:process 9223372036854775807 :type :invoke :f :read}");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->entries[2].process, 0);
}

} // namespace
} // namespace orrery::reports::formats
