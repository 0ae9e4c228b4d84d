// Which recorded events get a row, and in whose words.
#include "orrery/reports/views/rows.h"

#include <gtest/gtest.h>

#include "orrery/reports/views/columns.h"

namespace orrery::reports::views {
namespace {

const Participants lanes{{"replica0", "replica1", "client0"}, {"client0"}};

sim::WorldTime in_ms(std::int64_t time) { return {time * 1'000'000}; }

trace::Row noted(std::int64_t time, std::uint32_t host, std::string name, const char* value = "1") {
    trace::Row made;
    made.kind = trace::Row::Kind::note;
    made.time = in_ms(time);
    made.host = host;
    made.name = std::move(name);
    made.fields.push_back(trace::field("index", std::string(value)));
    return made;
}

// What a narrator told stands in place of names and fields; what it told anew, in place of what it had told.
TEST(Rows, TellWhatANarratorTold) {
    using Kind = trace::Row::Kind;
    using Weight = sim::Telling::Weight;
    const auto told = [](trace::Row row, Weight weight, const char* words, bool replaces = false) {
        row.telling = {weight, words, replaces};
        return row;
    };
    trace::Row reply = noted(5, 0, "raft.append_reply", "");
    reply.kind = Kind::deliver;
    reply.peer = 1;
    const trace::Recording recording{
        {told(noted(2, 0, "raft.append", "1"), Weight::usual, "appends entry 1"),
         told(noted(2, 0, "raft.append", "2"), Weight::usual, "appends entries 1..2", true),
         told(noted(3, 1, "raft.append", "2"), Weight::routine, "writes entries 1..2"),
         told(reply, Weight::usual, "has entries 1..2"),
         told(noted(5, 0, "raft.commit", "1"), Weight::telling, "commits entry 1"),
         told(noted(5, 0, "kv.applied", "1"), Weight::usual, "applies entry 1"),
         told(noted(5, 0, "raft.commit", "2"), Weight::telling, "commits entries 1..2", true)},
        {}};
    const sim::Finding finding{"judge", "kind", "rule", "replica0 committed what nobody has", in_ms(6)};
    Scene scene{recording, MinimalHistory{}, lanes, finding};
    scene.is_minimal = true;
    EXPECT_EQ(columns(scene, {60, false, false}), "             replica\n"
                                                  "    time ms  0    1\n"
                                                  "      2.000  o    |    replica0 appends entries 1..2\n"
                                                  "      5.000  <----o    has entries 1..2; replica0 commits\n"
                                                  "             |    |      entries 1..2; applies entry 1\n"
                                                  "      6.000  -- kind: replica0 committed what nobody has --\n");
}

// Real processes need a moment to come up; that is no news.
TEST(Rows, SayThatAHostStartsAgainAndNotThatItStarts) {
    using Kind = trace::Row::Kind;
    const auto row = [](std::int64_t time, std::uint32_t host, Kind kind) {
        trace::Row made;
        made.kind = kind;
        made.time = in_ms(time);
        made.host = host;
        return made;
    };
    const trace::Recording recording{
        {row(1, 0, Kind::boot), row(2, 1, Kind::boot), row(3, 1, Kind::crash), row(4, 1, Kind::boot)}, {}};
    const sim::Finding finding{"judge", "kind", "rule", "it failed", in_ms(6)};
    Scene scene{recording, MinimalHistory{}, lanes, finding};
    scene.is_minimal = true;
    const std::string text = columns(scene, {60, false, false});
    EXPECT_EQ(text.find("replica0"), std::string::npos) << text;
    EXPECT_EQ(text.find("starts again"), text.rfind("starts again")) << text;
    EXPECT_NE(text.find("replica1 starts again"), std::string::npos) << text;
}

// Of a run without clients that matter, what could not have led to the finding is no part of the story.
TEST(Rows, LeaveOutWhatIsNotInThePastOfTheFinding) {
    trace::Recording recording;
    const auto add = [&](std::uint64_t event, std::uint32_t host, const char* words) {
        trace::Row row = noted(static_cast<std::int64_t>(event), host, "note");
        row.event = event;
        row.telling = {sim::Telling::Weight::usual, words, false};
        recording.steps.push_back({event, 0, row.time, host});
        recording.rows.push_back(std::move(row));
    };
    add(1, 0, "does this");
    add(2, 1, "does that");
    add(3, 0, "fails");
    const sim::Finding finding{"judge", "kind", "rule", "it failed", in_ms(3), 3};
    Scene scene{recording, MinimalHistory{}, lanes, finding};
    scene.is_minimal = true;
    EXPECT_NE(columns(scene, {}).find("does that"), std::string::npos);
    scene.past_of = {3};
    const std::string text = columns(scene, {});
    EXPECT_EQ(text.find("does that"), std::string::npos) << text;
    EXPECT_NE(text.find("does this"), std::string::npos) << text;
    // Who leads belongs to it all the same.
    recording.rows[1].goal = true;
    EXPECT_EQ(columns(scene, {}).find("does that"), std::string::npos);
    recording.rows[1].telling.weight = sim::Telling::Weight::telling;
    EXPECT_NE(columns(scene, {}).find("does that"), std::string::npos);
}

} // namespace
} // namespace orrery::reports::views
