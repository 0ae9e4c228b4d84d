// What a recorder keeps, and that a failed run is told the same each time.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/process/recorded.h"
#include "orrery/scenarios/engine/run/recorder.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

using reports::trace::Recording;
using reports::trace::Row;
using Kind = Row::Kind;

Row row(Kind kind, std::int64_t time, std::string name) {
    Row made;
    made.kind = kind;
    made.time = {time};
    made.name = std::move(name);
    return made;
}

TEST(Recorder, KeepsOnlyTheLastOfWhatIsFrequentAndAllThatIsRare) {
    Recorder recorder({INT64_MAX});
    recorder.add(row(Kind::crash, 0, "a"));
    const auto count = static_cast<std::int64_t>(Recorder::frequent_max) + 10;
    for (std::int64_t i = 1; i <= count; ++i) recorder.add(row(Kind::send, i, "m"));
    const Recording kept = recorder.take();
    ASSERT_EQ(kept.rows.size(), Recorder::frequent_max + 1);
    EXPECT_EQ(kept.rows.front().kind, Kind::crash);
    EXPECT_EQ(kept.rows[1].time.nanoseconds, 11);
    EXPECT_EQ(kept.rows.back().time.nanoseconds, count);
}

TEST(Recorder, KeepsTheLastStepsAndSaysHowManyCameBefore) {
    Recorder recorder({INT64_MAX});
    for (std::uint64_t i = 1; i <= Recorder::steps_max + 3; ++i) recorder.add({i, i - 1, {}, 0});
    const Recording kept = recorder.take();
    ASSERT_EQ(kept.steps.size(), Recorder::steps_max);
    EXPECT_EQ(kept.steps.front().event, 4u);
    EXPECT_EQ(kept.steps_dropped, 3u);
}

TEST(Recorder, AStateIsKeptWhenItChangesAndAfterACrash) {
    Recorder recorder({INT64_MAX});
    Row state = row(Kind::state, 1, "raft.role");
    for (const char* value : {"follower", "follower", "leader", "leader"}) {
        state.fields = {reports::trace::field("value", value)};
        recorder.add(state);
    }
    recorder.add(row(Kind::crash, 2, "s"));
    recorder.add(state);
    EXPECT_EQ(recorder.take().rows.size(), 4u);
}

TEST(Recorder, AfterTheFindingOnlyFaultsAreKept) {
    Recorder recorder({5});
    recorder.add(row(Kind::boot, 5, "s"));
    recorder.add(row(Kind::crash, 6, "s"));
    recorder.add(row(Kind::fault_end, 7, "f1 crash"));
    recorder.add({1, 0, {5}, 0});
    recorder.add({2, 1, {6}, 0});
    const Recording kept = recorder.take();
    ASSERT_EQ(kept.rows.size(), 2u);
    EXPECT_EQ(kept.rows[1].kind, Kind::fault_end);
    EXPECT_EQ(kept.steps.size(), 1u);
}

TEST(Recorded, IsTheSameEachTimeAndRecordingChangesNothing) {
    RunInput input = input_of(*find_scenario("lazy-register"));
    Summary summary;
    for (input.seed = 1; input.seed < 40; ++input.seed) {
        summary = run_in_child(input);
        if (summary.verdict == RunVerdict::violated) break;
    }
    ASSERT_EQ(summary.verdict, RunVerdict::violated);
    EXPECT_TRUE(summary.recording.empty());
    const std::optional<Summary> again = recorded(summary);
    ASSERT_TRUE(again.has_value());
    const reports::views::Failure report = failure_of(*again);
    EXPECT_EQ(report.findings.at(0).fingerprint(), summary.fingerprint());
    EXPECT_FALSE(report.recording.empty());
    const std::string text = reports::views::failure(report, {});
    EXPECT_NE(text.find("<- impossible"), std::string::npos);
    EXPECT_EQ(text, reports::views::failure(failure_of(*recorded(summary)), {}));
    RunOptions recording;
    recording.record_until = sim::WorldTime{INT64_MAX};
    EXPECT_EQ(run(input, recording)->digest, summary.digest);
}

} // namespace
} // namespace orrery::scenarios::engine
