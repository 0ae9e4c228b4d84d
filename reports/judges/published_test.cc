// The small histories by which others test their checkers - Knossos, Porcupine, Jepsen - retold, and the verdicts that
// they publish: one row each. Where a line does not say when it happened, it happened one instant after the last.
#include <gtest/gtest.h>

#include "orrery/reports/judges/judge.h"

namespace orrery::reports::judges::published {
namespace {

using Type = Entry::Type;

struct Line {
    Type type;
    std::int64_t process;
    const char* f;
    Value value{};
    std::optional<std::int64_t> time{};
    Value key{};
};

struct Row {
    const char* what;
    const char* model;
    const char* verdict;
    std::vector<Line> lines;
    const char* judge = "linearizable";
    std::optional<Value> initial{};
};

constexpr Type invoke = Type::invoke;
constexpr Type ok = Type::ok;
constexpr Type fail = Type::fail;
constexpr Type info = Type::info;

History history_of(const Row& row) {
    History history;
    history.model = row.model;
    history.initial = row.initial;
    std::int64_t now = 0;
    for (const Line& line : row.lines) {
        now = line.time.value_or(now + 1);
        history.entries.push_back(
            {line.type, line.process, line.f, line.key, line.value, {now}, history.entries.size()});
    }
    return history;
}

std::string word_of(const Verdict& verdict) {
    return verdict.vacuous() ? "vacuous" : std::string(name(verdict.outcome));
}

void are_judged_as_published(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        const Verdict verdict = judge(history_of(row), {.judge = row.judge});
        EXPECT_EQ(verdict.error_text(), "") << row.what;
        EXPECT_EQ(word_of(verdict), row.verdict) << row.what;
    }
}

Value list(Value::List values) { return values; }

TEST(Published, RegistersOfKnossos) {
    are_judged_as_published({
        {"a write that crashed",
         "register",
         "vacuous",
         {{invoke, 0, "write", 1}, {info, 0, "write"}},
         "linearizable",
         0},
        {"a read that failed", "register", "vacuous", {{invoke, 0, "read"}, {fail, 0, "read"}}, "linearizable", 0},
        {"a read of the start", "register", "passed", {{invoke, 0, "read"}, {ok, 0, "read", 0}}, "linearizable", 0},
        {"a read of another start",
         "register",
         "violated",
         {{invoke, 0, "read"}, {ok, 0, "read", 1}},
         "linearizable",
         0},
        {"a read of what nobody wrote",
         "cas-register",
         "violated",
         {{invoke, 0, "write", 1}, {ok, 0, "write"}, {invoke, 1, "read"}, {ok, 1, "read", 3}}},
        {"a read and a write with one order",
         "register",
         "passed",
         {{invoke, 0, "read"},
          {ok, 0, "read", 0},
          {invoke, 0, "read"},
          {invoke, 1, "write", 1},
          {ok, 0, "read", 1},
          {ok, 1, "write"}},
         "linearizable",
         0},
    });
}

TEST(Published, RegistersOfKnossosWithMuchAtOnce) {
    are_judged_as_published({
        {"three writers and three readers at once",
         "register",
         "passed",
         {{invoke, 0, "write", 1},
          {invoke, 1, "read"},
          {invoke, 2, "write", 2},
          {invoke, 3, "read"},
          {invoke, 4, "write", 3},
          {invoke, 5, "read"},
          {ok, 0, "write"},
          {ok, 1, "read", 1},
          {ok, 2, "write"},
          {ok, 3, "read", 2},
          {ok, 4, "write"},
          {ok, 5, "read", 3}},
         "linearizable",
         0},
        {"a read that never returned, among writes that are read",
         "register",
         "passed",
         {{invoke, 4, "write", 2},
          {ok, 4, "write"},
          {invoke, 6, "read"},
          {invoke, 1, "write", 4},
          {ok, 1, "write"},
          {invoke, 5, "read"},
          {ok, 5, "read", 4},
          {invoke, 9, "write", 0},
          {ok, 9, "write"},
          {invoke, 8, "read"},
          {ok, 8, "read", 0}},
         "linearizable",
         0},
        // The reads of 0 go before the write of 2; then the last of them has no place left.
        {"a read of 0 after a write of 2 that must have come before",
         "cas-register",
         "violated",
         {{invoke, 77, "cas", list({1, 1})},
          {invoke, 76, "write", 2},
          {ok, 76, "write"},
          {info, 77, "cas"},
          {invoke, 70, "read"},
          {ok, 70, "read", 0}},
         "linearizable",
         0},
    });
}

TEST(Published, SwapsAndSeveralRegistersOfKnossos) {
    are_judged_as_published({
        {"a compare-and-swap of what is not there",
         "cas-register",
         "violated",
         {{invoke, 0, "write", 1}, {ok, 0, "write"}, {invoke, 1, "cas", list({2, 3})}, {ok, 1, "cas", true}}},
        {"two registers that are read together after two writes",
         "multi-register",
         "passed",
         {{invoke, 0, "txn", list({list({"write", "x", 2}), list({"write", "y", 2})})},
          {invoke, 1, "txn", list({list({"read", "x", {}}), list({"read", "y", {}})})},
          {ok, 1, "txn", list({list({"read", "x", 0}), list({"read", "y", 0})})},
          {ok, 0, "txn", list({list({"write", "x", 2}), list({"write", "y", 2})})}},
         "linearizable",
         Value::Map{{"x", 0}, {"y", 0}}},
        {"two registers of which one was written",
         "multi-register",
         "violated",
         {{invoke, 0, "txn", list({list({"write", "x", 2}), list({"write", "y", 2})})},
          {ok, 0, "txn", list({list({"write", "x", 2}), list({"write", "y", 2})})},
          {invoke, 1, "txn", list({list({"read", "x", {}}), list({"read", "y", {}})})},
          {ok, 1, "txn", list({list({"read", "x", 2}), list({"read", "y", 0})})}},
         "linearizable",
         Value::Map{{"x", 0}, {"y", 0}}},
    });
}

TEST(Published, LocksOfKnossos) {
    const std::vector<Line> twice = {
        {invoke, 0, "acquire"}, {ok, 0, "acquire"}, {invoke, 0, "acquire"}, {ok, 0, "acquire"}};
    are_judged_as_published({
        {"one after the other",
         "mutex",
         "passed",
         {{invoke, 0, "acquire"},
          {ok, 0, "acquire"},
          {invoke, 1, "acquire"},
          {invoke, 0, "release"},
          {ok, 1, "acquire"},
          {ok, 0, "release"}}},
        {"two at once",
         "mutex",
         "violated",
         {{invoke, 0, "acquire"}, {ok, 0, "acquire"}, {invoke, 1, "acquire"}, {ok, 1, "acquire"}}},
        {"one that may have been released",
         "mutex",
         "passed",
         {{invoke, 0, "acquire"},
          {ok, 0, "acquire"},
          {invoke, 0, "release"},
          {info, 0, "release"},
          {invoke, 1, "acquire"},
          {ok, 1, "acquire"}}},
        {"twice by one", "mutex", "violated", twice},
        {"twice by one that may", "reentrant-mutex", "passed", twice},
        {"by another before it was released as often",
         "reentrant-mutex",
         "violated",
         {{invoke, 0, "acquire"},
          {ok, 0, "acquire"},
          {invoke, 0, "acquire"},
          {ok, 0, "acquire"},
          {invoke, 0, "release"},
          {ok, 0, "release"},
          {invoke, 1, "acquire"},
          {ok, 1, "acquire"}}},
        {"released by another",
         "reentrant-mutex",
         "violated",
         {{invoke, 0, "acquire"}, {ok, 0, "acquire"}, {invoke, 1, "release"}, {ok, 1, "release"}}},
        {"released by the process for the client that holds it",
         "reentrant-mutex",
         "passed",
         {{invoke, 0, "acquire", "n1"}, {ok, 0, "acquire"}, {invoke, 1, "release", "n1"}, {ok, 1, "release"}}},
    });
}

TEST(Published, RegistersOfPorcupine) {
    are_judged_as_published({
        {"a slow write that a later read does not see yet",
         "register",
         "passed",
         {{invoke, 0, "write", 100, 0},
          {invoke, 1, "read", {}, 25},
          {invoke, 2, "read", {}, 30},
          {ok, 2, "read", 0, 60},
          {ok, 1, "read", 100, 75},
          {ok, 0, "write", {}, 100}},
         "linearizable",
         0},
        {"a slow write that is seen, and then not",
         "register",
         "violated",
         {{invoke, 0, "write", 200, 0},
          {invoke, 1, "read", {}, 10},
          {ok, 1, "read", 200, 30},
          {invoke, 2, "read", {}, 40},
          {ok, 2, "read", 0, 90},
          {ok, 0, "write", {}, 100}},
         "linearizable",
         0},
        {"reads that take no time",
         "register",
         "passed",
         {{invoke, 0, "write", 100, 0},
          {invoke, 1, "read", {}, 25},
          {invoke, 2, "read", {}, 30},
          {invoke, 3, "read", {}, 30},
          {ok, 2, "read", 0, 30},
          {ok, 3, "read", 0, 30},
          {ok, 1, "read", 100, 75},
          {ok, 0, "write", {}, 100}},
         "linearizable",
         0},
        {"reads that take no time, and then an older one",
         "register",
         "violated",
         {{invoke, 0, "write", 200, 0},
          {invoke, 1, "read", {}, 10},
          {invoke, 2, "read", {}, 10},
          {ok, 1, "read", 200, 10},
          {ok, 2, "read", 200, 10},
          {invoke, 3, "read", {}, 40},
          {ok, 3, "read", 0, 90},
          {ok, 0, "write", {}, 100}},
         "linearizable",
         0},
    });
}

TEST(Published, SetsAndKeysOfPorcupine) {
    const auto set = [](const char* what, const char* verdict, Type end, Value shown) {
        return Row{what,
                   "set",
                   verdict,
                   {{invoke, 0, "add", 100},
                    {invoke, 1, "add", 110},
                    {invoke, 2, "read"},
                    {end, 2, "read", std::move(shown)},
                    {ok, 1, "add"},
                    {ok, 0, "add"}}};
    };
    const auto key = [](const char* what, const char* verdict, Value shown) {
        return Row{what,
                   "kv",
                   verdict,
                   {{invoke, 0, "put", "x", {}, "k"},
                    {ok, 0, "put", {}, {}, "k"},
                    {invoke, 0, "append", "y", {}, "k"},
                    {ok, 0, "append", {}, {}, "k"},
                    {invoke, 1, "get", {}, {}, "k"},
                    {ok, 1, "get", std::move(shown), {}, "k"}}};
    };
    are_judged_as_published({
        set("a set of which one addition is seen", "passed", ok, list({100})),
        set("a set of which both additions are seen", "passed", ok, list({110, 100})),
        set("a set of which nobody knows what was seen", "passed", info, {}),
        set("a set that shows an element twice", "violated", ok, list({100, 100, 110})),
        key("a text that was put and extended", "passed", "xy"),
        key("a text that was put, and the rest is missing", "violated", "x"),
        key("a text that was extended twice", "violated", "xyy"),
    });
}

TEST(Published, QueuesOfJepsen) {
    const auto queue = [](const char* what, const char* verdict, std::vector<Line> lines) {
        return Row{what, "", verdict, std::move(lines), "queue"};
    };
    are_judged_as_published({
        queue("nothing", "vacuous", {}),
        queue("one that may have been enqueued", "vacuous", {{invoke, 1, "enqueue", 1}}),
        queue("one that was enqueued", "passed", {{invoke, 1, "enqueue", 1}, {ok, 1, "enqueue"}}),
        queue("one that came out while it may have gone in", "passed",
              {{invoke, 2, "dequeue"}, {invoke, 1, "enqueue", 1}, {ok, 2, "dequeue", 1}}),
        queue("one that came out and never went in", "violated", {{invoke, 1, "dequeue"}, {ok, 1, "dequeue", 1}}),
        queue("all that went in came out", "passed",
              {{invoke, 1, "enqueue", 1},
               {invoke, 2, "enqueue", 2},
               {ok, 2, "enqueue"},
               {invoke, 3, "dequeue"},
               {ok, 3, "dequeue", 1},
               {invoke, 3, "dequeue"},
               {ok, 3, "dequeue", 2}}),
        queue("everything that can go wrong", "violated",
              {{invoke, 1, "enqueue", "hung"},
               {invoke, 2, "enqueue", "enqueued"},
               {ok, 2, "enqueue"},
               {invoke, 3, "enqueue", "twice"},
               {ok, 3, "enqueue"},
               {invoke, 4, "dequeue"},
               {invoke, 5, "dequeue"},
               {ok, 5, "dequeue", "what"},
               {invoke, 6, "dequeue"},
               {ok, 6, "dequeue", "twice"},
               {invoke, 7, "dequeue"},
               {ok, 7, "dequeue", "twice"}}),
    });
}

TEST(Published, CountersOfJepsen) {
    const auto counter = [](const char* what, const char* verdict, std::vector<Line> lines) {
        return Row{what, "counter", verdict, std::move(lines), "counter"};
    };
    const auto crowd = [](std::int64_t fourth) {
        return std::vector<Line>{{invoke, 0, "read"},     {invoke, 1, "add", 1}, {invoke, 2, "read"},
                                 {invoke, 3, "add", 2},   {invoke, 4, "read"},   {invoke, 5, "add", 4},
                                 {invoke, 6, "read"},     {invoke, 7, "add", 8}, {invoke, 8, "read"},
                                 {ok, 0, "read", 6},      {ok, 1, "add"},        {ok, 2, "read", 0},
                                 {ok, 3, "add"},          {ok, 4, "read", 3},    {ok, 5, "add"},
                                 {ok, 6, "read", fourth}, {ok, 7, "add"},        {ok, 8, "read", 15}};
    };
    const auto rolling = [](std::int64_t last) {
        return std::vector<Line>{{invoke, 0, "read"}, {invoke, 1, "add", 1}, {ok, 0, "read", 0}, {invoke, 0, "read"},
                                 {ok, 1, "add"},      {invoke, 1, "add", 2}, {ok, 0, "read", 3}, {invoke, 0, "read"},
                                 {ok, 1, "add"},      {ok, 0, "read", last}};
    };
    are_judged_as_published({
        counter("nothing", "vacuous", {}),
        counter("the start", "passed", {{invoke, 0, "read"}, {ok, 0, "read", 0}}),
        counter("another start", "violated", {{invoke, 0, "read"}, {ok, 0, "read", 1}}),
        counter("an addition that failed", "passed",
                {{invoke, 0, "add", 1}, {fail, 0, "add"}, {invoke, 0, "read"}, {ok, 0, "read", 0}}),
        counter("reads and additions at once", "passed", crowd(15)),
        counter("reads and additions at once, and one too high", "violated", crowd(100)),
        counter("reads that roll along", "passed", rolling(3)),
        counter("reads that roll along, the last too high", "violated", rolling(5)),
    });
}

// A violation is named by its place in the source, whatever numbers stand there.
TEST(Published, PlacesOfKnossosAreKept) {
    History history = history_of(
        {"", "register", "", {{invoke, 0, "write", 1}, {ok, 0, "write"}, {invoke, 0, "read"}, {ok, 0, "read", 2}}});
    constexpr std::uint64_t numbers[] = {5, 7, 99, 100};
    for (std::size_t each = 0; each < 4; ++each) history.entries[each].index = numbers[each];
    const Verdict verdict = judge(history);
    ASSERT_TRUE(verdict.violated());
    const auto operations = *calls(history);
    const Call& unpassable = operations[verdict.counterexample->unpassable];
    EXPECT_EQ(history.entries[*unpassable.return_entry].index, 100u);
}

} // namespace
} // namespace orrery::reports::judges::published
