// What the literature calls an anomaly, as small histories of our own, each with the levels that allow it: the fourteen
// patterns of Plume (Liu et al., OOPSLA 2024), the boundaries between read-committed, read-atomic and causal that
// Biswas & Enea (2019) and AWDIT (2025) draw, and what Adya, Berenson and Elle name.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "orrery/reports/judges/judge.h"
#include "orrery/sim/text.h"

namespace orrery::reports::judges::transactions {
namespace {

struct Example {
    const char* name;
    // Steps, separated by blanks: w or r, a key, a value; r with 0 reads the start. | ends a transaction, || a client's
    // transactions, ! before one says that it was aborted.
    const char* history;
    // The levels that allow it: u(ncommitted) c(ommitted) a(tomic) C(ausal) v(iew) s(napshot) S (its sessions)
    // z (serializable) Z (its sessions).
    const char* allowed;
    const char* kind; // the worst, under `level`
    const char* level;
};

constexpr std::pair<char, const char*> levels[] = {{'u', "read-uncommitted"},
                                                   {'c', "read-committed"},
                                                   {'a', "read-atomic"},
                                                   {'C', "causal"},
                                                   {'v', "consistent-view"},
                                                   {'s', "snapshot-isolation"},
                                                   {'S', "strong-session-snapshot-isolation"},
                                                   {'z', "serializable"},
                                                   {'Z', "strong-session-serializable"}};

// All transactions of different clients are concurrent.
History history_of(const std::string& text) {
    History history;
    history.model = "rw-register";
    std::int64_t client = 0;
    std::int64_t turn = 0;
    Value::List asked;
    Value::List answered;
    bool aborted = false;
    const auto end_transaction = [&] {
        if (asked.empty()) return;
        const Entry::Type end = aborted ? Entry::Type::fail : Entry::Type::ok;
        // The last of every client returns after all have begun.
        history.entries.push_back({Entry::Type::invoke, client, "txn", {}, asked, {turn * 10}});
        history.entries.push_back({end, client, "txn", {}, aborted ? Value() : Value(answered), {turn * 10 + 9}});
        ++turn;
        asked.clear();
        answered.clear();
        aborted = false;
    };
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t blank = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, blank - at);
        at = blank + 1;
        if (word == "|" || word == "||") {
            end_transaction();
            if (word == "||") {
                ++client;
                turn = 0;
            }
        } else if (word == "!") {
            aborted = true;
        } else {
            const std::string verb(1, word[0]);
            const std::string key(1, word[1]);
            const std::int64_t value = word[2] - '0';
            asked.push_back(Value::List{verb, key, verb == "w" ? Value(value) : Value()});
            answered.push_back(Value::List{verb, key, value == 0 ? Value() : Value(value)});
        }
    }
    end_transaction();
    std::stable_sort(history.entries.begin(), history.entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.time, a.type != Entry::Type::invoke) < std::pair(b.time, b.type != Entry::Type::invoke);
    });
    return history;
}

class Literature : public testing::TestWithParam<Example> {};

TEST_P(Literature, IsJudgedAsPublished) {
    const Example& example = GetParam();
    const History history = history_of(example.history);
    std::string allowed;
    for (const auto& [letter, level] : levels) {
        const Verdict verdict = judge(history, {.judge = level});
        EXPECT_NE(verdict.outcome, Verdict::Outcome::undecided) << level << verdict.error_text();
        if (verdict.passed()) allowed += letter;
    }
    EXPECT_EQ(allowed, example.allowed);
    const Verdict verdict = judge(history, {.judge = example.level});
    ASSERT_TRUE(verdict.violated());
    EXPECT_EQ(verdict.anomalies.front().kind, example.kind) << verdict.anomalies.front().story;
    for (const Anomaly& each : verdict.anomalies) EXPECT_LE(each.reasons.size(), each.operations.size());
}

constexpr Example plume[] = {
    {"ThinAirRead", "rx7", "", "value from nowhere", "read-committed"},
    {"AbortedRead", "! wx1 || rx1", "u", "G1a", "read-committed"},
    {"FutureRead", "rx1 wx1", "u", "future-read", "read-committed"},
    {"NotMyLastWrite", "wx1 wx2 rx1", "u", "internal", "read-committed"},
    {"NotMyOwnWrite", "wx1 rx2 || wx2", "u", "internal", "read-committed"},
    {"IntermediateRead", "wx1 wx2 || rx1", "u", "G1b", "read-committed"},
    {"CyclicCO", "rx1 wy1 || ry1 wx1", "u", "CyclicCO", "read-committed"},
    {"NonMonoReadCO", "wx1 | wx2 wy1 || ry1 rx1", "uvsz", "NonMonoReadCO-process", "read-committed"},
    {"NonMonoReadCM", "wx1 wy1 || wx2 wy2 || ry2 rx1 || rx1 ry2", "u", "NonMonoReadCM", "read-committed"},
    {"NonRepeatableRead", "wx1 || wx2 || rx1 rx2", "uc", "internal", "read-atomic"},
    {"FracturedReadCO", "wx1 | wx2 wy1 || rx1 ry1", "ucvsz", "FracturedReadCO-process", "read-atomic"},
    {"FracturedReadCM", "wx1 wy1 || wx2 wy2 || rx1 ry2", "uc", "FracturedReadCM", "read-atomic"},
    {"COConflictCM", "wx1 | wx2 || rx2 wy1 || ry1 rx1", "ucavsz", "COConflictCM-process", "causal"},
    {"ConflictCM", "wx1 || wx2 || rx2 wy1 || rx1 wz1 || ry1 rx1 || rz1 rx2", "uca", "ConflictCM", "causal"}};

constexpr Example boundaries[] = {
    {"FracturedStart", "wx1 wy1 || rx1 ry0", "u", "NonMonoReadCO", "read-committed"},
    {"FracturedStartReadFirst", "wx1 wy1 || ry0 rx1", "uc", "FracturedReadCO", "read-atomic"},
    {"OldReadAfterTwoSteps", "wx1 | wx2 || rx2 wy1 || rx1 ry1", "ucavsz", "COConflictCM-process", "causal"},
    {"StaleReadOfTheStart", "wx1 || rx1 wy1 || ry1 rx0", "uca", "COConflictCM", "causal"},
    {"CycleOverClients", "rx1 | wy1 || ry1 | wx1", "uvsz", "CyclicCO-process", "read-committed"},
    {"LostUpdate", "wx1 || rx1 wx2 || rx1 wx3", "ucaC", "lost-update", "snapshot-isolation"},
    {"LostUpdateOfTheStart", "rx0 wx2 || rx0 wx3", "ucaC", "lost-update", "snapshot-isolation"},
    {"LongFork", "wx1 || wy1 || rx1 ry0 || rx0 ry1", "ucaCv", "G-nonadjacent", "snapshot-isolation"},
    {"WriteSkew", "rx0 wy1 || ry0 wx1", "ucaCvsS", "G2-item", "serializable"},
    {"ReadOnlyAnomaly", "rx0 ry0 wx1 || rx0 ry0 wy2 || rx0 ry2", "ucaCvsS", "G2-item", "serializable"},
    {"ReadSkew", "rx0 ry1 || rx0 wx1 wy1", "uc", "G-single", "serializable"},
    {"OwnPast", "wx1 | rx0", "ucvsz", "FracturedReadCO-process", "read-atomic"}};

INSTANTIATE_TEST_SUITE_P(Plume, Literature, testing::ValuesIn(plume),
                         [](const auto& each) { return std::string(each.param.name); });
INSTANTIATE_TEST_SUITE_P(Boundaries, Literature, testing::ValuesIn(boundaries),
                         [](const auto& each) { return std::string(each.param.name); });

} // namespace
} // namespace orrery::reports::judges::transactions
