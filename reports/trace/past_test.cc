// The past of an event, by example and against a slow answer.
#include "orrery/reports/trace/past.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orrery::reports::trace {
namespace {

using Events = std::vector<std::uint64_t>;

// Two hosts; the message 4 leaves in event 2 and arrives at host 1 after that has done 3.
const Recording two_hosts = {{}, {{1, 0, {0}, 0}, {2, 1, {1}, 0}, {3, 0, {2}, 1}, {5, 2, {3}, 0}, {4, 2, {4}, 1}}};

TEST(Past, HoldsTheCausesAndWhatTheirHostsDidBefore) {
    EXPECT_EQ(past_of(two_hosts, 4).events, (Events{1, 2, 3, 4}));
    EXPECT_EQ(past_of(two_hosts, 5).events, (Events{1, 2, 5}));
    EXPECT_EQ(past_of(two_hosts, 3).events, (Events{3}));
    EXPECT_TRUE(past_of(two_hosts, 4).contains(3));
    EXPECT_FALSE(past_of(two_hosts, 4).contains(5));
}

TEST(Past, OfAnEventThatNeverBeganIsEmpty) { EXPECT_EQ(past_of(two_hosts, 9).events, Events{}); }

// 2 arrives nowhere: its cause is its past, and host 1 never hears of either.
TEST(Past, DoesNotGoThroughAMessageThatWasLost) {
    const Recording lost = {{}, {{1, 0, {0}, 0}, {2, 1, {1}, Step::nowhere}, {3, 0, {2}, 1}}};
    EXPECT_EQ(past_of(lost, 3).events, (Events{3}));
    EXPECT_EQ(past_of(lost, 2).events, (Events{1, 2}));
}

// 3 crashes both hosts: it has a step at each.
TEST(Past, OfAnEventAtTwoHostsIsThePastOfBoth) {
    const Recording crash = {
        {},
        {{1, 0, {0}, 0}, {2, 0, {0}, 1}, {3, 0, {1}, Step::nowhere}, {3, 0, {1}, 0}, {3, 0, {1}, 1}, {4, 0, {2}, 0}}};
    EXPECT_EQ(past_of(crash, 4).events, (Events{1, 2, 3, 4}));
}

TEST(Past, SaysThatItMayGoOnWhereStepsWereDropped) {
    Recording dropped = two_hosts;
    EXPECT_TRUE(past_of(dropped, 4).is_whole);
    dropped.steps_dropped = 1;
    EXPECT_FALSE(past_of(dropped, 4).is_whole);
}

TEST(Past, NamesTheRowsOfItsEvents) {
    Recording shown = two_hosts;
    for (const std::uint64_t event : {1u, 5u, 4u, 4u, 0u}) {
        Row row;
        row.event = event;
        shown.rows.push_back(row);
    }
    EXPECT_EQ(rows_of(shown, past_of(shown, 4)), (std::vector<std::size_t>{0, 2, 3}));
}

// A run of steps, of which some belong to the event of the step before.
std::vector<Step> drawn_steps() {
    std::vector<Step> steps;
    const auto count = *rc::gen::inRange<std::size_t>(0, 40);
    for (std::size_t i = 0; i < count; ++i) {
        const bool again = !steps.empty() && *rc::gen::inRange(0, 5) == 0;
        const std::uint64_t event = again ? steps.back().event : i + 1;
        const auto cause = *rc::gen::inRange<std::uint64_t>(0, event);
        const auto host = *rc::gen::inRange<std::uint32_t>(0, 4);
        steps.push_back({event, cause, {static_cast<std::int64_t>(i)}, host == 3 ? Step::nowhere : host});
    }
    return steps;
}

// Whatever leads to one of them by one edge is added, until nothing is.
std::set<std::uint64_t> slow_past(const std::vector<Step>& steps, std::uint64_t event) {
    std::set<std::uint64_t> past;
    if (std::any_of(steps.begin(), steps.end(), [&](const Step& each) { return each.event == event; }))
        past.insert(event);
    for (std::size_t size = 0; size != past.size();) {
        size = past.size();
        for (std::size_t later = 0; later < steps.size(); ++later) {
            if (!past.contains(steps[later].event)) continue;
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const bool before = i < later && steps[i].host == steps[later].host && steps[i].host != Step::nowhere;
                if (before || steps[i].event == steps[later].cause) past.insert(steps[i].event);
            }
        }
    }
    return past;
}

RC_GTEST_PROP(Past, IsWhatTheSlowSearchFinds, ()) {
    const Recording drawn = {{}, drawn_steps()};
    const auto event = *rc::gen::inRange<std::uint64_t>(0, 42);
    const std::set<std::uint64_t> slow = slow_past(drawn.steps, event);
    RC_ASSERT(past_of(drawn, event).events == Events(slow.begin(), slow.end()));
}

TEST(Row, KnowsEachKindByItsName) {
    for (std::size_t i = 0; i < kinds; ++i) {
        const auto kind = static_cast<Row::Kind>(i);
        EXPECT_EQ(row_kind(name(kind)), kind);
    }
    EXPECT_EQ(name(Row::Kind::fault_begin), "fault_begin");
    EXPECT_EQ(name(Row::Kind::info), "info");
    EXPECT_EQ(row_kind("sent"), std::nullopt);
}

TEST(Row, TellsItsFieldsOrItsContent) {
    Row row;
    row.kind = Row::Kind::note;
    row.fields = {field("term", 4), field("role", "leader")};
    EXPECT_EQ(row.words(), "term=4 role=leader");
    EXPECT_EQ(row.find("term")->number, 4);
    EXPECT_EQ(row.find("role")->number, std::nullopt);
    EXPECT_EQ(row.find("index"), nullptr);
    row.kind = Row::Kind::invoke;
    row.fields = {field("key", "a"), field("value", 7)};
    EXPECT_EQ(row.words(), "a 7");
    row.kind = Row::Kind::deliver;
    row.content = "append term 3";
    EXPECT_EQ(row.words(), "append term 3");
}

} // namespace
} // namespace orrery::reports::trace
