// A trace as text reads the same again, and a line that is wrong is refused at its place.
#include "orrery/scenarios/engine/artifact/trace_file.h"

#include <gtest/gtest.h>

#include <set>

#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

using reports::trace::Recording;
using reports::trace::Row;
using reports::trace::Step;

struct Read {
    Recording recording;
    sim::Problem problem;

    explicit Read(const std::string& text) {
        problem = read_trace(
            text, "t.jsonl", [this](const Row& row) { recording.rows.push_back(row); },
            [this](const Step& step) { recording.steps.push_back(step); });
    }
};

TEST(TraceFile, ReadsTheSameAgain) {
    std::set<Row::Kind> kinds;
    for (const char* scenario : {"raft-kv", "lazy-register"}) {
        const RunInput input = input_of(*find_scenario(scenario), 8);
        const TraceHead head = head_of(input);
        std::string text = trace_line(head);
        Recording shown;
        RunOptions options;
        options.watcher.at_row = [&](const Row& row) {
            text += trace_line(row, head.hosts);
            shown.rows.push_back(row);
            kinds.insert(row.kind);
        };
        options.watcher.at_step = [&](const Step& step) {
            text += trace_line(step, head.hosts);
            shown.steps.push_back(step);
        };
        ASSERT_TRUE(run(input, options).ok());
        EXPECT_TRUE(is_trace(text));
        EXPECT_EQ(*read_trace_head(text, "t.jsonl"), head);
        const Read read(text);
        EXPECT_FALSE(read.problem.has_value()) << read.problem->text();
        EXPECT_EQ(read.recording.rows.size(), shown.rows.size());
        EXPECT_EQ(read.recording, shown);
    }
    EXPECT_GE(kinds.size(), reports::trace::kinds - 2); // each but, may be, two ways in which an operation ends
}

constexpr const char* head = "{\"type\":\"trace\",\"version\":2,\"scenario\":\"x\",\"seed\":\"1\",\"source\":\"s\","
                             "\"hosts\":[\"a\",\"b\"]}\n";

// What is said of a text whose last line is wrong.
std::string wrong(const std::string& lines) {
    const Read read(head + lines);
    return read.problem ? read.problem->text() : "nothing";
}

TEST(TraceFile, RefusesALineThatIsWrong) {
    const std::string start = "\"time\":\"1\",\"event\":\"00000000000000a1\"";
    EXPECT_EQ(wrong("{\"type\":\"step\"," + start + "}\n\n"), "nothing");
    EXPECT_EQ(wrong("{\"type\":\"step\"," + start + ",\"host\":\"b\"}\n{\"type\":\"boot\"," + start + "}\n"),
              "t.jsonl:3:1: expected the fields that a boot has");
    for (const std::string& line :
         {"{\"type\":\"step\"," + start + ",\"name\":\"n\"}", "{\"type\":\"note\"," + start + ",\"peer\":\"b\"}",
          "{\"type\":\"send\"," + start + ",\"host\":\"a\",\"message\":\"00000000000000b1\"}",
          "{\"type\":\"fault_end\"," + start + ",\"host\":\"a\"}",
          "{\"type\":\"crash\"," + start + ",\"host\":\"a\",\"fields\":{\"a\":1}}",
          "{\"type\":\"ok\"," + start + ",\"host\":\"a\",\"goal\":true}"})
        EXPECT_TRUE(wrong(line).starts_with("t.jsonl:2:1: expected the fields that a ")) << line << wrong(line);
    EXPECT_EQ(wrong("{\"type\":\"sent\"," + start + "}"), "t.jsonl:2:9: expected type with step, or a kind of row");
    EXPECT_EQ(wrong("{\"type\":\"boot\"," + start + ",\"host\":\"c\"}"),
              "t.jsonl:2:61: expected host with a host of the first line");
    EXPECT_EQ(wrong("{\"type\":\"boot\",\"time\":1}"), "t.jsonl:2:23: expected time with nanoseconds as a string");
    EXPECT_EQ(wrong("{\"type\":\"boot\",\"time\":\"1\"}"),
              "t.jsonl:2:26: expected a field event with 16 hexadecimal digits");
    EXPECT_EQ(wrong("{\"type\":\"note\"," + start + ",\"host\":\"a\",\"fields\":{\"a\":1.5}}"),
              "t.jsonl:2:74: expected fields with an object of whole numbers and texts");
    EXPECT_EQ(wrong("{\"type\":\"note\"," + start), "t.jsonl:2:53: expected JSON");
}

TEST(TraceFile, RefusesAHeaderThatIsWrong) {
    const auto header = [](const std::string& text) {
        const sim::Checked<TraceHead> read = read_trace_head(text, "t.jsonl");
        return read ? std::string("nothing") : read.complaint().text();
    };
    EXPECT_EQ(header(head), "nothing");
    EXPECT_EQ(header("{\"type\":\"trace\",\"version\":1}\n"), "t.jsonl:1:27: expected version with 2");
    EXPECT_EQ(header("{\"type\":\"history\",\"version\":1}\n"), "t.jsonl:1:9: expected type with \"trace\"");
    EXPECT_TRUE(header("").starts_with("t.jsonl:1:1: expected")) << header("");
    EXPECT_FALSE(is_trace("orrery repro 1\n"));
    EXPECT_TRUE(is_trace("\n {"));
}

} // namespace
} // namespace orrery::scenarios::engine
