// Each operator and each field of a query, what is said of one that is wrong, and a query drawn at random against a
// filter that knows nothing of the language.
#include "orrery/reports/trace/query.h"

#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/sim/text.h"

namespace orrery::reports::trace {
namespace {

using Hosts = std::vector<std::string>;
using Kind = Row::Kind;

const Hosts hosts = {"server0", "server1", "client0"};

Row send() {
    Row row;
    row.kind = Kind::send;
    row.time = {2'100'000'000};
    row.event = 0xa1;
    row.cause = 0xa0;
    row.origin = 0x99;
    row.host = 0;
    row.peer = 1;
    row.message = 0xb1;
    row.name = "raft.append";
    row.content = "append term 3, entries 5..6";
    return row;
}
Row delivery() {
    Row row = send();
    row.kind = Kind::deliver;
    row.host = 1;
    row.peer = 0;
    return row;
}
Row note() {
    Row row;
    row.kind = Kind::note;
    row.name = "raft.leader";
    row.goal = true;
    row.fields = {field("term", 3), field("role", "leader"), field("id", "18446744073709551615")};
    return row;
}
Row answer() {
    Row row;
    row.kind = Kind::ok;
    row.host = 2;
    row.name = "read";
    row.fields = {field("key", "a b"), field("value", 7)};
    row.process = 12;
    row.client = 2;
    row.operation = 4;
    return row;
}
Row fault() {
    Row row;
    row.kind = Kind::fault_begin;
    row.fault = 402;
    row.name = "f402 cut target=server0 at=3ms";
    return row;
}

bool chooses(std::string_view text, const Row& row) {
    const sim::Checked<Query> query = parse_query(text, hosts);
    EXPECT_TRUE(query.ok()) << text << ": " << (query.ok() ? "" : query.complaint().message);
    return query.ok() && query->matches(row);
}

TEST(Query, ChoosesByEachFieldThatRowsHaveInCommon) {
    for (const char* text :
         {"", "  ", "kind=send", "time=2100ms", "time=2.1s", "event=00000000000000a1", "cause=00000000000000a0",
          "origin=0000000000000099", "message=00000000000000b1", "host=server0", "from=server0", "to=server1",
          "label=raft.append", "name=raft.append", "content~entries", "kind=send to=server1\tlabel=raft.append"})
        EXPECT_TRUE(chooses(text, send())) << text;
    EXPECT_TRUE(chooses("host=server1 from=server0 to=server1", delivery()));
    EXPECT_TRUE(chooses("goal=true name=raft.leader", note()));
    EXPECT_TRUE(chooses("client=2 operation=4 process=12 key=\"a b\" value=7", answer()));
    EXPECT_TRUE(chooses("fault=402 name~cut", fault()));
}

TEST(Query, KnowsEachOperator) {
    for (const char* text :
         {"term=3", "term=03", "term!=4", "term<4", "term<=3", "term>2", "term>=3", "term>=-3", "role=leader",
          "role!=follower", "role~ead", "role~\"\"", "name!=raft.vote", "id=18446744073709551615", "term~3"})
        EXPECT_TRUE(chooses(text, note())) << text;
    for (const char* text : {"term=4", "term!=3", "term<3", "term<=2", "term>3", "term>=4", "role=lead", "role!=leader",
                             "role~follower", "role>3", "id>3", "kind=send", "term=3 role=follower"})
        EXPECT_FALSE(chooses(text, note())) << text;
    EXPECT_TRUE(chooses("time<2100000001ns time>=2.1s time>2.099999999s time!=2s", send()));
    EXPECT_FALSE(chooses("time<2.1s", send()));
}

TEST(Query, NeverHoldsForAFieldThatARowDoesNotHave) {
    for (const char* text : {"term!=3", "client!=3", "fault!=1", "goal!=true", "key~a"})
        EXPECT_FALSE(chooses(text, send())) << text;
    for (const char* text : {"label!=x", "content~\"\"", "from!=server0", "to!=server0", "event!=00000000000000a1"})
        EXPECT_FALSE(chooses(text, note())) << text;
    EXPECT_FALSE(chooses("host!=server1", fault()));
}

TEST(Query, FindsTheFieldOfANoteThatIsCalledLikeOneOfOtherRows) {
    Row granted = note();
    granted.fields.push_back(field("client", 5));
    EXPECT_TRUE(chooses("client=5", granted));
}

TEST(Query, TakesAnyTextInQuotes) {
    Row row = send();
    row.content = R"(say "a\b" = <x>)";
    EXPECT_TRUE(chooses(R"(content="say \"a\\b\" = <x>")", row));
    EXPECT_TRUE(chooses(R"(content~"\" = <" kind=send)", row));
    EXPECT_FALSE(chooses(R"(content~"\\\\")", row));
}

TEST(Query, TakesANumberAlsoAsItIsWrittenElsewhere) {
    const auto said = [](std::string_view text) { return parse_query(text, hosts).ok(); };
    EXPECT_TRUE(said("fault=f402 client=client0"));
    Row row{.kind = Row::Kind::invoke};
    row.client = 3;
    EXPECT_TRUE(parse_query("client=client3", hosts)->matches(row));
    EXPECT_FALSE(parse_query("client=client0", hosts)->matches(row));
}

// Column and sentence.
std::string wrong(std::string_view text) {
    const sim::Checked<Query> query = parse_query(text, hosts);
    if (query.ok()) return "nothing";
    const sim::Complaint& complaint = query.complaint();
    EXPECT_EQ(complaint.cause, sim::Cause::usage);
    return std::to_string(complaint.place.column) + ": " + complaint.message;
}

TEST(Query, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(wrong("kind=send =3"), "11: expected the name of a field, got '='");
    EXPECT_EQ(wrong("kind"), "5: expected an operator after 'kind': = != < <= > >= or ~");
    EXPECT_EQ(wrong("kind send"), "5: expected an operator after 'kind': = != < <= > >= or ~");
    EXPECT_EQ(wrong("term= 3"), "6: expected a value; an empty text is \"\"");
    EXPECT_EQ(wrong("name=a\"b"), "7: expected a blank; a value with quotes stands in quotes");
    EXPECT_EQ(wrong("name=\"ab"), "6: the quote is not closed");
    EXPECT_EQ(wrong("name=\"a\\b\""), R"(8: expected \" or \\ after a backslash in quotes)");
    EXPECT_EQ(wrong("name=\"a\\"), R"(8: expected \" or \\ after a backslash in quotes)");
    EXPECT_EQ(wrong("name=\"a\"b"), "9: expected a blank after the quote");
    EXPECT_EQ(wrong("kind=sent"),
              "6: expected a kind of row, got 'sent'; there are " + sim::join(kind_names()) + "; did you mean 'send'?");
    EXPECT_EQ(wrong("to=server7"),
              "4: expected a host, got 'server7'; there are server0, server1, client0; did you mean 'server0'?");
    EXPECT_EQ(wrong("time>2"), "6: expected a time like 2.1s, in ns, us, ms or s, got '2'");
    for (const char* text : {"time=2.s", "time=.5", "time=2.1ns", "time=2.1234567891s", "time=1.5m", "time=1.5.5s"})
        EXPECT_EQ(wrong(text).substr(0, 27), "6: expected a time like 2.1") << text;
    EXPECT_EQ(wrong("event=a1"), "7: expected 16 hexadecimal digits, got 'a1'");
    EXPECT_EQ(wrong("goal=yes"), "6: expected true or false, got 'yes'");
    EXPECT_EQ(wrong("fault=x402"), "7: expected a number, got 'x402'");
    EXPECT_EQ(wrong("term>x"), "6: expected a number, got 'x'");
    EXPECT_EQ(wrong("host>server0"), "1: 'host' has no order: it takes =, != and ~");
    EXPECT_EQ(wrong("time~2"), "1: 'time' is no text: ~ finds a part of a text");
}

TEST(Query, NamesTheFieldThatNoRowHad) {
    const sim::Checked<Query> query = parse_query("kind=note tern=3", hosts);
    ASSERT_TRUE(query.ok());
    const sim::Problem problem = query->problem_of({"term", "index"});
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem->message, "no row has a field 'tern'; did you mean 'term'?");
    EXPECT_EQ(problem->place.column, 11u);
    EXPECT_FALSE(query->problem_of({"tern"}).has_value());
    const sim::Problem common = parse_query("knd=send", hosts)->problem_of({});
    ASSERT_TRUE(common.has_value());
    EXPECT_EQ(common->message, "no row has a field 'knd'; did you mean 'kind'?");
}

// --- against a filter that knows nothing of the language ---

std::string quoted(const std::string& text) {
    std::string all = "\"";
    for (const char each : text) {
        if (each == '"' || each == '\\') all += '\\';
        all += each;
    }
    return all + "\"";
}

struct Drawn {
    std::string text;
    std::function<bool(const Row&)> holds;
};

std::optional<std::int64_t> number(const Row& row) {
    const Field* const found = row.find("index");
    return found == nullptr ? std::nullopt : found->number;
}

Drawn drawn_condition() {
    const auto value = *rc::gen::inRange<std::int64_t>(-2, 3);
    const std::string word = *rc::gen::element<std::string>("", "a", "\"", "\\", " b", "a b", "=");
    const auto host = *rc::gen::inRange<std::size_t>(0, hosts.size());
    const auto kind = static_cast<Kind>(*rc::gen::inRange<std::size_t>(0, kinds));
    switch (*rc::gen::inRange(0, 9)) {
    case 0:
        return {"index<" + std::to_string(value), [=](const Row& row) { return number(row) && *number(row) < value; }};
    case 1:
        return {"index>=" + std::to_string(value),
                [=](const Row& row) { return number(row) && *number(row) >= value; }};
    case 2:
        return {"index!=" + std::to_string(value),
                [=](const Row& row) { return number(row) && *number(row) != value; }};
    case 3:
        return {"time<=" + std::to_string(value) + "ns", [=](const Row& row) { return row.time.nanoseconds <= value; }};
    case 4:
        return {"name=" + quoted(word), [=](const Row& row) { return row.name == word; }};
    case 5:
        return {"name~" + quoted(word), [=](const Row& row) { return row.name.find(word) != std::string::npos; }};
    case 6:
        return {"kind!=" + std::string(name(kind)), [=](const Row& row) { return row.kind != kind; }};
    case 7:
        return {"to=" + hosts[host], [=](const Row& row) {
                    return row.is_message() && (row.kind == Kind::deliver ? row.host : row.peer) == host;
                }};
    default:
        return {"host!=" + hosts[host], [=](const Row& row) { return !row.is_fault() && row.host != host; }};
    }
}

Row drawn_row() {
    Row row;
    row.kind = static_cast<Kind>(*rc::gen::inRange<std::size_t>(0, kinds));
    row.time = {*rc::gen::inRange<std::int64_t>(-2, 3)};
    row.host = *rc::gen::inRange<std::uint32_t>(0, 3);
    row.peer = *rc::gen::inRange<std::uint32_t>(0, 3);
    row.name = *rc::gen::element<std::string>("", "a", "\"", "\\", " b", "a b", "=", "xa b\"\\=");
    if (*rc::gen::arbitrary<bool>()) row.fields.push_back(field("index", *rc::gen::inRange<std::int64_t>(-2, 3)));
    return row;
}

RC_GTEST_PROP(Query, ChoosesWhatTheSlowFilterChooses, ()) {
    std::string text;
    std::vector<Drawn> all;
    for (auto left = *rc::gen::inRange(0, 4); left > 0; --left) {
        all.push_back(drawn_condition());
        text += *rc::gen::element<std::string>(" ", "\t", "  ") + all.back().text;
    }
    const sim::Checked<Query> query = parse_query(text, hosts);
    RC_ASSERT(query.ok());
    for (int i = 0; i < 20; ++i) {
        const Row row = drawn_row();
        const bool wanted = std::all_of(all.begin(), all.end(), [&](const Drawn& each) { return each.holds(row); });
        RC_ASSERT(query->matches(row) == wanted);
    }
}

// Whatever is given, it is a query, or a complaint within the text.
RC_GTEST_PROP(Query, OfAnyTextIsReadOrRefusedAtItsPlace, ()) {
    const std::vector<std::string> parts = *rc::gen::container<std::vector<std::string>>(
        rc::gen::oneOf(rc::gen::element<std::string>("kind", "time", "=", "!=", "<", ">=", "~", "\"", "\\", " ", "send",
                                                     "2.1s", "host", "server0", "term", "-3"),
                       rc::gen::arbitrary<std::string>()));
    const std::string text = sim::join(parts, "");
    const sim::Checked<Query> query = parse_query(text, hosts);
    if (query.ok()) {
        (void)query->matches(send());
        return;
    }
    RC_ASSERT(query.complaint().place.column >= 1u);
    RC_ASSERT(query.complaint().place.column <= text.size() + 1);
    RC_ASSERT(!query.complaint().message.empty());
}

} // namespace
} // namespace orrery::reports::trace
