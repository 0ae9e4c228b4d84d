// The views on small histories and recordings: what is drawn is compared letter by letter.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/views/anomalies.h"
#include "orrery/reports/views/columns.h"
#include "orrery/reports/views/failure.h"
#include "orrery/reports/views/story.h"
#include "orrery/reports/views/timeline.h"
#include "orrery/reports/views/words.h"

namespace orrery::reports::views {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
const Participants participants{{"replica0", "replica1", "client0", "client1", "client2"},
                                {"client0", "client1", "client2"}};

sim::WorldTime at_millisecond(std::int64_t time) { return {time * millisecond}; }

struct Written {
    std::int64_t process;
    const char* f;
    Value argument;
    Value result;
    std::int64_t from;
    std::int64_t to; // 0: never
};

History history_of(const char* model, std::vector<Written> all, const Value& key = {}) {
    History history{model, {}, {}, {}};
    for (const Written& each : all) {
        history.entries.push_back(
            {Entry::Type::invoke, each.process, each.f, key, each.argument, at_millisecond(each.from)});
        if (each.to > 0)
            history.entries.push_back(
                {Entry::Type::ok, each.process, each.f, key, each.result, at_millisecond(each.to)});
    }
    std::stable_sort(history.entries.begin(), history.entries.end(),
                     [](const Entry& a, const Entry& b) { return a.time < b.time; });
    return history;
}

// Two writes at once, seen in one order and then in the other, among others that do not matter.
History diverged() {
    return history_of("register", {{0, "write", 1, {}, 2, 4},
                                   {1, "read", {}, 1, 6, 8},
                                   {1, "write", 7, {}, 10, 14},
                                   {0, "write", 8, {}, 11, 13},
                                   {2, "read", {}, 7, 20, 22},
                                   {0, "read", {}, 7, 15, 16},
                                   {1, "read", {}, 8, 30, 32},
                                   {2, "write", 9, {}, 31, 33}});
}

MinimalHistory minimal_of(const History& history) {
    return judges::linearizable::minimal_history(history, *calls(history), judges::judge(history));
}

// The calls of a minimal history as a history of their own.
History alone(const History& history, const MinimalHistory& minimal) {
    std::vector<std::size_t> entries;
    for (const Call& call : minimal.calls) {
        entries.push_back(call.invoke_entry);
        if (call.return_entry) entries.push_back(*call.return_entry);
    }
    std::sort(entries.begin(), entries.end());
    History part{history.model, {}, {}, {}};
    for (const std::size_t entry : entries) part.entries.push_back(history.entries[entry]);
    return part;
}

TEST(MinimalHistory, OnlyWhatIsNeededForTheViolationStays) {
    const MinimalHistory found = minimal_of(diverged());
    ASSERT_EQ(found.calls.size(), 4u);
    EXPECT_EQ(invocation(found.calls[0]), "write 7");
    EXPECT_EQ(invocation(found.calls[1]), "write 8");
    EXPECT_EQ(found.calls[2].result, Value(7));
    EXPECT_EQ(&found.impossible(), &found.calls[3]);
    EXPECT_EQ(found.kind, ViolationClass::stale_read);
}

TEST(MinimalHistory, APassedHistoryHasNone) {
    EXPECT_TRUE(minimal_of(history_of("register", {{0, "write", 1, {}, 1, 2}, {1, "read", {}, 1, 3, 4}})).empty());
}

TEST(MinimalHistory, WhatWasReadIsNotTakenAwayFromATextThatGrew) {
    const MinimalHistory found = minimal_of(history_of("kv",
                                                       {{0, "put", "a", {}, 1, 2},
                                                        {0, "append", "b", {}, 3, 4},
                                                        {0, "get", {}, "ab", 5, 6},
                                                        {1, "get", {}, "abb", 7, 8}},
                                                       "k"));
    ASSERT_EQ(found.calls.size(), 3u);
    EXPECT_EQ(in_words(found, participants),
              "client1's get \"k\" returned \"abb\" at 0.008 s, in which client0's append \"k\" \"b\" is "
              "there 2 times. In whatever order the others took effect, it would return \"ab\", not "
              "\"abb\".");
}

// A store that carries out what it refused: the delete is no part of any order, and the whole explanation.
TEST(MinimalHistory, ShowsWhatFailedOrIsUnknownOnTheSameKey) {
    History history = history_of("kv", {{0, "put", "a", {}, 1, 2}, {1, "get", {}, {}, 20, 21}}, "k");
    const auto add = [&](std::int64_t process, const char* key, Entry::Type type, const char* f, Value argument) {
        const auto time = static_cast<std::int64_t>(history.entries.size());
        history.entries.insert(history.entries.end() - 2,
                               {{Entry::Type::invoke, process, f, key, std::move(argument), at_millisecond(time)},
                                {type, process, f, key, {}, at_millisecond(time + 1)}});
    };
    add(2, "k", Entry::Type::fail, "delete", {});
    add(3, "k", Entry::Type::info, "put", "b");
    add(4, "other", Entry::Type::fail, "delete", {});
    add(5, "k", Entry::Type::fail, "get", {});
    const MinimalHistory found = minimal_of(history);
    ASSERT_EQ(found.doubtful.size(), 2u);
    EXPECT_EQ(doubtful(found, participants, {}), "  client2: delete \"k\" -> failed, from 4.000 to 5.000 ms\n"
                                                 "  client0: put \"k\" \"b\" -> ?, from 6.000 ms on\n");
    const std::string text = judgement(history, judges::judge(history), found, {});
    EXPECT_NE(text.find("\nfailed or unknown meanwhile, on the same object\n  process 2: delete"), std::string::npos);
}

// The sentence says what the store really held, and not what it would have held without what was left out.
TEST(MinimalHistory, QuotesTheValueOfTheWholeHistory) {
    const MinimalHistory found = minimal_of(history_of(
        "kv", {{0, "append", "3 ", {}, 1, 2}, {0, "append", "2 ", {}, 3, 4}, {1, "get", {}, "2 2 ", 5, 6}}, "k"));
    EXPECT_EQ(found.calls.size(), 2u);
    EXPECT_EQ(found.instead, "would return \"3 2 \", not \"2 2 \"");
}

RC_GTEST_PROP(MinimalHistory, IsAlwaysAViolationByTheSameOperation, ()) {
    std::vector<Written> all;
    std::int64_t clock = 0;
    const auto count = *rc::gen::inRange<std::size_t>(2, 12);
    std::int64_t busy[3] = {};
    for (std::size_t i = 0; i < count; ++i) {
        const auto process = *rc::gen::inRange<std::int64_t>(0, 3);
        const bool write = *rc::gen::arbitrary<bool>();
        const auto value = *rc::gen::inRange<std::int64_t>(0, 4);
        const std::int64_t from = std::max(++clock, busy[process] + 1);
        const std::int64_t to = from + *rc::gen::inRange<std::int64_t>(1, 8);
        busy[process] = to;
        Written step{process, write ? "write" : "read", {}, {}, from, to};
        (write ? step.argument : step.result) = Value(value);
        all.push_back(step);
    }
    const History history = history_of("register", all);
    const auto read = *calls(history);
    const Verdict verdict = judges::judge(history);
    const MinimalHistory found = judges::linearizable::minimal_history(history, read, verdict);
    RC_ASSERT(found.empty() != verdict.violated());
    if (found.empty()) return;
    RC_ASSERT(judges::judge(alone(history, found)).violated());
    RC_ASSERT(found.impossible().invoke_entry == read[verdict.counterexample->unpassable].invoke_entry);
}

TEST(Words, TellWhoWasToldWhatAndWhyThatCannotBe) {
    EXPECT_EQ(
        in_words(minimal_of(diverged()), participants),
        "client1's read returned 8 at 0.032 s, although client2 had already been told 7 at 0.022 s: what had been "
        "replaced came back. In whatever order the others took effect, it would return 7, not 8.");
    EXPECT_EQ(
        in_words(minimal_of(history_of("register", {{0, "write", 1, {}, 1, 2}, {1, "read", {}, {}, 3, 4}})),
                 participants),
        "client1's read returned nil at 0.004 s, although client0's write 1 had been acknowledged at 0.002 s: that "
        "write is lost. In whatever order the others took effect, it would return 1, not nil.");
    EXPECT_EQ(
        in_words(minimal_of(history_of("register", {{1, "read", {}, 5, 3, 4}})), participants),
        "client1's read returned 5 at 0.004 s, but nobody ever wrote that. In whatever order the others took effect, "
        "it would return nil, not 5.");
    EXPECT_EQ(
        in_words(minimal_of(history_of("register", {{1, "read", {}, 5, 3, 4}, {0, "write", 5, {}, 6, 7}})),
                 participants),
        "client1's read returned 5 at 0.004 s, which was written only later. In whatever order the others took effect, "
        "it would return nil, not 5.");
}

TEST(Words, OfAQueueTellWhatWasPutInAndTakenOut) {
    const auto first_sentence = [](const std::vector<Written>& steps) {
        const std::string words = in_words(minimal_of(history_of("queue", steps)), participants);
        return words.substr(0, words.find('.', words.find(',')));
    };
    EXPECT_EQ(first_sentence({{1, "dequeue", {}, 5, 3, 4}}),
              "client1's dequeue returned 5 at 0.004 s, but nobody ever put that in");
    EXPECT_EQ(first_sentence({{0, "enqueue", 5, {}, 1, 2}, {1, "dequeue", {}, 5, 3, 4}, {1, "dequeue", {}, 5, 5, 6}}),
              "client1's dequeue returned 5 at 0.006 s, which was taken out once more than it was put in");
    EXPECT_EQ(first_sentence({{0, "enqueue", 5, {}, 1, 2}, {1, "dequeue", {}, {}, 3, 4}}),
              "client1's dequeue returned nil at 0.004 s, although more must have been in");
}

// A counter is the sum of all its additions: no few of them tell what it would be.
TEST(Words, OfAModelThatIsNoRegisterNoOperationIsLeftOut) {
    const History history = history_of(
        "counter",
        {{0, "add", 1, {}, 1, 2}, {0, "add", 1, {}, 3, 4}, {0, "add", 1, {}, 5, 6}, {1, "read", {}, 2, 7, 8}});
    const MinimalHistory found = minimal_of(history);
    EXPECT_EQ(found.calls.size(), 4u);
    EXPECT_EQ(
        in_words(found, participants),
        "client1's read returned 2 at 0.008 s, which no order of the operations can explain. In whatever order the "
        "others took effect, it would return 3, not 2.");
}

TEST(Timeline, DrawsABarForEachOperationAndMarksTheImpossibleOne) {
    EXPECT_EQ(timeline(minimal_of(diverged()), participants, {}, false),
              "  client0   [B write 8]\n"
              "  client1  [A write 7---]               [D read -> 8] <- impossible\n"
              "  client2                 [C read -> 7]\n");
    const Style narrow{40, false, true};
    EXPECT_EQ(timeline(minimal_of(diverged()), participants, narrow, false),
              "  client0   [B]\n"
              "  client1  [A───]     [D] <- impossible\n"
              "  client2         [C]\n"
              "\n"
              "  A client1: write 7, from 10.000 to\n  14.000 ms\n"
              "  B client0: write 8, from 11.000 to\n  13.000 ms\n"
              "  C client2: read -> 7, from 20.000 to\n  22.000 ms\n"
              "  D client1: read -> 8, from 30.000 to\n  32.000 ms\n");
}

TEST(Timeline, AnOperationThatNeverReturnedStaysOpen) {
    const MinimalHistory found = minimal_of(
        history_of("register", {{0, "write", 5, {}, 1, 0}, {1, "read", {}, 5, 2, 3}, {2, "read", {}, {}, 4, 5}}));
    EXPECT_EQ(timeline(found, participants, {}, false), "  client0  [A write 5 -> ?---------------->\n"
                                                        "  client1   [B read -> 5]\n"
                                                        "  client2                 [C read -> nil] <- impossible\n");
}

// A message has a text of its own, a note or a state the value of a field.
trace::Row recorded(trace::Row::Kind kind, std::int64_t time, std::uint32_t host, std::string name,
                    std::string text = "", std::string field = "value") {
    trace::Row made;
    made.kind = kind;
    made.time = at_millisecond(time);
    made.host = host;
    made.name = std::move(name);
    if (made.is_message())
        made.content = std::move(text);
    else if (!text.empty())
        made.fields.push_back(trace::field(field, std::move(text)));
    return made;
}

trace::Row message(trace::Row::Kind kind, std::int64_t time, std::uint32_t host, std::uint32_t peer,
                   std::uint64_t number, std::uint64_t origin) {
    trace::Row made = recorded(kind, time, host, "rpc.request", "apply");
    made.peer = peer;
    made.message = number;
    made.origin = origin;
    return made;
}

trace::Row fault(trace::Row::Kind kind, std::int64_t time) {
    trace::Row made = recorded(kind, time, 0, "f402 cut target=raft.role=leader at=3ms for=9ms (replica1)");
    made.fault = 402;
    return made;
}

// A write that is acknowledged by replica0, whose copy is lost, and a read at replica1.
trace::Recording recorded() {
    using Kind = trace::Row::Kind;
    trace::Row execute = recorded(Kind::note, 12, 0, "rpc.execute", "apply", "service");
    execute.origin = 77;
    return {{recorded(Kind::boot, 0, 0, "replica0@boot"), message(Kind::send, 10, 2, 0, 1, 77),
             fault(Kind::fault_begin, 11), message(Kind::deliver, 12, 0, 2, 1, 77), execute,
             message(Kind::lose, 13, 0, 1, 2, 77), message(Kind::send, 13, 0, 2, 3, 77),
             message(Kind::deliver, 14, 2, 0, 3, 77), recorded(Kind::crash, 15, 0, "replica0@boot"),
             recorded(Kind::state, 16, 1, "raft.role", "leader"), recorded(Kind::state, 16, 1, "raft.term", "2"),
             message(Kind::deliver, 17, 1, 2, 9, 5), fault(Kind::fault_end, 19), message(Kind::send, 20, 3, 1, 4, 78),
             message(Kind::deliver, 21, 1, 3, 4, 78), message(Kind::send, 21, 1, 3, 5, 78),
             message(Kind::deliver, 40, 3, 1, 5, 78)}};
}

History lost_write() { return history_of("register", {{0, "write", 1, {}, 10, 14}, {1, "read", {}, {}, 20, 40}}); }

TEST(Columns, ShowEachHostInALaneAndWhatHappenedInOrder) {
    const MinimalHistory found = minimal_of(lost_write());
    const sim::Finding finding{"linearizable", "lost write", "", "", at_millisecond(40)};
    EXPECT_EQ(columns({recorded(), found, participants, finding}, {}),
              "            faults  replica    client\n"
              "    time ms         0    1     0    1\n"
              "     10.000         |    |     A    |    A client0 asks: write 1\n"
              "     11.000 +       -- f402 cut raft.role=leader (replica1) begins --\n"
              "     12.000 |       <----------A    |    A rpc.request apply; rpc.execute service=apply\n"
              "     13.000 |       A----x     a    |    A lost: rpc.request apply\n"
              "     14.000 |       A---------->    |    A rpc.request apply\n"
              "     14.000 |       |    |     A    |    A client0 is told: done\n"
              "     15.000 |       X    |     |    |    replica0 dies\n"
              "     16.000 |            o     |    |    replica1: raft.role = leader, raft.term = 2\n"
              "     19.000 +       -- f402 cut raft.role=leader (replica1) ends --\n"
              "     20.000              L     |    B    B client1 asks: read\n"
              "     21.000              <----------B    B rpc.request apply\n"
              "     40.000              B---------->    B rpc.request apply, 19 ms on its way\n"
              "     40.000              L     |    B    B client1 is told the impossible: nil\n"
              "  L leader, no line: down\n");
}

TEST(Columns, LeadAMonitorsFindingBackToWhatOthersSaidOfTheSameThing) {
    trace::Recording recording;
    for (std::int64_t i = 1; i <= 300; ++i)
        recording.rows.push_back(recorded(trace::Row::Kind::note, i, static_cast<std::uint32_t>(i % 2), "raft.commit",
                                          std::to_string(i), "index"));
    recording.rows.push_back(recorded(trace::Row::Kind::note, 400, 1, "raft.truncate", "7", "index"));
    recording.rows.back().event = 99;
    const sim::Finding finding{
        "raft.safety", "entry lost", "rule", "replica1 dropped entry 7", at_millisecond(400), 99};
    EXPECT_EQ(columns({recording, MinimalHistory{}, participants, finding, 6}, {}),
              "             replica\n"
              "    time ms  0    1\n"
              "             ... 3 rows left out\n"
              "      7.000  |    o    replica1: raft.commit index=7\n"
              "             ... 145 rows left out\n"
              "    299.000  |    o    replica1: raft.commit index=299\n"
              "    400.000  |    o    replica1: raft.truncate index=7\n"
              "    400.000  -- entry lost: replica1 dropped entry 7 --\n");
}

RC_GTEST_PROP(Columns, NeverLeaveTheTerminalAndNeverTakeMoreRowsThanAllowed, ()) {
    trace::Recording recording;
    std::int64_t time = 0;
    const auto count = *rc::gen::inRange<std::size_t>(0, 120);
    for (std::size_t i = 0; i < count; ++i) {
        const auto kind = static_cast<trace::Row::Kind>(*rc::gen::inRange(0, static_cast<int>(trace::kinds)));
        time += *rc::gen::inRange<std::int64_t>(0, 3);
        const auto host = *rc::gen::inRange<std::uint32_t>(0, 5);
        trace::Row made = recorded(kind, time, host, "name", *rc::gen::arbitrary<std::string>());
        made.peer = *rc::gen::inRange<std::uint32_t>(0, 5);
        made.origin = *rc::gen::inRange<std::uint64_t>(76, 80);
        made.event = i;
        made.goal = *rc::gen::arbitrary<bool>();
        if (made.is_fault()) made.fault = *rc::gen::inRange<std::uint64_t>(1, 9);
        recording.rows.push_back(std::move(made));
    }
    const MinimalHistory found = *rc::gen::arbitrary<bool>() ? minimal_of(lost_write()) : MinimalHistory{};
    const sim::Finding finding{"judge", "kind", "rule", std::string(200, 'x'), at_millisecond(time), 1};
    const std::size_t rows_max = *rc::gen::inRange<std::size_t>(8, 40);
    const Style style{*rc::gen::inRange<std::size_t>(60, 140), false, *rc::gen::arbitrary<bool>()};
    const std::string text = columns({recording, found, participants, finding, rows_max}, style);
    std::int64_t lines = 0;
    for (std::size_t from = 0; from < text.size(); ++lines) {
        const std::size_t end = text.find('\n', from);
        RC_ASSERT(end != std::string::npos);
        const std::string_view line = std::string_view(text).substr(from, end - from);
        RC_ASSERT(columns_of(line) <= style.width);
        const bool goes_on = line.substr(0, 12).find_first_not_of(' ') == std::string_view::npos;
        if (goes_on && line.find(" left out") == std::string_view::npos) --lines; // of the same row
        from = end + 1;
    }
    RC_ASSERT(lines <= static_cast<std::int64_t>(rows_max) + 2); // one of head, one of legend
    if (!style.unicode)
        for (const char each : text) RC_ASSERT(each == '\n' || (each >= ' ' && each <= '~'));
}

// It is over as it begins: one row, and no line beside those that follow.
TEST(Columns, ShowTheFaultOfASingleMessageInOneRow) {
    using Kind = trace::Row::Kind;
    trace::Recording recording = recorded();
    for (trace::Row& each : recording.rows) {
        if (!each.is_fault()) continue;
        each.name = "f1 lost message=replica0>replica1:rpc.request:2";
        each.time = at_millisecond(13);
    }
    std::stable_sort(recording.rows.begin(), recording.rows.end(),
                     [](const trace::Row& a, const trace::Row& b) { return a.time < b.time; });
    ASSERT_TRUE(std::any_of(recording.rows.begin(), recording.rows.end(),
                            [](const trace::Row& each) { return each.kind == Kind::fault_end; }));
    const sim::Finding finding{"linearizable", "lost write", "", "", at_millisecond(40)};
    const std::string text = columns({recording, minimal_of(lost_write()), participants, finding}, {});
    const std::size_t row = text.find("-- f1 lost message=replica0>replica1:rpc.request:2 --\n");
    EXPECT_NE(row, std::string::npos) << text;
    EXPECT_EQ(text.find("f1 lost", row + 10), std::string::npos) << text;
    EXPECT_EQ(text.find(" + "), text.rfind(" + ")) << text;
}

TEST(Failure, ShowsTheOperationsThatAnotherJudgeNamedAndItsPromise) {
    Failure failed;
    failed.history = history_of("counter", {{0, "add", 1, {}, 1, 2}, {0, "read", {}, 2, 2, 4}});
    failed.verdict = judges::judge(failed.history, {.judge = "counter"});
    ASSERT_TRUE(failed.verdict.violated());
    failed.findings.push_back(*finding(failed.verdict, *calls(failed.history)));
    failed.participants = participants;
    EXPECT_EQ(failure(failed, {}),
              "violated: reads lie within what can have been added (counter, count too high)\n"
              "  at 0.004 s, client0 read 2, where it can only have been from 0 to 1\n"
              "\nwhat the clients saw (bars that overlap were under way together; <- is in the finding)\n"
              "  client0  [A add 1] [B read -> 2] <-\n"); // asked as soon as it was answered
}

TEST(AppliedFaults, NameTheTargetsOfAFaultAndItsTimes) {
    const std::vector<AppliedFault> all = {{402, "f402 cut target=raft.role=leader at=3ms for=9ms", 12},
                                           {101, "f101 crash target=replica0 at=9ms", 0}};
    EXPECT_EQ(applied_faults(all, recorded(), at_millisecond(100), {}),
              "  0.011 s to 0.019 s        f402 cut raft.role=leader (replica1): took effect 12 times\n");
    EXPECT_EQ(applied_faults(all, recorded(), at_millisecond(10), {}), "  and 1 more, after the violation\n");
}

TEST(Failure, TellsTheVerdictTheOperationsTheWayThereAndTheFaults) {
    Failure failed;
    failed.history = lost_write();
    failed.verdict = judges::judge(failed.history);
    failed.minimal = minimal_of(failed.history);
    failed.findings.push_back(*finding(failed.verdict, *calls(failed.history)));
    failed.findings.push_back(
        {"progress", "no progress", "every client gets answers after the heal", "client2 got none"});
    failed.participants = participants;
    failed.recording = recorded();
    failed.applied_faults = {{402, "f402 cut target=raft.role=leader at=3ms for=9ms", 1}};
    const std::string text = failure(failed, {});
    EXPECT_EQ(text.substr(0, text.find("how it came")),
              "violated: an acknowledged write has its effect (linearizable, lost write)\n"
              "  client1's read returned nil at 0.040 s, although client0's write 1 had been acknowledged at 0.014\n"
              "  s: that write is lost. In whatever order the others took effect, it would return 1, not nil.\n"
              "also: every client gets answers after the heal (progress, no progress)\n"
              "  client2 got none\n"
              "\nwhat the clients saw (bars that overlap were under way together)\n"
              "  client0  [A write 1]\n"
              "  client1              [B read -> nil] <- impossible\n\n");
    EXPECT_NE(text.find("\nfaults that took effect\n  0.011 s to 0.019 s"), std::string::npos);
    EXPECT_EQ(text, failure(failed, {}));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(failure(failed, {100, true, true}).find("\x1b[31;1m"), std::string::npos);
}

TEST(Judgement, OfAHistoryWithoutTimesCountsSteps) {
    History history = lost_write();
    for (Entry& entry : history.entries) entry.time.nanoseconds /= millisecond;
    const std::string text = judgement(history, judges::judge(history), minimal_of(history), {});
    EXPECT_NE(text.find("process 1's read returned nil at step 40"), std::string::npos);
    EXPECT_NE(text.find("  A process 0: write 1, from step 10 to 14\n"), std::string::npos);
}

TEST(Style, TextIsCutByColumnsAndCleanedOfWhatATerminalWouldObey) {
    const Style plain;
    const Style rich{100, false, true};
    EXPECT_EQ(clipped("abcdef", 6, plain), "abcdef");
    EXPECT_EQ(clipped("abcdefg", 6, plain), "abc...");
    EXPECT_EQ(clipped("äöüäöüä", 6, rich), "äöü...");
    EXPECT_EQ(shown("a\x1b[31mä\n", plain), "a?[31m??");
    EXPECT_EQ(shown("a\x1b[31mä\n", rich), "a?[31mä?");
    EXPECT_EQ(shown("a\xac\xc3", rich), "a??");
    EXPECT_EQ(shown("\xc2\x9b", rich), "??");
    EXPECT_EQ(wrapped("one two three", 2, {9, false, false}), "  one two\n  three");
    EXPECT_EQ(pieces("one two three", 8, 3, plain), (std::vector<std::string>{"one two", "thr", "ee"}));
    EXPECT_EQ(pieces("", 8, 3, plain), (std::vector<std::string>{""}));
    EXPECT_EQ(pieces("äöü äöü", 5, 5, rich), (std::vector<std::string>{"äöü", "äöü"}));
}

// Notes, names and histories are made by programs and files: none of them may reach a terminal's ears.
TEST(Views, EscapeWhatATerminalWouldObeyWhereverItComesFrom) {
    const std::string evil = "\x1b[31m\nx";
    const Participants names{{"replica" + evil, "client" + evil}, {"client" + evil}};
    const sim::Finding finding{"judge", evil, evil, evil, at_millisecond(9), 7};
    trace::Row note = recorded(trace::Row::Kind::note, 8, 0, evil, evil, evil);
    note.event = 7;
    const trace::Recording recording = {{note, recorded(trace::Row::Kind::state, 8, 0, "role", evil)}};
    Failure failed;
    failed.findings = {finding};
    failed.participants = names;
    failed.recording = recording;
    failed.applied_faults = {{1, "f1 crash target=" + evil, 3}};
    std::string text = failure(failed, {});
    History history = history_of("kv", {{0, "put", evil, {}, 1, 2}, {1, "get", {}, evil + evil, 3, 4}}, evil);
    text += judgement(history, judges::judge(history), minimal_of(history), {});
    Verdict verdict;
    verdict.error = sim::Complaint{sim::Cause::input, {}, evil};
    text += story(verdict, {}) + "\n";
    for (std::size_t at = 0; at < text.size(); ++at)
        EXPECT_TRUE(text[at] == '\n' || (text[at] >= ' ' && text[at] <= '~')) << at;
    EXPECT_EQ(text.find("\nx"), std::string::npos);
}

TEST(Anomalies, AreToldOneOfEachClassWithTheReasonsOfACycle) {
    std::vector<Call> calls(3);
    for (std::size_t each = 0; each < calls.size(); ++each) calls[each].process = static_cast<std::int64_t>(each);
    for (Call& each : calls) each.f = "txn";
    History history;
    history.entries.resize(1); // of no file
    Verdict verdict;
    verdict.outcome = Verdict::Outcome::violated;
    verdict.anomalies = {{"G1c", {}, {2, 0}, {"it was overwritten", "it was read"}, "two transactions in a circle"},
                         {"G1c", {}, {1}, {}, "again"},
                         {"internal", {}, {1}, {}, "a transaction against itself"}};
    verdict.broken = {"read-committed"};
    EXPECT_EQ(anomalies(verdict, history, calls, {}), "violated: G1c\n"
                                                      "  two transactions in a circle\n"
                                                      "    #1  process 2: txn -> ?\n"
                                                      "    #2  process 0: txn -> ?\n"
                                                      "    #1 before #2: it was overwritten\n"
                                                      "    #2 before #1: it was read\n"
                                                      "also: internal\n"
                                                      "  a transaction against itself\n"
                                                      "    #1  process 1: txn -> ?\n"
                                                      "and 1 more\n"
                                                      "so it is not read-committed\n");
}

} // namespace
} // namespace orrery::reports::views
