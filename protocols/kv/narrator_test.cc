// What is told of requests, answers and entries of the store.
#include "orrery/protocols/kv/narrator.h"

#include <gtest/gtest.h>

namespace orrery::kv {
namespace {

using sim::Observation;
using sim::Telling;
using Weight = Telling::Weight;

constexpr std::uint64_t boot = 77; // of the client

Telling seen_of(Narrator& narrator, Observation::Kind kind, const sim::Label& label, const sim::Bytes& bytes,
                std::uint64_t message) {
    Observation seen;
    seen.kind = kind;
    const bool from_client = (kind == Observation::Kind::send) == (label.name == rpc::label_request.name);
    seen.host = from_client ? 1 : 0;
    seen.peer = from_client ? 0 : 1;
    seen.host_name = from_client ? "client0" : "server0";
    seen.name = label.name;
    seen.label = &label;
    seen.message = message;
    seen.bytes = bytes.view();
    return narrator.tell(seen);
}

sim::Bytes request(std::uint64_t number, const Command& command) {
    return sim::encode(rpc::Request{boot, number, false, "Kv.Do", sim::encode(command)});
}
sim::Bytes reply(std::uint64_t number, rpc::ReplyKind kind, sim::Bytes content) {
    return sim::encode(rpc::Reply{boot, number, kind, sim::Duration(), std::move(content)});
}

// The words of what is asked, and of what is answered.
std::pair<std::string, std::string> told(const Operation& operation, const Result& result) {
    Narrator narrator;
    const Telling asked =
        seen_of(narrator, Observation::Kind::send, rpc::label_request, request(5, {1, 1, operation}), 1);
    const Telling answered = seen_of(narrator, Observation::Kind::send, rpc::label_reply,
                                     reply(5, rpc::ReplyKind::value, sim::encode(result)), 2);
    return {asked.words, answered.words};
}

TEST(StoreNarrator, TellsWhatIsAskedAndWhatIsAnswered) {
    using Pair = std::pair<std::string, std::string>;
    EXPECT_EQ(told(Operation::get("a"), {}), Pair("asks: get a", "answers: nil"));
    EXPECT_EQ(told(Operation::get("a"), {"0.39", false}).second, "answers: \"0.39\"");
    EXPECT_EQ(told(Operation::put("a", "0.39"), {}), Pair("asks: put a \"0.39\"", "answers: done"));
    EXPECT_EQ(told(Operation::cas("a", std::nullopt, "x"), {std::nullopt, true}),
              Pair("asks: compare-and-swap a from nil to \"x\"", "answers: swapped"));
    const Transaction move{{{"a", "9"}, {"b", std::nullopt}}, {Operation::put("b", "1")}, {Operation::get("a")}};
    const Result held{std::string(sim::encode(std::vector<Result>{{}}).text()), true};
    EXPECT_EQ(told(operation_of(move), held),
              Pair("asks: if a is \"9\" and b is nil then put b \"1\", else get a", "answers: it was so: done"));
    const Result other{std::string(sim::encode(std::vector<Result>{{"8", false}}).text()), false};
    EXPECT_TRUE(told(operation_of(move), other).second.ends_with(": it was not so, a is \"8\""));
    EXPECT_EQ(told(operation_of(Transaction::reading({"a", "b"})), held).first, "asks: at once get a, get b");
}

TEST(StoreNarrator, ARepeatedCommandIsAskedAgainAlsoAsAnotherRequest) {
    Narrator narrator;
    const auto asks = [&](std::uint64_t number, std::uint64_t sequence, std::uint64_t message) {
        const sim::Bytes bytes = request(number, {1, sequence, Operation::get("a")});
        const Telling sent = seen_of(narrator, Observation::Kind::send, rpc::label_request, bytes, message);
        EXPECT_EQ(seen_of(narrator, Observation::Kind::deliver, rpc::label_request, bytes, message), sent);
        return sent;
    };
    EXPECT_EQ(asks(5, 1, 1).words, "asks: get a");
    EXPECT_EQ(asks(5, 1, 2).words, "asks again: get a");
    const Telling third = asks(6, 1, 3);
    EXPECT_EQ(third.words, "asks for the 3th time: get a");
    EXPECT_EQ(third.weight, Weight::routine);
    EXPECT_EQ(asks(7, 2, 4).words, "asks: get a"); // another command, though in the same words
}

TEST(StoreNarrator, ARefusalNamesWhomToAsk) {
    Narrator narrator;
    seen_of(narrator, Observation::Kind::send, rpc::label_request, request(5, {1, 1, Operation::get("a")}), 1);
    seen_of(narrator, Observation::Kind::deliver, rpc::label_request, request(5, {1, 1, Operation::get("a")}), 1);
    const sim::Bytes refusal =
        reply(5, rpc::ReplyKind::refused, sim::encode(rpc::Refused{"not leader", sim::Address{1, 0}}));
    EXPECT_EQ(seen_of(narrator, Observation::Kind::send, rpc::label_reply, refusal, 2).words,
              "refuses: not leader, ask server0");
}

TEST(StoreNarrator, KnowsTheCommandOfAnEntryFromItsRequest) {
    constexpr sim::NoteKind note_append{"raft.append", {"index", "term", "digest"}};
    Narrator narrator;
    const Command command{1, 1, Operation::put("a", "x")};
    seen_of(narrator, Observation::Kind::deliver, rpc::label_request, request(5, command), 1);
    const auto digest = raft::digest(sim::encode(command));
    const std::array<sim::Field, 3> fields{sim::Field(1), sim::Field(1), sim::Field(digest)};
    Observation seen;
    seen.kind = Observation::Kind::note;
    seen.host_name = "server0";
    seen.name = note_append.name;
    seen.note = &note_append;
    seen.fields = fields;
    EXPECT_EQ(narrator.tell(seen).words, "writes entry 1 of term 1: put a \"x\"");
}

TEST(StoreNarrator, ALateAnswerNamesItsRequest) {
    Narrator narrator;
    seen_of(narrator, Observation::Kind::send, rpc::label_request, request(5, {1, 1, Operation::get("a")}), 1);
    seen_of(narrator, Observation::Kind::send, rpc::label_request, request(6, {1, 2, Operation::get("b")}), 2);
    const sim::Bytes late = reply(5, rpc::ReplyKind::value, sim::encode(Result{"x", false}));
    EXPECT_EQ(seen_of(narrator, Observation::Kind::send, rpc::label_reply, late, 3).words, "answers to get a: \"x\"");
}

// As when a restarted client begins anew with its numbers.
TEST(StoreNarrator, TellsOfARequestUnderTheIdOfAnother) {
    Narrator narrator;
    const sim::Bytes first = request(5, {1, 1, Operation::get("a")});
    const sim::Bytes second = request(5, {2, 1, Operation::get("a")});
    seen_of(narrator, Observation::Kind::send, rpc::label_request, first, 1);
    for (const Observation::Kind kind : {Observation::Kind::send, Observation::Kind::deliver}) {
        const Telling told = seen_of(narrator, kind, rpc::label_request, second, 2);
        EXPECT_EQ(told.words, "asks: get a, under the id that another request had");
        EXPECT_EQ(told.weight, Weight::telling);
    }
}

} // namespace
} // namespace orrery::kv
