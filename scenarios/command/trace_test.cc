// What `orrery trace` shows of a run, and what it says where it cannot.
#include <functional>
#include <set>

#include "orrery/scenarios/command/executable_test.h"
#include "orrery/sim/stack.h"

namespace orrery::scenarios {
namespace {

class TraceVerb : public Executable {
protected:
    void SetUp() override {
        Executable::SetUp();
        repro_ = failure();
    }
    std::string trace(const std::string& options) {
        const Answer answer = shell("ORRERY trace " + repro_ + " " + options);
        EXPECT_EQ(answer.code, 0) << options << answer.err;
        EXPECT_EQ(answer.err, "");
        return answer.out;
    }
    static std::vector<std::string> lines(const std::string& text) {
        std::vector<std::string> all;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            all.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return all;
    }
    static std::string event_of(const std::string& line) { return line.substr(line.size() - 16); }
    static bool is_in(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

    std::string repro_;
};

TEST_F(TraceVerb, ShowsARowALineAndOnlyThoseThatAreAskedFor) {
    const std::vector<std::string> all = lines(trace(""));
    ASSERT_GT(all.size(), 500u);
    EXPECT_TRUE(all.front().starts_with("    0.000000000 s  ") && is_in(all.front(), "  boot         ")) << all.front();
    const auto count = [&](const std::function<bool(const std::string&)>& is) {
        return std::count_if(all.begin(), all.end(), is);
    };
    const auto sends =
        count([](const std::string& line) { return is_in(line, "  send         rpc.request to replica1"); });
    const std::vector<std::string> asked = lines(trace("--where 'kind=send to=replica1 label=rpc.request'"));
    EXPECT_GT(sends, 10);
    EXPECT_EQ(static_cast<std::ptrdiff_t>(asked.size()), sends);
    EXPECT_EQ(lines(trace("--where kind=invoke")).size(),
              static_cast<std::size_t>(count([](const std::string& line) { return is_in(line, "  invoke  "); })));
    const std::vector<std::string> few = lines(trace("--limit 3 --where kind=send"));
    ASSERT_EQ(few.size(), 4u);
    EXPECT_TRUE(few.back().starts_with("and ") && few.back().ends_with(" more")) << few.back();
}

TEST_F(TraceVerb, KnowsWhatCameBeforeAndAfterAnEventAndWhatItsPastIs) {
    const std::vector<std::string> all = lines(trace(""));
    const std::string event = event_of(all[all.size() / 2]);
    const std::vector<std::string> before = lines(trace("--before " + event));
    const std::vector<std::string> after = lines(trace("--after " + event));
    std::vector<std::string> together = before;
    for (const std::string& line : all)
        if (event_of(line) == event) together.push_back(line);
    together.insert(together.end(), after.begin(), after.end());
    EXPECT_EQ(together, all);
    const std::vector<std::string> past = lines(trace("--past-of " + event));
    EXPECT_EQ(event_of(past.back()), event);
    EXPECT_LT(past.size(), before.size());
    const std::set<std::string> known(before.begin(), before.end());
    for (const std::string& line : past) EXPECT_TRUE(event_of(line) == event || known.contains(line)) << line;
}

TEST_F(TraceVerb, TakesTheFindingForAnEvent) {
    const std::string told = shell("ORRERY replay " + repro_).out;
    const std::string event = told.substr(told.find(", in event ") + 11, 16);
    EXPECT_EQ(trace("--past-of finding"), trace("--past-of " + event));
    EXPECT_EQ(trace("--before finding --where kind=crash"), trace("--before " + event + " --where kind=crash"));
    EXPECT_TRUE(is_in(trace("--past-of finding"), event));
}

// In JSON, of the file that replay writes, and of what it printed itself.
TEST_F(TraceVerb, ReadsATraceAsItReadsARepro) {
    EXPECT_EQ(shell("ORRERY replay " + repro_ + " --trace t.jsonl").code, 1);
    EXPECT_EQ(shell("ORRERY trace t.jsonl").out, trace(""));
    const std::string event = event_of(lines(trace("--where kind=note")).back());
    const std::string options = "--past-of " + event + " --where 'kind!=send'";
    EXPECT_EQ(shell("ORRERY trace t.jsonl " + options).out, trace(options));
    const std::string json = trace("--where kind=note --json");
    EXPECT_TRUE(json.starts_with("{\"type\":\"trace\",\"version\":2,")) << json.substr(0, 60);
    const std::string written = read("t.jsonl");
    for (const std::string& line : lines(json)) EXPECT_TRUE(is_in(written, line + "\n")) << line;
    write("notes.jsonl", json);
    EXPECT_EQ(shell("ORRERY trace notes.jsonl").out, trace("--where kind=note"));
}

TEST_F(TraceVerb, CutsARowToTheTerminal) {
    for (const unsigned short columns : {std::uint16_t{70}, std::uint16_t{100}}) {
        const std::string shown = without_colours(on_terminal("ORRERY trace " + repro_ + " --limit 40", columns));
        for (const std::string& line : lines(shown)) EXPECT_LE(line.size(), columns + std::size_t{1}) << line; // and \r
        EXPECT_TRUE(is_in(shown, "...")) << shown;
    }
}

TEST_F(TraceVerb, ShowsTheLastRowsOfAProcessThatDies) {
    const std::string orrery = NOISY_EXECUTABLE;
    EXPECT_EQ(shell(orrery + " run mortal --quiet").code, 1);
    const std::string died = orrery + " trace orrery-out/mortal-1.repro ";
#ifdef ORRERY_ASAN
    const std::vector<std::string> all = {""}; // where the sanitizer tells of a death, it is of no event
#else
    const std::vector<std::string> all = {"", "--past-of finding"};
#endif
    for (const std::string& options : all) {
        const Answer answer = shell(died + options);
        ASSERT_EQ(answer.code, 0) << answer.err;
        EXPECT_FALSE(is_in(answer.out, "NOISE")) << answer.out;
        EXPECT_TRUE(is_in(lines(answer.out).back(), "  note         beat number=5  ")) << answer.out;
    }
    EXPECT_EQ(lines(shell(died + "--where name=beat").out).size(), 9u);
    // The other server's beats are no past of this one's.
    if (all.size() > 1) {
        EXPECT_EQ(lines(shell(died + "--past-of finding --where name=beat").out).size(), 5u);
    }
}

TEST_F(TraceVerb, SaysWhenItsRowsCannotBeWritten) {
    const Answer full = shell("ORRERY trace " + repro_ + " >/dev/full");
    EXPECT_EQ(full.code, 69);
    EXPECT_TRUE(is_in(full.err, "No space left on device")) << full.err;
    EXPECT_EQ(shell("ORRERY trace " + repro_ + " | head -1 >first; test -s first").err, "");
}

// Of a run that passed as well, so that it can be read by the rules of the paper.
TEST_F(TraceVerb, WritesTheStateTraceOfRaftAndSaysWhereThereIsNone) {
    const std::string run =
        "ORRERY run raft-election --seed 1 --quiet --set duration=5s --trace t.ndjson --format etcd";
    const Answer passed = shell(run);
    EXPECT_EQ(passed.code, 0) << passed.out << passed.err;
    EXPECT_TRUE(read("t.ndjson").starts_with("{\"tag\":\"trace\","));
    const Answer checked = shell("ORRERY check --paper t.ndjson");
    EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
    EXPECT_TRUE(has(checked.out, "t.ndjson: passed (")) << checked.out;
    EXPECT_TRUE(has(shell("ORRERY run raft-election --seed 1 --set duration=5s --trace t.ndjson --format etcd").out,
                    "raft.leader")); // the story is told beside it
    const std::string none = "vacuous: no server of raft did anything in this run, so there is nothing to trace\n";
    const Answer empty = shell("ORRERY trace " + repro_ + " --format etcd");
    EXPECT_EQ(empty.code, 4);
    EXPECT_EQ(empty.out, "");
    EXPECT_TRUE(has(empty.err, none)) << empty.err;
    const Answer other = shell("ORRERY run paxos-decrees --quiet --set duration=2s --trace none --format etcd");
    EXPECT_EQ(other.code, 4) << other.out;
    EXPECT_TRUE(has(other.err, none)) << other.err;
    EXPECT_EQ(shell("ORRERY run raft-election --quiet --trace rows.jsonl --set duration=2s").code, 0);
    expect_refused("ORRERY check --paper rows.jsonl", 65, "rows.jsonl:1: expected \"tag\":\"trace\"");
    expect_refused("ORRERY run raft-election --format etcd", 64, "there is no --trace");
    expect_refused("ORRERY run raft-election --format tla --trace t", 64, "--format expects etcd, got 'tla'");
}

TEST_F(TraceVerb, SaysWhatIsWrongWithItsWords) {
    const std::string line = "ORRERY trace " + repro_;
    expect_refused(line + " --where 'kind=sent'", 64,
                   "--where, column 6: expected a kind of row, got 'sent'; there are boot");
    expect_refused(line + " --where 'host=replica9'", 64, "expected a host, got 'replica9'; there are replica0");
    expect_refused(line + " --where 'kind=note vale=3'", 64,
                   "--where, column 11: no row has a field 'vale'; did you mean 'value'?");
    expect_refused(line + " --before 17", 64, "--before expects finding, or an event's identity");
    expect_refused(line + " --past-of 0000000000000001", 64, "no event 0000000000000001 began in this run");
    expect_refused("ORRERY trace none.repro", 65, "none.repro");
    write("bad.jsonl", "{\"type\":\"trace\",\"version\":1}\n");
    expect_refused("ORRERY trace bad.jsonl", 65, "bad.jsonl:1:27: expected version with 2");
    EXPECT_EQ(shell("ORRERY replay " + repro_ + " --trace t.jsonl").code, 1);
    expect_refused("ORRERY trace t.jsonl --past-of finding", 64, "--past-of finding needs a repro");
}

} // namespace
} // namespace orrery::scenarios
