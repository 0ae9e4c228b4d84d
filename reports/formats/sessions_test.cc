// Histories that are kept in another shape than operations one after the other: sessions of transactions, and what
// etcd's robustness tests report.
#include <gtest/gtest.h>

#include "orrery/reports/formats/etcd_report.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/reading.h"

namespace orrery::reports::formats {
namespace {

// [[f key value]]
Value one_step(const char* f, Value key, Value value) {
    Value::List steps;
    steps.push_back(Value::List{f, std::move(key), std::move(value)});
    return steps;
}

// --- sessions of transactions ---

TEST(Sessions, PlumeIsReadByItsSteps) {
    const std::string text = "w(0,1,0,0)\nw(1,1,0,0)\nr(0,1,1,1)\nr(1,0,1,1)\n";
    ASSERT_EQ(detect(text), find_format("plume"));
    const History history = history_in(text);
    ASSERT_EQ(history.entries.size(), 4u);
    EXPECT_EQ(*history.initial, Value(Value::Map{{0, 0}, {1, 0}}));
    EXPECT_EQ(history.entries[2].place.line, 3u);
    EXPECT_EQ(judged(text, "", "serializable"), "violated");
    EXPECT_EQ(judged("w(0,1,0,-1)\nw(0,2,0,-1)\nr(0,1,1,1)\n", "", "read-committed"), "violated");
    EXPECT_EQ(history_in("w(0,1,0,-1)\nr(0,9,0,-1)\nr(0,0,1,1)\n").entries.size(), 4u); // an aborted read is none
    EXPECT_EQ(wrong_with("w(0,1,0,0)\nw(0,x,0,1)\n"),
              "2:5: expected r(KEY,VALUE,SESSION,TRANSACTION) or w(...), in whole numbers");
    EXPECT_EQ(wrong_with("w(0,1,0,0) r(0,1,0,0)"),
              "1:11: expected r(KEY,VALUE,SESSION,TRANSACTION) or w(...), in whole numbers");
}

TEST(Sessions, DbcopIsReadInBothOfItsSpellings) {
    const auto sessions = [](const std::string& seen, const std::string& committed) {
        return "[\n  [{\"events\": [{\"Write\": {\"variable\": 0, \"version\": 1}}], \"committed\": " + committed +
               "}],\n  [{\"events\": [{\"Read\": {\"variable\": 0, \"version\": " + seen +
               "}}], \"committed\": true}]\n]\n";
    };
    ASSERT_EQ(detect(sessions("1", "true")), find_format("dbcop"));
    EXPECT_EQ(judged(sessions("1", "true"), ""), "passed");
    EXPECT_EQ(judged(sessions("null", "true"), ""), "passed");
    EXPECT_EQ(judged(sessions("1", "false"), "", "read-committed"), "violated");
    EXPECT_EQ(history_in(sessions("1", "true")).entries[2].place.line, 3u);
    EXPECT_EQ(wrong_with("[[{\"events\": [3], \"committed\": true}]]"), "1:3: expected an event, an object");
    const std::string older = R"({"params": {"id": 0}, "info": "", "data": [[{"events":
        [{"write": true, "variable": 3, "value": 1, "success": true},
         {"write": false, "variable": 3, "value": 7, "success": false}], "success": true}]]})";
    const History history = history_in(older);
    EXPECT_EQ(history.entries[1].value, one_step("w", 3, 1));
    EXPECT_EQ(*history.initial, Value(Value::Map{{3, 0}}));
}

std::string bytes(std::uint64_t number, bool big) {
    std::string text;
    for (int i = 0; i < 8; ++i) text += static_cast<char>(number >> (big ? 56 - 8 * i : 8 * i));
    return text;
}

TEST(Sessions, DbcopIsReadInItsBinaryForm) {
    const auto number = [](std::uint64_t each) { return bytes(each, false); };
    std::string text;
    for (const std::uint64_t each : {0u, 2u, 1u, 1u, 1u}) text += number(each);
    for (const std::string each : {"by hand", "2020", "2021"}) text += number(each.size()) + each;
    text += number(2);
    for (const bool writes : {true, false})
        text += number(1) + number(1) + (writes ? '\1' : '\0') + number(5) + number(7) + '\1' + '\1';
    ASSERT_EQ(detect(text), find_format("dbcop-binary"));
    const History history = history_in(text);
    ASSERT_EQ(history.entries.size(), 4u);
    EXPECT_EQ(history.entries[3].value, one_step("r", 5, 7));
    EXPECT_EQ(judged(text, "", "serializable"), "passed");
    EXPECT_EQ(wrong_with(text.substr(0, text.size() - 1)), "1:1: expected dbcop's binary history, whole");
}

TEST(Sessions, CobraIsReadByTheNumbersOfItsWrites) {
    const auto number = [](std::uint64_t each) { return bytes(each, true); };
    for (const std::string time : {"", "then    "}) {
        const auto log = [&](std::uint64_t seen) {
            return "S" + number(1) + time + "W" + number(100) + number(5) + number(0) + "C" + number(1) + time + "S" +
                   number(2) + time + "R" + number(1) + number(seen) + number(5) + number(0) + "R" +
                   number(0xbebeebee) + number(0xbebeebee) + number(6) + number(0) + "C" + number(2) + time;
        };
        ASSERT_EQ(detect(log(100)), find_format("cobra"));
        const History history = history_in(log(100));
        ASSERT_EQ(history.entries.size(), 4u);
        EXPECT_EQ(history.entries[3].value, Value(Value::List{Value::List{"r", 5, 100}, Value::List{"r", 6, Value()}}));
        EXPECT_EQ(judged(log(100), "", "serializable"), "passed");
        EXPECT_EQ(wrong_with(log(100).substr(0, 20)).substr(0, 26), "1:10: expected a record of");
        EXPECT_EQ(history_in("S" + number(1) + "W" + number(1) + number(5) + number(0)).entries[1].type,
                  Entry::Type::info);
    }
}

// --- etcd ---

std::string put(int client, const char* value, int call, int end, const std::string& output) {
    return "{\"ClientID\":" + std::to_string(client) +
           ",\"Input\":{\"Type\":\"txn\",\"Txn\":{\"OperationsOnSuccess\":[{\"Type\":\"put-operation\",\"Put\":{"
           "\"Key\":\"k\",\"Value\":{\"Value\":\"" +
           value + "\"}}}]}},\"Call\":" + std::to_string(call) + ",\"Output\":" + output +
           ",\"Return\":" + std::to_string(end) + "}\n";
}
std::string range(int client, int call, int end, const std::string& keys, int revision) {
    return "{\"ClientID\":" + std::to_string(client) +
           ",\"Input\":{\"Type\":\"range\",\"Range\":{\"Start\":\"k\"}},\"Call\":" + std::to_string(call) +
           ",\"Output\":{\"Range\":" + keys + ",\"Revision\":" + std::to_string(revision) +
           "},\"Return\":" + std::to_string(end) + "}\n";
}
constexpr const char* no_keys = R"({"KVs":[],"Count":0})";
constexpr const char* one_key = R"({"KVs":[{"Key":"k","Value":{"Value":"1"},"ModRevision":2,"Version":1}],"Count":1})";

TEST(EtcdReports, RangesSeeWhatWasPut) {
    const std::string done = put(1, "1", 100, 200, R"({"Txn":{"Results":[{}]},"Revision":2})");
    ASSERT_EQ(detect(done), find_format("etcd-operations"));
    EXPECT_EQ(judged(done + range(2, 300, 400, one_key, 2), ""), "passed");
    EXPECT_EQ(judged(done + range(2, 300, 400, no_keys, 2), ""), "violated");
    EXPECT_EQ(judged(done + range(2, 50, 150, no_keys, 1), ""), "passed");
    EXPECT_EQ(judged(done + range(2, 300, 400, one_key, 3), ""), "violated");
    const std::string lost = put(1, "1", 100, 200, R"({"Error":"timeout"})");
    EXPECT_EQ(judged(lost + range(2, 300, 400, one_key, 2), ""), "passed");
    EXPECT_EQ(judged(lost + range(2, 300, 400, no_keys, 1), ""), "passed");
    EXPECT_EQ(wrong_with("{\"Input\":{\"Type\":\"sing\"},\"Call\":1,\"Return\":2}"),
              "1:1: expected an Input of the type range, txn, leaseGrant, leaseRevoke, compact or defragment");
}

TEST(EtcdReports, WhatNobodyAnsweredGetsItsRevisionFromWhoeverSawIt) {
    const auto order_of = [](const std::string& operations, const std::string& watches) {
        EtcdReport report;
        EXPECT_FALSE(report.add_operations(operations));
        EXPECT_FALSE(report.add_watches(watches));
        const History history = *report.finish();
        return history.entries.back().order;
    };
    const std::string lost = put(1, "1", 100, 200, R"({"Error":"timeout"})");
    EXPECT_EQ(order_of(lost, ""), std::nullopt);
    const std::string watch = R"({"Request":{"Key":"","Revision":1},"Responses":[{"Events":[{"Type":"put-operation",
        "Key":"k","Value":{"Value":"1"},"Revision":5}],"Revision":5,"Time":1}]})";
    EXPECT_EQ(order_of(lost, watch), 0);
    ASSERT_EQ(detect(watch), find_format("etcd-watch"));
    EXPECT_EQ(judged(watch, "", "watch"), "passed");
}

// Nobody answered the revoking of the lease; the watch shows that its key went, at revision 3.
TEST(EtcdReports, WhatARevokedLeaseTookAlongIsItsOwnRevision) {
    const std::string operations = R"(
        {"ClientID":1,"Input":{"Type":"leaseGrant","LeaseGrant":{"LeaseID":7}},"Call":10,
         "Output":{"LeaseGrant":{},"Revision":1},"Return":20}
        {"ClientID":1,"Input":{"Type":"txn","Txn":{"OperationsOnSuccess":[
            {"Type":"put-operation","Put":{"Key":"k","Value":{"Value":"1"},"LeaseID":7}}]}},"Call":30,
         "Output":{"Txn":{"Results":[{}]},"Revision":2},"Return":40}
        {"ClientID":2,"Input":{"Type":"leaseRevoke","LeaseRevoke":{"LeaseID":6}},"Call":41,
         "Output":{"Error":"timeout"},"Return":45}
        {"ClientID":1,"Input":{"Type":"leaseRevoke","LeaseRevoke":{"LeaseID":7}},"Call":50,
         "Output":{"Error":"timeout"},"Return":60})";
    EtcdReport report;
    ASSERT_FALSE(report.add_operations(operations + range(3, 70, 80, no_keys, 3)));
    ASSERT_FALSE(report.add_watches(R"({"Request":{"Revision":1},"Responses":[{"Events":[
        {"Type":"delete-operation","Key":"k","Revision":3}],"Revision":3}]})"));
    const History history = *report.finish();
    const Verdict verdict = judges::judge(history, {});
    EXPECT_TRUE(verdict.passed());
    EXPECT_EQ(verdict.basis, "hints");
}

// What a range showed of a revision says who made it: nothing is searched.
TEST(EtcdReports, ARangeShowsWhoMadeARevision) {
    const std::string lost = put(1, "1", 100, 200, R"({"Error":"timeout"})");
    const Verdict verdict = judges::judge(history_in(lost + range(2, 300, 400, one_key, 2)), {});
    EXPECT_TRUE(verdict.passed());
    EXPECT_EQ(verdict.basis, "hints");
    const std::string refused = put(1, "1", 100, 200, R"({"ClientError":"no space"})");
    EXPECT_EQ(history_in(refused).entries[1].type, Entry::Type::fail);
    EXPECT_EQ(judged(refused + range(2, 300, 400, one_key, 2), ""), "violated");
}

TEST(EtcdReports, AreReadInTheirOlderSpellings) {
    const auto asked = [](const std::string& input) {
        return history_in("{\"ClientID\":1,\"Input\":" + input +
                          ",\"Call\":1,\"Output\":{\"Range\":{},\"Txn\":{\"Results\":[{}]},\"Revision\":2},"
                          "\"Return\":2}")
            .entries.at(0);
    };
    EXPECT_EQ(asked(R"({"Type":"range","Range":{"Key":"k","WithPrefix":true}})").value,
              Value(Value::List{"k", "l", 0}));
    const Entry put = asked(R"({"Type":"txn","Txn":{"OperationsOnSuccess":[{"Type":"put","Key":"k","Value":"1"}]}})");
    EXPECT_EQ(put.f, "put");
    EXPECT_EQ(put.key, Value("k"));
    EXPECT_EQ(put.value, Value("1"));
    const Entry hashed = asked(
        R"({"Type":"txn","Txn":{"OperationsOnSuccess":[{"Type":"put","Key":"k","Value":{"Value":"","Hash":5},"LeaseID":7}]}})");
    EXPECT_EQ(hashed.f, "txn");
    EXPECT_EQ(hashed.value.list()[1].list()[0], Value(Value::List{"put", "k", "hash 5", 7}));
    EXPECT_TRUE(history_in(R"({"Input":{"Type":"range","Range":{"Start":"k","Revision":7}},"Call":1,"Return":2})")
                    .entries.empty());
}

// A process that is stuck in an unknown request is not used again, however many there are.
TEST(EtcdReports, AClientGoesOnAfterRequestsThatNobodyAnswered) {
    std::string operations;
    for (int each = 0; each < 50; ++each) {
        operations += put(1, "1", 100 * each, 100 * each + 10, R"({"Error":"timeout"})");
        operations += range(1, 100 * each + 20, 100 * each + 30, no_keys, 1);
    }
    EXPECT_EQ(judged(operations, ""), "passed");
}

} // namespace
} // namespace orrery::reports::formats
