// JSON becomes a gob that programs read into their types, and a gob of any types becomes JSON.
#include "orrery/protocols/jsonrpc/gob_value.h"

#include <gtest/gtest.h>

#include "orrery/protocols/gob/encoder.h"
#include "orrery/protocols/gob/shapes_test.h"

namespace orrery::jsonrpc {
namespace {

using namespace gob::shapes;

// The text as a T, if a T is what the other side reads it into.
template <class T>
T read_as(std::string_view json) {
    sim::Bytes out;
    const Problem problem = append_gob(out, json);
    EXPECT_FALSE(problem) << problem->text;
    gob::Decoder decoder;
    decoder.feed(out);
    T value{};
    EXPECT_TRUE(decoder.ready());
    if (!decoder.ready()) return value;
    const Problem unread = decoder.take(value);
    EXPECT_FALSE(unread) << unread->text;
    EXPECT_TRUE(decoder.is_between_values());
    return value;
}
std::string refusal_of(std::string_view json) {
    sim::Bytes out("before");
    const Problem problem = append_gob(out, json);
    EXPECT_EQ(out.text(), "before");
    return problem ? problem->text : "";
}
// There and back, by the types that the text itself has.
std::string there_and_back(std::string_view json) {
    sim::Bytes out;
    const Problem problem = append_gob(out, json);
    if (problem) return problem->text;
    gob::Decoder decoder;
    decoder.feed(out);
    EXPECT_TRUE(decoder.ready());
    sim::Bytes back;
    const Problem unread = append_json(back, decoder);
    return unread ? unread->text : std::string(back.text());
}
template <class T>
std::string json_by_gob(const T& value) {
    gob::Encoder encoder;
    sim::Bytes out;
    EXPECT_FALSE(encoder.encode(out, value));
    gob::Decoder decoder;
    decoder.feed(out);
    EXPECT_TRUE(decoder.ready());
    sim::Bytes json;
    const Problem problem = append_json(json, decoder);
    EXPECT_TRUE(decoder.is_between_values());
    return problem ? problem->text : std::string(json.text());
}

TEST(GobOfJson, IsReadIntoTypesThatFit) {
    EXPECT_EQ(read_as<std::int64_t>("-7"), -7);
    EXPECT_EQ(read_as<double>("7.5e1"), 75);
    EXPECT_EQ(read_as<std::string>("\"a\\u00e9\""), "a\xc3\xa9");
    EXPECT_TRUE(read_as<bool>("true"));
    EXPECT_EQ(read_as<std::vector<std::int64_t>>("[1, 2, 3]"), (std::vector<std::int64_t>{1, 2, 3}));
    const Args args = read_as<Args>("{\"B\": 8, \"a\": 7, \"c\": null, \"d\": [], \"e\": \"skipped\"}");
    EXPECT_EQ(args.a, 7);
    EXPECT_EQ(args.b, 8);
    const auto nest = read_as<Nest>(R"({"Kvs": [{"K": "x", "T": true}, {"N": null, "F": 2.0}], "I": null})");
    ASSERT_EQ(nest.kvs.size(), 2u);
    EXPECT_EQ(nest.kvs[0].k, "x");
    EXPECT_TRUE(nest.kvs[0].t);
}

TEST(GobOfJson, ComesBackAsItWas) {
    for (const char* json : {"0", "-9223372036854775808", "\"\"", "false", "[true,false]", "[[1],[],[2,3]]", "{}",
                             R"({"A":{"B":{"C":"deep"}}})", R"([{"A":1,"B":"x"},{"A":2,"B":"y"}])", "[0.5,2]"})
        EXPECT_EQ(there_and_back(json), json);
    // What elements do not have is zero; one fraction makes all of them such.
    EXPECT_EQ(there_and_back(R"([{"a":1},{"b":[1.5,2]}])"), R"([{"A":1,"B":[]},{"A":0,"B":[1.5,2]}])");
}

TEST(GobOfJson, ThatHasNoTypeIsRefused) {
    EXPECT_EQ(refusal_of("null"), "null, or an array of nothing, has no type");
    EXPECT_EQ(refusal_of("[[]]"), "null, or an array of nothing, has no type");
    EXPECT_EQ(refusal_of("[1, null]"), "an array cannot hold null");
    EXPECT_EQ(refusal_of("[1, \"x\"]"), "the elements of an array have to be of one type");
    EXPECT_EQ(refusal_of("[{\"a\": 1}, {\"a\": []}]"), "the elements of an array have to be of one type");
    EXPECT_EQ(refusal_of("{\"a\": 1, \"A\": 2}"), "field 'A' is there twice");
    EXPECT_EQ(refusal_of("{\"\": 1}"), "a field has to have a name");
    EXPECT_EQ(refusal_of("9223372036854775808"), "integer 9223372036854775808 does not fit into 64 bits");
    EXPECT_EQ(refusal_of("1e999"), "number 1e999 does not fit into 64 bits");
    EXPECT_EQ(refusal_of(std::string(40, '[') + std::string(40, ']')), "the value is nested too deeply");
}

TEST(JsonOfGob, ShowsWhatWasLeftOut) {
    EXPECT_EQ(json_by_gob(Args{0, 8}), R"({"A":0,"B":8})");
    EXPECT_EQ(json_by_gob(Empty{}), "{}");
    EXPECT_EQ(json_by_gob(Out{}), R"({"S":{"X":0},"P":null,"A":[0,0],"Sl":[],"M":null,"B":"","St":"","Z":0})");
}

TEST(JsonOfGob, FollowsTheSendersTypes) {
    KV value{"k", sim::Bytes("\x01\x02"), 3, -0.5, true};
    EXPECT_EQ(json_by_gob(value), R"({"K":"k","V":"AQI=","N":3,"F":-0.5,"T":true})");
    EXPECT_EQ(json_by_gob(std::map<std::string, std::int64_t>{{"a", 1}, {"b", 2}}), R"({"a":1,"b":2})");
    EXPECT_EQ(json_by_gob(std::map<std::int64_t, bool>{{-1, true}}), R"({"-1":true})");
    EXPECT_EQ(json_by_gob(std::map<bool, std::string>{{true, "x"}}), R"([[true,"x"]])");
    EXPECT_EQ(json_by_gob(std::complex<double>(1, 2)), "[1,2]");
    EXPECT_EQ(json_by_gob(std::numeric_limits<double>::infinity()), "\"+Inf\"");
}

TEST(JsonOfGob, OfBytesThatAreNoneIsNone) {
    for (const std::string& stream :
         {std::string("\x03\x04\x00\xf8", 4), std::string("\x03\x0c\x00\x05", 4), std::string("\x03\x10\x00\x00", 4)}) {
        gob::Decoder decoder;
        decoder.feed(sim::view_of(stream));
        ASSERT_TRUE(decoder.ready());
        sim::Bytes json("before");
        EXPECT_TRUE(append_json(json, decoder));
        EXPECT_EQ(json.text(), "before");
    }
}

} // namespace
} // namespace orrery::jsonrpc
