// Values whose bytes were recorded from Go, in both directions. A Go program numbers types in the order of their first
// use; each stream here uses types in the order in which that program did, and so has its numbers.
#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob {
namespace {

using namespace shapes;

// Both ends of one connection.
struct Connection {
    Encoder encoder;
    Decoder decoder;

    template <class T>
    void expect(const T& value, std::string_view recorded) {
        EXPECT_EQ(hexadecimal(message_of(encoder, value)), without_spaces(recorded)) << text_of(value);
        decoder.feed(sim::view_of(bytes_of(recorded)));
        EXPECT_EQ(taken<T>(decoder), text_of(value));
        EXPECT_TRUE(decoder.is_between_values());
    }
    // The definitions, and then the message that was recorded.
    template <class T>
    void expect_last(const T& value, std::string_view recorded) {
        const sim::Bytes sent = message_of(encoder, value);
        const std::string text = hexadecimal(sent);
        EXPECT_TRUE(text.ends_with(without_spaces(recorded))) << text;
        decoder.feed(sent);
        EXPECT_EQ(taken<T>(decoder), text_of(value));
    }
};

template <class T>
void expect_alone(const T& value, std::string_view recorded) {
    Connection().expect(value, recorded);
}

TEST(Probes, Integers) {
    const std::pair<std::int64_t, const char*> all[] = {
        {0, "03040000"},
        {1, "03040002"},
        {-1, "03040001"},
        {7, "0304000e"},
        {63, "0304007e"},
        {64, "040400ff80"},
        {-64, "0304007f"},
        {-65, "040400ff81"},
        {127, "040400fffe"},
        {128, "050400fe0100"},
        {255, "050400fe01fe"},
        {256, "050400fe0200"},
        {-129, "050400fe0101"},
        {65536, "060400fd020000"},
        {INT64_MAX, "0b0400f8fffffffffffffffe"},
        {INT64_MIN, "0b0400f8ffffffffffffffff"},
    };
    for (const auto& [value, recorded] : all) expect_alone(value, recorded);
}

TEST(Probes, NaturalNumbers) {
    const std::pair<std::uint64_t, const char*> all[] = {
        {0, "03060000"},
        {1, "03060001"},
        {127, "0306007f"},
        {128, "040600ff80"},
        {255, "040600ffff"},
        {256, "050600fe0100"},
        {std::uint64_t{1} << 63, "0b0600f88000000000000000"},
    };
    for (const auto& [value, recorded] : all) expect_alone(value, recorded);
}

TEST(Probes, OtherSingleValues) {
    expect_alone(true, "03020001");
    expect_alone(false, "03020000");
    expect_alone(0.0, "03080000");
    expect_alone(17.0, "050800fe3140");
    expect_alone(-1.5, "050800fef8bf");
    expect_alone(std::string("hello"), "080c000568656c6c6f");
    expect_alone(std::string(), "030c0000");
    expect_alone(sim::Bytes("\1\2\3"), "060a0003010203");
    expect_alone(std::vector<std::uint8_t>{1, 2, 3}, "060a0003010203");
    expect_alone(std::complex<double>(1, 2), "060e00fef03f40");
}

KV a_pair(const char* key, const char* value, std::uint64_t n, double f, bool t) {
    KV result;
    result.k = key;
    result.v = sim::Bytes(value);
    result.n = n;
    result.f = f;
    result.t = t;
    return result;
}

void expect_simple_structs(Connection& all) {
    all.expect(Args{7, 8}, "1e ff81 03 01 01 04 41726773 01 ff82 00 01 02 01 01 41 01 04 00 01 01 42 01 04 00 00 00"
                           "07 ff82 01 0e 01 10 00");
    all.expect(Args{0, 8}, "05 ff82 02 10 00");
    all.expect(Args{0, 0}, "03 ff82 00");
    all.expect(Quotient{3, 1},
               "26 ff83 03 01 01 08 51756f7469656e74 01 ff84 00 01 02 01 03 51756f 01 04 00 01 03 52656d"
               "01 04 00 00 00 07 ff84 01 06 01 02 00");
    all.expect(Empty{}, "11 ff85 03 01 01 05 456d707479 01 ff86 00 00 00 03 ff86 00");
    all.expect(
        a_pair("foo", "bar", 3, 1.5, true),
        "2e ff87 03 01 01 02 4b56 01 ff88 00 01 05 01 01 4b 01 0c 00 01 01 56 01 0a 00 01 01 4e 01 06 00 01 01 46"
        "01 08 00 01 01 54 01 02 00 00 00 15 ff88 01 03 666f6f 01 03 626172 01 03 01 fef83f 01 01 00");
}

TEST(Probes, StructsListsAndMaps) {
    Connection all;
    expect_simple_structs(all);
    all.expect(std::vector<std::int64_t>{1, 2, 3}, "0c ff89 02 01 02 ff8a 00 01 04 00 00 07 ff8a 00 03 02 04 06");
    all.expect(std::vector<std::string>{"a", "b"}, "0c ff8b 02 01 02 ff8c 00 01 0c 00 00 08 ff8c 00 02 01 61 01 62");
    all.expect(std::map<std::string, std::int64_t>{{"a", 1}},
               "0e ff8d 04 01 02 ff8e 00 01 0c 01 04 00 00 07 ff8e 00 01 01 61 02");
    Nest nest;
    nest.kvs.push_back(a_pair("a", "b", 1, 0, false));
    nest.m["x"] = 5;
    nest.p = Args{1, 2};
    nest.i = {1, 0, 2};
    // Its definition, those of its parts that are new, and the value.
    all.expect(nest,
               "30 ff8f 03 01 01 04 4e657374 01 ff90 00 01 04 01 03 4b7673 01 ff92 00 01 01 4d 01 ff8e 00 01 01 50"
               "01 ff82 00 01 01 49 01 ff94 00 00 00"
               "18 ff91 02 01 01 09 5b5d6d61696e2e4b56 01 ff92 00 01 ff88 00 00"
               "16 ff93 01 01 01 06 5b335d696e74 01 ff94 00 01 04 01 06 00 00"
               "1e ff90 01 01 01 01 61 01 01 62 01 01 00 01 01 01 78 0a 01 01 02 01 04 00 01 03 02 00 04 00");
    all.expect(Nest{}, "08 ff90 04 03 00 00 00 00");
}

TEST(Probes, ZeroesAreLeftOutExceptStructsAndArrays) {
    Connection all;
    all.expect_last(Out{}, "09 ff82 01 00 02 02 00 00 00");
    Out pointer;
    pointer.p.emplace();
    all.expect(pointer, "0b ff82 01 00 01 00 01 02 00 00 00");
    Out last;
    last.z = 1;
    all.expect(last, "0b ff82 01 00 02 02 00 00 05 02 00");
    Out array;
    array.a = {0, 1};
    all.expect(array, "09 ff82 01 00 02 02 00 02 00");
    Deep deep;
    deep.ins = {In{}, In{1}};
    all.expect_last(deep, "09 ff8c 01 02 00 01 02 00 00");
}

// Go sends an empty map unless it is nil. A std::map is never nil; one behind a pointer is Go's empty one.
TEST(Probes, AnEmptyMapIsNilUnlessItIsPointedAt) {
    struct Out {
        In s;
        std::optional<In> p;
        std::array<std::int64_t, 2> a{};
        std::vector<std::int64_t> sl;
        std::optional<std::map<std::string, std::int64_t>> m;
        static constexpr auto members() {
            return std::tuple{sim::member("S", &Out::s), sim::member("P", &Out::p), sim::member("A", &Out::a),
                              sim::member("Sl", &Out::sl), sim::member("M", &Out::m)};
        }
    };
    Out out;
    Connection all;
    all.expect_last(out, "09 ff82 01 00 02 02 00 00 00");
    out.m.emplace();
    all.expect(out, "0b ff82 01 00 02 02 00 00 02 00 00");
}

struct Nothing {
    static constexpr std::string_view go_name = "";
    static constexpr auto members() { return std::tuple{}; }
};

// What net/rpc sends: a call, its reply, a second call with what is known already, and an error, whose body is a
// struct without a name.
TEST(Probes, CallsOfNetRpc) {
    Connection to_server;
    to_server.expect(Request{"Arith.Multiply", 0}, "2f ff81 03 01 01 07 52657175657374 01 ff82 00 01 02 01 0d"
                                                   "536572766963654d6574686f64 01 0c 00 01 03 536571 01 06 00 00 00"
                                                   "13 ff82 01 0e 41726974682e4d756c7469706c79 00");
    to_server.expect(Args{7, 8},
                     "1e ff83 03 01 01 04 41726773 01 ff84 00 01 02 01 01 41 01 04 00 01 01 42 01 04 00 00 00"
                     "07 ff84 01 0e 01 10 00");
    to_server.expect(Request{"Arith.Multiply", 1}, "15 ff82 01 0e 41726974682e4d756c7469706c79 01 01 00");
    to_server.expect(Args{-4, 300}, "09 ff84 01 07 01 fe0258 00");

    const std::string_view response =
        "3a ff81 03 01 01 08 526573706f6e7365 01 ff82 00 01 03 01 0d"
        "536572766963654d6574686f64 01 0c 00 01 03 536571 01 06 00 01 05 4572726f72 01 0c 00"
        "00 00";
    Connection to_client;
    to_client.expect(Response{"Arith.Multiply", 0, ""},
                     std::string(response) + "13 ff82 01 0e 41726974682e4d756c7469706c79 00");
    to_client.expect(std::int64_t{56}, "03040070");
    Connection failing;
    failing.expect(Response{"Arith.Divide", 0, "divide by zero"},
                   std::string(response) +
                       "21 ff82 01 0c 41726974682e446976696465 02 0e 646976696465206279207a65726f 00");
    failing.expect(Nothing{}, "0a ff83 03 01 02 ff84 00 00 00 03 ff84 00");
}

} // namespace
} // namespace orrery::gob
