// Two runs of one input part where something was changed, and nowhere else.
#include "orrery/scenarios/engine/artifact/trace_comparison.h"

#include <gtest/gtest.h>

#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using reports::trace::Row;
using reports::trace::Step;

KeptTrace trace_of(const RunInput& input) {
    KeptTrace trace{head_of(input), {}};
    RunOptions options;
    options.watcher.at_row = [&](const Row& row) { trace.recording.rows.push_back(row); };
    options.watcher.at_step = [&](const Step& step) { trace.recording.steps.push_back(step); };
    EXPECT_TRUE(run(input, options).ok());
    EXPECT_GT(trace.recording.steps.size(), 100u);
    return trace;
}

const KeptTrace& original() {
    static const KeptTrace trace = trace_of(input_of(*find_scenario("lazy-register"), 1));
    return trace;
}
// The place of a row of that kind somewhere in the middle.
std::size_t middle(const KeptTrace& trace, Row::Kind kind) {
    std::size_t place = trace.recording.rows.size() / 2;
    while (trace.recording.rows[place].kind != kind) ++place;
    return place;
}

TEST(TraceComparison, FindsNothingBetweenTwoTracesOfOneRun) {
    EXPECT_FALSE(parted(original(), trace_of(input_of(*find_scenario("lazy-register"), 1))).has_value());
}

// From some instant on all draws are others: before it nothing parts.
TEST(TraceComparison, FindsTheFirstEventAfterTheDrawsWereChanged) {
    RunInput input = input_of(*find_scenario("lazy-register"), 1);
    const sim::WorldTime from = original().recording.rows[original().recording.rows.size() / 2].time;
    input.reseeds.push_back({from, 7});
    const KeptTrace now = trace_of(input);
    const std::optional<Parted> found = parted(original(), now);
    ASSERT_TRUE(found.has_value());
    ASSERT_TRUE(found->then.step && found->now.step);
    EXPECT_GE(found->then.step->time, from);
    EXPECT_GE(found->now.step->time, from);
    ASSERT_GT(found->agreed, 0u);
    for (std::size_t i = 0; i < found->agreed; ++i) ASSERT_EQ(original().recording.steps[i], now.recording.steps[i]);
    EXPECT_EQ(found->then.step, original().recording.steps[found->agreed]);
}

TEST(TraceComparison, NamesTheEventThatDidSomethingElseAndWhatEachDid) {
    KeptTrace now = original();
    Row& row = now.recording.rows[middle(now, Row::Kind::deliver)];
    row.content = "something else";
    const std::optional<Parted> found = parted(original(), now);
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->same_event);
    EXPECT_EQ(found->then.step->event, row.event);
    EXPECT_EQ(found->now.step->event, row.event);
    EXPECT_TRUE(found->now.shown.ends_with(": something else")) << found->now.shown;
    EXPECT_FALSE(found->then.shown.ends_with(": something else")) << found->then.shown;
    EXPECT_FALSE(found->then.cause.empty());
    EXPECT_NE(found->text().find("do not do the same\n  event " + sim::hexadecimal(row.event) + " at "),
              std::string::npos)
        << found->text();
}

TEST(TraceComparison, NamesTheTwoEventsWhereAnotherOneBegins) {
    KeptTrace now = original();
    const std::size_t place = now.recording.steps.size() / 2;
    Step& step = now.recording.steps[place];
    step.event ^= 1;
    step.cause ^= 1;
    const std::optional<Parted> found = parted(original(), now);
    ASSERT_TRUE(found.has_value());
    EXPECT_FALSE(found->same_event);
    EXPECT_EQ(found->agreed, place);
    EXPECT_EQ(found->then.step, original().recording.steps[place]);
    EXPECT_EQ(found->now.step, step);
    const std::string text = found->text();
    EXPECT_NE(text.find("\n  then: event " + sim::hexadecimal(step.event ^ 1)), std::string::npos) << text;
    EXPECT_NE(text.find("\n  now:  event " + sim::hexadecimal(step.event)), std::string::npos) << text;
    EXPECT_NE(text.find("caused by " + sim::hexadecimal(step.cause)), std::string::npos) << text;
}

// A row that is not there any more: the event is that in which it was, also if the next row is of another.
TEST(TraceComparison, FindsTheEventThatShowsLess) {
    KeptTrace now = original();
    const std::size_t place = middle(now, Row::Kind::invoke);
    const std::uint64_t event = now.recording.rows[place].event;
    now.recording.rows.erase(now.recording.rows.begin() + static_cast<std::ptrdiff_t>(place));
    const std::optional<Parted> found = parted(original(), now);
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->same_event);
    EXPECT_EQ(found->then.step->event, event);
    EXPECT_TRUE(found->then.row.has_value());
}

TEST(TraceComparison, SaysOfAShorterRunThatItHasEnded) {
    KeptTrace now = original();
    const std::size_t left = now.recording.steps.size() - 5;
    now.recording.steps.resize(left);
    std::erase_if(now.recording.rows, [&](const Row& row) {
        for (std::size_t i = left; i < left + 5; ++i)
            if (original().recording.steps[i].event == row.event) return true;
        return false;
    });
    const std::optional<Parted> found = parted(original(), now);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->agreed, left);
    EXPECT_FALSE(found->now.step.has_value());
    EXPECT_NE(found->text().find("now:  the run has ended"), std::string::npos) << found->text();
}

// Hosts are known by name: one more before the others moves their places.
TEST(TraceComparison, ComparesHostsByName) {
    KeptTrace now = original();
    now.head.hosts.insert(now.head.hosts.begin(), "another0");
    for (Step& step : now.recording.steps)
        if (step.host != Step::nowhere) ++step.host;
    for (Row& row : now.recording.rows) {
        ++row.host;
        ++row.peer;
    }
    EXPECT_FALSE(parted(original(), now).has_value());
    now.head.hosts[1] = "renamed0";
    EXPECT_TRUE(parted(original(), now).has_value());
}

} // namespace
} // namespace orrery::scenarios::engine
