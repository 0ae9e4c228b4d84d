// Every parser against texts that were good once: bytes flipped, pieces cut out, doubled, moved, and
// words that parsers stumble over. Drawn from fixed seeds, so that a failure comes again.
//
// A parser gives a value or one line that says where; never a crash, never an answer without a place;
// and what it accepts it prints so that it reads the same again.
#include <gtest/gtest.h>

#include <algorithm>

#include "orrery/faults/swarm.h"
#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/engine/artifact/drawn_repro_test.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t rounds = 1500;

// Draws for one text.
class Mutator {
public:
    explicit Mutator(std::uint64_t round) : chance_(round) {}
    std::size_t draw(std::size_t n) { return chance_.draw(0, "mutation", count_++, n); }

    std::string mutated(std::string text) {
        const std::size_t edits = 1 + draw(6);
        for (std::size_t i = 0; i < edits; ++i) edit(text);
        return text;
    }

private:
    void edit(std::string& text) {
        static const std::vector<std::string> words = {"",
                                                       " ",
                                                       "\n",
                                                       "\t",
                                                       "0",
                                                       "-1",
                                                       "9223372036854775807",
                                                       "9223372036854775808",
                                                       "18446744073709551616",
                                                       "\"",
                                                       "\\",
                                                       "{",
                                                       "}",
                                                       "[",
                                                       "]",
                                                       ":",
                                                       "=",
                                                       "#",
                                                       "*",
                                                       "end",
                                                       "ns",
                                                       "/",
                                                       std::string(1, '\0'),
                                                       "\xff\xfe"};
        const std::size_t at = draw(text.size() + 1);
        const std::size_t length = std::min(draw(20), text.size() - at);
        switch (draw(6)) {
        case 0: // a bit
            if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << draw(8)));
            return;
        case 1:
            text.erase(at, length);
            return;
        case 2:
            text.insert(at, text.substr(at, length));
            return;
        case 3:
            text.replace(at, length, words[draw(words.size())]);
            return;
        case 4:
            text.resize(at);
            return;
        default: { // a piece to another place
            const std::string piece = text.substr(at, length);
            text.erase(at, length);
            const std::size_t to = draw(text.size() + 1);
            text.insert(to, piece);
        }
        }
    }
    sim::Chance chance_;
    std::uint32_t count_ = 0;
};

void expect_place(const sim::Complaint& error, const std::string& text) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 2;
    EXPECT_GE(error.place.line, 1u) << text;
    EXPECT_LE(error.place.line, lines) << text;
    EXPECT_GE(error.place.column, 1u) << text;
    EXPECT_FALSE(error.message.empty()) << text;
    EXPECT_EQ(error.text().find('\n'), std::string::npos) << error.text();
}

TEST(Fuzz, Plans) {
    const faults::Profile wild{{"crash", 3}, {"power", 3}, {"pause", 3},      {"cut", 3},
                               {"loss", 3},  {"delay", 3}, {"duplication", 3}};
    const std::vector<std::string> hosts = {"s0", "s1", "s2"};
    std::uint64_t accepted = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        std::string good = faults::print(faults::draw_plan(wild, round % 50, {hosts, hosts}, 20s));
        good += "f9001 cut target=* message=raft.append:3\nf9002 pause target=raft.role=leader point=before.sync:2\n"
                "f9003 loss target=* state=raft.role=leader\nf9004 crash target=s0 effect=s0:send:40 for=1s\n";
        const std::string text = Mutator(round).mutated(good);
        const auto parsed = faults::parse_plan(text, "plan");
        if (!parsed.ok()) {
            expect_place(parsed.complaint(), text);
            continue;
        }
        ++accepted;
        const auto again = faults::parse_plan(faults::print(*parsed), "again");
        ASSERT_TRUE(again.ok()) << text;
        EXPECT_EQ(*again, *parsed) << text;
    }
    EXPECT_GT(accepted, 20u);
}

TEST(Fuzz, Repros) {
    const Scenario* scenario = find_scenario("lazy-register");
    ASSERT_NE(scenario, nullptr);
    std::uint64_t accepted = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const Repro good = ReproDraw(*scenario, round % 50).repro();
        const auto whole = parse_repro(print(good), "good");
        ASSERT_TRUE(whole.ok()) << print(good);
        EXPECT_TRUE(same(*whole, good)) << print(good);
        const std::string text = Mutator(round).mutated(print(good));
        const auto parsed = parse_repro(text, "repro");
        if (!parsed) {
            expect_place(parsed.complaint(), text);
            continue;
        }
        ++accepted;
        const Repro& repro = *parsed;
        const auto again = parse_repro(print(repro), "again");
        ASSERT_TRUE(again.ok()) << text << "\n-- printed as\n" << print(repro);
        EXPECT_TRUE(same(*again, repro)) << text << "\n-- printed as\n" << print(repro);
    }
    EXPECT_GT(accepted, 20u);
}

// One small history in each format; every reader reads all of them.
const std::vector<std::string> histories = {
    "{\"type\":\"history\",\"version\":1,\"model\":\"kv\",\"initial\":null}\n"
    "{\"type\":\"invoke\",\"process\":1,\"f\":\"put\",\"key\":\"a\",\"value\":\"x\\u0041\\n\",\"time\":\"3\"}\n"
    "{\"type\":\"ok\",\"process\":1,\"f\":\"put\",\"key\":\"a\",\"value\":null,\"time\":\"4\"}\n",
    "INFO  jepsen.util - 3\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - 3\t:fail\t:cas\t[1 2]\n"
    "INFO  jepsen.util - 4\t:invoke\t:read\tnil\nINFO  jepsen.util - 4\t:info\t:read\t:timed-out\n",
    "[{:process 1 :type :invoke :f :cas :value [1 2]} {:process 1, :type :ok, :f :cas, :value [1 2]}]",
    "{:process 0, :type :invoke, :f :put, :key \"3\", :value \"x 0 0 y\"}\n"
    "{:process 0, :type :ok, :f :put, :key \"3\", :value \"x 0 0 y\"}\n"
    "{:process 1, :type :invoke, :f :get, :key \"3\", :value nil}\n",
    "[{\"type\":\"invoke\",\"f\":\"txn\",\"value\":[[\"w\",\"x\",2]],\"process\":0},"
    "{\"type\":\"ok\",\"f\":\"txn\",\"value\":[[\"w\",\"x\",2]],\"process\":0}]",
    "0 w 3 0 0 0 1\n1 r 0 0 3 2 3\n2 c 3 4 ? 5 -1\n"};

TEST(Fuzz, Histories) {
    std::uint64_t accepted = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::string text = Mutator(round).mutated(histories[round % histories.size()]);
        (void)reports::formats::detect(text);
        for (const reports::formats::Format& format : reports::formats::formats()) {
            const auto read = format.read(text);
            if (!read) {
                EXPECT_GE(read.complaint().place.line, 1u) << format.name << ": " << text;
                EXPECT_GE(read.complaint().place.column, 1u) << format.name << ": " << text;
                EXPECT_FALSE(read.complaint().message.empty()) << format.name << ": " << text;
                continue;
            }
            ++accepted;
            const auto& history = *read;
            const auto paired = reports::calls(history);
            if (!paired) {
                EXPECT_TRUE(paired.complaint().message.starts_with("entry ")) << text;
                continue;
            }
            // JSON is UTF-8: other bytes cannot come back.
            if (std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; })) continue;
            const auto again = reports::formats::read_jsonl(reports::formats::write_jsonl(history));
            ASSERT_TRUE(again.ok()) << format.name << ": " << text;
            EXPECT_EQ(again->entries, history.entries) << format.name << ": " << text;
        }
    }
    EXPECT_GT(accepted, 100u);
}

TEST(Fuzz, Traces) {
    const TraceHead head{"x", 1, "s", {"a", "b"}};
    reports::trace::Row send;
    send.kind = reports::trace::Row::Kind::send;
    send.cause = 7;
    send.peer = 1;
    send.name = "put";
    send.content = "a \"word\"";
    reports::trace::Row asks;
    asks.kind = reports::trace::Row::Kind::invoke;
    asks.fields = {reports::trace::field("key", "k"), reports::trace::field("value", -3)};
    const std::string good = trace_line(head) + trace_line({1, 0, {5}, 1}, head.hosts) + trace_line(send, head.hosts) +
                             trace_line(asks, head.hosts);
    std::uint64_t accepted = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::string text = Mutator(round).mutated(good);
        std::string printed;
        const sim::Checked<TraceHead> read_head = read_trace_head(text, "t");
        const auto print = [&](const auto& each) { printed += trace_line(each, read_head->hosts); };
        const sim::Problem problem = read_trace(text, "t", print, print);
        if (problem) {
            expect_place(*problem, text);
            continue;
        }
        ++accepted;
        std::string again;
        const auto print_again = [&](const auto& each) { again += trace_line(each, read_head->hosts); };
        const std::string whole = trace_line(*read_head) + printed;
        EXPECT_FALSE(read_trace(whole, "again", print_again, print_again).has_value()) << whole;
        EXPECT_EQ(again, printed) << text;
    }
    EXPECT_GT(accepted, 10u);
}

// Nesting that a careless reader follows until its stack is gone.
TEST(Fuzz, DeepNesting) {
    for (const char* open : {"[", "{", "(", "#{", "{\"a\":", "[{:a ", "{:process "}) {
        std::string text;
        for (int i = 0; i < 200'000; ++i) text += open;
        for (const reports::formats::Format& format : reports::formats::formats()) (void)format.read(text);
        for (const reports::formats::Format& format : reports::formats::formats())
            (void)format.read("{\"type\":\"history\",\"version\":1,\"initial\":" + text);
    }
}

TEST(Fuzz, DurationsAndSettings) {
    const Scenario* scenario = find_scenario("lazy-register");
    ASSERT_NE(scenario, nullptr);
    const std::vector<std::string> good = {"150ms",  "2s",       "10us", "5ns",    "time",
                                           "random", "20000000", "all",  "default"};
    const std::vector<Setting> settings = settings_of(*scenario);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Mutator mutator(round);
        const std::string text = mutator.mutated(good[round % good.size()]);
        sim::Duration length{};
        if (sim::parse_duration(text, length)) {
            sim::Duration again{};
            ASSERT_TRUE(sim::parse_duration(sim::duration_text(length), again)) << text;
            EXPECT_EQ(again, length) << text;
        }
        sim::Settings values = default_settings(*scenario);
        const Setting& setting = settings[mutator.draw(settings.size())];
        const auto wrong = set_setting(*scenario, values, setting.name, text);
        if (!wrong) continue;
        EXPECT_FALSE(wrong->message.empty());
        EXPECT_LE(wrong->place.column, text.size() + 1) << text;
        EXPECT_EQ(values, default_settings(*scenario)); // nothing half-set
    }
}

} // namespace
} // namespace orrery::scenarios::engine
