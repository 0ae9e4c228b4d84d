// What a recorder keeps, and that a failed run is told the same each time.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/process/failure_report.h"
#include "orrery/scenarios/engine/run/recorder.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

using Kind = sim::Observation::Kind;

sim::Observation seen(Kind kind, std::int64_t time, std::string_view name) {
    sim::Observation made;
    made.kind = kind;
    made.time = {time};
    made.name = name;
    return made;
}

TEST(Recorder, KeepsOnlyTheLastOfWhatIsFrequentAndAllThatIsRare) {
    Recorder recorder({INT64_MAX});
    recorder.observe(seen(Kind::crash, 0, "a"));
    const auto count = static_cast<std::int64_t>(Recorder::frequent_max) + 10;
    for (std::int64_t i = 1; i <= count; ++i) recorder.observe(seen(Kind::send, i, "m"));
    const reports::views::Recording kept = recorder.take();
    ASSERT_EQ(kept.size(), Recorder::frequent_max + 1);
    EXPECT_EQ(kept.front().kind, reports::views::RecordedEvent::Kind::crash);
    EXPECT_EQ(kept[1].time.nanoseconds, 11);
    EXPECT_EQ(kept.back().time.nanoseconds, count);
}

TEST(Recorder, AStateIsKeptWhenItChangesAndAfterACrash) {
    Recorder recorder({INT64_MAX});
    const sim::Field follower("follower");
    const sim::Field leader("leader");
    sim::Observation state = seen(Kind::state, 1, "raft.role");
    for (const sim::Field* value : {&follower, &follower, &leader, &leader}) {
        state.fields = {value, 1};
        recorder.observe(state);
    }
    recorder.observe(seen(Kind::crash, 2, "s"));
    recorder.observe(state);
    EXPECT_EQ(recorder.take().size(), 4u);
}

TEST(Recorder, AfterTheFindingOnlyFaultsAreKept) {
    Recorder recorder({5});
    recorder.observe(seen(Kind::boot, 5, "s"));
    recorder.observe(seen(Kind::crash, 6, "s"));
    recorder.observe(seen(Kind::fault_end, 7, "f1 crash"));
    const reports::views::Recording kept = recorder.take();
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[1].kind, reports::views::RecordedEvent::Kind::fault_end);
}

TEST(FailureReport, IsTheSameEachTimeAndRecordingChangesNothing) {
    RunInput input = input_of(*find_scenario("lazy-register"));
    Summary summary;
    for (input.seed = 1; input.seed < 40; ++input.seed) {
        summary = run_in_child(input);
        if (summary.verdict == RunVerdict::violated) break;
    }
    ASSERT_EQ(summary.verdict, RunVerdict::violated);
    EXPECT_TRUE(summary.recording.empty());
    const std::optional<reports::views::Failure> report = failure_report(summary);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->findings.at(0).fingerprint(), summary.fingerprint());
    EXPECT_FALSE(report->recording.empty());
    const std::string text = reports::views::failure(*report, {});
    EXPECT_NE(text.find("<- impossible"), std::string::npos);
    EXPECT_EQ(text, reports::views::failure(*failure_report(summary), {}));
    RunOptions recording;
    recording.record_until = sim::WorldTime{INT64_MAX};
    EXPECT_EQ(run(input, recording)->digest, summary.digest);
}

} // namespace
} // namespace orrery::scenarios::engine
