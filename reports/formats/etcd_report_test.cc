// Reports of runs, written as etcd's tests write them and read back: the order that is found in them, and the verdicts.
#include "orrery/reports/formats/etcd_report.h"

#include <gtest/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_etcd_run.h"

namespace orrery::reports::formats {
namespace {

using judges::linearizable::any_etcd_run;
using judges::linearizable::Draws;
using judges::linearizable::EtcdEvent;
using judges::linearizable::EtcdRun;
using models::Etcd;
using Kind = Etcd::Operation::Kind;

Json keys_in_json(const Value& keys, const Value& count) {
    Json all = Json::array();
    for (const Value& each : keys.list()) {
        const Value::List& key = each.list();
        all.push_back({{"Key", key[0].text()},
                       {"Value", {{"Value", key[1].text()}}},
                       {"ModRevision", key[2].integer()},
                       {"Version", key[3].integer()}});
    }
    return {{"KVs", all}, {"Count", count.integer()}};
}
Json range_in_json(const Value::List& range, std::size_t at) {
    return {{"Start", range[at].text()}, {"End", range[at + 1].text()}, {"Limit", range[at + 2].integer()}};
}
Json steps_in_json(const Value& steps) {
    Json all = Json::array();
    for (const Value& each : steps.list()) {
        const Value::List& step = each.list();
        const std::string& word = step[0].text();
        Json made = {{"Type", word + "-operation"}};
        if (word == "range") made["Range"] = range_in_json(step, 1);
        if (word == "delete") made["Delete"] = {{"Key", step[1].text()}};
        if (word == "put")
            made["Put"] = {
                {"Key", step[1].text()}, {"Value", {{"Value", step[2].text()}}}, {"LeaseID", step[3].integer()}};
        all.push_back(std::move(made));
    }
    return all;
}

Json request_in_json(const Etcd::Operation& operation) {
    const Value& request = operation.request;
    if (operation.kind == Kind::grant)
        return {{"Type", "leaseGrant"}, {"LeaseGrant", {{"LeaseID", request.integer()}}}};
    if (operation.kind == Kind::revoke)
        return {{"Type", "leaseRevoke"}, {"LeaseRevoke", {{"LeaseID", request.integer()}}}};
    if (operation.kind == Kind::range) return {{"Type", "range"}, {"Range", range_in_json(request.list(), 0)}};
    Json conditions = Json::array();
    for (const Value& each : request.list()[0].list())
        conditions.push_back({{"Key", each.list()[0].text()},
                              {"ExpectedRevision", each.list()[1].integer()},
                              {"ExpectedVersion", each.list()[2].integer()}});
    return {{"Type", "txn"},
            {"Txn",
             {{"Conditions", conditions},
              {"OperationsOnSuccess", steps_in_json(request.list()[1])},
              {"OperationsOnFailure", steps_in_json(request.list()[2])}}}};
}

Json answer_in_json(const Etcd::Operation& operation, const std::optional<Etcd::Result>& result) {
    if (!result) return {{"Error", "timeout"}};
    const Value::List& answer = result->response.list();
    Json made = {{"Revision", answer[0].integer()}};
    if (operation.kind == Kind::grant) made["LeaseGrant"] = Json::object();
    if (operation.kind == Kind::revoke) made["LeaseRevoke"] = Json::object();
    if (operation.kind == Kind::range) made["Range"] = keys_in_json(answer[1], answer[2]);
    if (operation.kind != Kind::txn) return made;
    Json results = Json::array();
    for (const Value& each : answer[2].list()) {
        if (each.is_nil()) results.push_back(Json::object());
        if (each.is_integer()) results.push_back({{"Deleted", each.integer()}});
        if (each.is_list()) results.push_back(keys_in_json(each.list()[0], each.list()[1]));
    }
    made["Txn"] = {{"Failure", answer[1].boolean()}, {"Results", results}};
    return made;
}

std::string operations_in_json(const EtcdRun& run) {
    std::string text;
    for (const auto& each : run.operations) {
        const Json json = {{"ClientID", each.process},
                           {"Input", request_in_json(each.operation)},
                           {"Call", each.invoked.nanoseconds},
                           {"Output", answer_in_json(each.operation, each.result)},
                           {"Return", each.returned.nanoseconds}};
        text += json.dump() + "\n";
    }
    return text;
}

// Of `of` events, `shown` are shown.
std::string watch_in_json(const EtcdRun& run, Draws& draws, std::int64_t shown, std::int64_t of) {
    Json events = Json::array();
    for (const EtcdEvent& each : run.events) {
        if (draws.below(of) >= shown) continue;
        Json event = {{"Type", each.value ? "put-operation" : "delete-operation"},
                      {"Key", each.key},
                      {"Revision", each.revision}};
        if (each.value) event["Value"] = {{"Value", *each.value}};
        events.push_back(std::move(event));
    }
    Json responses = Json::array();
    responses.push_back({{"Events", std::move(events)}});
    return Json({{"Request", {{"Revision", 1}}}, {"Responses", std::move(responses)}}).dump();
}

Verdict verdict_on(const EtcdRun& run, const std::string& watch, std::uint64_t budget = judges::budget_default) {
    EtcdReport report;
    EXPECT_FALSE(report.add_operations(operations_in_json(run)));
    EXPECT_FALSE(report.add_watches(watch));
    return judges::judge(*report.finish(), {.budget = budget});
}

// Whatever is guessed about requests that nobody answered, no verdict is another for it.
TEST(EtcdReportsOfRuns, AreJudgedAsEveryOrderSays) {
    std::size_t passed = 0;
    std::size_t violated = 0;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        Draws draws(seed);
        EtcdRun run = any_etcd_run(draws, 6, 3);
        if (draws.below(3) > 0) lie(run, draws);
        const bool possible = judges::linearizable::linearizable_by_permutation<Etcd>(run.operations);
        const Verdict verdict = verdict_on(run, watch_in_json(run, draws, draws.below(3), 2));
        ASSERT_EQ(verdict.passed(), possible) << "seed " << seed << "\n" << operations_in_json(run);
        ASSERT_EQ(verdict.violated(), !possible) << "seed " << seed;
        (possible ? passed : violated) += 1;
    }
    EXPECT_GT(passed, 1000u);
    EXPECT_GT(violated, 1000u);
}

// A fifth of all requests is lost, and still nothing is searched.
TEST(EtcdReportsOfRuns, TellTheOrderInWhichAllTookEffect) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Draws draws(seed);
        const EtcdRun run = any_etcd_run(draws, 500, 4, true);
        const Verdict verdict = verdict_on(run, watch_in_json(run, draws, 1, 1), 20'000);
        ASSERT_TRUE(verdict.passed()) << "seed " << seed;
        ASSERT_EQ(verdict.basis, "hints") << "seed " << seed;
    }
}

TEST(JsonTexts, AreThoseThatTheParserTakes) {
    const auto accepted = [](const std::string& text) {
        JsonText json;
        const bool read = json.read(text) && json.size() == text.size();
        EXPECT_EQ(read, parse_json(text).ok()) << text;
        return read;
    };
    for (const char* text :
         {"{}", "[]", " [ 1 , -0, 10 ]", R"({"a":{"b":[true,false,null,"x"]},"c":""})", "1.5", "-1e3", R"("\u00e9\n")",
          "\"\xc3\xa9\"", "18446744073709551615", "123456789012345678901234567890"})
        EXPECT_TRUE(accepted(text)) << text;
    for (const char* text :
         {"",    "{",   "[1,]", "{,}",     "{\"a\"}", "{\"a\":}", "[1 2]", "01",  "-",     "1.", "+1",
          "tru", "nul", "\"",   "\"\\x\"", "\"\n\"",  "\"\xc3\"", "[]]",   "{}x", "1e999", "[}", "{]"})
        EXPECT_FALSE(accepted(text)) << text;
    std::string deep(100, '[');
    EXPECT_FALSE(accepted(deep + std::string(100, ']')));
}

TEST(JsonTexts, GiveTheirParts) {
    JsonText json;
    ASSERT_TRUE(json.read(R"({"a":[1,{"b":"x\ty"},[]],"c":false,"a b":null,"d":-7})"));
    const JsonPart root = json.root();
    ASSERT_TRUE(root.find("a").is_array());
    EXPECT_EQ(root.find("a").size(), 3u);
    std::vector<JsonPart> parts;
    for (const JsonPart each : root.find("a")) parts.push_back(each);
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(parts[0].integer(), 1);
    EXPECT_EQ(parts[1].find("b").text(), "x\ty");
    EXPECT_EQ(parts[2].size(), 0u);
    EXPECT_FALSE(root.find("c").boolean());
    EXPECT_TRUE(root.find("a b").is_null());
    EXPECT_TRUE(root.find("b").is_null()); // it belongs to another
    EXPECT_EQ(root.find("d").integer(), -7);
    EXPECT_EQ(root.find("d").find("e").size(), 0u);
}

} // namespace
} // namespace orrery::reports::formats
